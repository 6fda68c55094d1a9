#pragma once
#include <spark/connect/expressions.pb.h>

#include "types/value.h"

namespace lochan::connect {

/// Literal messages (expressions.proto) <-> values. The type of arrays, maps and structs stands in
/// the literal (up to Spark 4.0) or in its data_type (since 4.1); where neither says, it follows
/// from the elements. Throws CONNECT_INVALID_PLAN.*.
types::Value to_value(const spark::connect::Expression::Literal& literal);
void to_proto(const types::Value& value, spark::connect::Expression::Literal* literal);

}  // namespace lochan::connect
