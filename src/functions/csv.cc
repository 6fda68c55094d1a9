// CSV.
#include "functions/families.h"
#include "functions/type_rules.h"

namespace lochan::functions {

std::span<const Function> csv_functions() {
  static const std::vector<Function> rows = {
      {.name = "from_csv",
       .min_arguments = 2,
       .max_arguments = 3,
       .lower = Missing{"reading CSV texts"}},
      {.name = "schema_of_csv",
       .min_arguments = 1,
       .max_arguments = 2,
       .lower = Missing{"schemas of CSV texts"}},
      {.name = "to_csv",
       .min_arguments = 1,
       .max_arguments = 2,
       .lower = Missing{"writing CSV texts"}},
  };
  return rows;
}

}  // namespace lochan::functions
