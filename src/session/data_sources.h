#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "delta/table_access.h"
#include "plan/catalog.h"
#include "storage/grant.h"

namespace lochan::session {

class Session;

/// Opens what spark.read describes: resolves each path to a Grant for the session's principal, then
/// pins what is there (a Delta snapshot, or the files of a folder). Formats are the rows of a table
/// in data_sources.cc. Options `versionAsOf` and `timestampAsOf` travel in time. Throws
/// PATH_NOT_FOUND, DATA_SOURCE_NOT_FOUND, DELTA_TABLE_NOT_FOUND and what the resolver refuses.
plan::ScanSourcePtr open_source(Session& session, const plan::UnresolvedRead& read,
                                std::optional<int64_t> timestamp_micros);

/// What delta/ needs to work on the table at `path`, after the principal's rights were checked.
delta::TableAccess delta_access(Session& session, const std::string& path, storage::Access access);

/// True if there is a Delta table (or, for other formats, any file) at `path`.
bool has_data(Session& session, const std::string& format, const std::string& path);

/// A format as Spark's messages call it: "CSV" for csv.
std::string display_format(const std::string& format);

/// The columns that a source is partitioned by.
std::vector<std::string> partition_columns_of(const plan::ScanSource& source);

}  // namespace lochan::session
