#include "engine/kernels/number_parse.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/ascii.h"

namespace lochan::engine::kernels {
namespace {

bool is_space_or_control(char c) { return (c >= 0 && c <= ' ') || c == 0x7f; }

std::string_view trim_java(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

template <class T>
std::optional<T> special(std::string_view text) {
  constexpr T kInfinity = std::numeric_limits<T>::infinity();
  for (std::string_view word : {"inf", "+inf", "infinity", "+infinity"}) {
    if (same_name(text, word)) return kInfinity;
  }
  for (std::string_view word : {"-inf", "-infinity"}) {
    if (same_name(text, word)) return -kInfinity;
  }
  if (same_name(text, "nan")) return std::numeric_limits<T>::quiet_NaN();
  return std::nullopt;
}

template <class T>
std::optional<T> parse_fraction(std::string_view text) {
  text = trim_java(text);
  if (text.empty()) return std::nullopt;
  std::string_view body = text;
  bool negative = body[0] == '-';
  if (body[0] == '+' || body[0] == '-') body.remove_prefix(1);
  if (body == "NaN") return std::numeric_limits<T>::quiet_NaN();
  if (body.empty() || !((body[0] >= '0' && body[0] <= '9') || body[0] == '.'))
    return special<T>(text);
  bool hex = body.size() > 1 && body[0] == '0' && (body[1] == 'x' || body[1] == 'X');
  char last = body.back();
  if (last == 'f' || last == 'F' || last == 'd' || last == 'D') body.remove_suffix(1);
  T value = 0;
  if (hex) {
    body.remove_prefix(2);
    if (body.find_first_of("pP") == std::string_view::npos) return std::nullopt;
  }
  auto [end, error] = std::from_chars(body.data(), body.data() + body.size(), value,
                                      hex ? std::chars_format::hex : std::chars_format::general);
  if (end != body.data() + body.size() || error == std::errc::invalid_argument)
    return special<T>(text);
  if (error == std::errc::result_out_of_range) {
    std::string copy = (hex ? "0x" : "") + std::string(body);
    if constexpr (sizeof(T) == 4) {
      value = strtof(copy.c_str(), nullptr);
    } else {
      value = strtod(copy.c_str(), nullptr);
    }
  }
  return negative ? -value : value;
}

}  // namespace

std::string_view trim_all(std::string_view text) {
  while (!text.empty() && is_space_or_control(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space_or_control(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<int64_t> parse_integer(std::string_view text, bool allow_fraction) {
  text = trim_all(text);
  if (text.empty()) return std::nullopt;
  bool negative = text[0] == '-';
  if (text[0] == '-' || text[0] == '+') text.remove_prefix(1);
  if (text.empty()) return std::nullopt;
  size_t i = 0;
  int64_t value = 0;  // counts downwards: the smallest number has no positive counterpart
  for (; i < text.size() && text[i] != '.'; i++) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    if (__builtin_mul_overflow(value, int64_t{10}, &value) ||
        __builtin_sub_overflow(value, int64_t{text[i] - '0'}, &value)) {
      return std::nullopt;
    }
  }
  if (i < text.size()) {
    if (!allow_fraction) return std::nullopt;
    for (i++; i < text.size(); i++) {
      if (text[i] < '0' || text[i] > '9') return std::nullopt;
    }
  }
  if (negative) return value;
  if (value == INT64_MIN) return std::nullopt;
  return -value;
}

std::optional<double> parse_double(std::string_view text) { return parse_fraction<double>(text); }
std::optional<float> parse_float(std::string_view text) { return parse_fraction<float>(text); }

std::optional<bool> parse_boolean(std::string_view text) {
  text = trim_all(text);
  for (std::string_view word : {"t", "true", "y", "yes", "1"}) {
    if (same_name(text, word)) return true;
  }
  for (std::string_view word : {"f", "false", "n", "no", "0"}) {
    if (same_name(text, word)) return false;
  }
  return std::nullopt;
}

std::string quote_value(std::string_view text) {
  std::string quoted = "'";
  for (char c : text) {
    if (c == '\\' || c == '\'') quoted += '\\';
    quoted += c;
  }
  return quoted += '\'';
}

}  // namespace lochan::engine::kernels
