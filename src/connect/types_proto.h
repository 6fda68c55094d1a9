#pragma once
#include <spark/connect/types.pb.h>

#include "types/data_type.h"

namespace lochan::connect {

/// Spark Connect's DataType message (types.proto) <-> Spark SQL's types. Throws
/// CONNECT_INVALID_PLAN.* for a message without a kind and UNSUPPORTED_FEATURE.NOT_YET for kinds
/// that the type system does not have.
types::DataType to_type(const spark::connect::DataType& proto);
void to_proto(const types::DataType& type, spark::connect::DataType* proto);
void to_proto(const types::Schema& schema, spark::connect::DataType* proto);

/// A type as clients write it in a string: JSON, a list of columns, or one type in DDL. Throws
/// PARSE_SYNTAX_ERROR.
types::DataType parse_schema_string(const std::string& text);
/// The same as a struct: a single type is that of its one field `value`.
types::DataType parse_struct_string(const std::string& text);

}  // namespace lochan::connect
