// SQL pipe syntax: query |> operator |> operator ...
#include "sql/parser_core.h"

namespace lochan::sql {

using plan::ExpressionPtr;
using plan::Expressions;
using plan::PlanPtr;

// A single '|' is a pipe too where the word behind it begins a pipe operator, and not an operand.
bool Parser::at_single_pipe() const {
  if (!at_symbol("|") || tokens_[pos_ + 1].kind != TokenKind::kWord) return false;
  const TokenKind behind = tokens_[pos_ + 2].kind;
  const bool operand = behind != TokenKind::kEnd && behind != TokenKind::kSymbol;
  const bool expression =
      operand || at_symbol_ahead(2, "(") || at_symbol_ahead(2, "*") || at_symbol_ahead(2, "-");
  for (const char* word : {"SELECT", "EXTEND", "WHERE"}) {
    if (at_ahead(1, word)) return expression;
  }
  if (at_ahead(1, "PIVOT") || at_ahead(1, "UNPIVOT") || at_ahead(1, "TABLESAMPLE"))
    return at_symbol_ahead(2, "(") || operand;
  if (at_ahead(1, "ORDER") || at_ahead(1, "SORT") || at_ahead(1, "CLUSTER") ||
      at_ahead(1, "DISTRIBUTE"))
    return at_ahead(2, "BY");
  for (const char* word :
       {"SET", "DROP", "AS", "AGGREGATE", "LIMIT", "OFFSET", "JOIN", "INNER", "CROSS", "LEFT",
        "RIGHT", "FULL", "SEMI", "ANTI", "NATURAL", "UNION", "EXCEPT", "MINUS", "INTERSECT"}) {
    if (at_ahead(1, word))
      return operand || (at_symbol_ahead(2, "(") && !at_ahead(1, "LEFT") && !at_ahead(1, "RIGHT"));
  }
  return false;
}

PlanPtr Parser::parse_pipe(PlanPtr plan, size_t first) {
  check_nesting();
  if (!accept_symbol("|>")) expect_symbol("|");
  const size_t clause = pos_;
  const auto star = [&] { return plan::make_expression(plan::UnresolvedStar{}, origin(clause)); };
  if (at("SELECT")) return parse_select(std::move(plan));
  if (accept("EXTEND")) {
    Expressions columns = {star()};
    for (auto& column : parse_named_expressions()) columns.push_back(std::move(column));
    return plan::make_plan(plan::Project{std::move(plan), std::move(columns)}, origin(clause));
  }
  if (accept("SET")) {
    do {
      const size_t item_at = pos_;
      std::string name = parse_identifier();
      expect_symbol("=");
      ExpressionPtr value = parse_expression();
      plan::WithColumns set;
      set.child = std::move(plan);
      plan::Alias alias;
      alias.child = std::move(value);
      alias.name = std::move(name);
      set.columns = {plan::make_expression(std::move(alias), origin(item_at))};
      plan = plan::make_plan(std::move(set), origin(clause));
    } while (accept_symbol(","));
    return plan;
  }
  if (accept("DROP")) {
    plan::UnresolvedStar all;
    do all.except.push_back(parse_name());
    while (accept_symbol(","));
    return plan::make_plan(
        plan::Project{std::move(plan), {plan::make_expression(std::move(all), origin(clause))}},
        origin(clause));
  }
  if (accept("AS")) {
    std::string name = parse_identifier();
    return plan::make_plan(plan::SubqueryAlias{std::move(plan), std::move(name), {}, {}},
                           origin(clause));
  }
  if (accept("WHERE")) {
    ExpressionPtr condition = parse_expression();
    return plan::make_plan(plan::Filter{std::move(plan), std::move(condition)}, origin(clause));
  }
  if (at("PIVOT")) return parse_pivot(std::move(plan), first);
  if (at("UNPIVOT")) return parse_unpivot(std::move(plan), first);
  if (at("TABLESAMPLE")) return parse_sample(std::move(plan));
  if (accept("AGGREGATE")) {
    plan::Aggregate aggregate;
    aggregate.child = std::move(plan);
    Expressions aggregates;
    if (!at_words({"GROUP", "BY"})) aggregates = parse_named_expressions();
    if (at_words({"GROUP", "BY"})) {
      pos_ += 2;
      // The grouping expressions come first in the output, and may have aliases.
      do {
        ExpressionPtr item = parse_named_expression();
        const auto* alias = item->as<plan::Alias>();
        aggregate.grouping.push_back(alias ? alias->child : item);
        aggregate.aggregates.push_back(item);
      } while (accept_symbol(","));
    }
    for (auto& item : aggregates) aggregate.aggregates.push_back(std::move(item));
    return plan::make_plan(std::move(aggregate), origin(clause));
  }
  if (at_set_operator()) {
    plan::SetOp op;
    op.kind = at("UNION")       ? plan::SetOpKind::kUnion
              : at("INTERSECT") ? plan::SetOpKind::kIntersect
                                : plan::SetOpKind::kExcept;
    ++pos_;
    op.all = accept("ALL");
    if (!op.all) accept("DISTINCT");
    op.by_name = accept_words({"BY", "NAME"});
    op.left = std::move(plan);
    op.right = parse_query_primary();
    return plan::make_plan(std::move(op), origin(clause));
  }
  if (at_any({"ORDER", "SORT", "CLUSTER", "DISTRIBUTE", "LIMIT", "OFFSET"}))
    return parse_organization(std::move(plan), clause);
  if (at_any({"JOIN", "INNER", "CROSS", "LEFT", "RIGHT", "FULL", "SEMI", "ANTI", "NATURAL"})) {
    return parse_join(std::move(plan), first);
  }
  fail();
}

}  // namespace lochan::sql
