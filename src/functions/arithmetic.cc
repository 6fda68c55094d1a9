// Arithmetic on numbers. An operator is a row that chooses, by its operands' types, the row that
// computes:
//   "+"  ->  "+: decimal and integral" | "+: floating" | a row of datetime_arithmetic.cc
#include "functions/arithmetic.h"

#include "functions/coercion.h"
#include "functions/names.h"
#include "functions/type_rules.h"

namespace lochan::functions {

using plan::ExpressionPtr;
using types::DataType;

void coerce_decimal_literals(CallSite& call) {
  for (size_t i = 0; i < 2; ++i) {
    const types::Value* value = call.constant(i);
    if (value == nullptr || value->is_null() || !call.type(i).is_integral()) continue;
    if (call.type(1 - i).is(kDecimal)) call.cast(i, decimal_for_literal(*value));
  }
}

void reject_different_types(const CallSite& call) {
  call.mismatch("BINARY_OP_DIFF_TYPES",
                {{"left", quoted_type(call.type(0))}, {"right", quoted_type(call.type(1))}});
}

void reject_operand_type(const CallSite& call, std::string_view required, const DataType& actual) {
  call.mismatch("BINARY_OP_WRONG_TYPE",
                {{"inputType", std::string(required)}, {"actualDataType", quoted_type(actual)}});
}

namespace {

constexpr std::string_view kNumericOrIntervals =
    "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL\")";

/// Strings meet numbers: ANSI by the other side's type, legacy as doubles.
void promote_strings(CallSite& call) {
  for (size_t i = 0; i < 2; ++i) {
    if (!call.type(i).is_string()) continue;
    const DataType other = call.type(1 - i);
    if (!call.context.ansi) {
      if (!other.is_interval()) call.cast(i, kDouble);
      continue;
    }
    auto promoted = comparison_type(call.type(i), other, call.context);
    if (!promoted || promoted->is_nested()) continue;
    call.cast(0, *promoted);
    call.cast(1, *promoted);
  }
}

/// Both operands numeric, of one type unless both are decimals (whose precisions may differ).
void coerce_numbers(CallSite& call) {
  promote_strings(call);
  if (call.type(0).is(kNull) && call.type(1).is(kNull)) {
    call.cast(0, kDouble);
    call.cast(1, kDouble);
  }
  coerce_decimal_literals(call);
  const DataType left = call.type(0), right = call.type(1);
  if (left.is(kDecimal) || right.is(kDecimal)) {
    if (left.is(kFloat) || left.is(kDouble) || right.is(kFloat) || right.is(kDouble)) {
      call.cast(0, kDouble);
      call.cast(1, kDouble);
    } else {
      for (size_t i = 0; i < 2; ++i) {
        if (call.type(i).is_integral()) call.cast(i, decimal_for(call.type(i)));
        if (call.type(i).is(kNull)) call.cast(i, call.type(1 - i));
      }
    }
  } else if (auto common = tightest_common_type(left, right, call.context);
             common && common->is_numeric()) {
    call.cast(0, *common);
    call.cast(1, *common);
  }
}

void check_operands(CallSite& call) {
  const DataType& left = call.type(0);
  const DataType& right = call.type(1);
  if (!left.same_type(right) && !(left.is(kDecimal) && right.is(kDecimal))) {
    reject_different_types(call);
  }
  if (!left.is_numeric()) {
    const std::string_view name = call.function.name;
    const bool intervals = name.starts_with("+") || name.starts_with("-");
    reject_operand_type(call, intervals ? kNumericOrIntervals : "\"NUMERIC\"", left);
  }
}

/// + - * % pmod.
TypeRule numeric(std::string_view symbol, bool by_zero = false) {
  return [symbol, by_zero](CallSite& call) {
    coerce_numbers(call);
    check_operands(call);
    call.result = call.type(0).is(kDecimal)
                      ? decimal_result(symbol, call.type(0), call.type(1), call.context)
                      : call.type(0);
    const bool may_overflow_to_null =
        call.type(0).is(kDecimal) && call.mode != plan::CastMode::kAnsi;
    if (by_zero || may_overflow_to_null || call.mode == plan::CastMode::kTry) call.nullable = true;
  };
}

void division(CallSite& call) {
  if (call.type(0).is(kNull) && call.type(1).is(kDecimal)) call.cast(1, kDouble);
  coerce_numbers(call);
  if (!(call.type(0).is(kDecimal) && call.type(1).is(kDecimal))) {
    for (size_t i = 0; i < 2; ++i) {
      if (call.type(i).is_numeric() && call.type(1 - i).is_numeric()) call.cast(i, kDouble);
    }
  }
  const DataType& left = call.type(0);
  if (!left.same_type(call.type(1)) && !(left.is(kDecimal) && call.type(1).is(kDecimal))) {
    reject_different_types(call);
  }
  if (!left.is_numeric()) reject_operand_type(call, "(\"DOUBLE\" or \"DECIMAL\")", left);
  call.result = left.is(kDecimal) ? decimal_result("/", left, call.type(1), call.context) : left;
  call.nullable = true;
}

void integral_division(CallSite& call) {
  promote_strings(call);
  coerce_decimal_literals(call);
  for (size_t i = 0; i < 2; ++i) {
    if (call.type(i).is_integral() && call.type(1 - i).is(kDecimal)) {
      call.cast(i, decimal_for(call.type(i)));
    }
  }
  for (size_t i = 0; i < 2; ++i) {
    if (call.type(i).is_integral() || (call.type(i).is(kNull) && !call.type(1 - i).is(kDecimal))) {
      call.cast(i, kLong);
    }
    if (call.type(i).is(kNull)) call.cast(i, call.type(1 - i));
  }
  const DataType& left = call.type(0);
  const bool decimals = left.is(kDecimal) && call.type(1).is(kDecimal);
  if (!decimals && !left.same_type(call.type(1))) reject_different_types(call);
  if (!decimals && !left.is(kLong) && !left.is_ansi_interval()) {
    reject_operand_type(call,
                        "(\"BIGINT\" or \"DECIMAL\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL "
                        "DAY TO SECOND\")",
                        left);
  }
  call.result = kLong;
  call.nullable = true;
}

bool is_floating(const DataType& type) { return type.is(kFloat) || type.is(kDouble); }

/// The type an arithmetic operator computes in, if it is float or double.
bool computes_in_floating(CallSite call) {
  coerce_numbers(call);
  return is_floating(call.type(0)) && call.type(0).same_type(call.type(1));
}

Rewrite by_operands(std::string_view symbol) {
  return {[symbol](CallSite& call) {
            if (ExpressionPtr datetime = datetime_arithmetic(call, symbol)) return datetime;
            std::string form(symbol);
            form += computes_in_floating(call) ? ": floating" : ": exact";
            return resolve_call(*find_function(form), std::string(symbol), call.arguments,
                                call.context, call.origin, {.mode = call.mode});
          },
          false};
}

Function operator_row(std::string_view symbol, std::string_view doc, std::string_view example) {
  return {.name = symbol,
          .min_arguments = 2,
          .max_arguments = 2,
          .print = infix(symbol),
          .doc = doc,
          .example = example,
          .lower = by_operands(symbol)};
}

Function exact_row(std::string_view name, std::string_view symbol, std::string_view kernel) {
  return {.name = name,
          .min_arguments = 2,
          .max_arguments = 2,
          .type = numeric(symbol),
          .print = infix(symbol),
          .fallible = true,
          .lower = Kernel{kernel}};
}

Function floating_row(std::string_view name, std::string_view symbol, std::string_view duckdb) {
  return {.name = name,
          .min_arguments = 2,
          .max_arguments = 2,
          .type = numeric(symbol),
          .print = infix(symbol),
          .lower = Template{duckdb}};
}

TypeRule unary() {
  return [](CallSite& call) {
    if (call.type(0).is_string() || call.type(0).is(kNull)) call.cast(0, kDouble);
    if (!call.type(0).is_numeric() && !call.type(0).is_interval())
      call.reject(0, kNumericOrIntervals);
    call.result = call.type(0);
  };
}

TypeRule bitwise() {
  return [](CallSite& call) {
    promote_strings(call);
    auto common = tightest_common_type(call.type(0), call.type(1), call.context);
    if (!common) reject_different_types(call);
    if (common->is(kNull)) common = DataType(kInteger);
    call.cast(0, *common);
    call.cast(1, *common);
    if (!common->is_integral()) reject_operand_type(call, "\"INTEGRAL\"", *common);
    call.result = *common;
  };
}

Function bitwise_row(std::string_view symbol, std::string_view duckdb, std::string_view example) {
  return {.name = symbol,
          .min_arguments = 2,
          .max_arguments = 2,
          .type = bitwise(),
          .print = infix(symbol),
          .doc = "Bitwise operation on integers.",
          .example = example,
          .lower = Template{duckdb}};
}

Function shift_row(std::string_view symbol, std::string_view kernel, std::string_view example) {
  return {.name = symbol,
          .min_arguments = 2,
          .max_arguments = 2,
          .type = args({one_of({kInteger, kLong}), kInteger}).returns_argument(0),
          .print = infix(symbol),
          .doc = "Shifts bits; the distance counts modulo the width.",
          .example = example,
          .lower = Kernel{kernel}};
}

Rewrite tried(std::string_view symbol) {
  return {[symbol](CallSite& call) {
    call.mode = plan::CastMode::kTry;
    if (ExpressionPtr datetime = datetime_arithmetic(call, symbol)) return datetime;
    std::string form(symbol);
    if (symbol == "/")
      form += ": numeric";
    else if (symbol != "%")
      form += ": exact";
    return resolve_call(*find_function(form), std::string(symbol), call.arguments, call.context,
                        call.origin, {.mode = plan::CastMode::kTry});
  }};
}

Function try_row(std::string_view name, std::string_view symbol, std::string_view example) {
  return {.name = name,
          .min_arguments = 2,
          .max_arguments = 2,
          .doc = "As the operator, but null where that raises an error.",
          .example = example,
          .lower = tried(symbol)};
}

}  // namespace

std::vector<Function> arithmetic_rows() {
  std::vector<Function> rows = {
      operator_row("+", "Sum; also date + days and timestamp + interval.", "SELECT 1 + 2"),
      {.name = "-",
       .min_arguments = 1,
       .max_arguments = 2,
       .doc = "Difference, or the negative of one operand.",
       .example = "SELECT 2 - 1",
       .lower = Rewrite{[](CallSite& call) {
                          if (call.size() == 1)
                            return plan::function("negative: operator", call.arguments,
                                                  call.origin);
                          return by_operands("-").make(call);
                        },
                        false}},
      operator_row("*", "Product; also interval * number.", "SELECT 2 * 3"),
      exact_row("+: exact", "+", "arith_add"),
      exact_row("-: exact", "-", "arith_subtract"),
      exact_row("*: exact", "*", "arith_multiply"),
      floating_row("+: floating", "+", "$1 + $2"),
      floating_row("-: floating", "-", "$1 - $2"),
      floating_row("*: floating", "*", "$1 * $2"),
      {.name = "/",
       .min_arguments = 2,
       .max_arguments = 2,
       .doc = "Quotient: decimal for decimals, else double.",
       .example = "SELECT 3 / 2",
       .lower = Rewrite{[](CallSite& call) {
                          if (ExpressionPtr datetime = datetime_arithmetic(call, "/"))
                            return datetime;
                          return resolve_call(*find_function("/: numeric"), "/", call.arguments,
                                              call.context, call.origin, {.mode = call.mode});
                        },
                        false}},
      {.name = "/: numeric",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = division,
       .print = infix("/"),
       .fallible = true,
       .lower = Kernel{"arith_divide"}},
      {.name = "%",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = numeric("%", true),
       .print = infix("%"),
       .fallible = true,
       .doc = "Remainder, with the dividend's sign.",
       .example = "SELECT 2 % 1.8",
       .lower = Kernel{"arith_remainder"}},
      {.name = "mod",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = numeric("%", true),
       .print = print_as([](const CallSite&, const std::vector<std::string>& names) {
         return "mod(" + names.at(0) + ", " + names.at(1) + ")";
       }),
       .fallible = true,
       .doc = "Remainder, with the dividend's sign.",
       .example = "SELECT mod(2, 1.8)",
       .lower = Kernel{"arith_remainder"}},
      {.name = "pmod",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = numeric("pmod", true),
       .fallible = true,
       .doc = "Remainder that is not negative.",
       .example = "SELECT pmod(-10, 3)",
       .lower = Kernel{"arith_pmod"}},
      {.name = "div",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = integral_division,
       .print = infix("div"),
       .fallible = true,
       .doc = "Quotient without its fraction, a bigint.",
       .example = "SELECT 3 div 2",
       .lower = Kernel{"arith_div"}},
      {.name = "negative",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = unary(),
       .fallible = true,
       .doc = "The negated value.",
       .example = "SELECT negative(1)",
       .lower = Kernel{"arith_negate"}},
      {.name = "negative: operator",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = unary(),
       .print = prefix("-"),
       .fallible = true,
       .lower = Kernel{"arith_negate"}},
      {.name = "positive",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = unary(),
       .print = prefix("+"),
       .doc = "The value itself.",
       .example = "SELECT positive(1)",
       .lower = Template{"$1"}},
      bitwise_row("&", "$1 & $2", "SELECT 3 & 5"),
      bitwise_row("|", "$1 | $2", "SELECT 3 | 5"),
      bitwise_row("^", "xor($1, $2)", "SELECT 3 ^ 5"),
      {.name = "~",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kIntegral}).returns_argument(0),
       .print = print_as([](const CallSite&, const std::vector<std::string>& names) {
         return "~" + names.at(0);
       }),
       .doc = "Bitwise not.",
       .example = "SELECT ~0",
       .lower = Template{"~$1"}},
      shift_row("<<", "shift_left", "SELECT 2 << 1"),
      shift_row(">>", "shift_right", "SELECT -4 >> 1"),
      shift_row(">>>", "shift_right_unsigned", "SELECT -4 >>> 1"),
      try_row("try_add", "+", "SELECT try_add(2147483647, 1)"),
      try_row("try_subtract", "-", "SELECT try_subtract(-2147483647, 2)"),
      try_row("try_multiply", "*", "SELECT try_multiply(2147483647, 2)"),
      try_row("try_divide", "/", "SELECT try_divide(1, 0)"),
      try_row("try_mod", "%", "SELECT try_mod(1, 0)"),
  };
  for (Function& row : datetime_arithmetic_rows()) rows.push_back(std::move(row));
  return rows;
}

}  // namespace lochan::functions
