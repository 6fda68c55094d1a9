#include "session/sql_text.h"

#include <memory>

#include "base/error.h"
#include "sql/parser.h"

namespace lochan::session {
namespace {

/// Puts arguments in the place of parameter markers, in a plan and the plans inside its
/// expressions.
class Binder {
 public:
  explicit Binder(const plan::SqlText& sql) : sql_(sql) {}

  plan::PlanPtr bind(const plan::PlanPtr& node) {
    if (!node) return node;
    plan::Plans kids = plan::children(*node);
    bool changed = false;
    for (auto& kid : kids) {
      auto bound = bind(kid);
      changed |= bound != kid;
      kid = std::move(bound);
    }
    plan::PlanPtr result = changed ? plan::with_children(node, std::move(kids)) : node;
    plan::Expressions expressions = plan::expressions(*result);
    changed = false;
    for (auto& expression : expressions) {
      auto bound = bind(expression);
      changed |= bound != expression;
      expression = std::move(bound);
    }
    return changed ? plan::with_expressions(result, std::move(expressions)) : result;
  }

 private:
  plan::ExpressionPtr bind(const plan::ExpressionPtr& expression) {
    if (!expression) return expression;
    if (const auto* parameter = expression->as<plan::Parameter>())
      return argument(*parameter, expression->origin);
    plan::ExpressionPtr result = expression;
    if (const auto* subquery = expression->as<plan::Subquery>()) {
      auto bound = bind(subquery->plan);
      if (bound != subquery->plan) {
        plan::Subquery copy = *subquery;
        copy.plan = bound;
        result = plan::make_expression(std::move(copy), expression->origin);
      }
    }
    plan::Expressions kids = plan::children(*result);
    bool changed = false;
    for (auto& kid : kids) {
      auto bound = bind(kid);
      changed |= bound != kid;
      kid = std::move(bound);
    }
    return changed ? plan::with_children(result, std::move(kids)) : result;
  }

  plan::ExpressionPtr argument(const plan::Parameter& parameter, const plan::Origin& origin) {
    if (!parameter.name.empty()) {
      auto it = sql_.named_arguments.find(parameter.name);
      if (it != sql_.named_arguments.end()) return it->second;
      throw Error("UNBOUND_SQL_PARAMETER", {{"name", parameter.name}}, origin.context());
    }
    if (next_ < sql_.positional_arguments.size()) return sql_.positional_arguments[next_++];
    throw Error("UNBOUND_SQL_PARAMETER", {{"name", "_" + std::to_string(origin.start)}},
                origin.context());
  }

  const plan::SqlText& sql_;
  size_t next_ = 0;
};

}  // namespace

plan::PlanPtr parse_sql(const plan::SqlText& sql, const Config& config) {
  sql::ParseOptions options;
  options.double_quoted_identifiers = config.get_bool("spark.sql.ansi.doubleQuotedIdentifiers");
  options.timestamp_ntz = config.get_or("spark.sql.timestampType", "") == "TIMESTAMP_NTZ";
  options.time_zone = config.get_or("spark.sql.session.timeZone", "UTC");
  auto parsed = sql::parse_statement(std::make_shared<const std::string>(sql.text), options);
  return Binder(sql).bind(parsed);
}

}  // namespace lochan::session
