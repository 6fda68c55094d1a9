// Functions that only our own plans call. Their names cannot be written in SQL without backticks
// and they are not documented.
#include "functions/families.h"

namespace lochan::functions {

std::span<const Function> internal_functions() {
  static const std::vector<Function> rows = {
      {.name = "__show_text",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = [](CallSite& call) { call.result = types::TypeId::kString; },
       .doc = "The text that show() prints for a value.",
       .lower = Kernel{"show_text"}},
  };
  return rows;
}

}  // namespace lochan::functions
