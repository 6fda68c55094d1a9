// Casts in the form of a call: int(x), date(x). They print as their argument, as implicit casts do.
#include "functions/families.h"
#include "functions/names.h"
#include "functions/type_rules.h"

namespace lochan::functions {

using types::DataType;

namespace {

Function cast_row(std::string_view name, DataType type, std::string_view doc,
                  std::string_view example) {
  return {.name = name,
          .min_arguments = 1,
          .max_arguments = 1,
          .doc = doc,
          .example = example,
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
      cast_row("boolean", kBoolean, "Casts to BOOLEAN.", "SELECT boolean('true')"),
      cast_row("tinyint", kByte, "Casts to TINYINT.", "SELECT tinyint('12')"),
      cast_row("smallint", kShort, "Casts to SMALLINT.", "SELECT smallint('12')"),
      cast_row("int", kInteger, "Casts to INT.", "SELECT int('12')"),
      cast_row("bigint", kLong, "Casts to BIGINT.", "SELECT bigint('12')"),
      cast_row("float", kFloat, "Casts to FLOAT.", "SELECT float('1.5')"),
      cast_row("double", kDouble, "Casts to DOUBLE.", "SELECT double('1.5')"),
      cast_row("decimal", DataType::decimal(10, 0), "Casts to DECIMAL(10, 0).",
               "SELECT decimal('12')"),
      cast_row("date", kDate, "Casts to DATE.", "SELECT date('2026-01-31')"),
      cast_row("timestamp", kTimestamp, "Casts to TIMESTAMP.",
               "SELECT timestamp('2026-01-31 12:00:00')"),
      cast_row("binary", kBinary, "Casts to BINARY.", "SELECT binary('Spark')"),
      cast_row("string", kString, "Casts to STRING.", "SELECT string(12)"),
  };
  return rows;
}

}  // namespace lochan::functions
