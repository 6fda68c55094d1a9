#pragma once
#include <string>
#include <vector>

#include "types/data_type.h"

namespace lochan::engine {

/// The schema that Spark infers for JSON records: fields sorted by name; numbers bigint, or double
/// with a fraction or an exponent; what differs from record to record widens (bigint and double to
/// double, else to string); a field that is always null is a string. Reads all of every file: one
/// record a line, or one document (an object or an array of objects) a file if `multi_line`. Broken
/// records count for nothing.
types::Schema infer_json_schema(const std::vector<std::string>& paths, bool multi_line,
                                bool primitives_as_string);

}  // namespace lochan::engine
