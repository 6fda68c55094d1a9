#include "types/number_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include "types/shortest_digits.h"

namespace lochan::types {
namespace {

template <class T>
ShortestDigits shortest(T value) {
  // "d.ddde[+-]xx" with the fewest digits that read back, at least two: of numbers so small that
  // one digit may do, Java writes the nearest with two (4.9E-324, not 5.0E-324), but Java 17 not
  // one of another exponent (1.0E-323, not 9.9E-324).
  char buffer[64], two_digits[64];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  std::string_view text(buffer, end.ptr - buffer);
  if (value < std::numeric_limits<T>::min() && buffer[1] == 'e') {
    end = std::to_chars(two_digits, two_digits + sizeof two_digits, value,
                        std::chars_format::scientific, 1);
    const std::string_view nearest(two_digits, end.ptr - two_digits);
    if (nearest.substr(3) == text.substr(1)) text = nearest;
  }
  ShortestDigits result;
  const size_t e = text.find('e');
  const std::string_view exponent = text.substr(e + (text[e + 1] == '+' ? 2 : 1));
  std::from_chars(exponent.data(), exponent.data() + exponent.size(), result.exponent);
  for (const char c : text.substr(0, e)) {
    if (c != '.') result.digits[result.count++] = c;
  }
  while (result.count > 1 && result.digits[result.count - 1] == '0') --result.count;
  return result;
}

template <class T>
void append_java(std::string& out, T value) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::signbit(value)) {
    out += '-';
    value = -value;
  }
  if (std::isinf(value)) {
    out += "Infinity";
    return;
  }
  if (value == 0) {
    out += "0.0";
    return;
  }
  const auto [digits, count, exponent] = shortest(value);
  if (exponent >= -3 && exponent < 7) {
    if (exponent < 0) {
      out += "0.";
      out.append(-exponent - 1, '0');
      out.append(digits, count);
    } else {
      for (int i = 0; i <= exponent; ++i) out += i < count ? digits[i] : '0';
      out += '.';
      if (count > exponent + 1)
        out.append(digits + exponent + 1, count - exponent - 1);
      else
        out += '0';
    }
    return;
  }
  out += digits[0];
  out += '.';
  if (count > 1)
    out.append(digits + 1, count - 1);
  else
    out += '0';
  out += 'E';
  out += std::to_string(exponent);
}

}  // namespace

ShortestDigits shortest_digits(double value) { return shortest(value); }

void append_double(std::string& out, double value) { append_java(out, value); }
void append_float(std::string& out, float value) { append_java(out, value); }

std::string double_to_string(double value) {
  std::string out;
  append_java(out, value);
  return out;
}

std::string float_to_string(float value) {
  std::string out;
  append_java(out, value);
  return out;
}

std::string int128_to_string(Int128 value) {
  if (value == 0) return "0";
  using UInt128 = unsigned __int128;
  UInt128 rest = value < 0 ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
  std::string out;
  while (rest != 0) {
    out += static_cast<char>('0' + static_cast<int>(rest % 10));
    rest /= 10;
  }
  if (value < 0) out += '-';
  std::reverse(out.begin(), out.end());
  return out;
}

std::string decimal_to_string(Int128 value, int scale) {
  std::string digits = int128_to_string(value);
  if (scale <= 0) {
    if (value != 0) digits.append(-scale, '0');
    return digits;
  }
  const bool negative = digits[0] == '-';
  if (negative) digits.erase(0, 1);
  if (static_cast<int>(digits.size()) <= scale) {
    digits.insert(0, scale + 1 - digits.size(), '0');
  }
  digits.insert(digits.size() - scale, ".");
  return negative ? "-" + digits : digits;
}

std::string decimal_to_short_string(Int128 value, int scale) {
  std::string digits = int128_to_string(value);
  const bool negative = digits[0] == '-';
  if (negative) digits.erase(0, 1);
  const int exponent = static_cast<int>(digits.size()) - 1 - scale;
  if (exponent >= -6) return decimal_to_string(value, scale);
  if (digits.size() > 1) digits.insert(1, ".");
  return (negative ? "-" : "") + digits + "E" + std::to_string(exponent);
}

std::optional<ParsedDecimal> parse_decimal(std::string_view text) {
  ParsedDecimal result;
  size_t i = 0;
  bool negative = false;
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) negative = text[i++] == '-';
  bool any = false, point = false;
  for (; i < text.size(); ++i) {
    if (text[i] == '.' && !point) {
      point = true;
      continue;
    }
    if (text[i] < '0' || text[i] > '9') break;
    any = true;
    if (result.value != 0 || text[i] != '0') {
      if (++result.precision > 38) return std::nullopt;
      result.value = result.value * 10 + (text[i] - '0');
    }
    if (point) ++result.scale;
  }
  if (!any) return std::nullopt;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    int exponent = 0;
    size_t from = i + 1;
    if (from < text.size() && text[from] == '+') ++from;
    const auto parsed = std::from_chars(text.data() + from, text.data() + text.size(), exponent);
    if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
    if (exponent > 10000 || exponent < -10000) return std::nullopt;
    result.scale -= exponent;
    i = text.size();
  }
  if (i != text.size()) return std::nullopt;
  if (negative) result.value = -result.value;
  result.precision = std::max({result.precision, result.scale, 1});
  return result;
}

}  // namespace lochan::types
