// Casts in the form of a call: int(x), date(x). They print as their argument, as implicit casts do.
#include "functions/families.h"
#include "functions/names.h"
#include "functions/type_rules.h"

namespace lochan::functions {

using types::DataType;

namespace {

Function cast_row(std::string_view name, DataType type, std::string_view doc) {
  return {.name = name,
          .min_arguments = 1,
          .max_arguments = 1,
          .doc = doc,
          .lower =
              Rewrite{[type](CallSite& call) -> plan::ExpressionPtr {
                        if (!can_cast(call.type(0), type, call.mode)) {
                          call.mismatch("CAST_WITHOUT_SUGGESTION",
                                        {{"sqlExpr", quoted_name(*call.arguments[0], call.context)},
                                         {"srcType", quoted_type(call.type(0))},
                                         {"targetType", quoted_type(type)}});
                        }
                        if (call.type(0) == type) return call.arguments[0];
                        return make_cast(call.arguments[0], type, call.mode, true, call.origin);
                      },
                      false}};
}

}  // namespace

std::span<const Function> cast_functions() {
  static const std::vector<Function> rows = {
      cast_row("boolean", kBoolean, "Casts to BOOLEAN."),
      cast_row("tinyint", kByte, "Casts to TINYINT."),
      cast_row("smallint", kShort, "Casts to SMALLINT."),
      cast_row("int", kInteger, "Casts to INT."),
      cast_row("bigint", kLong, "Casts to BIGINT."),
      cast_row("float", kFloat, "Casts to FLOAT."),
      cast_row("double", kDouble, "Casts to DOUBLE."),
      cast_row("decimal", DataType::decimal(10, 0), "Casts to DECIMAL(10, 0)."),
      cast_row("date", kDate, "Casts to DATE."),
      cast_row("timestamp", kTimestamp, "Casts to TIMESTAMP."),
      cast_row("binary", kBinary, "Casts to BINARY."),
      cast_row("string", kString, "Casts to STRING."),
  };
  return rows;
}

}  // namespace lochan::functions
