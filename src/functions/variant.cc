// Variants.
#include "functions/families.h"
#include "functions/type_rules.h"

namespace lochan::functions {

std::span<const Function> variant_functions() {
  static const std::vector<Function> rows = {};
  return rows;
}

}  // namespace lochan::functions
