#pragma once
#include <string>
#include <vector>

#include "engine/text_files.h"
#include "session/session.h"

namespace lochan::session {

/// The data files under the paths that a reader was given: files, folders (all below, without names
/// that start with _ or .), or patterns with * ? [] {}; sorted. Folders called column=value give
/// partition columns, typed as Spark infers them (int, bigint, double, date, timestamp, else
/// string) unless `schema` says otherwise. Throws PATH_NOT_FOUND.
engine::TextFiles list_files(Session& session, const std::vector<std::string>& paths,
                             const types::Schema& schema);

}  // namespace lochan::session
