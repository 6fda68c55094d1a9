#pragma once

namespace lochan::types {

/// d.ddd times ten to the power of `exponent`: the digits that Java's Double.toString writes,
/// without zeros at the end.
struct ShortestDigits {
  char digits[32];
  int count = 0;
  int exponent = 0;
};
/// Of a positive, finite number.
ShortestDigits shortest_digits(double value);

}  // namespace lochan::types
