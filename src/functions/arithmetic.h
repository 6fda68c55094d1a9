#pragma once
#include <vector>

#include "functions/function.h"

/// Arithmetic operators on numbers, dates and intervals: part of the operators' family.
namespace lochan::functions {

std::vector<Function> arithmetic_rows();
/// The rows of dates, timestamps and intervals under + - * /.
std::vector<Function> datetime_arithmetic_rows();

/// What "+", "-", "*" or "/" means when an operand is a date, a timestamp or an interval; null
/// otherwise.
plan::ExpressionPtr datetime_arithmetic(CallSite& call, std::string_view symbol);

/// An integral literal beside a decimal becomes the decimal of its own digits.
void coerce_decimal_literals(CallSite& call);
[[noreturn]] void reject_different_types(const CallSite& call);
[[noreturn]] void reject_operand_type(const CallSite& call, std::string_view required,
                                      const types::DataType& actual);

}  // namespace lochan::functions
