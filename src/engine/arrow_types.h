#pragma once
#include <memory>
#include <string_view>

#include "types/data_type.h"

namespace arrow {
class DataType;
class Field;
class Schema;
}  // namespace arrow

namespace lochan::engine {

/// The Arrow form in which Spark's clients expect a type: timestamps in µs with the session zone,
/// day-time intervals as durations, variants as a marked struct. Nullability is the type's own.
std::shared_ptr<arrow::DataType> to_arrow(const types::DataType& type, std::string_view zone);
std::shared_ptr<arrow::Schema> to_arrow(const types::Schema& schema, std::string_view zone);

/// The Spark type of an Arrow type, as createDataFrame() reads it. A timestamp with a zone is an
/// instant. Throws UNSUPPORTED_ARROWTYPE for what Spark has no type for.
types::DataType from_arrow(const arrow::DataType& type);
types::Schema from_arrow(const arrow::Schema& schema);

}  // namespace lochan::engine
