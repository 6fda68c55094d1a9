#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Arithmetic on unscaled decimals. Rounding is HALF_UP (ties away from zero) everywhere, as
/// Spark's Decimal; nothing here raises: a result that does not fit is nullopt or told by `fits`.
namespace lochan::engine::kernels {

using Int128 = __int128;
using UInt128 = unsigned __int128;

inline constexpr int kMaxDecimalDigits = 38;

constexpr std::array<Int128, 39> make_powers() {
  std::array<Int128, 39> powers{};
  powers[0] = 1;
  for (int i = 1; i < 39; i++) powers[i] = powers[i - 1] * 10;
  return powers;
}
inline constexpr std::array<Int128, 39> kPowersOfTen = make_powers();
constexpr Int128 power_of_ten(int n) { return kPowersOfTen[n]; }

constexpr UInt128 magnitude(Int128 v) {
  return v < 0 ? ~static_cast<UInt128>(v) + 1 : static_cast<UInt128>(v);
}
constexpr bool fits(Int128 value, int precision) {
  return magnitude(value) < static_cast<UInt128>(kPowersOfTen[precision]);
}

/// An unsigned number of 256 bits, as little as decimals need of it.
struct UInt256 {
  UInt128 high = 0, low = 0;
  static UInt256 product(UInt128 a, UInt128 b);
  /// Divides by a 64-bit number in place; returns the remainder.
  uint64_t divide(uint64_t divisor);
};

/// value / 10^digits, HALF_UP. digits may exceed 38.
Int128 drop_digits(Int128 value, int digits);
/// `value` of scale `from` at scale `to`, or nullopt when it leaves 128 bits; precision is the
/// caller's check.
std::optional<Int128> rescale(Int128 value, int from, int to);
/// a * b / 10^dropped, HALF_UP, exact in between.
std::optional<Int128> multiply(Int128 a, Int128 b, int dropped);
/// a * 10^shift / b, HALF_UP; b is not 0; shift may be negative.
std::optional<Int128> divide(Int128 a, int shift, Int128 b);
/// Quotient (towards zero; nullopt when it leaves 128 bits) and remainder, at the common scale, of
/// a * 10^a_shift and b * 10^b_shift, of which one shift is 0.
struct QuotientRemainder {
  std::optional<Int128> quotient;
  Int128 remainder;
};
QuotientRemainder divide_whole(Int128 a, int a_shift, Int128 b, int b_shift);
/// The digits of a * 10^shift / b without rounding and without a point; b is not 0, shift >= 0.
std::string quotient_digits(Int128 a, int shift, Int128 b);

/// Digits, point, exponent: java.math.BigDecimal's text, trimmed. The value at `scale` (HALF_UP).
enum class DecimalText { kOk, kMalformed, kTooManyDigits, kDoesNotFit };
/// kTooManyDigits: more than 38 digits before the point; kDoesNotFit: more than `precision` in all.
DecimalText parse_decimal(std::string_view text, int precision, int scale, Int128& value);

/// The exact or shortest decimal of a double: Spark goes through the double's shortest text.
std::optional<Int128> decimal_from_double(double value, int scale);
double decimal_to_double(Int128 value, int scale);

}  // namespace lochan::engine::kernels
