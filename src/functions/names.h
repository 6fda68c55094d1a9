#pragma once
#include <string>

#include "functions/function.h"

namespace lochan::functions {

/// What Spark prints for a resolved expression in auto-generated column names and in error messages
/// (toPrettySQL): user casts print, implicit ones do not; strings without quotes; columns without qualifiers.
std::string display_name(const plan::Expression& expression, const ResolveContext& context);
/// The name of a column that a select list makes of `expression` without an alias: as above, but a column,
/// an extracted field or a top-level cast of one is called as itself.
std::string output_name(const plan::Expression& expression, const ResolveContext& context);
/// display_name in double quotes, as errors name an expression (toSQLExpr).
std::string quoted_name(const plan::Expression& expression, const ResolveContext& context);
/// A type in double quotes, as errors name it (toSQLType).
std::string quoted_type(const types::DataType& type);
/// name(a, b) for a call under construction.
std::string call_name(const CallSite& call);

}  // namespace lochan::functions
