#pragma once
#include <string>

#include "types/data_type.h"

namespace lochan::engine {

/// The schema of an Arrow IPC stream, as Spark sees it. Throws UNSUPPORTED_ARROWTYPE; an internal
/// error if the stream is damaged.
types::Schema local_relation_schema(const std::string& arrow_ipc);

}  // namespace lochan::engine
