#pragma once
#include <string>
#include <vector>

#include "engine/text_files.h"
#include "session/session.h"

namespace lochan::session {

/// The data files under the paths that a reader was given: files, folders, or patterns with * ? []
/// {}; sorted. Names that start with _ or . are left out. Folders called column=value below
/// basePath (the path itself, if it is not given) make partition columns, typed as Spark infers
/// them (int, bigint, decimal, double, date, timestamp, else string) unless `schema` says
/// otherwise; files beside partitions, and in other folders, are left out. Of the options (keys in
/// lower case) it takes basePath, recursiveFileLookup (all files below, no partitions),
/// pathGlobFilter, modifiedBefore and modifiedAfter. Throws PATH_NOT_FOUND,
/// CONFLICTING_PARTITION_COLUMN_NAMES.
engine::TextFiles list_files(Session& session, const std::vector<std::string>& paths,
                             const plan::Options& options, const types::Schema& schema);

}  // namespace lochan::session
