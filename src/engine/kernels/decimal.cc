#include "engine/kernels/decimal.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>

#include "types/value.h"

namespace lochan::engine::kernels {
namespace {

constexpr uint64_t kTen19 = 10'000'000'000'000'000'000ull;

Int128 with_sign(UInt128 value, bool negative) {
  return negative ? -static_cast<Int128>(value) : static_cast<Int128>(value);
}

void divide_by_power(UInt256& value, int digits) {
  for (; digits >= 19; digits -= 19) value.divide(kTen19);
  if (digits > 0) value.divide(static_cast<uint64_t>(kPowersOfTen[digits]));
}

// value / 10^digits, HALF_UP: only the first digit that falls off decides.
std::optional<UInt128> round_off(UInt256 value, int digits) {
  if (digits > 0) {
    divide_by_power(value, digits - 1);
    uint64_t last = value.divide(10);
    if (last >= 5) {
      if (++value.low == 0) ++value.high;
    }
  }
  if (value.high != 0 || (value.low >> 127) != 0) return std::nullopt;
  return value.low;
}

// 256 by 128 bits, bit by bit: only for operands too wide for the fast paths.
UInt256 long_divide(UInt256 dividend, UInt128 divisor, UInt128& remainder) {
  UInt256 quotient;
  UInt128 rest = 0;
  for (int bit = 255; bit >= 0; bit--) {
    bool carry = (rest >> 127) != 0;
    UInt128 word = bit >= 128 ? dividend.high : dividend.low;
    rest = (rest << 1) | ((word >> (bit & 127)) & 1);
    if (carry || rest >= divisor) {
      rest -= divisor;
      (bit >= 128 ? quotient.high : quotient.low) |= UInt128{1} << (bit & 127);
    }
  }
  remainder = rest;
  return quotient;
}

}  // namespace

UInt256 UInt256::product(UInt128 a, UInt128 b) {
  auto a0 = static_cast<uint64_t>(a), a1 = static_cast<uint64_t>(a >> 64);
  auto b0 = static_cast<uint64_t>(b), b1 = static_cast<uint64_t>(b >> 64);
  UInt128 low = UInt128{a0} * b0, mid1 = UInt128{a1} * b0, mid2 = UInt128{a0} * b1;
  UInt128 mid = (low >> 64) + static_cast<uint64_t>(mid1) + static_cast<uint64_t>(mid2);
  UInt256 result;
  result.low = (mid << 64) | static_cast<uint64_t>(low);
  result.high = UInt128{a1} * b1 + (mid1 >> 64) + (mid2 >> 64) + (mid >> 64);
  return result;
}

uint64_t UInt256::divide(uint64_t divisor) {
  uint64_t words[4] = {static_cast<uint64_t>(high >> 64), static_cast<uint64_t>(high),
                       static_cast<uint64_t>(low >> 64), static_cast<uint64_t>(low)};
  uint64_t rest = 0;
  for (uint64_t& word : words) {
    UInt128 part = (UInt128{rest} << 64) | word;
    word = static_cast<uint64_t>(part / divisor);
    rest = static_cast<uint64_t>(part % divisor);
  }
  high = (UInt128{words[0]} << 64) | words[1];
  low = (UInt128{words[2]} << 64) | words[3];
  return rest;
}

Int128 drop_digits(Int128 value, int digits) {
  if (digits <= 0) return value;
  if (digits > 38) return 0;  // 128 bits hold less than half of 10^39
  UInt128 size = magnitude(value);
  auto tens = static_cast<UInt128>(kPowersOfTen[digits]);
  UInt128 quotient = size / tens, rest = size % tens;
  if (rest >= tens - rest) quotient++;
  return with_sign(quotient, value < 0);
}

std::optional<Int128> rescale(Int128 value, int from, int to) {
  if (to <= from) return drop_digits(value, from - to);
  if (value == 0) return 0;
  int shift = to - from;
  if (shift > 38) return std::nullopt;
  Int128 result;
  if (__builtin_mul_overflow(value, kPowersOfTen[shift], &result)) return std::nullopt;
  return result;
}

std::optional<Int128> multiply(Int128 a, Int128 b, int dropped) {
  Int128 product;
  if (!__builtin_mul_overflow(a, b, &product)) return drop_digits(product, dropped);
  auto rounded = round_off(UInt256::product(magnitude(a), magnitude(b)), dropped);
  if (!rounded) return std::nullopt;
  return with_sign(*rounded, (a < 0) != (b < 0));
}

std::optional<Int128> divide(Int128 a, int shift, Int128 b) {
  bool negative = (a < 0) != (b < 0);
  UInt128 dividend = magnitude(a), divisor = magnitude(b);
  if (shift < 0) {
    UInt128 tens = static_cast<UInt128>(kPowersOfTen[std::min(-shift, 38)]);
    UInt256 wide = UInt256::product(divisor, tens);
    if (wide.high != 0) return Int128{0};
    divisor = wide.low;
    shift = 0;
  }
  UInt256 wide =
      UInt256::product(dividend, static_cast<UInt128>(kPowersOfTen[std::min(shift, 38)]));
  if (shift > 38) {
    if (wide.high >> 120) return std::nullopt;  // far beyond 38 digits whatever the divisor
    UInt128 tens = static_cast<UInt128>(kPowersOfTen[std::min(shift - 38, 38)]);
    UInt256 low = UInt256::product(wide.low, tens), high = UInt256::product(wide.high, tens);
    if (high.high != 0) return std::nullopt;
    wide = {high.low + low.high, low.low};
    if (wide.high < low.high) return std::nullopt;
  }
  UInt128 quotient, rest;
  if (wide.high == 0) {
    if ((wide.low >> 64) == 0 && (divisor >> 64) == 0) {
      quotient = static_cast<uint64_t>(wide.low) / static_cast<uint64_t>(divisor);
      rest = static_cast<uint64_t>(wide.low) % static_cast<uint64_t>(divisor);
    } else {
      quotient = wide.low / divisor;
      rest = wide.low - quotient * divisor;
    }
  } else {
    UInt256 long_quotient = long_divide(wide, divisor, rest);
    if (long_quotient.high != 0) return std::nullopt;
    quotient = long_quotient.low;
  }
  if (rest >= divisor - rest) quotient++;
  if ((quotient >> 127) != 0) return std::nullopt;
  return with_sign(quotient, negative);
}

QuotientRemainder divide_whole(Int128 a, int a_shift, Int128 b, int b_shift) {
  UInt256 dividend = UInt256::product(magnitude(a), static_cast<UInt128>(kPowersOfTen[a_shift]));
  UInt256 divisor = UInt256::product(magnitude(b), static_cast<UInt128>(kPowersOfTen[b_shift]));
  UInt128 quotient = 0, rest = 0;
  if (divisor.high != 0) {
    // Only one of the shifts is not 0: a divisor of more than 128 bits exceeds the dividend.
    quotient = 0;
    rest = dividend.low;
  } else if (dividend.high == 0) {
    quotient = dividend.low / divisor.low;
    rest = dividend.low % divisor.low;
  } else {
    UInt256 wide = long_divide(dividend, divisor.low, rest);
    if (wide.high != 0 || (wide.low >> 127) != 0) return {std::nullopt, with_sign(rest, a < 0)};
    quotient = wide.low;
  }
  return {with_sign(quotient, (a < 0) != (b < 0)), with_sign(rest, a < 0)};
}

std::string quotient_digits(Int128 a, int shift, Int128 b) {
  std::string dividend = types::decimal_to_string(a < 0 ? -a : a, 0) + std::string(shift, '0');
  std::string quotient;
  UInt128 rest = 0;
  for (char digit : dividend) {
    UInt256 next = UInt256::product(rest, 10);
    next.low += digit - '0';
    if (next.low < static_cast<UInt128>(digit - '0')) ++next.high;
    auto one = static_cast<char>('0' + static_cast<int>(long_divide(next, magnitude(b), rest).low));
    if (one != '0' || !quotient.empty()) quotient += one;
  }
  if (quotient.empty()) quotient = "0";
  return (a < 0) != (b < 0) ? "-" + quotient : quotient;
}

DecimalText parse_decimal(std::string_view text, int precision, int scale, Int128& value) {
  auto is_space = [](unsigned char c) { return c <= ' '; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  size_t i = 0;
  bool negative = false;
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) negative = text[i++] == '-';
  // Significant digits, kept as text: there may be any number of them.
  std::string digits;
  int64_t point = 0;  // digits after the point
  bool any = false, seen_point = false;
  for (; i < text.size(); i++) {
    char c = text[i];
    if (c >= '0' && c <= '9') {
      any = true;
      if (c != '0' || !digits.empty()) digits += c;
      if (seen_point) point++;
    } else if (c == '.' && !seen_point) {
      seen_point = true;
    } else {
      break;
    }
  }
  if (!any) return DecimalText::kMalformed;
  int64_t exponent = 0;
  if (i < text.size()) {
    if (text[i] != 'e' && text[i] != 'E') return DecimalText::kMalformed;
    i++;
    if (i < text.size() && text[i] == '+') i++;
    auto [end, error] = std::from_chars(text.data() + i, text.data() + text.size(), exponent);
    if (end != text.data() + text.size() || i == text.size() || error != std::errc() ||
        exponent > INT32_MAX || exponent < -INT32_MAX) {
      return DecimalText::kMalformed;
    }
  }
  value = 0;
  if (digits.empty()) return DecimalText::kOk;
  // Digits before the point.
  int64_t whole = static_cast<int64_t>(digits.size()) - point + exponent;
  if (whole > kMaxDecimalDigits) return DecimalText::kTooManyDigits;
  int64_t keep = whole + scale;  // digits of the result
  if (keep < 0) return DecimalText::kOk;
  if (keep > kMaxDecimalDigits) return DecimalText::kDoesNotFit;
  Int128 result = 0;
  for (int64_t k = 0; k < keep; k++) {
    int digit = k < static_cast<int64_t>(digits.size()) ? digits[k] - '0' : 0;
    result = result * 10 + digit;
  }
  if (keep < static_cast<int64_t>(digits.size()) && digits[keep] >= '5') result++;
  if (!fits(result, precision)) return DecimalText::kDoesNotFit;
  value = negative ? -result : result;
  return DecimalText::kOk;
}

std::optional<Int128> decimal_from_double(double value, int scale) {
  char text[40];
  auto [end, error] = std::to_chars(text, text + sizeof text, value, std::chars_format::scientific);
  Int128 result;
  std::string_view view(text, end - text);
  if (parse_decimal(view, kMaxDecimalDigits, scale, result) != DecimalText::kOk)
    return std::nullopt;
  return result;
}

double decimal_to_double(Int128 value, int scale) {
  // Both exact in a double: one correctly rounded division.
  if (magnitude(value) < (UInt128{1} << 53) && scale <= 22) {
    return static_cast<double>(static_cast<int64_t>(value)) /
           static_cast<double>(kPowersOfTen[scale]);
  }
  std::string digits;
  UInt128 rest = magnitude(value);
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
    rest /= 10;
  } while (rest != 0);
  if (value < 0) digits.insert(digits.begin(), '-');
  return strtod((digits + "e-" + std::to_string(scale)).c_str(), nullptr);
}

}  // namespace lochan::engine::kernels
