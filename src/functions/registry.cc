#include <algorithm>
#include <array>
#include <unordered_map>

#include "base/ascii.h"
#include "functions/families.h"

namespace lochan::functions {
namespace {

struct Registry {
  std::vector<const Function*> rows;
  std::unordered_map<std::string, const Function*> by_name;

  Registry() {
    // The order matters only for an alias that two families claim: the first one wins.
    using Family = std::span<const Function> (*)();
    for (Family family :
         std::array<Family, 28>{operators_functions,    conditional_functions, aggregate_functions,
                                window_functions,       generator_functions,   table_functions,
                                math_functions,         decimal_functions,     bitwise_functions,
                                string_functions,       regexp_functions,      binary_functions,
                                hash_functions,         datetime_functions,    interval_functions,
                                collection_functions,   map_functions,         struct_functions,
                                higher_order_functions, json_functions,        csv_functions,
                                xml_functions,          variant_functions,     url_functions,
                                misc_functions,         sketch_functions,      cast_functions,
                                internal_functions}) {
      for (const Function& row : family()) rows.push_back(&row);
    }
    for (const Function* row : rows) by_name.emplace(lower_case(row->name), row);
    for (const Function* row : rows) {
      for (std::string_view alias : row->aliases) by_name.emplace(lower_case(alias), row);
    }
    std::sort(rows.begin(), rows.end(),
              [](const Function* a, const Function* b) { return a->name < b->name; });
  }
};

const Registry& registry() {
  static const Registry instance;
  return instance;
}

}  // namespace

const Function* find_function(std::string_view name) {
  const auto& by_name = registry().by_name;
  auto found = by_name.find(lower_case(name));
  return found == by_name.end() ? nullptr : found->second;
}

std::span<const Function* const> all_functions() { return registry().rows; }

}  // namespace lochan::functions
