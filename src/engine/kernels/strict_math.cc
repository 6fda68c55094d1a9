// The algorithms of FDLIBM 5.3, which Java's StrictMath prescribes, in C++:
//   Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Developed at SunSoft, a Sun
//   Microsystems, Inc. business. Permission to use, copy, modify, and distribute this software is
//   freely granted, provided that this notice is preserved.
// Each function reduces its argument, then evaluates a polynomial; the constants are those that the
// algorithm prescribes, and the order of operations matters to the last digit.
#include "engine/kernels/strict_math.h"

#include <bit>
#include <cmath>
#include <cstdint>

namespace lochan::engine::kernels::strict_math {
namespace {

constexpr double kLn2High = 6.93147180369123816490e-01, kLn2Low = 1.90821492927058770002e-10;

int32_t high_word(double x) { return static_cast<int32_t>(std::bit_cast<uint64_t>(x) >> 32); }
double with_high_word(double x, int32_t high) {
  return std::bit_cast<double>((uint64_t{static_cast<uint32_t>(high)} << 32) |
                               (std::bit_cast<uint64_t>(x) & 0xffffffffu));
}

}  // namespace

double exp(double x) {
  constexpr double p1 = 1.66666666666666019037e-01, p2 = -2.77777777770155933842e-03,
                   p3 = 6.61375632143793436117e-05, p4 = -1.65339022054652515390e-06,
                   p5 = 4.13813679705723846039e-08;
  if (std::isnan(x)) return x;
  if (x > 7.09782712893383973096e+02) return INFINITY;
  if (x < -7.45133219101941108420e+02) return 0;
  const int32_t size = high_word(x) & 0x7fffffff;
  double high = 0, low = 0;
  int32_t k = 0;
  if (size > 0x3fd62e42) {    // |x| > 0.5 ln2
    if (size < 0x3ff0a2b2) {  // |x| < 1.5 ln2
      k = x < 0 ? -1 : 1;
      high = x - k * kLn2High;
      low = k * kLn2Low;
    } else {
      k = static_cast<int32_t>(1.44269504088896338700e+00 * x + (x < 0 ? -0.5 : 0.5));
      high = x - k * kLn2High;
      low = k * kLn2Low;
    }
    x = high - low;
  } else if (size < 0x3e300000) {  // |x| < 2^-28
    return 1 + x;
  }
  const double t = x * x;
  const double c = x - t * (p1 + t * (p2 + t * (p3 + t * (p4 + t * p5))));
  if (k == 0) return 1 - ((x * c) / (c - 2) - x);
  const double y = 1 - ((low - (x * c) / (2 - c)) - high);
  return std::ldexp(y, k);
}

double log(double x) {
  constexpr double l1 = 6.666666666666735130e-01, l2 = 3.999999999940941908e-01,
                   l3 = 2.857142874366239149e-01, l4 = 2.222219843214978396e-01,
                   l5 = 1.818357216161805012e-01, l6 = 1.531383769920937332e-01,
                   l7 = 1.479819860511658591e-01;
  if (std::isnan(x)) return x;
  if (x == 0) return -INFINITY;
  if (x < 0) return NAN;
  if (std::isinf(x)) return x;
  int32_t k = 0, high = high_word(x);
  if (high < 0x00100000) {  // subnormal
    k = -54;
    x *= 0x1p54;
    high = high_word(x);
  }
  k += (high >> 20) - 1023;
  high &= 0x000fffff;
  const int32_t carry = (high + 0x95f64) & 0x100000;
  x = with_high_word(x, high | (carry ^ 0x3ff00000));
  k += carry >> 20;
  const double f = x - 1;
  if ((0x000fffff & (2 + high)) < 3) {  // |f| < 2^-20
    if (f == 0) return k == 0 ? 0 : k * kLn2High + k * kLn2Low;
    const double r = f * f * (0.5 - 0.33333333333333333 * f);
    return k == 0 ? f - r : k * kLn2High - ((r - k * kLn2Low) - f);
  }
  const double s = f / (2 + f), z = s * s, w = z * z;
  const double r = z * (l1 + w * (l3 + w * (l5 + w * l7))) + w * (l2 + w * (l4 + w * l6));
  if (((high - 0x6147a) | (0x6b851 - high)) > 0) {
    const double half = 0.5 * f * f;
    return k == 0 ? f - (half - s * (half + r))
                  : k * kLn2High - ((half - (s * (half + r) + k * kLn2Low)) - f);
  }
  return k == 0 ? f - s * (f - r) : k * kLn2High - ((s * (f - r) - k * kLn2Low) - f);
}

double cbrt(double x) {
  constexpr int32_t kThird = 715094163, kThirdOfSubnormal = 696219795;
  constexpr double c = 5.42857142857142815906e-01, d = -7.05306122448979611050e-01,
                   e = 1.41428571428571436819e+00, f = 1.60714285714285720630e+00,
                   g = 3.57142857142857150787e-01;
  if (x == 0 || !std::isfinite(x)) return x;
  const bool negative = x < 0;
  x = std::fabs(x);
  double t = 0;
  if (high_word(x) < 0x00100000) {
    t = 0x1p54 * x;
    t = with_high_word(t, high_word(t) / 3 + kThirdOfSubnormal);
  } else {
    t = with_high_word(0.0, high_word(x) / 3 + kThird);
  }
  double r = t * t / x, s = c + r * t;
  t *= g + f / (s + e + d / s);  // to 23 bits
  t = std::bit_cast<double>(std::bit_cast<uint64_t>(t) & ~uint64_t{0xffffffff});
  t = with_high_word(t, high_word(t) + 1);
  s = t * t;  // exact
  r = x / s;
  r = (r - t) / (t + t + r);
  t = t + t * r;
  return negative ? -t : t;
}

double cosh(double x) {
  const double size = std::fabs(x);
  if (!std::isfinite(x)) return size;
  if (size < 0.34657359027997264) {  // 0.5 ln2
    const double t = std::expm1(size), w = 1 + t;
    return size < 0x1p-55 ? w : 1 + (t * t) / (w + w);
  }
  if (size < 22) {
    const double t = exp(size);
    return 0.5 * t + 0.5 / t;
  }
  if (size < 709.782712893384) return 0.5 * exp(size);
  const double half = exp(0.5 * size);
  return 0.5 * half * half;
}

}  // namespace lochan::engine::kernels::strict_math
