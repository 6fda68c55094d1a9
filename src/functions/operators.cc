// Operators: comparisons, boolean connectives, patterns, subscripts. Arithmetic is in
// arithmetic.cc.
//
// Rows whose name holds a space or a colon are the forms that an operator takes for certain types;
// SQL cannot name them.
#include "functions/arithmetic.h"
#include "functions/families.h"
#include "functions/names.h"
#include "functions/type_rules.h"

namespace lochan::functions {

using plan::ExpressionPtr;
using types::DataType;

namespace {

void check_ordering(CallSite& call, const DataType& type) {
  if (is_comparable(type)) return;
  call.mismatch("INVALID_ORDERING_TYPE",
                {{"functionName", types::quote_identifier(printed_name(call))},
                 {"dataType", quoted_type(type)}});
}

TypeRule comparison() {
  return [](CallSite& call) {
    coerce_decimal_literals(call);
    auto common = comparison_type(call.type(0), call.type(1), call.context);
    if (!common) reject_different_types(call);
    check_ordering(call, *common);
    call.cast(0, *common);
    call.cast(1, *common);
    call.result = kBoolean;
    if (call.function.name == "<=>") call.nullable = false;
  };
}

Function comparison_row(std::string_view symbol, std::string_view example,
                        std::vector<std::string_view> aliases = {}) {
  return {.name = symbol,
          .aliases = std::move(aliases),
          .min_arguments = 2,
          .max_arguments = 2,
          .type = comparison(),
          .print = infix(symbol),
          .pretty_name = symbol,
          .doc = "Compares two values of a common type.",
          .example = example,
          .lower = Special{}};
}

/// and, or: strings promote to boolean as with any binary operator.
TypeRule connective() {
  return [](CallSite& call) {
    for (size_t i = 0; i < call.size(); ++i) {
      if (call.type(i).is(kNull) ||
          (call.context.ansi && call.type(i).is_string() && call.type(1 - i).is(kBoolean))) {
        call.cast(i, kBoolean);
      }
    }
    if (!call.type(0).same_type(call.type(1))) reject_different_types(call);
    if (!call.type(0).is(kBoolean)) reject_operand_type(call, "\"BOOLEAN\"", call.type(0));
    call.result = kBoolean;
  };
}

void in_list(CallSite& call) {
  std::vector<DataType> types;
  bool equal = true;
  for (size_t i = 0; i < call.size(); ++i) {
    types.push_back(call.type(i));
    equal = equal && call.type(i).same_type(call.type(0));
  }
  if (!equal) {
    auto common = wider_type(types, call.context);
    if (!common) reject_diff_types(call, types, true);
    for (size_t i = 0; i < call.size(); ++i) call.cast(i, *common);
  }
  check_ordering(call, call.type(0));
  call.result = kBoolean;
}

std::string print_in(const CallSite&, const std::vector<std::string>& names) {
  std::string text = "(" + names.at(0) + " IN (";
  for (size_t i = 1; i < names.size(); ++i) text += (i > 1 ? ", " : "") + names[i];
  return text + "))";
}

ExpressionPtr negated(ExpressionPtr operand, const plan::Origin& origin) {
  return plan::function("not", {std::move(operand)}, origin);
}

std::string print_like(const CallSite& call, const std::vector<std::string>& names) {
  const std::string word = call.function.name.starts_with("i") ? " ILIKE " : " LIKE ";
  std::string text = names.at(0) + word + names.at(1);
  if (names.size() > 2 && names[2] != "\\") text += " ESCAPE '" + names[2] + "'";
  return text;
}

/// %text%..., which only a search through every text decides.
bool is_search(std::string_view pattern) {
  const auto next = pattern.starts_with('%') ? pattern.find('%', 1) : std::string_view::npos;
  return next != std::string_view::npos && next > 1;
}

/// A constant pattern without escapes is DuckDB's own LIKE, which knows prefixes and suffixes; a
/// kernel searches faster.
ExpressionPtr like(CallSite& call) {
  const types::Value* pattern = call.constant(1);
  const types::Value* escape = call.constant(2);
  const bool plain = pattern != nullptr && pattern->type.is_string() && !pattern->is_null() &&
                     pattern->as_string().find('\\') == std::string::npos &&
                     (escape == nullptr || escape->as_string() == "\\");
  const char* row = "like: escaped";
  if (plain) row = is_search(pattern->as_string()) ? "like: search" : "like: plain";
  return plan::function(row, call.arguments, call.origin);
}

/// x LIKE ANY / ALL (p1, p2, ...) in terms of LIKE; prints as likeany(x).
Rewrite quantified_like(const char* connective, bool negative) {
  return {[connective, negative](CallSite& call) {
    ExpressionPtr result;
    for (size_t i = 1; i < call.size(); ++i) {
      ExpressionPtr one =
          plan::function("like", {call.arguments[0], call.arguments[i]}, call.origin);
      if (negative) one = negated(std::move(one), call.origin);
      result = result ? plan::function(connective, {result, one}, call.origin) : one;
    }
    return result;
  }};
}

Function quantified_like_row(std::string_view name, const char* connective, bool negative,
                             std::string_view example) {
  return {.name = name,
          .min_arguments = 2,
          .max_arguments = kAnyNumber,
          .print = print_first(1),
          .doc = "Whether the first argument is like any or all of the patterns.",
          .example = example,
          .lower = quantified_like(connective, negative)};
}

ExpressionPtr between(CallSite& call) {
  const auto& a = call.arguments;
  return plan::function("and",
                        {plan::function(">=", {a[0], a[1]}, call.origin),
                         plan::function("<=", {a[0], a[2]}, call.origin)},
                        call.origin);
}

ExpressionPtr truth_test(CallSite& call, bool value) {
  return plan::function("<=>", {call.arguments[0], plan::literal(types::Value::boolean(value))},
                        call.origin);
}

std::string print_subscript(const CallSite&, const std::vector<std::string>& names) {
  return names.at(0) + "[" + names.at(1) + "]";
}

}  // namespace

std::span<const Function> operators_functions() {
  static const std::vector<Function> rows = {
      comparison_row("=", "SELECT 2 = 2.0", {"=="}),
      comparison_row("<=>", "SELECT NULL <=> 1"),
      comparison_row("<", "SELECT 1 < 2"),
      comparison_row("<=", "SELECT 2 <= 2"),
      comparison_row(">", "SELECT 2 > 1"),
      comparison_row(">=", "SELECT 2 >= 2"),
      {.name = "!=",
       .aliases = {"<>"},
       .min_arguments = 2,
       .max_arguments = 2,
       .doc = "Whether two values differ.",
       .example = "SELECT 1 != 2",
       .lower = Rewrite{[](CallSite& call) {
                          return negated(plan::function("=", call.arguments, call.origin),
                                         call.origin);
                        },
                        false}},
      {.name = "is distinct from",
       .min_arguments = 2,
       .max_arguments = 2,
       .doc = "Whether two values differ, where null equals null.",
       .lower = Rewrite{[](CallSite& call) {
                          return negated(plan::function("<=>", call.arguments, call.origin),
                                         call.origin);
                        },
                        false}},
      {.name = "is not distinct from",
       .min_arguments = 2,
       .max_arguments = 2,
       .doc = "Whether two values are equal, where null equals null.",
       .lower = Rewrite{[](CallSite& call) {
                          return plan::function("<=>", call.arguments, call.origin);
                        },
                        false}},
      {.name = "and",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = connective(),
       .print = infix("AND"),
       .doc = "Logical and.",
       .example = "SELECT true AND NULL",
       .lower = Special{}},
      {.name = "or",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = connective(),
       .print = infix("OR"),
       .doc = "Logical or.",
       .example = "SELECT true OR NULL",
       .lower = Special{}},
      {.name = "not",
       .aliases = {"!"},
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kBoolean}).returns(kBoolean),
       .print = prefix("NOT"),
       .doc = "Logical not.",
       .example = "SELECT NOT true",
       .lower = Special{}},
      {.name = "istrue",
       .aliases = {"is true"},
       .min_arguments = 1,
       .max_arguments = 1,
       .doc = "x IS TRUE.",
       .example = "SELECT NULL IS TRUE",
       .lower = Rewrite{[](CallSite& call) { return truth_test(call, true); }, false}},
      {.name = "isfalse",
       .aliases = {"is false"},
       .min_arguments = 1,
       .max_arguments = 1,
       .doc = "x IS FALSE.",
       .example = "SELECT NULL IS FALSE",
       .lower = Rewrite{[](CallSite& call) { return truth_test(call, false); }, false}},
      {.name = "is not true",
       .min_arguments = 1,
       .max_arguments = 1,
       .doc = "x IS NOT TRUE.",
       .lower = Rewrite{[](CallSite& call) { return negated(truth_test(call, true), call.origin); },
                        false}},
      {.name = "is not false",
       .min_arguments = 1,
       .max_arguments = 1,
       .doc = "x IS NOT FALSE.",
       .lower =
           Rewrite{[](CallSite& call) { return negated(truth_test(call, false), call.origin); },
                   false}},
      {.name = "in",
       .min_arguments = 2,
       .max_arguments = kAnyNumber,
       .type = in_list,
       .print = print_in,
       .doc = "Whether a value is one of a list.",
       .example = "SELECT 1 IN (1, 2, 3)",
       .lower = Special{}},
      {.name = "between",
       .min_arguments = 3,
       .max_arguments = 3,
       .doc = "Whether a value lies between two others, inclusive.",
       .example = "SELECT 2 BETWEEN 1 AND 3",
       .lower = Rewrite{between}},
      {.name = "isnull",
       .aliases = {"is null", "is unknown"},
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kAnything}).returns(kBoolean).not_null(),
       .print = print_as([](const CallSite&, const std::vector<std::string>& names) {
         return "(" + names.at(0) + " IS NULL)";
       }),
       .doc = "Whether the value is null.",
       .example = "SELECT isnull(1)",
       .lower = Special{}},
      {.name = "isnotnull",
       .aliases = {"is not null", "is not unknown"},
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kAnything}).returns(kBoolean).not_null(),
       .print = print_as([](const CallSite&, const std::vector<std::string>& names) {
         return "(" + names.at(0) + " IS NOT NULL)";
       }),
       .doc = "Whether the value is not null.",
       .example = "SELECT isnotnull(1)",
       .lower = Special{}},

      {.name = "like",
       .min_arguments = 2,
       .max_arguments = 3,
       .print = print_like,
       .doc = "Whether a string matches a pattern of % and _.",
       .example = "SELECT 'Spark' LIKE '_park'",
       .lower = Rewrite{like, false}},
      {.name = "like: plain",
       .min_arguments = 2,
       .max_arguments = 3,
       .type = args({kString}).returns(kBoolean),
       .print = print_like,
       .lower = Template{"$1 LIKE $2"}},
      {.name = "like: search",
       .min_arguments = 2,
       .max_arguments = 3,
       .type = args({kString}).returns(kBoolean),
       .print = print_like,
       .lower = Kernel{"like_search"}},
      {.name = "like: escaped",
       .min_arguments = 2,
       .max_arguments = 3,
       .type = args({kString}).returns(kBoolean),
       .print = print_like,
       .fallible = true,
       .lower = Kernel{"like"}},
      quantified_like_row("likeany", "or", false, "SELECT 'Spark' LIKE ANY ('Sp%', '%x')"),
      quantified_like_row("likeall", "and", false, "SELECT 'Spark' LIKE ALL ('Sp%', '%x')"),
      quantified_like_row("notlikeany", "or", true, "SELECT 'Spark' NOT LIKE ANY ('Sp%', '%x')"),
      quantified_like_row("notlikeall", "and", true, "SELECT 'Spark' NOT LIKE ALL ('Sp%', '%x')"),

      {.name = "||",
       .min_arguments = 2,
       .max_arguments = kAnyNumber,
       .doc = "Concatenates strings, binaries or arrays.",
       .example = "SELECT 'Spark' || 'SQL'",
       .lower = Rewrite{[](CallSite& call) {
                          return plan::function("concat", call.arguments, call.origin);
                        },
                        false}},
      {.name = "[]: array",
       .min_arguments = 2,
       .max_arguments = 2,
       .type =
           [](CallSite& call) {
             if (!call.type(1).is_integral()) accept_argument(call, 1, kIntegral);
             call.result = call.type(0).element();
             call.nullable = true;
             // Of array(a, b)[1] it is known which element is meant.
             const auto* array = call.arguments[0]->as<plan::Call>();
             const types::Value* index = call.constant(1);
             if (array != nullptr && array->function->name == "array" && index != nullptr &&
                 !index->is_null() && index->as_int() >= 0 &&
                 index->as_int() < static_cast<int64_t>(array->arguments.size())) {
               call.nullable = array->arguments[static_cast<size_t>(index->as_int())]->nullable;
             }
           },
       .print = print_subscript,
       .fallible = true,
       .doc = "The element of an array at a 0-based index.",
       .lower = Kernel{"array_subscript"}},
      {.name = "[]: map",
       .min_arguments = 2,
       .max_arguments = 2,
       .type =
           [](CallSite& call) {
             accept_argument(call, 1, Accept(call.type(0).key()));
             call.result = call.type(0).value();
             call.nullable = true;
           },
       .print = print_subscript,
       .doc = "The value of a map for a key, or null.",
       .lower = Kernel{"map_lookup"}},
  };
  static const std::vector<Function> all = [] {
    std::vector<Function> joined = rows;
    for (Function& row : arithmetic_rows()) joined.push_back(std::move(row));
    return joined;
  }();
  return all;
}

}  // namespace lochan::functions
