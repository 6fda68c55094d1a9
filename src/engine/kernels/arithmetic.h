#pragma once
#include "engine/kernel.h"
#include "engine/kernels/cast.h"

/// Arithmetic kernels: arith_add, arith_subtract, arith_multiply, arith_divide, arith_div (whole
/// quotient), arith_remainder, arith_pmod, arith_negate, arith_abs. Operands have one type, but
/// decimals keep each their own. Intervals of one kind add, subtract, negate too.
namespace lochan::engine::kernels {

enum class Operation { kAdd, kSubtract, kMultiply, kDivide, kDiv, kRemainder, kPmod };

/// Errors of one arithmetic call. Each returns false (null) unless the mode is ANSI.
struct ArithmeticSite {
  const KernelSpec* spec;
  bool legacy() const { return spec->mode == plan::CastMode::kLegacy; }
  bool ansi() const { return spec->mode == plan::CastMode::kAnsi; }
  bool overflow(const char* message = "overflow", const char* try_function = nullptr) const;
  bool interval_overflow(const char* try_function) const;
  bool divide_by_zero() const;
  bool remainder_by_zero() const;
  /// `value` does not fit spec's (decimal) result type.
  bool does_not_fit_decimal(const std::string& value) const;
  bool does_not_fit_decimal(const std::string& value, int precision, int scale) const;
};

ScalarBody decimal_arithmetic(Operation operation, const KernelSpec& spec);
/// Whether the result type holds the exact result for all values of the argument types.
bool decimal_always_fits(Operation operation, const KernelSpec& spec);
ScalarBody calendar_arithmetic(Operation operation, const KernelSpec& spec);
ScalarBody negate_calendar(const KernelSpec& spec);

}  // namespace lochan::engine::kernels
