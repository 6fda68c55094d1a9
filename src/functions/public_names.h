#pragma once
#include <map>
#include <string_view>

#include "functions/function.h"

namespace lochan::functions {

/// Whether SQL can write `name` as a function or a symbol. The other rows are forms of functions,
/// chosen by type, and operators of several words.
bool is_public_name(std::string_view name);
/// Every function that can be called, by its name and by its aliases.
std::map<std::string_view, const Function*> public_functions();

}  // namespace lochan::functions
