#include "engine/kernels/exact_decimal.h"

#include <algorithm>

namespace lochan::engine::kernels {
namespace {

bool less(const UInt256& a, const UInt256& b) {
  return a.high != b.high ? a.high < b.high : a.low < b.low;
}
UInt256 add(const UInt256& a, const UInt256& b) {
  UInt256 sum{a.high + b.high, a.low + b.low};
  if (sum.low < a.low) ++sum.high;
  return sum;
}
UInt256 subtract(const UInt256& a, const UInt256& b) {
  UInt256 difference{a.high - b.high, a.low - b.low};
  if (a.low < b.low) --difference.high;
  return difference;
}

}  // namespace

ExactDecimal ExactDecimal::sum(Int128 a, int a_scale, Int128 b, int b_scale) {
  ExactDecimal result;
  result.scale = std::max(a_scale, b_scale);
  UInt256 x = UInt256::product(kernels::magnitude(a),
                               static_cast<UInt128>(kPowersOfTen[result.scale - a_scale]));
  UInt256 y = UInt256::product(kernels::magnitude(b),
                               static_cast<UInt128>(kPowersOfTen[result.scale - b_scale]));
  if ((a < 0) == (b < 0)) {
    result.magnitude = add(x, y);
    result.negative = a < 0;
  } else if (less(x, y)) {
    result.magnitude = subtract(y, x);
    result.negative = b < 0;
  } else {
    result.magnitude = subtract(x, y);
    result.negative = a < 0;
  }
  return result;
}

ExactDecimal ExactDecimal::wide(Int128 high, Int128 low, int scale) {
  ExactDecimal result;
  result.scale = scale;
  result.negative = high < 0;
  result.magnitude = {static_cast<UInt128>(high), static_cast<UInt128>(low)};
  if (result.negative) {
    result.magnitude = {~result.magnitude.high, ~result.magnitude.low};
    if (++result.magnitude.low == 0) ++result.magnitude.high;
  }
  return result;
}

ExactDecimal ExactDecimal::product(Int128 a, int a_scale, Int128 b, int b_scale) {
  return {(a < 0) != (b < 0), UInt256::product(kernels::magnitude(a), kernels::magnitude(b)),
          a_scale + b_scale};
}

void ExactDecimal::truncate(int digits) {
  int size = 0;
  for (UInt256 rest = magnitude; rest.high != 0 || rest.low != 0; size++) rest.divide(10);
  for (; size > digits; size--, scale--) magnitude.divide(10);
}

std::optional<Int128> ExactDecimal::at_scale(int target) const {
  UInt256 value = magnitude;
  if (target < scale) {
    for (int dropped = scale - target; dropped > 1; dropped--) value.divide(10);
    if (value.divide(10) >= 5) value = add(value, {0, 1});
  }
  if (value.high != 0 || (value.low >> 127) != 0) return std::nullopt;
  Int128 result = negative ? -static_cast<Int128>(value.low) : static_cast<Int128>(value.low);
  return target > scale ? rescale(result, scale, target) : result;
}

std::string ExactDecimal::text() const {
  std::string digits(std::max(0, -scale), '0');
  UInt256 rest = magnitude;
  while (rest.high != 0 || rest.low != 0 || static_cast<int>(digits.size()) <= scale) {
    digits += static_cast<char>('0' + rest.divide(10));
    if (scale > 0 && static_cast<int>(digits.size()) == scale) digits += '.';
    if (scale > 0 && digits.back() == '.' && rest.high == 0 && rest.low == 0) {
      digits += '0';
      break;
    }
  }
  if (negative) digits += '-';
  std::reverse(digits.begin(), digits.end());
  return digits;
}

}  // namespace lochan::engine::kernels
