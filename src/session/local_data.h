#pragma once
#include <string>

#include "types/data_type.h"

namespace lochan::session {

/// The schema at the head of an Arrow IPC stream as Spark's types: what local data has when its
/// client names no schema. Throws UNSUPPORTED_ARROWTYPE, and CONNECT_INVALID_PLAN.ASSERTION_FAILURE
/// for what is no Arrow IPC stream.
types::Schema schema_of_ipc(const std::string& ipc);

}  // namespace lochan::session
