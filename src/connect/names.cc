#include "connect/names.h"

#include <optional>

#include "base/error.h"

namespace lochan::connect {
namespace {

bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

// The parts, or nothing where backticks do not pair up or stand in the middle of a part.
std::optional<std::vector<std::string>> split_name(std::string_view name) {
  std::vector<std::string> parts;
  size_t i = 0;
  while (true) {
    std::string part;
    if (i < name.size() && name[i] == '`') {
      ++i;
      while (true) {
        if (i >= name.size()) return std::nullopt;
        if (name[i] == '`') {
          if (i + 1 < name.size() && name[i + 1] == '`') {
            part += '`';
            i += 2;
            continue;
          }
          ++i;
          break;
        }
        part += name[i++];
      }
      if (i < name.size() && name[i] != '.') return std::nullopt;
    } else {
      while (i < name.size() && name[i] != '.') {
        if (name[i] == '`') return std::nullopt;
        part += name[i++];
      }
    }
    parts.push_back(std::move(part));
    if (i >= name.size()) return parts;
    ++i;  // the dot
    if (i >= name.size()) return std::nullopt;
  }
}

}  // namespace

std::vector<std::string> parse_attribute_name(std::string_view name) {
  if (auto parts = split_name(name)) return *std::move(parts);
  throw Error("INVALID_ATTRIBUTE_NAME_SYNTAX", {{"name", std::string(name)}});
}

std::vector<std::string> parse_identifier(std::string_view name) {
  auto parts = split_name(name);
  bool valid = parts.has_value();
  if (valid)
    for (const auto& part : *parts) valid = valid && !part.empty();
  if (!valid)
    throw Error(
        "PARSE_SYNTAX_ERROR",
        {{"error", name.empty() ? "end of input" : "'" + std::string(name) + "'"}, {"hint", ""}});
  return *std::move(parts);
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

}  // namespace lochan::connect
