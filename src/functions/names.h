#pragma once
#include <string>

#include "functions/function.h"

/// The names that Spark gives to what the user did not name.
namespace lochan::functions {

/// What Spark prints for a resolved expression in auto-generated column names and in error messages
/// (toPrettySQL): user casts print, implicit ones do not; strings without quotes; columns without
/// qualifiers.
std::string display_name(const plan::Expression& expression, const ResolveContext& context);
/// The name of a column that a select list makes of `expression` without an alias: as above, but a
/// column and a top-level cast of a column are called like the column.
std::string output_name(const plan::Expression& expression, const ResolveContext& context);
/// A bound of a window frame ("2 PRECEDING"), and a frame ("ROWS BETWEEN ... AND ...").
std::string bound_name(const plan::FrameBound& bound, const ResolveContext& context);
std::string frame_name(const plan::Frame& frame, const ResolveContext& context);
/// display_name in double quotes, as errors name an expression (toSQLExpr).
std::string quoted_name(const plan::Expression& expression, const ResolveContext& context);
/// What OVER says, in parentheses: partitions, order and frame.
std::string window_name(const plan::Window& window, const ResolveContext& context);
/// A type in double quotes, as errors name it (toSQLType).
std::string quoted_type(const types::DataType& type);
/// The function's name as it prints: the row's pretty name, else what the user wrote.
std::string printed_name(const CallSite& call);
/// What prints for a call under construction.
std::string call_name(const CallSite& call);

}  // namespace lochan::functions
