#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lochan::connect {

/// Splits a column name as the DataFrame API writes it: parts between dots, backticks around a part
/// that holds dots, a doubled backtick inside quotes for itself ("a.`b.c`" is a, b.c). Throws
/// INVALID_ATTRIBUTE_NAME_SYNTAX.
std::vector<std::string> parse_attribute_name(std::string_view name);

/// Splits the name of a table, view or function ("catalog.schema.table"), same quoting. Throws
/// PARSE_SYNTAX_ERROR.
std::vector<std::string> parse_identifier(std::string_view name);

/// True for "00112233-4455-6677-8899-aabbccddeeff".
bool is_uuid(std::string_view text);

}  // namespace lochan::connect
