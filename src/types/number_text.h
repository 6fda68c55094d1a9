#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "types/value.h"

/// Numbers as text, as Java and therefore Spark writes them.
namespace lochan::types {

/// Java's Double.toString: shortest digits that read back, "1.0E7", "1.0E-4", "100.0", "NaN",
/// "Infinity".
std::string double_to_string(double value);
std::string float_to_string(float value);
/// Appends without allocating a string of its own; for kernels.
void append_double(std::string& out, double value);
void append_float(std::string& out, float value);

std::string int128_to_string(Int128 value);
/// BigDecimal.toString: as decimal_to_string (value.h), but 1E-7 where more than six zeros would
/// follow the point.
std::string decimal_to_short_string(Int128 value, int scale);

/// Digits with an optional sign, point and exponent as an exact decimal: value and scale (negative
/// scale when the exponent exceeds the digits behind the point). Null if malformed or over 38
/// digits.
struct ParsedDecimal {
  Int128 value = 0;
  int precision = 0;
  int scale = 0;
};
std::optional<ParsedDecimal> parse_decimal(std::string_view text);

}  // namespace lochan::types
