#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lochan::engine::json {

/// One JSON value, read as Spark's parser reads it by default: single quotes are allowed, NaN and
/// Infinity are numbers, what follows the first value is ignored, numbers keep their text.
struct Node {
  enum class Kind { kNull, kBoolean, kNumber, kString, kArray, kObject };
  Kind kind = Kind::kNull;
  std::string text;  // decoded string; the number as written; "true" or "false"
  std::vector<Node> items;
  std::vector<std::pair<std::string, Node>> members;

  bool is(Kind k) const { return kind == k; }
  /// The first member called `name`, or null.
  const Node* member(std::string_view name) const;
};

/// Null if the text is not JSON or nests deeper than 1000.
std::optional<Node> parse(std::string_view text);

void append_quoted(std::string& out, std::string_view text);
/// Compact JSON; numbers with a point or an exponent as Java prints doubles.
void append(std::string& out, const Node& node);
std::string to_text(const Node& node);
/// Compact JSON with line ends and blanks, as Java's writer (Jackson) has it by default.
std::string indented(std::string_view compact);
/// JSON with all characters beyond ASCII as escapes.
std::string as_ascii(std::string_view json);
/// What a string column shows of a node: a string without quotes, anything else as JSON.
std::string as_string(const Node& node);

/// A path like $.a.b[0]['c d'][*]; null if malformed.
struct Step {
  enum class Kind { kKey, kIndex, kWildcard } kind = Kind::kKey;
  std::string key;
  size_t index = 0;
};
std::optional<std::vector<Step>> parse_path(std::string_view path);
/// get_json_object: the text that the path leads to.
std::optional<std::string> get(const Node& node, const std::vector<Step>& path);

}  // namespace lochan::engine::json
