// ceil, floor, round (HALF_UP), bround (HALF_EVEN), to a number of digits that is a constant of the
// call.
#include <charconv>
#include <cmath>
#include <cstdlib>

#include "engine/kernels/arithmetic.h"
#include "engine/kernels/families.h"

namespace lochan::engine::kernels {

using types::DataType;
using types::TypeId;

namespace {

enum class Rounding { kHalfUp, kHalfEven, kCeiling, kFloor };

/// `value` without its last `digits` digits.
Int128 cut_digits(Int128 value, int digits, Rounding rounding) {
  if (digits <= 0) return value;
  Int128 unit = digits > 38 ? 0 : kPowersOfTen[digits];
  Int128 quotient = unit == 0 ? 0 : value / unit;
  Int128 rest = unit == 0 ? value : value % unit;
  if (rest == 0) return quotient;
  int away = value < 0 ? -1 : 1;
  switch (rounding) {
    case Rounding::kCeiling: return value > 0 ? quotient + 1 : quotient;
    case Rounding::kFloor: return value < 0 ? quotient - 1 : quotient;
    case Rounding::kHalfUp: return unit == 0 ? 0 : drop_digits(value, digits);
    case Rounding::kHalfEven: break;
  }
  if (unit == 0) return 0;
  UInt128 twice = magnitude(rest) * 2;
  auto whole = static_cast<UInt128>(unit);
  if (twice > whole || (twice == whole && quotient % 2 != 0)) return quotient + away;
  return quotient;
}

/// Rounds the shortest decimal text of `value`, as Java's BigDecimal(Double.toString(x)) does.
template <class T>
T round_floating(T value, int scale, Rounding rounding) {
  if (!std::isfinite(value)) return value;
  if (value == 0) return 0;  // BigDecimal knows no -0.0
  char text[48];
  char* end =
      std::to_chars(text, text + sizeof text, std::fabs(value), std::chars_format::scientific).ptr;
  // d[.ddd]e[+-]xx
  Int128 digits = 0;
  int fraction = 0;
  char* at = text;
  bool point = false;
  for (; *at != 'e'; at++) {
    if (*at == '.') {
      point = true;
    } else {
      digits = digits * 10 + (*at - '0');
      fraction += point;
    }
  }
  int digits_after_point = fraction - std::atoi(std::string(at + 1, end).c_str());
  if (digits_after_point <= scale) return value;
  Int128 rounded = cut_digits(value < 0 ? -digits : digits, digits_after_point - scale, rounding);
  std::string out = types::decimal_to_string(rounded, 0) + "e" + std::to_string(-scale);
  return static_cast<T>(strtod(out.c_str(), nullptr));
}

/// The digits argument: a constant, read from the first row.
int constant_scale(DataChunk& args) {
  if (args.ColumnCount() < 2) return 0;
  duckdb::UnifiedVectorFormat format;
  args.data[1].ToUnifiedFormat(args.size(), format);
  return rows_of<int32_t>(format)[format.sel->get_index(0)];
}

template <class From, class To>
ScalarBody round_decimal(const KernelSpec& spec, Rounding rounding) {
  ArithmeticSite site{&spec};
  return [site, rounding](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    const DataType& type = site.spec->result;
    int from = site.spec->arguments[0].scale(), to = type.scale();
    int wanted = std::min(constant_scale(args), from);
    map_vector<To(From)>(args.data[0], result, args.size(), [&](To& out, From value) {
      auto unscaled = rescale(cut_digits(value, from - wanted, rounding), wanted, to);
      if (wanted < 0 && unscaled) {
        unscaled = cut_digits(value, from - wanted, rounding);
        if (-wanted > 38)
          unscaled = 0;
        else if (__builtin_mul_overflow(*unscaled, kPowersOfTen[-wanted], &*unscaled))
          unscaled.reset();
      }
      if (!unscaled || !fits(*unscaled, type.precision())) {
        return site.does_not_fit_decimal(types::decimal_to_string(value, from));
      }
      out = static_cast<To>(*unscaled);
      return true;
    });
  };
}

template <class T>
ScalarBody round_integer(const KernelSpec& spec, Rounding rounding) {
  ArithmeticSite site{&spec};
  return [site, rounding](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    int scale = constant_scale(args);
    map_vector<T(T)>(args.data[0], result, args.size(), [&](T& out, T value) {
      out = value;
      if (scale >= 0) return true;
      if (scale < -38) return out = 0, true;
      Int128 rounded = cut_digits(value, -scale, rounding);
      // A digit that carries beyond 38 digits cannot come from a 64-bit number.
      rounded *= rounded == 0 ? 0 : kPowersOfTen[-scale];
      out = static_cast<T>(rounded);
      return out == rounded || site.legacy() || site.overflow("Overflow");
    });
  };
}

ScalarBody bind_round(const KernelSpec& spec, Rounding rounding) {
  const DataType& type = spec.arguments[0];
  if (type.is(TypeId::kDecimal)) {
    return with_decimal(type, [&](auto from) {
      return with_decimal(spec.result, [&](auto to) {
        return round_decimal<typename decltype(from)::type, typename decltype(to)::type>(spec,
                                                                                         rounding);
      });
    });
  }
  auto floating = [&](auto tag) -> ScalarBody {
    using T = typename decltype(tag)::type;
    return [rounding](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
      int scale = constant_scale(args);
      map_vector<T(T)>(args.data[0], result, args.size(), [&](T& out, T value) {
        out = round_floating(value, scale, rounding);
        return true;
      });
    };
  };
  if (type.is(TypeId::kDouble)) return floating(std::type_identity<double>());
  if (type.is(TypeId::kFloat)) return floating(std::type_identity<float>());
  return with_integral(
      type, [&](auto tag) { return round_integer<typename decltype(tag)::type>(spec, rounding); });
}

/// ceil and floor of a double are a bigint; beyond it they saturate, as Java's conversion.
ScalarBody bind_to_long(const KernelSpec& spec, Rounding rounding) {
  const DataType& type = spec.arguments[0];
  if (type.is(TypeId::kDecimal)) return bind_round(spec, rounding);
  if (type.is(TypeId::kLong)) {
    return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
      result.Reference(args.data[0]);
    };
  }
  bool ceiling = rounding == Rounding::kCeiling;
  return [ceiling](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int64_t(double)>(args, result, [&](int64_t& out, double value) {
      double whole = ceiling ? std::ceil(value) : std::floor(value);
      out = std::isnan(whole)                 ? 0
            : whole >= 9223372036854775808.0  ? INT64_MAX
            : whole <= -9223372036854775808.0 ? INT64_MIN
                                              : static_cast<int64_t>(whole);
      return true;
    });
  };
}

template <Rounding kRounding>
const ScalarKernel& rounder(std::string_view name) {
  static const ScalarKernel kernel{.name = name,
                                   .bind =
                                       [](const KernelSpec& spec) {
                                         bool whole = spec.arguments.size() == 1;
                                         return whole ? bind_to_long(spec, kRounding)
                                                      : bind_round(spec, kRounding);
                                       },
                                   .fallible = true,
                                   .executors_skip_nulls = false};
  return kernel;
}

}  // namespace

ScalarKernels rounding_kernels() {
  return {&rounder<Rounding::kHalfUp>("round"), &rounder<Rounding::kHalfEven>("bround"),
          &rounder<Rounding::kCeiling>("ceil"), &rounder<Rounding::kFloor>("floor")};
}

}  // namespace lochan::engine::kernels
