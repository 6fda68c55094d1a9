#pragma once
#include <string>
#include <string_view>

/// Letters of ASCII only, whatever the locale: keywords, options, identifiers. Other bytes stay as
/// they are. Unicode case is engine/kernels/utf8.h's.
namespace lochan {

constexpr char lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
constexpr char upper_case(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
}

std::string lower_case(std::string_view text);
std::string upper_case(std::string_view text);

/// Equal but for the case of letters: how identifiers and options are compared.
bool same_name(std::string_view a, std::string_view b);

/// `text` on one line: control characters that have a letter escape in C are written as that
/// (a newline as \n), as Spark prints names and cells.
std::string escape_control(std::string_view text);

}  // namespace lochan
