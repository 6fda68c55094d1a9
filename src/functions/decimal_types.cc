// Precision and scale of decimal results (coercion.h, section "Decimals").
#include <algorithm>

#include "functions/coercion.h"
#include "functions/type_rules.h"

namespace lochan::functions {

using types::DataType;

namespace {

constexpr int kMaxPrecision = 38;
constexpr int kMinAdjustedScale = 6;

int digits_of(types::Int128 value) {
  int digits = 1;
  for (value = value < 0 ? -value : value; value >= 10; value /= 10) ++digits;
  return digits;
}

}  // namespace

DataType decimal_for(const DataType& type) {
  switch (type.id()) {
    case kByte: return DataType::decimal(3, 0);
    case kShort: return DataType::decimal(5, 0);
    case kInteger: return DataType::decimal(10, 0);
    case kLong: return DataType::decimal(20, 0);
    case kFloat: return DataType::decimal(14, 7);
    case kDouble: return DataType::decimal(30, 15);
    case kDecimal: return type;
    default: return DataType::decimal(38, 18);
  }
}

DataType decimal_for_literal(const types::Value& value) {
  if (const auto* integer = std::get_if<int64_t>(&value.data)) {
    return DataType::decimal(digits_of(*integer), 0);
  }
  return decimal_for(value.type);
}

DataType bounded_decimal(int precision, int scale) {
  return DataType::decimal(std::min(precision, kMaxPrecision), std::min(scale, kMaxPrecision));
}

DataType adjusted_decimal(int precision, int scale) {
  if (precision <= kMaxPrecision) return DataType::decimal(precision, scale);
  if (scale < 0) return DataType::decimal(kMaxPrecision, scale);
  // Digits before the point are kept; the scale gives way down to 6.
  const int integral_digits = precision - scale;
  const int least_scale = std::min(scale, kMinAdjustedScale);
  return DataType::decimal(kMaxPrecision, std::max(kMaxPrecision - integral_digits, least_scale));
}

DataType wider_decimal(const DataType& a, const DataType& b) {
  const int scale = std::max(a.scale(), b.scale());
  const int range = std::max(a.precision() - a.scale(), b.precision() - b.scale());
  const int excess = range + scale - kMaxPrecision;
  if (excess <= 0) return DataType::decimal(range + scale, scale);
  return DataType::decimal(kMaxPrecision, std::max(0, scale - excess));
}

DataType decimal_result(std::string_view operation, const DataType& a, const DataType& b,
                        const ResolveContext& context) {
  const int p1 = a.precision(), s1 = a.scale(), p2 = b.precision(), s2 = b.scale();
  auto finish = [&](int precision, int scale) {
    return context.decimal_precision_loss ? adjusted_decimal(precision, scale)
                                          : bounded_decimal(precision, scale);
  };
  if (operation == "+" || operation == "-") {
    const int scale = std::max(s1, s2);
    return finish(std::max(p1 - s1, p2 - s2) + scale + 1, scale);
  }
  if (operation == "*") return finish(p1 + p2 + 1, s1 + s2);
  if (operation == "/") {
    if (context.decimal_precision_loss) {
      const int scale = std::max(kMinAdjustedScale, s1 + p2 + 1);
      return adjusted_decimal(p1 - s1 + s2 + scale, scale);
    }
    int integral = std::min(kMaxPrecision, p1 - s1 + s2);
    int fraction = std::min(kMaxPrecision, std::max(kMinAdjustedScale, s1 + p2 + 1));
    const int excess = integral + fraction - kMaxPrecision;
    if (excess > 0) {
      fraction -= excess / 2 + 1;
      integral = kMaxPrecision - fraction;
    }
    return bounded_decimal(integral + fraction, fraction);
  }
  if (operation == "div") {
    const int digits = p1 - s1 + s2;
    return finish(digits == 0 ? 1 : digits, 0);
  }
  const int scale = std::max(s1, s2);  // % and pmod
  return finish(std::min(p1 - s1, p2 - s2) + scale, scale);
}

}  // namespace lochan::functions
