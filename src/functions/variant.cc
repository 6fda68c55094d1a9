// Variants.
#include "functions/families.h"
#include "functions/type_rules.h"

namespace lochan::functions {

std::span<const Function> variant_functions() {
  static const std::vector<Function> rows = {
      missing("is_valid_variant", "variants"),  missing("is_variant_null", "variants"),
      missing("schema_of_variant", "variants"), missing("schema_of_variant_agg", "variants"),
      missing("to_variant_object", "variants"), missing("try_variant_get", "variants"),
      missing("variant_get", "variants"),       missing("parse_json", "variants"),
      missing("try_parse_json", "variants"),
  };
  return rows;
}

}  // namespace lochan::functions
