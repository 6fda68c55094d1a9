// XML and XPath.
#include "functions/families.h"
#include "functions/type_rules.h"

namespace lochan::functions {

std::span<const Function> xml_functions() {
  static const std::vector<Function> rows = [] {
    static constexpr std::pair<std::string_view, std::string_view> kMissing[] = {
        {"from_xml", "XML"},       {"to_xml", "XML"},          {"schema_of_xml", "XML"},
        {"xpath", "XPath"},        {"xpath_boolean", "XPath"}, {"xpath_double", "XPath"},
        {"xpath_float", "XPath"},  {"xpath_int", "XPath"},     {"xpath_long", "XPath"},
        {"xpath_number", "XPath"}, {"xpath_short", "XPath"},   {"xpath_string", "XPath"},
    };
    std::vector<Function> all;
    for (const auto& [name, reason] : kMissing) {
      all.push_back({.name = name, .max_arguments = kAnyNumber, .lower = Missing{reason}});
    }
    return all;
  }();
  return rows;
}

}  // namespace lochan::functions
