#pragma once
#include <memory>

#include "types/data_type.h"

namespace arrow {
class Array;
class DataType;
}  // namespace arrow

namespace lochan::engine {

/// The Arrow type that DuckDB reads as to_duckdb(type).
std::shared_ptr<arrow::DataType> import_type(const types::DataType& type);

/// `array`, as a client sent it, under import_type(type): the same buffers where the layouts agree,
/// else converted (other units of time, dictionaries, narrower integers, large offsets). Throws an
/// internal error where it does not fit.
std::shared_ptr<arrow::Array> import_array(const std::shared_ptr<arrow::Array>& array,
                                           const types::DataType& type);

}  // namespace lochan::engine
