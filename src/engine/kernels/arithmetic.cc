#include "engine/kernels/arithmetic.h"

#include <cmath>

#include "engine/kernels/families.h"

namespace lochan::engine::kernels {

using types::DataType;
using types::TypeId;

namespace {

const char* try_name(Operation operation) {
  switch (operation) {
    case Operation::kAdd: return "try_add";
    case Operation::kSubtract: return "try_subtract";
    case Operation::kMultiply: return "try_multiply";
    case Operation::kRemainder:
    case Operation::kPmod: return "try_mod";
    default: return "try_divide";
  }
}
const char* symbol(Operation operation) {
  switch (operation) {
    case Operation::kAdd: return "+";
    case Operation::kSubtract: return "-";
    default: return "*";
  }
}

/// An integer operation left its type. Bytes and shorts have an error of their own.
template <class T>
bool integer_overflow(const ArithmeticSite& site, Operation operation, T a, T b) {
  if (site.spec->result.is_ansi_interval()) return site.interval_overflow(try_name(operation));
  if constexpr (sizeof(T) <= 2) {
    if (!site.ansi()) return false;
    raise(*site.spec, "BINARY_ARITHMETIC_OVERFLOW",
          {{"value1", std::to_string(a) + "S"},
           {"symbol", symbol(operation)},
           {"value2", std::to_string(b) + "S"},
           {"functionName", std::string("`") + try_name(operation) + "`"}});
  }
  return site.overflow("overflow", try_name(operation));
}

/// + - * of one native type.
template <class T, Operation kOperation>
ScalarBody add_like(const KernelSpec& spec) {
  ArithmeticSite site{&spec};
  // Intervals never wrap.
  bool wrap = site.legacy() && !spec.result.is_ansi_interval();
  return [site, wrap](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<T(T, T)>(args, result, [&](T& out, T a, T b) {
      if constexpr (std::is_floating_point_v<T>) {
        out = kOperation == Operation::kAdd        ? a + b
              : kOperation == Operation::kSubtract ? a - b
                                                   : a * b;
        return true;
      } else {
        bool over;
        if constexpr (kOperation == Operation::kAdd) {
          over = __builtin_add_overflow(a, b, &out);
        } else if constexpr (kOperation == Operation::kSubtract) {
          over = __builtin_sub_overflow(a, b, &out);
        } else {
          over = __builtin_mul_overflow(a, b, &out);
        }
        return !over || wrap || integer_overflow(site, kOperation, a, b);
      }
    });
  };
}

template <class T>
T remainder_of(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    return std::fmod(a, b);
  } else {
    return b == T(-1) ? T(0) : static_cast<T>(a % b);  // the smallest number by -1 traps
  }
}

template <class T>
ScalarBody remainder_like(const KernelSpec& spec, bool positive) {
  ArithmeticSite site{&spec};
  return [site, positive](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<T(T, T)>(args, result, [&](T& out, T a, T b) {
      if (b == 0) return site.remainder_by_zero();
      out = remainder_of(a, b);
      if (positive && out < 0) out = remainder_of(static_cast<T>(out + b), b);
      return true;
    });
  };
}

ScalarBody divide_doubles(const KernelSpec& spec) {
  ArithmeticSite site{&spec};
  return [site](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<double(double, double)>(args, result, [&](double& out, double a, double b) {
      if (b == 0) return site.divide_by_zero();
      out = a / b;
      return true;
    });
  };
}

/// Whole quotient of integers or of ANSI intervals, a bigint.
template <class T>
ScalarBody divide_whole_numbers(const KernelSpec& spec) {
  ArithmeticSite site{&spec};
  return [site](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int64_t(T, T)>(args, result, [&](int64_t& out, T a, T b) {
      if (b == 0) return site.divide_by_zero();
      if (b == T(-1)) {
        out = static_cast<int64_t>(-static_cast<uint64_t>(int64_t{a}));
        if (sizeof(T) == 8 && a != 0 && int64_t{a} == out && !site.legacy()) {
          return site.overflow("Overflow in integral divide", "try_divide");
        }
        return true;
      }
      out = a / b;
      return true;
    });
  };
}

template <Operation kOperation>
ScalarBody bind_binary(const KernelSpec& spec) {
  const DataType& type = spec.arguments[0];
  if (type.is(TypeId::kDecimal)) return decimal_arithmetic(kOperation, spec);
  if (type.is(TypeId::kCalendarInterval)) return calendar_arithmetic(kOperation, spec);
  auto native = [&](auto tag) -> ScalarBody {
    using T = typename decltype(tag)::type;
    if constexpr (kOperation == Operation::kRemainder || kOperation == Operation::kPmod) {
      return remainder_like<T>(spec, kOperation == Operation::kPmod);
    } else if constexpr (kOperation == Operation::kDiv) {
      if constexpr (std::is_integral_v<T>) return divide_whole_numbers<T>(spec);
      throw Error::internal("div of " + spec.arguments[0].sql());
    } else if constexpr (kOperation == Operation::kDivide) {
      if constexpr (std::is_same_v<T, double>) return divide_doubles(spec);
      throw Error::internal("division of " + spec.arguments[0].sql());
    } else {
      return add_like<T, kOperation>(spec);
    }
  };
  switch (type.id()) {
    case TypeId::kByte: return native(std::type_identity<int8_t>());
    case TypeId::kShort: return native(std::type_identity<int16_t>());
    case TypeId::kInteger:
    case TypeId::kYearMonthInterval: return native(std::type_identity<int32_t>());
    case TypeId::kLong:
    case TypeId::kDayTimeInterval: return native(std::type_identity<int64_t>());
    case TypeId::kFloat: return native(std::type_identity<float>());
    case TypeId::kDouble: return native(std::type_identity<double>());
    default: throw Error::internal("arithmetic on " + type.sql());
  }
}

/// -x, and |x| if `absolute`.
template <class T>
ScalarBody negate(const KernelSpec& spec, bool absolute) {
  ArithmeticSite site{&spec};
  bool wrap = site.legacy() && !spec.result.is_ansi_interval();
  return [site, wrap, absolute](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<T(T)>(args, result, [&](T& out, T value) {
      if constexpr (std::is_floating_point_v<T>) {
        out = absolute ? std::fabs(value) : -value;
      } else {
        out = value;
        if (absolute && value >= 0) return true;
        if (__builtin_sub_overflow(T(0), value, &out) && !wrap) {
          if (site.spec->result.is_ansi_interval()) return site.interval_overflow(nullptr);
          return site.overflow();
        }
      }
      return true;
    });
  };
}

ScalarBody bind_negate(const KernelSpec& spec, bool absolute) {
  const DataType& type = spec.arguments[0];
  auto bind = [&](auto tag) { return negate<typename decltype(tag)::type>(spec, absolute); };
  if (type.is(TypeId::kDecimal)) return with_decimal(type, bind);
  if (type.is(TypeId::kYearMonthInterval)) return bind(std::type_identity<int32_t>());
  if (type.is(TypeId::kDayTimeInterval)) return bind(std::type_identity<int64_t>());
  if (type.is(TypeId::kCalendarInterval)) return negate_calendar(spec);
  switch (type.id()) {
    case TypeId::kFloat: return bind(std::type_identity<float>());
    case TypeId::kDouble: return bind(std::type_identity<double>());
    default: return with_integral(type, bind);
  }
}

template <Operation kOperation>
bool cannot_fail(const KernelSpec& spec) {
  const DataType &a = spec.arguments[0], &b = spec.arguments[1];
  if (a.is(TypeId::kDecimal) && b.is(TypeId::kDecimal))
    return decimal_always_fits(kOperation, spec);
  return a.is(TypeId::kFloat) || a.is(TypeId::kDouble);
}

ScalarKernel binary_kernel(std::string_view name, ScalarBody (*bind)(const KernelSpec&),
                           bool (*cannot_fail)(const KernelSpec&) = nullptr) {
  return {.name = name,
          .bind = bind,
          .fallible = true,
          .cannot_fail = cannot_fail,
          .executors_skip_nulls = true};
}
const ScalarKernel kAdd =
    binary_kernel("arith_add", bind_binary<Operation::kAdd>, cannot_fail<Operation::kAdd>);
const ScalarKernel kSubtract = binary_kernel("arith_subtract", bind_binary<Operation::kSubtract>,
                                             cannot_fail<Operation::kSubtract>);
// Intervals of one kind, under names of their own.
const ScalarKernel kAddIntervals = binary_kernel("interval_add", bind_binary<Operation::kAdd>);
const ScalarKernel kSubtractIntervals =
    binary_kernel("interval_subtract", bind_binary<Operation::kSubtract>);
const ScalarKernel kMultiply = binary_kernel("arith_multiply", bind_binary<Operation::kMultiply>,
                                             cannot_fail<Operation::kMultiply>);
const ScalarKernel kDivide = binary_kernel("arith_divide", bind_binary<Operation::kDivide>);
const ScalarKernel kDiv = binary_kernel("arith_div", bind_binary<Operation::kDiv>);
const ScalarKernel kRemainder =
    binary_kernel("arith_remainder", bind_binary<Operation::kRemainder>);
const ScalarKernel kPmod = binary_kernel("arith_pmod", bind_binary<Operation::kPmod>);
const ScalarKernel kNegate =
    binary_kernel("arith_negate", [](const KernelSpec& spec) { return bind_negate(spec, false); });
const ScalarKernel kAbs =
    binary_kernel("arith_abs", [](const KernelSpec& spec) { return bind_negate(spec, true); });

}  // namespace

ScalarKernels arithmetic_kernels() {
  return {&kAdd,      &kSubtract, &kAddIntervals, &kSubtractIntervals,
          &kMultiply, &kDivide,   &kDiv,          &kRemainder,
          &kPmod,     &kNegate,   &kAbs};
}

bool ArithmeticSite::overflow(const char* message, const char* try_function) const {
  if (!ansi()) return false;
  std::string alternative;
  if (try_function) {
    alternative =
        std::string(" Use '") + try_function + "' to tolerate overflow and return NULL instead.";
  }
  raise(*spec, "ARITHMETIC_OVERFLOW",
        {{"message", message},
         {"alternative", alternative},
         {"config", "\"spark.sql.ansi.enabled\""}});
}
bool ArithmeticSite::interval_overflow(const char* try_function) const {
  if (spec->mode == plan::CastMode::kTry) return false;
  if (!try_function) raise(*spec, "INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION", {});
  raise(*spec, "INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION",
        {{"functionName", std::string("`") + try_function + "`"}});
}
bool ArithmeticSite::divide_by_zero() const {
  if (!ansi()) return false;
  raise(*spec, "DIVIDE_BY_ZERO", {{"config", "\"spark.sql.ansi.enabled\""}});
}
bool ArithmeticSite::remainder_by_zero() const {
  if (!ansi()) return false;
  raise(*spec, "REMAINDER_BY_ZERO", {{"config", "\"spark.sql.ansi.enabled\""}});
}
bool ArithmeticSite::does_not_fit_decimal(const std::string& value) const {
  return does_not_fit_decimal(value, spec->result.precision(), spec->result.scale());
}
bool ArithmeticSite::does_not_fit_decimal(const std::string& value, int precision,
                                          int scale) const {
  if (!ansi()) return false;
  raise(*spec, "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION",
        {{"value", value},
         {"precision", std::to_string(precision)},
         {"scale", std::to_string(scale)},
         {"config", "\"spark.sql.ansi.enabled\""}});
}

}  // namespace lochan::engine::kernels
