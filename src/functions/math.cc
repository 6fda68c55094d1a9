// Mathematics.
#include <cmath>
#include <numbers>

#include "base/clock.h"
#include "functions/coercion.h"
#include "functions/families.h"
#include "functions/names.h"
#include "functions/type_rules.h"

namespace lochan::functions {

using plan::ExpressionPtr;
using types::DataType;
using types::Value;

namespace {

/// (double) -> double by a kernel; prints in upper case unless `plain`.
Function on_double(std::string_view name, std::string_view kernel, std::string_view doc,
                   std::string_view example, bool plain = false) {
  return {.name = name,
          .min_arguments = 1,
          .max_arguments = 1,
          .type = numeric_unary_double(),
          .print = plain ? NameRule() : upper_name(),
          .doc = doc,
          .example = example,
          .lower = Kernel{kernel}};
}

/// The same, null where the function is not defined.
Function logarithm(std::string_view name, std::string_view kernel, std::string_view doc,
                   std::string_view example, bool plain = false) {
  Function row = on_double(name, kernel, doc, example, plain);
  row.type = args({kDouble}).returns(kDouble).nullable();
  return row;
}

Function on_doubles(std::string_view name, std::string_view kernel, std::string_view doc,
                    std::string_view example, bool plain = false) {
  return {.name = name,
          .min_arguments = 2,
          .max_arguments = 2,
          .type = args({kDouble, kDouble}).returns(kDouble),
          .print = plain ? NameRule() : upper_name(),
          .doc = doc,
          .example = example,
          .lower = Kernel{kernel}};
}

Function constant(std::string_view name, double value, std::string_view doc,
                  std::string_view example) {
  return {.name = name,
          .print = upper_name(),
          .doc = doc,
          .example = example,
          .lower = Rewrite{[value](CallSite& call) {
            return plan::literal(Value::float64(value), call.origin);
          }}};
}

/// The decimal type of a decimal rounded to `scale` digits.
DataType rounded(const DataType& type, int scale) {
  int whole = type.precision() - type.scale() + 1;
  if (scale < 0) return DataType::decimal(std::min(std::max(whole, 1 - scale), 38), 0);
  int kept = std::min(type.scale(), scale);
  return DataType::decimal(std::min(whole + kept, 38), kept);
}

int constant_scale(CallSite& call) {
  if (call.type(1).is(kNull)) call.cast(1, kInteger);
  accept_argument(call, 1, kInteger);
  const Value* scale = call.constant(1);
  if (!scale) {
    call.mismatch("NON_FOLDABLE_INPUT",
                  {{"inputName", "`scale`"},
                   {"inputType", "\"INT\""},
                   {"inputExpr", quoted_name(*call.arguments[1], call.context)}});
  }
  return static_cast<int>(
      constant_integer(*scale, kInteger, call.arguments[1]->origin).value_or(0));
}

/// round, bround: the argument's type; decimals keep the digits that are left.
void round_type(CallSite& call) {
  if (call.type(0).is_string() || call.type(0).is(kNull)) call.cast(0, kDouble);
  if (!call.type(0).is_numeric()) call.reject(0, "\"NUMERIC\"");
  int scale = constant_scale(call);
  call.result = call.type(0).is(kDecimal) ? rounded(call.type(0), scale) : call.type(0);
}

/// ceil, floor of one argument: bigint, or a decimal without fraction.
void whole_type(CallSite& call) {
  const DataType type = call.type(0);
  if (type.is(kDecimal)) {
    call.result = type.scale() == 0 ? type : rounded(type, 0);
    return;
  }
  if (!type.is_numeric() && !type.is_string() && !type.is(kNull)) {
    call.reject(0, "(\"DOUBLE\" or \"DECIMAL\" or \"BIGINT\")");
  }
  call.cast(0, type.is_integral() ? kLong : kDouble);
  call.result = kLong;
}
/// ceil, floor to a number of digits: a decimal.
void scaled_type(CallSite& call) {
  const DataType type = call.type(0);
  if (type.is_string() || type.is(kNull))
    call.cast(0, DataType::decimal(38, 18));
  else if (type.is_numeric() && !type.is(kDecimal))
    call.cast(0, decimal_for(type));
  accept_argument(call, 0, kDecimal);
  call.result = rounded(call.type(0), constant_scale(call));
}

Function whole_row(std::string_view name, std::vector<std::string_view> aliases,
                   std::string_view kernel, std::string_view doc, std::string_view example) {
  return {.name = name,
          .aliases = std::move(aliases),
          .min_arguments = 1,
          .max_arguments = 2,
          .type = [](CallSite& call) { call.size() == 1 ? whole_type(call) : scaled_type(call); },
          .print = print_as([](const CallSite& call, const std::vector<std::string>& names) {
            std::string name = call.name;
            if (names.size() == 1 && name != "ceiling") name = name == "ceil" ? "CEIL" : "FLOOR";
            return name + "(" + names[0] + (names.size() > 1 ? ", " + names[1] : "") + ")";
          }),
          .fallible = true,
          .doc = doc,
          .example = example,
          .lower = Kernel{kernel}};
}

Function round_row(std::string_view name, std::string_view doc, std::string_view example) {
  return {.name = name,
          .min_arguments = 1,
          .max_arguments = 2,
          .type = round_type,
          .defaults = {Value::integer(0)},
          .fallible = true,
          .doc = doc,
          .example = example,
          .lower = Kernel{name}};
}

void absolute_type(CallSite& call) {
  if (call.type(0).is_string() || call.type(0).is(kNull)) call.cast(0, kDouble);
  if (!call.type(0).is_numeric() && !call.type(0).is_ansi_interval()) {
    call.reject(0, "(\"NUMERIC\" or \"INTERVAL DAY TO SECOND\" or \"INTERVAL YEAR TO MONTH\")");
  }
  call.result = call.type(0);
}

/// Intervals count by their sign: their number is retyped before it becomes a double.
void sign_type(CallSite& call) {
  if (!call.type(0).is_ansi_interval()) accept_argument(call, 0, kDouble);
  call.result = kDouble;
}
Rewrite sign() {
  return {[](CallSite& call) -> ExpressionPtr {
    const DataType& type = call.type(0);
    if (!type.is_ansi_interval())
      return plan::function("sign: double", call.arguments, call.origin);
    const char* as_number = type.is(kYearMonthInterval) ? "interval months" : "interval micros";
    return plan::function("sign: double", {plan::function(as_number, call.arguments, call.origin)},
                          call.origin);
  }};
}

int64_t new_seed() { return static_cast<int64_t>(random_bits()); }

Function random_row(std::string_view name, std::vector<std::string_view> aliases,
                    std::string_view seeded, std::string_view doc, std::string_view example) {
  return {.name = name,
          .aliases = std::move(aliases),
          .max_arguments = 1,
          .pretty_name = name,
          .deterministic = false,
          .doc = doc,
          .example = example,
          .lower = Rewrite{[seeded](CallSite& call) {
            ExpressionPtr seed = call.size() > 0
                                     ? call.arguments[0]
                                     : plan::literal(Value::bigint(new_seed()), call.origin);
            return plan::function(std::string(seeded), {seed}, call.origin);
          }}};
}
Function seeded_row(std::string_view name, std::string_view kernel) {
  return {.name = name,
          .min_arguments = 1,
          .max_arguments = 1,
          .type = args({one_of({kInteger, kLong})}).foldable(0).returns(kDouble).not_null(),
          .deterministic = false,
          .lower = Kernel{kernel}};
}

/// min + (max - min) * rand(seed), in the common type of the bounds.
ExpressionPtr uniform(CallSite& call) {
  auto type = wider_type(call.type(0), call.type(1), call.context);
  if (!type || !type->is_numeric()) call.reject(call.type(0).is_numeric() ? 1 : 0, "\"NUMERIC\"");
  const auto &low = call.arguments[0], &high = call.arguments[1];
  auto as_double = [](const ExpressionPtr& e) {
    return make_cast(e, kDouble, plan::CastMode::kAnsi, true);
  };
  ExpressionPtr seed =
      call.size() > 2 ? call.arguments[2] : plan::literal(Value::bigint(new_seed()), call.origin);
  ExpressionPtr range = plan::function("-", {as_double(high), as_double(low)}, call.origin);
  ExpressionPtr sum = plan::function(
      "+",
      {as_double(low),
       plan::function("*", {range, plan::function("rand", {seed}, call.origin)}, call.origin)},
      call.origin);
  return make_cast(resolve_calls(sum, call.context), *type, plan::CastMode::kAnsi, true,
                   call.origin);
}

/// format_number(number, digits or pattern): nothing is cast to fit.
void format_number_type(CallSite& call) {
  if (!call.type(0).is_numeric() && !call.type(0).is(kNull)) call.reject(0, "\"NUMERIC\"");
  if (!call.type(1).is(kInteger) && !call.type(1).is_string() && !call.type(1).is(kNull))
    call.reject(1, "(\"INT\" or \"STRING\")");
  if (call.type(0).is(kNull)) call.cast(0, kDouble);
  if (call.type(1).is(kNull)) call.cast(1, kInteger);
  call.result = kString;
  call.nullable = true;
}

void log_type(CallSite& call) {
  accept_argument(call, 0, kDouble);
  accept_argument(call, 1, kDouble);
  call.result = kDouble;
  call.nullable = true;
}

}  // namespace

std::span<const Function> math_functions() {
  static const std::vector<Function> rows = {
      {.name = "abs",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = absolute_type,
       .fallible = true,
       .doc = "The absolute value.",
       .example = "SELECT abs(-1)",
       .lower = Kernel{"arith_abs"}},
      {.name = "sign",
       .aliases = {"signum"},
       .min_arguments = 1,
       .max_arguments = 1,
       .print = print_as([](const CallSite& call, const std::vector<std::string>& names) {
         return (call.name == "signum" ? "SIGNUM(" : "sign(") + names.at(0) + ")";
       }),
       .doc = "-1, 0 or 1 as the number is negative, zero or positive.",
       .example = "SELECT sign(40)",
       .lower = sign()},
      {.name = "sign: double",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = sign_type,
       .lower = Kernel{"math_sign"}},
      {.name = "interval months",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kYearMonthInterval}).returns(kInteger),
       .lower = Template{"$1"}},
      {.name = "interval micros",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kDayTimeInterval}).returns(kLong),
       .lower = Template{"$1"}},
      whole_row("ceil", {"ceiling"}, "ceil", "The smallest whole number that is not below.",
                "SELECT ceil(-0.1)"),
      whole_row("floor", {}, "floor", "The largest whole number that is not above.",
                "SELECT floor(-0.1)"),
      round_row("round", "Rounds to a number of digits, halves away from zero.",
                "SELECT round(2.5, 0)"),
      round_row("bround", "Rounds to a number of digits, halves to the even digit.",
                "SELECT bround(2.5, 0)"),
      on_double("sqrt", "math_sqrt", "Square root.", "SELECT sqrt(4)"),
      on_double("cbrt", "math_cbrt", "Cube root.", "SELECT cbrt(27.0)"),
      on_double("exp", "math_exp", "e to the power of x.", "SELECT exp(0)"),
      on_double("expm1", "math_expm1", "exp(x) - 1.", "SELECT expm1(0)"),
      on_double("sin", "math_sin", "Sine.", "SELECT sin(0)"),
      on_double("cos", "math_cos", "Cosine.", "SELECT cos(0)"),
      on_double("tan", "math_tan", "Tangent.", "SELECT tan(0)"),
      on_double("cot", "math_cot", "Cotangent.", "SELECT cot(1)"),
      on_double("sec", "math_sec", "Secant.", "SELECT sec(0)"),
      on_double("csc", "math_csc", "Cosecant.", "SELECT csc(1)"),
      on_double("asin", "math_asin", "Inverse sine.", "SELECT asin(0)"),
      on_double("acos", "math_acos", "Inverse cosine.", "SELECT acos(1)"),
      on_double("atan", "math_atan", "Inverse tangent.", "SELECT atan(0)"),
      on_double("sinh", "math_sinh", "Hyperbolic sine.", "SELECT sinh(0)"),
      on_double("cosh", "math_cosh", "Hyperbolic cosine.", "SELECT cosh(0)"),
      on_double("tanh", "math_tanh", "Hyperbolic tangent.", "SELECT tanh(0)"),
      on_double("asinh", "math_asinh", "Inverse hyperbolic sine.", "SELECT asinh(0)"),
      on_double("acosh", "math_acosh", "Inverse hyperbolic cosine.", "SELECT acosh(1)"),
      on_double("atanh", "math_atanh", "Inverse hyperbolic tangent.", "SELECT atanh(0)"),
      on_double("degrees", "math_degrees", "Radians as degrees.",
                "SELECT degrees(3.141592653589793)"),
      on_double("radians", "math_radians", "Degrees as radians.", "SELECT radians(180)"),
      on_double("rint", "math_rint", "The nearest whole number, as a double.",
                "SELECT rint(12.3456)", true),
      logarithm("ln", "math_ln", "Natural logarithm; null for what is not positive.",
                "SELECT ln(1)", true),
      logarithm("log2", "math_log2", "Logarithm to base 2.", "SELECT log2(2)"),
      logarithm("log10", "math_log10", "Logarithm to base 10.", "SELECT log10(10)"),
      logarithm("log1p", "math_log1p", "log(1 + x).", "SELECT log1p(0)"),
      {.name = "log",
       .min_arguments = 1,
       .max_arguments = 2,
       .print = print_as([](const CallSite&, const std::vector<std::string>& names) {
         return "LOG(" + (names.size() > 1 ? names[0] + ", " + names[1] : "E(), " + names[0]) + ")";
       }),
       .doc = "Logarithm of the last argument to a base, by default e.",
       .example = "SELECT log(10, 100)",
       .lower = Rewrite{[](CallSite& call) {
         return plan::function(call.size() == 1 ? "ln" : "log: base", call.arguments, call.origin);
       }}},
      {.name = "log: base",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = log_type,
       .lower = Kernel{"math_log"}},
      {.name = "power",
       .aliases = {"pow"},
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kDouble, kDouble}).returns(kDouble),
       .print = print_as([](const CallSite& call, const std::vector<std::string>& names) {
         return (call.name == "pow" ? "pow(" : "POWER(") + names.at(0) + ", " + names.at(1) + ")";
       }),
       .doc = "The first argument to the power of the second.",
       .example = "SELECT power(2, 3)",
       .lower = Kernel{"math_power"}},
      on_doubles("atan2", "math_atan2", "The angle of the point (y, x).", "SELECT atan2(0, 0)"),
      on_doubles("hypot", "math_hypot", "The square root of a*a + b*b.", "SELECT hypot(3, 4)"),
      constant("pi", std::numbers::pi, "Pi.", "SELECT pi()"),
      constant("e", std::numbers::e, "Euler's number.", "SELECT e()"),
      {.name = "hex",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({one_of({kLong, kBinary, kString})}).returns(kString),
       .doc = "Hexadecimal digits of a number, or of the bytes of text.",
       .example = "SELECT hex(17)",
       .lower = Kernel{"hex"}},
      {.name = "unhex",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kString}).returns(kBinary).nullable(),
       .doc = "Bytes of hexadecimal digits; null where one is no digit.",
       .example = "SELECT decode(unhex('537061726B2053514C'), 'UTF-8')",
       .lower = Kernel{"unhex"}},
      {.name = "bin",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kLong}).returns(kString),
       .doc = "Binary digits of a number.",
       .example = "SELECT bin(13)",
       .lower = Kernel{"bin"}},
      {.name = "conv",
       .min_arguments = 3,
       .max_arguments = 3,
       .type = args({kString, kInteger, kInteger}).returns(kString).nullable(),
       .fallible = true,
       .doc = "A number written in one base, in another.",
       .example = "SELECT conv('100', 2, 10)",
       .lower = Kernel{"conv"}},
      {.name = "factorial",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kInteger}).returns(kLong).nullable(),
       .doc = "Factorial of 0 to 20; null otherwise.",
       .example = "SELECT factorial(5)",
       .lower = Kernel{"factorial"}},
      {.name = "width_bucket",
       .min_arguments = 4,
       .max_arguments = 4,
       .type = args({kDouble, kDouble, kDouble, kLong}).returns(kLong).nullable(),
       .doc = "The number of the equally wide bucket that a value falls into.",
       .example = "SELECT width_bucket(5.3, 0.2, 10.6, 5)",
       .lower = Kernel{"width_bucket"}},
      {.name = "format_number",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = format_number_type,
       .fallible = true,
       .doc = "A number with thousands separators and a number of digits, or by a pattern.",
       .example = "SELECT format_number(12332.123456, 4)",
       .lower = Kernel{"format_number"}},
      random_row("rand", {"random"}, "rand: seeded", "Uniformly random in [0, 1).",
                 "SELECT rand(0)"),
      random_row("randn", {}, "randn: seeded", "Random by the standard normal distribution.",
                 "SELECT randn(0)"),
      seeded_row("rand: seeded", "rand"),
      seeded_row("randn: seeded", "randn"),
      {.name = "uniform",
       .min_arguments = 2,
       .max_arguments = 3,
       .deterministic = false,
       .doc = "Uniformly random between two numbers.",
       .example = "SELECT uniform(10, 20, 0) > 0",
       .lower = Rewrite{uniform}},
  };
  return rows;
}

}  // namespace lochan::functions
