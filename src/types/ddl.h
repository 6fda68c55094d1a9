#pragma once
#include <optional>
#include <string_view>

#include "types/data_type.h"

/// Types in SQL text. data_type.h has the two functions that most code needs.
namespace lochan::types {

struct ParsedType {
  DataType type;
  size_t end = 0;  // the byte behind the type
};
/// Parses the type that starts at byte `begin` of `text`, which may go on behind it. Throws
/// PARSE_SYNTAX_ERROR and the other errors of types, with their place in `text`.
ParsedType parse_type_at(std::string_view text, size_t begin);

/// The scalar type that JSON calls `name` ("integer", "decimal(10,2)"), if any.
std::optional<DataType> scalar_type_by_json_name(std::string_view name);

}  // namespace lochan::types
