#pragma once
#include <string>

#include "types/data_type.h"

/// Pieces of the text forms of types that several files need.
namespace lochan::types {

/// Spark's typeName: "integer", "long", "decimal(10,2)", "array", "interval day to second"; what
/// JSON and printSchema() use.
std::string type_name(const DataType& type);

/// Names of interval fields: year, month; day, hour, minute, second.
const char* year_month_field(int field);
const char* day_time_field(int field);

}  // namespace lochan::types
