// XML and XPath.
#include "functions/families.h"
#include "functions/type_rules.h"

namespace lochan::functions {

std::span<const Function> xml_functions() {
  static const std::vector<Function> rows = {
      missing("from_xml", "XML"),        missing("to_xml", "XML"),
      missing("schema_of_xml", "XML"),   missing("xpath", "XPath"),
      missing("xpath_boolean", "XPath"), missing("xpath_double", "XPath"),
      missing("xpath_float", "XPath"),   missing("xpath_int", "XPath"),
      missing("xpath_long", "XPath"),    missing("xpath_number", "XPath"),
      missing("xpath_short", "XPath"),   missing("xpath_string", "XPath"),
  };
  return rows;
}

}  // namespace lochan::functions
