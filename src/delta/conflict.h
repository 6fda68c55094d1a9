#pragma once
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "delta/actions.h"

namespace lochan::delta {

/// What a transaction read and did, as far as others can be in its way.
struct TransactionFootprint {
  std::string_view table;
  bool creates_table = false;
  bool changes_protocol = false;
  bool reads_whole_table = false;
  /// Whether a new file belongs to what was read by predicate. May be null.
  std::function<bool(const AddFile&)> reads_file;
  std::set<std::string> removed_keys;  // file_key() of the files taken away
  std::set<std::string> applications;  // whose transaction versions were read
};

/// Holds a commit that came first against a transaction, by Delta's rules for the isolation level
/// Serializable: throws the conflict's error, or returns, and then the transaction may go behind
/// the winner.
void require_no_conflict(const std::vector<Action>& winner, Version version,
                         const TransactionFootprint& ours);

}  // namespace lochan::delta
