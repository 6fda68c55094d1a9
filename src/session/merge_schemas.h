#pragma once
#include "types/data_type.h"

namespace lochan::session {

/// The columns of both, struct by struct, found by name without case. Throws CANNOT_MERGE_SCHEMAS
/// when a column's types differ by more than their parts.
types::Schema merge_schemas(const types::Schema& left, const types::Schema& right);

}  // namespace lochan::session
