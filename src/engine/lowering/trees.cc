#include "duckdb/parser/expression/case_expression.hpp"
#include "duckdb/parser/expression/cast_expression.hpp"
#include "duckdb/parser/expression/columnref_expression.hpp"
#include "duckdb/parser/expression/comparison_expression.hpp"
#include "duckdb/parser/expression/conjunction_expression.hpp"
#include "duckdb/parser/expression/constant_expression.hpp"
#include "duckdb/parser/expression/lambda_expression.hpp"
#include "duckdb/parser/expression/operator_expression.hpp"
#include "engine/lowering/lowering.h"

namespace lochan::engine {

using duckdb::ExpressionType;
using duckdb::make_uniq;

std::string column_name(plan::AttributeId id) {
  return "c" + std::to_string(static_cast<int64_t>(id));
}

Parsed named_column(std::string name) {
  return make_uniq<duckdb::ColumnRefExpression>(std::move(name));
}

Parsed column(plan::AttributeId id) { return named_column(column_name(id)); }

Parsed constant(duckdb::Value value) {
  return make_uniq<duckdb::ConstantExpression>(std::move(value));
}

Parsed typed_null(const types::DataType& type) { return constant(duckdb::Value(to_duckdb(type))); }

Parsed call(const std::string& function, ParsedList arguments) {
  return make_uniq<duckdb::FunctionExpression>(function, std::move(arguments));
}

Parsed cast_to(Parsed child, duckdb::LogicalType type) {
  return make_uniq<duckdb::CastExpression>(std::move(type), std::move(child));
}

Parsed operation(ExpressionType type, ParsedList children) {
  return make_uniq<duckdb::OperatorExpression>(type, std::move(children));
}

Parsed compare(ExpressionType type, Parsed left, Parsed right) {
  return make_uniq<duckdb::ComparisonExpression>(type, std::move(left), std::move(right));
}

Parsed all_of(ParsedList conditions) {
  if (conditions.empty()) return nullptr;
  if (conditions.size() == 1) return std::move(conditions[0]);
  return make_uniq<duckdb::ConjunctionExpression>(ExpressionType::CONJUNCTION_AND,
                                                  std::move(conditions));
}

bool is_floating(const types::DataType& type) {
  return type.is(types::TypeId::kFloat) || type.is(types::TypeId::kDouble);
}

bool has_zeros(const types::DataType& type) {
  if (type.is(types::TypeId::kArray)) return has_zeros(type.element());
  if (type.is(types::TypeId::kStruct)) {
    return std::any_of(type.fields().begin(), type.fields().end(),
                       [](const auto& field) { return has_zeros(field.type); });
  }
  return is_floating(type);
}

Parsed with_one_zero(Parsed key, const types::DataType& type) {
  if (!has_zeros(type)) return key;
  if (!is_floating(type)) {
    KernelSpec spec;
    spec.result = type;
    spec.arguments = {type};
    spec.name = "one_zero";
    return call("lochan_one_zero",
                list(std::move(key), constant(duckdb::Value::BLOB_RAW(spec.encode()))));
  }
  auto zero = type.is(types::TypeId::kFloat) ? duckdb::Value::FLOAT(0) : duckdb::Value::DOUBLE(0);
  return call("+", list(std::move(key), constant(std::move(zero))));
}

Parsed negate(Parsed condition) {
  return operation(ExpressionType::OPERATOR_NOT, list(std::move(condition)));
}

Parsed is_null(Parsed child) {
  return operation(ExpressionType::OPERATOR_IS_NULL, list(std::move(child)));
}

Parsed is_not_null(Parsed child) {
  return operation(ExpressionType::OPERATOR_IS_NOT_NULL, list(std::move(child)));
}

Parsed choose(Parsed condition, Parsed value, Parsed otherwise) {
  auto result = make_uniq<duckdb::CaseExpression>();
  duckdb::CaseCheck check;
  check.when_expr = std::move(condition);
  check.then_expr = std::move(value);
  result->case_checks.push_back(std::move(check));
  result->else_expr = std::move(otherwise);
  return result;
}

Parsed named(Parsed expression, std::string name) {
  expression->SetAlias(std::move(name));
  return expression;
}

Parsed struct_of(ParsedList fields) {
  for (size_t i = 0; i < fields.size(); ++i) fields[i]->SetAlias("f" + std::to_string(i));
  return call("struct_pack", std::move(fields));
}

Parsed field(Parsed child, const std::string& name) {
  return call("struct_extract", list(std::move(child), constant(duckdb::Value(name))));
}

Parsed lambda(std::vector<std::string> parameters, Parsed body) {
  return make_uniq<duckdb::LambdaExpression>(duckdb::vector<std::string>(std::move(parameters)),
                                             std::move(body));
}

duckdb::unique_ptr<duckdb::SelectStatement> statement_of(Node node) {
  auto statement = make_uniq<duckdb::SelectStatement>();
  statement->node = std::move(node);
  return statement;
}

}  // namespace lochan::engine
