// Variants.
#include "functions/families.h"
#include "functions/type_rules.h"

namespace lochan::functions {

std::span<const Function> variant_functions() {
  static const std::vector<Function> rows = {
      {.name = "is_valid_variant", .max_arguments = kAnyNumber, .lower = Missing{"variants"}},
      {.name = "is_variant_null", .max_arguments = kAnyNumber, .lower = Missing{"variants"}},
      {.name = "schema_of_variant", .max_arguments = kAnyNumber, .lower = Missing{"variants"}},
      {.name = "schema_of_variant_agg", .max_arguments = kAnyNumber, .lower = Missing{"variants"}},
      {.name = "to_variant_object", .max_arguments = kAnyNumber, .lower = Missing{"variants"}},
      {.name = "try_variant_get", .max_arguments = kAnyNumber, .lower = Missing{"variants"}},
      {.name = "variant_get", .max_arguments = kAnyNumber, .lower = Missing{"variants"}},
      {.name = "parse_json", .max_arguments = kAnyNumber, .lower = Missing{"variants"}},
      {.name = "try_parse_json", .max_arguments = kAnyNumber, .lower = Missing{"variants"}},
  };
  return rows;
}

}  // namespace lochan::functions
