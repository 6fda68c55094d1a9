// Queries around SELECT: WITH, set operators, ORDER BY ... LIMIT, VALUES, TABLE.
//
//   query := [WITH ...] term organization;  term := intersect ((UNION | EXCEPT | MINUS) intersect |
//   |> operator)* intersect := primary (INTERSECT primary)* primary := SELECT ... | FROM ...
//   [SELECT ...] | VALUES ... | TABLE name | '(' query ')'
#include "sql/parser_core.h"

namespace lochan::sql {

using plan::ExpressionPtr;
using plan::Expressions;
using plan::PlanPtr;

// Does a query begin here? The words are names too, so what follows them decides.
bool Parser::at_query() const {
  if (at("SELECT")) {
    return !at_symbol_ahead(1, ")") && !at_symbol_ahead(1, ",") && !at_symbol_ahead(1, ".") &&
           !at_symbol_ahead(1, "=");
  }
  if (at("WITH")) return at_identifier_ahead(1);
  if (at("FROM")) return at_identifier_ahead(1) || at_symbol_ahead(1, "(");
  if (at("TABLE")) return at_identifier_ahead(1);
  if (at("VALUES")) {
    const TokenKind next = tokens_[pos_ + 1].kind;
    return next != TokenKind::kEnd && !at_symbol_ahead(1, ")") && !at_symbol_ahead(1, ",") &&
           !at_symbol_ahead(1, ".") &&
           (next != TokenKind::kSymbol || at_symbol_ahead(1, "(") || at_symbol_ahead(1, "-"));
  }
  if ((at("MAP") || at("REDUCE")) && at_identifier_ahead(1)) return true;
  return false;
}

bool Parser::at_set_operator() const { return at_any({"UNION", "EXCEPT", "MINUS", "INTERSECT"}); }

PlanPtr Parser::parse_query() {
  check_nesting();
  const size_t first = pos_;
  if (at("WITH")) return parse_with(first);
  return parse_query_rest(parse_query_primary(), first);
}

// Goes on behind the first primary of a query.
PlanPtr Parser::parse_query_rest(PlanPtr first_term, size_t first) {
  return parse_organization(parse_query_term(std::move(first_term), first), first);
}

PlanPtr Parser::parse_with(size_t first) {
  plan::With with;
  std::string duplicate;
  expect("WITH");
  with.recursive = accept("RECURSIVE");
  do {
    plan::CteDefinition definition;
    definition.name = parse_identifier();
    for (const auto& other : with.definitions) {
      if (other.name == definition.name) duplicate = other.name;
    }
    if (at_symbol("(") && !at_query()) definition.column_names = parse_identifier_list();
    if (accept_words({"MAX", "RECURSION", "LEVEL"}))
      definition.max_recursion_level = parse_integer();
    if (definition.max_recursion_level && !with.recursive) {
      raise("_LEGACY_ERROR_TEMP_0035",
            {{"message",
              "Cannot specify MAX RECURSION LEVEL when the CTE is not marked as RECURSIVE"}},
            first);
    }
    accept("AS");
    expect_symbol("(");
    definition.plan = parse_query();
    expect_symbol(")");
    with.definitions.push_back(std::move(definition));
  } while (accept_symbol(","));
  const auto with_inside = [&](const PlanPtr& insert) {
    const auto* node = insert->as<plan::Insert>();
    if (!node) return insert;
    plan::Insert copy = *node;
    with.child = copy.query;
    copy.query = plan::make_plan(std::move(with), origin(first));
    return plan::make_plan(std::move(copy), insert->origin);
  };
  if (!duplicate.empty()) {
    raise("DUPLICATED_CTE_NAMES", {{"duplicateNames", types::quote_identifier(duplicate)}}, first);
  }
  if (at("INSERT")) {
    // WITH a AS (...) INSERT INTO t SELECT ...: the names belong to the query.
    return with_inside(parse_insert(nullptr));
  }
  if (at_any({"UPDATE", "DELETE", "MERGE"})) return parse_statement_body();
  const size_t body = pos_;
  PlanPtr query = parse_query_rest(parse_query_primary(), body);
  if (query->as<plan::Insert>() || query->as<plan::NotSupported>()) return with_inside(query);
  with.child = std::move(query);
  return plan::make_plan(std::move(with), origin(first));
}

PlanPtr Parser::parse_query_term(PlanPtr left, size_t first) {
  left = parse_intersect_term(std::move(left), first);
  size_t chain = 0;
  while (true) {
    check_chain(++chain);
    if (at_pipe()) {
      left = parse_pipe(std::move(left), first);
      continue;
    }
    if (!at_any({"UNION", "EXCEPT", "MINUS"})) return left;
    plan::SetOp op;
    op.kind = at("UNION") ? plan::SetOpKind::kUnion : plan::SetOpKind::kExcept;
    ++pos_;
    op.all = accept("ALL");
    if (!op.all) accept("DISTINCT");
    op.by_name = accept_words({"BY", "NAME"});
    op.left = std::move(left);
    const size_t right_at = pos_;
    op.right = parse_intersect_term(parse_query_primary(), right_at);
    left = plan::make_plan(std::move(op), origin(first));
  }
}

PlanPtr Parser::parse_intersect_term(PlanPtr left, size_t first) {
  size_t chain = 0;
  while (accept("INTERSECT")) {
    check_chain(++chain);
    plan::SetOp op;
    op.kind = plan::SetOpKind::kIntersect;
    op.all = accept("ALL");
    if (!op.all) accept("DISTINCT");
    op.left = std::move(left);
    op.right = parse_query_primary();
    left = plan::make_plan(std::move(op), origin(first));
  }
  return left;
}

PlanPtr Parser::parse_query_primary() {
  const size_t first = pos_;
  if (at("SELECT")) return parse_select(nullptr);
  if (at("FROM")) return parse_from_statement();
  if (at("VALUES")) return parse_values();
  if (at("TABLE")) {
    ++pos_;
    const size_t name_at = pos_;
    plan::UnresolvedRelation relation{parse_name(), {}, {}, false};
    return plan::make_plan(std::move(relation), origin(name_at));
  }
  if (at_symbol("(")) {
    check_nesting();
    ++pos_;
    PlanPtr inner = parse_query();
    expect_symbol(")");
    return inner;
  }
  if (at("MAP") || at("REDUCE")) not_supported("SELECT TRANSFORM");
  fail_at(first);
}

PlanPtr Parser::parse_organization(PlanPtr plan, size_t first) {
  const auto order_by_all = [](const Expressions& orders) {
    if (orders.size() != 1) return false;
    const auto* column = orders[0]->as<plan::SortOrder>()->child->as<plan::UnresolvedAttribute>();
    if (!column || column->parts.size() != 1) return false;
    const std::string& name = column->parts[0];
    return name.size() == 3 && (name[0] | 0x20) == 'a' && (name[1] | 0x20) == 'l' &&
           (name[2] | 0x20) == 'l';
  };
  int kinds = 0;
  if (at_words({"ORDER", "BY"})) {
    const size_t clause = pos_;
    pos_ += 2;
    plan::Sort sort;
    sort.child = std::move(plan);
    sort.orders = parse_sort_items();
    sort.order_by_all = order_by_all(sort.orders);
    plan = plan::make_plan(std::move(sort), origin(clause));
    ++kinds;
  }
  const auto repartition = [&](Expressions by, size_t clause) {
    plan::Repartition node;
    node.child = std::move(plan);
    node.expressions = std::move(by);
    plan = plan::make_plan(std::move(node), origin(clause));
  };
  if (at_words({"CLUSTER", "BY"})) {
    const size_t clause = pos_;
    pos_ += 2;
    const Expressions by = parse_expressions();
    repartition(by, clause);
    plan::Sort sort;
    sort.child = std::move(plan);
    for (const auto& item : by) {
      sort.orders.push_back(plan::make_expression(
          plan::SortOrder{item, true, plan::NullOrder::kDefault}, item->origin));
    }
    sort.global = false;
    plan = plan::make_plan(std::move(sort), origin(clause));
    ++kinds;
  }
  const bool distribute = at_words({"DISTRIBUTE", "BY"});
  if (distribute) {
    const size_t clause = pos_;
    pos_ += 2;
    repartition(parse_expressions(), clause);
    ++kinds;
  }
  if (at_words({"SORT", "BY"})) {
    const size_t clause = pos_;
    pos_ += 2;
    plan::Sort sort;
    sort.child = std::move(plan);
    sort.orders = parse_sort_items();
    sort.global = false;
    sort.order_by_all = order_by_all(sort.orders);
    plan = plan::make_plan(std::move(sort), origin(clause));
    if (!distribute) ++kinds;
  }
  if (kinds > 1) raise("UNSUPPORTED_FEATURE.COMBINATION_QUERY_RESULT_CLAUSES", {}, first);
  if (at("WINDOW"))
    plan = plan::make_plan(plan::WithWindows{std::move(plan), parse_windows()}, origin(first));
  ExpressionPtr limit, offset;
  size_t limit_at = pos_, offset_at = pos_;
  if (accept("LIMIT") && !accept("ALL")) limit = parse_expression();
  const size_t limit_end = pos_;
  offset_at = pos_;
  if (accept("OFFSET")) offset = parse_expression();
  if (offset)
    plan = plan::make_plan(plan::Offset{std::move(plan), std::move(offset)}, origin(offset_at));
  if (limit) {
    const size_t here = pos_;
    pos_ = limit_end;
    const plan::Origin where = origin(limit_at);
    pos_ = here;
    plan = plan::make_plan(plan::Limit{std::move(plan), std::move(limit)}, where);
  }
  return plan;
}

PlanPtr Parser::parse_values() {
  const size_t first = pos_;
  expect("VALUES");
  plan::InlineTable table;
  do {
    const size_t item_at = pos_;
    const bool parenthesis = at_symbol("(");
    ExpressionPtr item = parse_expression();
    // (a, b) is a row; (named_struct(...)) is one value.
    const bool row = parenthesis && item->origin.start == origin(item_at).start;
    const auto* call = item->as<plan::UnresolvedFunction>();
    if (row && call && call->name == plan::Name{"named_struct"}) {
      Expressions values;
      for (size_t i = 1; i < call->arguments.size(); i += 2) values.push_back(call->arguments[i]);
      table.rows.push_back(std::move(values));
    } else {
      table.rows.push_back({std::move(item)});
    }
  } while (accept_symbol(","));
  std::string alias;
  const size_t end = pos_;
  if (at("AS") || at_implicit_alias(true)) {
    if (accept("AS") && at_symbol("("))
      alias.clear();
    else
      alias = parse_identifier(true);
    if (at_symbol("(")) table.names = parse_identifier_list();
  }
  const size_t here = pos_;
  pos_ = end;
  const plan::Origin where = origin(first);
  pos_ = here;
  const size_t width = table.names.empty() ? table.rows[0].size() : table.names.size();
  for (size_t i = 0; i < table.rows.size(); ++i) {
    if (table.rows[i].size() == width) continue;
    raise("INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH",
          {{"expectedNumCols", std::to_string(width)},
           {"actualNumCols", std::to_string(table.rows[i].size())},
           {"rowIndex", std::to_string(i)}},
          first);
  }
  PlanPtr plan = plan::make_plan(std::move(table), where);
  if (alias.empty()) return plan;
  return plan::make_plan(plan::SubqueryAlias{std::move(plan), std::move(alias), {}, {}},
                         origin(first));
}

}  // namespace lochan::sql
