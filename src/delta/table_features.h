#pragma once
#include <string_view>
#include <vector>

#include "delta/actions.h"

namespace lochan::delta {

/// What we do about a table feature ("Table Features"). A row says what the feature asks of readers
/// and writers and whether we meet it; a feature that has no row is unknown and refused by name.
struct TableFeature {
  std::string_view name;
  int min_reader;  // 0: readers have no duty
  int min_writer;
  bool can_read = true;
  bool can_write = true;
  /// For a feature that we cannot write in full: whether this table makes use of it at all. Null:
  /// any table that declares the feature does.
  bool (*is_used)(const Metadata&) = nullptr;
  /// Whether a table with this metadata must declare the feature. Null: only when asked for by
  /// name.
  bool (*is_needed)(const Metadata&) = nullptr;
  std::string_view duty;  // one line, for the coverage page
};

const std::vector<TableFeature>& table_features();
const TableFeature* find_table_feature(std::string_view name);

/// The features in force: those listed, or those that an old version number implies.
std::vector<std::string> reader_features(const Protocol& protocol);
std::vector<std::string> writer_features(const Protocol& protocol);

/// Throws DELTA_INVALID_PROTOCOL_VERSION or DELTA_UNSUPPORTED_FEATURES_FOR_READ unless we can read
/// such a table exactly.
void require_readable(const Protocol& protocol, const Metadata& metadata, std::string_view table);
/// The same for writing; implies reading.
void require_writable(const Protocol& protocol, const Metadata& metadata, std::string_view table);

/// The least protocol for `metadata` (its schema, properties, and delta.feature.<name> requests)
/// that also holds what `existing` has, if not null.
Protocol protocol_for(const Metadata& metadata, const Protocol* existing);

}  // namespace lochan::delta
