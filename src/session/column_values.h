#pragma once
#include <vector>

#include "types/value.h"

namespace arrow {
class Array;
}

namespace lochan::session {

/// Appends the values of an Arrow column of Spark type `type`. Throws not-supported for nested
/// types.
void append_values(const arrow::Array& column, const types::DataType& type,
                   std::vector<types::Value>& out);

}  // namespace lochan::session
