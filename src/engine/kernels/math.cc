// Functions on doubles: math_<name>. The logarithms are null where they are not defined; the others
// give NaN.
#include <cmath>
#include <numbers>

#include "engine/kernels/families.h"
#include "engine/kernels/rows.h"
#include "engine/kernels/strict_math.h"

namespace lochan::engine::kernels {
namespace {

using Unary = double (*)(double);
using Binary = double (*)(double, double);

template <Unary kFunction>
ScalarBody unary(const KernelSpec&) {
  return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<double(double)>(args, result, [](double& out, double x) {
      out = kFunction(x);
      return true;
    });
  };
}
/// Null for x <= kBound.
template <Unary kFunction, int kBound>
ScalarBody logarithm(const KernelSpec&) {
  return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<double(double)>(args, result, [](double& out, double x) {
      out = kFunction(x);
      return !(x <= kBound);
    });
  };
}
template <Binary kFunction>
ScalarBody binary(const KernelSpec&) {
  return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<double(double, double)>(args, result, [](double& out, double x, double y) {
      out = kFunction(x, y);
      return true;
    });
  };
}

double degrees(double x) { return x * (180.0 / std::numbers::pi); }
double radians(double x) { return x * (std::numbers::pi / 180.0); }
double sec(double x) { return 1 / std::cos(x); }
double csc(double x) { return 1 / std::sin(x); }
double cot(double x) { return 1 / std::tan(x); }
double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }
// By the algorithms of fdlibm, as Spark since 4.2.
double asinh_like_java(double x) {
  const double size = std::fabs(x);
  if (!std::isfinite(x) || size < 0x1p-28) return x;
  double value = 0;
  if (size > 0x1p28) {
    value = strict_math::log(size) + std::numbers::ln2_v<double>;
  } else if (size > 2) {
    value = strict_math::log(2 * size + 1 / (size + std::sqrt(x * x + 1)));
  } else {
    value = std::log1p(size + x * x / (1 + std::sqrt(1 + x * x)));
  }
  return std::copysign(value, x);
}
double acosh_like_java(double x) {
  if (x < 1) return NAN;
  if (x >= 0x1p28) return strict_math::log(x) + std::numbers::ln2_v<double>;
  if (x > 2) return strict_math::log(2 * x - 1 / (x + std::sqrt(x * x - 1)));
  const double above = x - 1;
  return std::log1p(above + std::sqrt(2 * above + above * above));
}
double atanh_like_java(double x) { return 0.5 * (std::log1p(x) - std::log1p(-x)); }
double log2_like_java(double x) { return strict_math::log(x) / std::numbers::ln2_v<double>; }
double power(double x, double y) {
  // Java: 1 to the power of NaN or of an infinity, and -1 of an infinity, are NaN.
  if (std::isnan(y) || (std::isinf(y) && std::fabs(x) == 1)) return NAN;
  return std::pow(x, y);
}

/// log(base, x)
ScalarBody log_of_base(const KernelSpec&) {
  return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<double(double, double)>(args, result, [](double& out, double base, double x) {
      out = std::log(x) / std::log(base);
      return !(base <= 0 || x <= 0);
    });
  };
}

/// width_bucket(value, low, high, buckets); null where the range or the number of buckets makes no
/// sense.
ScalarBody width_bucket(const KernelSpec&) {
  return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int64_t(double, double, double, int64_t)>(
        args, result, [](int64_t& out, double value, double low, double high, int64_t buckets) {
          if (buckets <= 0 || buckets == INT64_MAX || std::isnan(value) || low == high ||
              !std::isfinite(low) || !std::isfinite(high)) {
            return false;
          }
          double bottom = std::min(low, high), top = std::max(low, high);
          if (low < high) {
            out = value < bottom ? 0
                  : value >= top
                      ? buckets + 1
                      : static_cast<int64_t>(buckets * (value - bottom) / (top - bottom)) + 1;
          } else {
            out = value > top ? 0
                  : value <= bottom
                      ? buckets + 1
                      : static_cast<int64_t>(buckets * (top - value) / (top - bottom)) + 1;
          }
          return true;
        });
  };
}

ScalarKernel row(std::string_view name, ScalarBody (*bind)(const KernelSpec&)) {
  return {.name = name, .bind = bind, .executors_skip_nulls = true};
}

}  // namespace

ScalarKernels math_kernels() {
  static const std::vector<ScalarKernel> rows = {
      row("math_sqrt", unary<std::sqrt>),
      row("math_cbrt", unary<strict_math::cbrt>),
      row("math_exp", unary<strict_math::exp>),
      row("math_expm1", unary<std::expm1>),
      row("math_sin", unary<std::sin>),
      row("math_cos", unary<std::cos>),
      row("math_tan", unary<std::tan>),
      row("math_asin", unary<std::asin>),
      row("math_acos", unary<std::acos>),
      row("math_atan", unary<std::atan>),
      row("math_sinh", unary<std::sinh>),
      row("math_cosh", unary<strict_math::cosh>),
      row("math_tanh", unary<std::tanh>),
      row("math_asinh", unary<asinh_like_java>),
      row("math_acosh", unary<acosh_like_java>),
      row("math_atanh", unary<atanh_like_java>),
      row("math_sec", unary<sec>),
      row("math_csc", unary<csc>),
      row("math_cot", unary<cot>),
      row("math_degrees", unary<degrees>),
      row("math_radians", unary<radians>),
      row("math_rint", unary<std::nearbyint>),
      row("math_sign", unary<sign>),
      row("math_ln", logarithm<std::log, 0>),
      row("math_log2", logarithm<log2_like_java, 0>),
      row("math_log10", logarithm<std::log10, 0>),
      row("math_log1p", logarithm<std::log1p, -1>),
      row("math_power", binary<power>),
      row("math_atan2", binary<std::atan2>),
      row("math_hypot", binary<std::hypot>),
      row("math_log", log_of_base),
      row("width_bucket", width_bucket),
  };
  ScalarKernels all;
  for (const auto& kernel : rows) all.push_back(&kernel);
  return all;
}

}  // namespace lochan::engine::kernels
