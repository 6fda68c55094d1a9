#pragma once
#include <optional>
#include <string>

#include "engine/kernels/decimal.h"

/// Sums and products of decimals beyond 128 bits: the rare rows that the fast loops cannot hold,
/// and the values that overflow errors print.
namespace lochan::engine::kernels {

struct ExactDecimal {
  bool negative = false;
  UInt256 magnitude;
  int scale = 0;

  static ExactDecimal sum(Int128 a, int a_scale, Int128 b, int b_scale);
  /// A number of 256 bits in two's complement.
  static ExactDecimal wide(Int128 high, Int128 low, int scale);
  static ExactDecimal product(Int128 a, int a_scale, Int128 b, int b_scale);
  /// Keeps its first significant digits: its scale may become negative.
  void truncate(int digits);
  /// At `scale`, HALF_UP; null if it does not fit 128 bits.
  std::optional<Int128> at_scale(int scale) const;
  std::string text() const;
};

}  // namespace lochan::engine::kernels
