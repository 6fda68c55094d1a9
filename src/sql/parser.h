#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.h"

/// Spark SQL text to unresolved plans. Pure functions, thread-safe, in time linear in the text. All
/// throw Error: PARSE_SYNTAX_ERROR with the place in the text, INVALID_TYPED_LITERAL and others
/// with a query context, FAILED_TO_PARSE_TOO_COMPLEX where expressions or queries nest too deep.
namespace lochan::sql {

struct ParseOptions {
  bool double_quoted_identifiers = false;  // spark.sql.ansi.doubleQuotedIdentifiers
  bool enforce_reserved_keywords = false;  // spark.sql.ansi.enforceReservedKeywords
  bool escaped_string_literals =
      false;                   // spark.sql.parser.escapedStringLiterals: '\' is a plain character
  bool timestamp_ntz = false;  // spark.sql.timestampType = TIMESTAMP_NTZ
  std::string time_zone = "UTC";  // spark.sql.session.timeZone, for TIMESTAMP literals
};

/// One statement: a query or a command; a semicolon may end it.
plan::PlanPtr parse_statement(std::shared_ptr<const std::string> text,
                              const ParseOptions& options = {});
/// One expression, maybe with AS alias (df.selectExpr, expr()).
plan::ExpressionPtr parse_expression(std::shared_ptr<const std::string> text,
                                     const ParseOptions& options = {});
/// "catalog.schema.`a.b`" as its parts.
plan::Name parse_table_name(std::string_view text);
/// A column list ("a INT, b STRING") or a single type as DDL.
types::DataType parse_schema(std::string_view text);

}  // namespace lochan::sql
