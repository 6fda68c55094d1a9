#include "sql/parser.h"

#include "sql/parser_core.h"

namespace lochan::sql {

plan::ExpressionPtr Parser::parse_single_expression() {
  plan::ExpressionPtr expression = parse_named_expression();
  expect_end();
  return expression;
}

plan::Name Parser::parse_single_name() {
  plan::Name name = parse_name();
  expect_end();
  return name;
}

plan::PlanPtr parse_statement(std::shared_ptr<const std::string> text,
                              const ParseOptions& options) {
  return Parser(std::move(text), options).parse_single_statement();
}

plan::ExpressionPtr parse_expression(std::shared_ptr<const std::string> text,
                                     const ParseOptions& options) {
  return Parser(std::move(text), options).parse_single_expression();
}

plan::Name parse_table_name(std::string_view text) {
  return Parser(std::make_shared<const std::string>(text), {}).parse_single_name();
}

types::DataType parse_schema(std::string_view text) {
  // `a INT` is a column, `INT` and `array<int>` are types.
  try {
    return types::parse_ddl_type(text);
  } catch (const Error&) {
    return types::parse_ddl_schema(text);
  }
}

}  // namespace lochan::sql
