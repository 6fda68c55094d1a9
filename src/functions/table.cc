// Table functions: FROM f(...). analysis/ resolves them by name; generators may stand here as well.
#include "functions/families.h"
#include "functions/type_rules.h"

namespace lochan::functions {

std::span<const Function> table_functions() {
  static const std::vector<Function> rows = {
      {.name = "range",
       .kind = FunctionKind::kTable,
       .min_arguments = 1,
       .max_arguments = 4,
       .type = args({kLong}).returns(kLong),
       .parameters = {"start", "end", "step", "numSlices"},
       .doc = "Rows of one bigint column `id`.",
       .example = "SELECT * FROM range(1, 4)",
       .lower = Special{}},
      {.name = "sql_keywords",
       .kind = FunctionKind::kTable,
       .lower = Missing{"a table of keywords"}},
      {.name = "collations", .kind = FunctionKind::kTable, .lower = Missing{"collations"}},
      {.name = "python_worker_logs",
       .kind = FunctionKind::kTable,
       .lower = Missing{"logs of Python workers"}},
  };
  return rows;
}

}  // namespace lochan::functions
