#include "duckdb/parser/expression/case_expression.hpp"
#include "duckdb/parser/expression/conjunction_expression.hpp"
#include "engine/lowering/lowering.h"

namespace lochan::engine {

using duckdb::ExpressionType;

namespace {

const std::unordered_map<std::string_view, ExpressionType> kComparisons = {
    {"=", ExpressionType::COMPARE_EQUAL},
    {"==", ExpressionType::COMPARE_EQUAL},
    {"<>", ExpressionType::COMPARE_NOTEQUAL},
    {"!=", ExpressionType::COMPARE_NOTEQUAL},
    {"<", ExpressionType::COMPARE_LESSTHAN},
    {"<=", ExpressionType::COMPARE_LESSTHANOREQUALTO},
    {">", ExpressionType::COMPARE_GREATERTHAN},
    {">=", ExpressionType::COMPARE_GREATERTHANOREQUALTO},
    {"<=>", ExpressionType::COMPARE_NOT_DISTINCT_FROM},
    {"equal_null", ExpressionType::COMPARE_NOT_DISTINCT_FROM},
};

/// A condition in DuckDB's types: a void argument is BOOLEAN already.
Parsed boolean(bool value) { return constant(duckdb::Value::BOOLEAN(value)); }

}  // namespace

/// Functions whose form, not just their name, differs in DuckDB. The list is in README.md.
Parsed Lowering::special(const plan::Expression& e, const plan::Call& c) {
  const auto name = c.function->name;
  const auto& a = c.arguments;
  if (const auto found = kComparisons.find(name); found != kComparisons.end()) {
    const bool ordering = name.starts_with('<') || name.starts_with('>');
    if (ordering && name != "<=>" && name != "<>") {
      return compare(found->second, ordering_value(*a.at(0)), ordering_value(*a.at(1)));
    }
    return compare(found->second, expression(*a.at(0)), expression(*a.at(1)));
  }
  if (name == "and") return conjunction(c, true);
  if (name == "or") return conjunction(c, false);
  if (name == "not" || name == "!") return negate(expression(*a.at(0)));
  if (name == "isnull") return is_null(expression(*a.at(0)));
  if (name == "isnotnull") return is_not_null(expression(*a.at(0)));
  if (name == "when" || name == "if") return case_when(e, c);
  if (name == "in") return in_list(c);
  if (name == "coalesce") {
    return cast_to(operation(ExpressionType::OPERATOR_COALESCE, expressions(a)), to_duckdb(e.type));
  }
  if (name == "named_struct" || name == "struct") {
    ParsedList fields;
    const bool has_names = name == "named_struct";
    for (size_t i = has_names; i < a.size(); i += has_names ? 2 : 1)
      fields.push_back(expression(*a[i]));
    if (fields.empty()) return named(call("struct_pack", list(named(boolean(false), "empty"))), "");
    return struct_of(std::move(fields));
  }
  if (name == "array") return cast_to(call("list_value", expressions(a)), to_duckdb(e.type));
  if (name == "map") return make_map(e, c);
  return higher_order(e, c);
}

/// a AND b. DuckDB evaluates both sides on all rows unless the whole is a filter; where b can
/// raise, it must see only the rows that a lets through:
///   CASE WHEN NOT a THEN FALSE ELSE a AND b END
Parsed Lowering::conjunction(const plan::Call& c, bool is_and) {
  const auto type = is_and ? ExpressionType::CONJUNCTION_AND : ExpressionType::CONJUNCTION_OR;
  auto left = expression(*c.arguments.at(0));
  auto right = expression(*c.arguments.at(1));
  Parsed decided;
  if (can_raise(*c.arguments[1])) decided = is_and ? negate(left->Copy()) : left->Copy();
  Parsed both =
      duckdb::make_uniq<duckdb::ConjunctionExpression>(type, std::move(left), std::move(right));
  if (!decided) return both;
  return choose(std::move(decided), boolean(!is_and), std::move(both));
}

/// when(c1, v1, c2, v2, ..., [else]) and if(c, a, b).
Parsed Lowering::case_when(const plan::Expression& e, const plan::Call& c) {
  auto result = duckdb::make_uniq<duckdb::CaseExpression>();
  const auto& a = c.arguments;
  size_t i = 0;
  for (; i + 1 < a.size(); i += 2) {
    duckdb::CaseCheck check;
    check.when_expr = expression(*a[i]);
    check.then_expr = expression(*a[i + 1]);
    result->case_checks.push_back(std::move(check));
  }
  result->else_expr = i < a.size() ? expression(*a[i]) : typed_null(e.type);
  // DuckDB gives integer constants the smallest type that fits; the cast is none where types agree.
  return cast_to(std::move(result), to_duckdb(e.type));
}

Parsed Lowering::in_list(const plan::Call& c) {
  return operation(ExpressionType::COMPARE_IN, expressions(c.arguments));
}

/// map(k1, v1, k2, v2, ...).
Parsed Lowering::make_map(const plan::Expression& e, const plan::Call& c) {
  ParsedList keys, values;
  for (size_t i = 0; i + 1 < c.arguments.size(); i += 2) {
    keys.push_back(expression(*c.arguments[i]));
    values.push_back(expression(*c.arguments[i + 1]));
  }
  using duckdb::LogicalType;
  auto key_list =
      cast_to(call("list_value", std::move(keys)), LogicalType::LIST(to_duckdb(e.type.key())));
  auto value_list =
      cast_to(call("list_value", std::move(values)), LogicalType::LIST(to_duckdb(e.type.value())));
  return call("map", list(std::move(key_list), std::move(value_list)));
}

}  // namespace lochan::engine
