#pragma once
#include <functional>
#include <memory>
#include <string>

#include "delta/parquet_reader.h"
#include "storage/grant.h"
#include "storage/object_store.h"
#include "types/time_zone.h"

namespace lochan::delta {

/// A table's place and what the protocol needs from outside to work there. A value; copies share
/// the store.
struct TableAccess {
  storage::Grant root;  // the table's directory; kWrite for transactions
  std::shared_ptr<storage::ObjectStore> store;
  std::shared_ptr<ParquetReader> parquet;  // null: a table with a Parquet checkpoint cannot be read
  std::string name;                        // as the user knows it, for errors: "`/mnt/t`" or "db.t"

  /// Opens the absolute paths that shallow clones have in their logs; through the resolver. Null:
  /// refused.
  std::function<storage::Grant(const std::string& uri)> resolve;

  /// The zone that partition timestamps without one are meant in: the session's.
  types::TimeZone zone;

  /// "lochan/<version>", for commitInfo.engineInfo.
  std::string engine_info = "Lochan";

  storage::Grant log() const { return root.child("_delta_log"); }
};

}  // namespace lochan::delta
