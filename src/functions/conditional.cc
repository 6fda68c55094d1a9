// Conditions and nulls.
#include <algorithm>

#include "functions/families.h"
#include "functions/names.h"
#include "functions/type_rules.h"

namespace lochan::functions {

using plan::ExpressionPtr;
using types::DataType;

namespace {

/// Arguments are c1, v1, c2, v2, ..., [else].
void case_when(CallSite& call) {
  std::vector<size_t> values;
  for (size_t i = 0; i + 1 < call.size(); i += 2) {
    accept_argument(call, i, kBoolean);
    values.push_back(i + 1);
  }
  const bool has_else = call.size() % 2 == 1;
  if (has_else) values.push_back(call.size() - 1);
  call.result = unify(call, values, true);
  call.nullable = !has_else || std::any_of(values.begin(), values.end(),
                                           [&](size_t i) { return call.arguments[i]->nullable; });
}

std::string print_case(const CallSite&, const std::vector<std::string>& names) {
  std::string text = "CASE";
  for (size_t i = 0; i + 1 < names.size(); i += 2) {
    text += " WHEN " + names[i] + " THEN " + names[i + 1];
  }
  if (names.size() % 2 == 1) text += " ELSE " + names.back();
  return text + " END";
}

std::string print_if(const CallSite&, const std::vector<std::string>& names) {
  return "(IF(" + names.at(0) + ", " + names.at(1) + ", " + names.at(2) + "))";
}

bool all_nullable(const CallSite& call) {
  return std::all_of(call.arguments.begin(), call.arguments.end(),
                     [](const auto& argument) { return argument->nullable; });
}

void coalesce(CallSite& call) {
  call.result = unify(call, 0, call.size());
  call.nullable = all_nullable(call);
}

/// greatest and least: strings do not promote, nulls are skipped.
void extreme(CallSite& call) {
  std::vector<DataType> types;
  for (size_t i = 0; i < call.size(); ++i) types.push_back(call.type(i));
  auto common = wider_type_without_strings(types, call.context);
  if (!common) reject_diff_types(call, types, true);
  for (size_t i = 0; i < call.size(); ++i) call.cast(i, *common);
  if (!is_orderable(*common)) {
    call.mismatch("INVALID_ORDERING_TYPE", {{"functionName", types::quote_identifier(call.name)},
                                            {"dataType", quoted_type(*common)}});
  }
  call.result = *common;
  call.nullable = all_nullable(call);
}

ExpressionPtr null() { return plan::literal(types::Value::null(kNull)); }

ExpressionPtr when(ExpressionPtr condition, ExpressionPtr yes, ExpressionPtr no,
                   const plan::Origin& origin) {
  return plan::function("when", {std::move(condition), std::move(yes), std::move(no)}, origin);
}

}  // namespace

std::span<const Function> conditional_functions() {
  static const std::vector<Function> rows = {
      {.name = "when",
       .min_arguments = 2,
       .max_arguments = kAnyNumber,
       .type = case_when,
       .print = print_case,
       .pretty_name = "casewhen",
       .doc = "CASE WHEN: the value of the first condition that is true.",
       .example = "SELECT CASE WHEN 1 > 0 THEN 1 WHEN 2 > 0 THEN 2.0 ELSE 1.2 END",
       .lower = Special{}},
      {.name = "if",
       .min_arguments = 3,
       .max_arguments = 3,
       .print = print_if,
       .doc = "The second argument if the first is true, else the third.",
       .example = "SELECT if(1 < 2, 'a', 'b')",
       .lower = Rewrite{[](CallSite& call) {
         accept_argument(call, 0, kBoolean);
         unify(call, {1, 2}, true);
         const auto& a = call.arguments;
         return when(a[0], a[1], a[2], call.origin);
       }}},
      {.name = "coalesce",
       .min_arguments = 1,
       .max_arguments = kAnyNumber,
       .type = coalesce,
       .doc = "The first argument that is not null.",
       .example = "SELECT coalesce(NULL, 1, NULL)",
       .lower = Special{}},
      {.name = "nvl",
       .aliases = {"ifnull"},
       .min_arguments = 2,
       .max_arguments = 2,
       .doc = "The second argument if the first is null.",
       .example = "SELECT nvl(NULL, 2)",
       .lower = Rewrite{[](CallSite& call) {
         return plan::function("coalesce", call.arguments, call.origin);
       }}},
      {.name = "nvl2",
       .min_arguments = 3,
       .max_arguments = 3,
       .doc = "The second argument if the first is not null, else the third.",
       .example = "SELECT nvl2(NULL, 2, 1)",
       .lower = Rewrite{[](CallSite& call) {
         const auto& a = call.arguments;
         return when(plan::function("isnotnull", {a[0]}), a[1], a[2], call.origin);
       }}},
      {.name = "nullif",
       .min_arguments = 2,
       .max_arguments = 2,
       .doc = "Null if both arguments are equal, else the first.",
       .example = "SELECT nullif(2, 2)",
       .lower = Rewrite{[](CallSite& call) {
         const auto& a = call.arguments;
         return when(plan::function("=", {a[0], a[1]}, call.origin), null(), a[0], call.origin);
       }}},
      {.name = "nullifzero",
       .min_arguments = 1,
       .max_arguments = 1,
       .doc = "Null if the argument is zero.",
       .example = "SELECT nullifzero(0)",
       .lower = Rewrite{[](CallSite& call) {
         const auto& a = call.arguments[0];
         auto zero = plan::literal(types::Value::integer(0));
         return when(plan::function("=", {a, zero}, call.origin), null(), a, call.origin);
       }}},
      {.name = "zeroifnull",
       .min_arguments = 1,
       .max_arguments = 1,
       .doc = "Zero if the argument is null.",
       .example = "SELECT zeroifnull(NULL)",
       .lower = Rewrite{[](CallSite& call) {
         auto zero = plan::literal(types::Value::integer(0));
         return plan::function("coalesce", {call.arguments[0], zero}, call.origin);
       }}},
      {.name = "equal_null",
       .min_arguments = 2,
       .max_arguments = 2,
       .doc = "Equality in which null equals null.",
       .example = "SELECT equal_null(3, 3)",
       .lower = Rewrite{[](CallSite& call) {
         return plan::function("<=>", call.arguments, call.origin);
       }}},
      {.name = "nanvl",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({one_of({kDouble, kFloat})}).common().returns_argument(0),
       .doc = "The second argument if the first is NaN.",
       .example = "SELECT nanvl(cast('NaN' as double), 123)",
       .lower = Template{"CASE WHEN isnan($1) THEN $2 ELSE $1 END"}},
      {.name = "isnan",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({one_of({kDouble, kFloat})}).returns(kBoolean).not_null(),
       .doc = "Whether the value is NaN; false for null.",
       .example = "SELECT isnan(cast('NaN' as double))",
       .lower = Template{"coalesce(isnan($1), false)"}},
      {.name = "greatest",
       .min_arguments = 2,
       .max_arguments = kAnyNumber,
       .type = extreme,
       .doc = "The greatest argument, skipping nulls.",
       .example = "SELECT greatest(10, 9, 2, 4, 3)",
       .lower = Template{"greatest($*)"}},
      {.name = "least",
       .min_arguments = 2,
       .max_arguments = kAnyNumber,
       .type = extreme,
       .doc = "The least argument, skipping nulls.",
       .example = "SELECT least(10, 9, 2, 4, 3)",
       .lower = Template{"least($*)"}},
  };
  return rows;
}

}  // namespace lochan::functions
