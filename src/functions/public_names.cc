#include "functions/public_names.h"

namespace lochan::functions {

bool is_public_name(std::string_view name) {
  return !name.starts_with("__") && name.find_first_of(": ") == std::string_view::npos;
}

std::map<std::string_view, const Function*> public_functions() {
  std::map<std::string_view, const Function*> found;
  for (const auto* function : all_functions()) {
    if (std::holds_alternative<Missing>(function->lower)) continue;
    if (is_public_name(function->name)) found.emplace(function->name, function);
    for (const std::string_view alias : function->aliases)
      if (is_public_name(alias)) found.emplace(alias, function);
  }
  return found;
}

}  // namespace lochan::functions
