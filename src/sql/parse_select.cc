// SELECT ... and FROM ... SELECT ...
#include "sql/parser_core.h"

namespace lochan::sql {

using plan::ExpressionPtr;
using plan::Expressions;
using plan::PlanPtr;

PlanPtr Parser::parse_from_statement() {
  const size_t first = pos_;
  const PlanPtr from = parse_from();
  if (at("INSERT")) return parse_insert(from);
  if (at("MAP") || at("REDUCE")) not_supported("SELECT TRANSFORM");
  if (!at("SELECT")) {
    // FROM t alone is SELECT * FROM t; WHERE may follow.
    PlanPtr plan = from;
    if (at("WHERE")) {
      const size_t clause = pos_;
      ++pos_;
      ExpressionPtr condition = parse_expression();
      plan = plan::make_plan(plan::Filter{plan, std::move(condition)}, origin(clause));
    }
    plan::Project project;
    project.child = std::move(plan);
    project.expressions = {plan::make_expression(plan::UnresolvedStar{}, origin(first))};
    return plan::make_plan(std::move(project), origin(first));
  }
  // Several bodies over the same relation are a UNION ALL.
  PlanPtr plan;
  while (at("SELECT")) {
    const size_t body_at = pos_;
    PlanPtr body = parse_select(from);
    if (plan || at("SELECT")) body = parse_organization(std::move(body), body_at);
    plan =
        plan ? plan::make_plan(plan::SetOp{plan::SetOpKind::kUnion, true, false, false, plan, body},
                               origin(first))
             : body;
  }
  return plan;
}

std::vector<plan::Hint> Parser::parse_hints() {
  std::vector<plan::Hint> hints;
  while (accept_symbol("/*+")) {
    while (!at_symbol("*/")) {
      if (at_end()) fail();
      plan::Hint hint;
      hint.name = parse_identifier();
      if (accept_symbol("(")) {
        if (!at_symbol(")")) {
          do hint.parameters.push_back(parse_value());
          while (accept_symbol(","));
        }
        expect_symbol(")");
      }
      hints.push_back(std::move(hint));
      accept_symbol(",");
    }
    expect_symbol("*/");
  }
  return hints;
}

// `from` is the relation of a statement that began with FROM, or null.
PlanPtr Parser::parse_select(PlanPtr from) {
  check_nesting();
  const size_t first = pos_;
  expect("SELECT");
  std::vector<plan::Hint> hints = parse_hints();
  if (at("TRANSFORM") && at_symbol_ahead(1, "(")) {
    // SELECT TRANSFORM(a) USING 'cmd' against the function transform(array, lambda): what follows
    // the list decides.
    const size_t begin = pos_;
    size_t n = 2;
    for (int depth = 1; depth > 0 && tokens_[begin + n].kind != TokenKind::kEnd; ++n) {
      if (at_symbol_ahead(n, "(")) ++depth;
      if (at_symbol_ahead(n, ")")) --depth;
    }
    if (at_ahead(n, "USING") || at_ahead(n, "ROW")) not_supported("SELECT TRANSFORM");
  }
  bool distinct = false;
  const auto quantifier_next = [&] {
    return !at_symbol_ahead(1, ",") && !at_symbol_ahead(1, ")") && !at_symbol_ahead(1, ".") &&
           tokens_[pos_ + 1].kind != TokenKind::kEnd;
  };
  if (at("DISTINCT") && quantifier_next()) {
    ++pos_;
    distinct = true;
  } else if (at("ALL") && quantifier_next() && !at_ahead(1, "FROM")) {
    ++pos_;
  }
  Expressions select = parse_named_expressions();
  PlanPtr plan = from;
  if (!from && at("FROM")) plan = parse_from();
  if (!plan) plan = plan::make_plan(plan::OneRow{}, origin(first));
  plan = parse_lateral_views(std::move(plan));
  if (at("WHERE")) {
    const size_t clause = pos_;
    ++pos_;
    ExpressionPtr condition = parse_expression();
    plan = plan::make_plan(plan::Filter{std::move(plan), std::move(condition)}, origin(clause));
  }
  plan = parse_group_by(std::move(plan), std::move(select), first);
  std::map<std::string, ExpressionPtr> windows;
  ExpressionPtr qualify;
  size_t qualify_at = pos_;
  // Spark takes WINDOW before QUALIFY; other systems the other way round.
  for (int i = 0; i < 2; ++i) {
    if (at("WINDOW") && at_identifier_ahead(1) && at_ahead(2, "AS")) windows = parse_windows();
    if (at("QUALIFY") && !qualify) {
      qualify_at = pos_;
      ++pos_;
      qualify = parse_expression();
    }
  }
  if (qualify) {
    plan = plan::make_plan(plan::Filter{std::move(plan), std::move(qualify), true},
                           origin(qualify_at));
  }
  if (distinct) plan = plan::make_plan(plan::Distinct{std::move(plan)}, origin(first));
  if (!windows.empty())
    plan = plan::make_plan(plan::WithWindows{std::move(plan), std::move(windows)}, origin(first));
  for (auto hint = hints.rbegin(); hint != hints.rend(); ++hint) {
    hint->child = std::move(plan);
    plan = plan::make_plan(std::move(*hint), origin(first));
  }
  return plan;
}

std::map<std::string, ExpressionPtr> Parser::parse_windows() {
  std::map<std::string, ExpressionPtr> windows;
  std::vector<std::pair<std::string, std::string>> references;
  expect("WINDOW");
  do {
    const size_t first = pos_;
    std::string name = parse_identifier();
    expect("AS");
    const bool is_reference =
        !at_symbol("(") || (at_identifier_ahead(1) && at_symbol_ahead(2, ")"));
    ExpressionPtr window;
    if (is_reference) {
      const bool parenthesised = accept_symbol("(");
      references.emplace_back(name, parse_identifier());
      if (parenthesised) expect_symbol(")");
    } else {
      const size_t specification_at = pos_;
      plan::Window specification = parse_window_specification();
      window = plan::make_expression(std::move(specification), origin(specification_at));
    }
    if (!windows.emplace(name, window).second) {
      raise("INVALID_SQL_SYNTAX.REPETITIVE_WINDOW_DEFINITION",
            {{"windowName", types::quote_identifier(name)}}, first);
    }
  } while (accept_symbol(","));
  for (const auto& [name, other] : references) {
    const auto found = windows.find(other);
    if (found == windows.end()) {
      raise("INVALID_SQL_SYNTAX.UNRESOLVED_WINDOW_REFERENCE",
            {{"windowName", types::quote_identifier(other)}}, pos_ - 1);
    }
    if (!found->second) {
      raise("INVALID_SQL_SYNTAX.INVALID_WINDOW_REFERENCE",
            {{"windowName", types::quote_identifier(other)}}, pos_ - 1);
    }
    windows[name] = found->second;
  }
  return windows;
}

// [GROUP BY ...] [HAVING ...] around the select list; without them a Project.
PlanPtr Parser::parse_group_by(PlanPtr plan, Expressions select, size_t first) {
  plan::Aggregate aggregate;
  aggregate.child = std::move(plan);
  const bool grouped = at_words({"GROUP", "BY"});
  if (grouped) {
    pos_ += 2;
    parse_grouping(aggregate);
  }
  if (at("HAVING")) {
    ++pos_;
    aggregate.having = parse_expression();
  } else if (!grouped) {
    plan::Project project{std::move(aggregate.child), std::move(select)};
    return plan::make_plan(std::move(project), origin(first));
  }
  aggregate.aggregates = std::move(select);
  return plan::make_plan(std::move(aggregate), origin(first));
}

namespace {

using Sets = std::vector<Expressions>;

Sets rollup_sets(const Sets& items) {
  Sets sets;
  for (size_t length = items.size() + 1; length-- > 0;) {
    Expressions set;
    for (size_t i = 0; i < length; ++i) set.insert(set.end(), items[i].begin(), items[i].end());
    sets.push_back(std::move(set));
  }
  return sets;
}

Sets cube_sets(const Sets& items) {
  Sets sets = {{}};
  for (const auto& item : items) {
    Sets next;
    for (const auto& set : sets) {
      next.push_back(set);
      next.back().insert(next.back().end(), item.begin(), item.end());
    }
    for (const auto& set : sets) next.push_back(set);
    sets = std::move(next);
  }
  return sets;
}

bool all_single(const Sets& items) {
  for (const auto& item : items) {
    if (item.size() != 1) return false;
  }
  return true;
}

}  // namespace

void Parser::parse_grouping(plan::Aggregate& aggregate) {
  // One element of GROUP BY: a plain expression is one set of one.
  struct Item {
    plan::GroupKind kind = plan::GroupKind::kGroupBy;
    Sets sets;   // what it stands for
    Sets parts;  // the arguments of ROLLUP and CUBE
  };
  const auto grouping_set = [&]() -> Expressions {
    Expressions set;
    if (accept_symbol("(")) {
      if (!at_symbol(")")) set = parse_expressions();
      expect_symbol(")");
      return set;
    }
    return {parse_expression()};
  };
  const auto set_list = [&] {
    Sets sets;
    expect_symbol("(");
    if (!at_symbol(")")) {
      do sets.push_back(grouping_set());
      while (accept_symbol(","));
    }
    expect_symbol(")");
    return sets;
  };
  // Nested GROUPING SETS, ROLLUP and CUBE stand for their sets.
  const auto analytics = [&](auto&& self) -> Item {
    check_nesting();
    const size_t first = pos_;
    Item item;
    if (accept_words({"GROUPING", "SETS"})) {
      item.kind = plan::GroupKind::kGroupingSets;
      expect_symbol("(");
      do {
        if (at_words({"GROUPING", "SETS"}) ||
            ((at("ROLLUP") || at("CUBE")) && at_symbol_ahead(1, "("))) {
          const Item inner = self(self);
          item.sets.insert(item.sets.end(), inner.sets.begin(), inner.sets.end());
        } else {
          item.sets.push_back(grouping_set());
        }
      } while (accept_symbol(","));
      expect_symbol(")");
    } else {
      item.kind = at("ROLLUP") ? plan::GroupKind::kRollup : plan::GroupKind::kCube;
      ++pos_;
      item.parts = set_list();
      for (const auto& part : item.parts) {
        if (part.empty()) {
          raise("_LEGACY_ERROR_TEMP_0051",
                {{"element", item.kind == plan::GroupKind::kRollup ? "ROLLUP" : "CUBE"}}, first);
        }
      }
      check_chain(item.kind == plan::GroupKind::kCube && item.parts.size() > 11 ? SIZE_MAX : 0);
      item.sets =
          item.kind == plan::GroupKind::kRollup ? rollup_sets(item.parts) : cube_sets(item.parts);
    }
    return item;
  };
  const auto at_analytics = [&] {
    return (at_words({"GROUPING", "SETS"}) && at_symbol_ahead(2, "(")) ||
           ((at("ROLLUP") || at("CUBE")) && at_symbol_ahead(1, "("));
  };
  std::vector<Item> items;
  do {
    if (at_analytics()) {
      items.push_back(analytics(analytics));
    } else if (at_symbol("(") && at_symbol_ahead(1, ")")) {
      pos_ += 2;
      Item empty;
      empty.sets = {{}};
      items.push_back(std::move(empty));
    } else {
      Item item;
      item.sets = {{parse_expression()}};
      items.push_back(std::move(item));
    }
  } while (accept_symbol(","));

  bool plain = true;
  for (const auto& item : items) plain = plain && item.kind == plan::GroupKind::kGroupBy;
  const auto add_grouping = [&](const Sets& sets) {
    for (const auto& set : sets) {
      for (const auto& expression : set) {
        bool known = false;
        const std::string text = plan::to_string(*expression);
        for (const auto& other : aggregate.grouping)
          known = known || plan::to_string(*other) == text;
        if (!known) aggregate.grouping.push_back(expression);
      }
    }
  };
  if (plain) {
    for (const auto& item : items)
      aggregate.grouping.insert(aggregate.grouping.end(), item.sets[0].begin(), item.sets[0].end());
    // The old forms: GROUP BY a, b WITH ROLLUP | WITH CUBE | GROUPING SETS ((a), (b))
    if (accept_words({"WITH", "ROLLUP"}))
      aggregate.kind = plan::GroupKind::kRollup;
    else if (accept_words({"WITH", "CUBE"}))
      aggregate.kind = plan::GroupKind::kCube;
    else if (accept_words({"GROUPING", "SETS"})) {
      aggregate.kind = plan::GroupKind::kGroupingSets;
      aggregate.raw_grouping_sets = set_list();
    } else if (aggregate.grouping.size() == 1) {
      const auto* column = aggregate.grouping[0]->as<plan::UnresolvedAttribute>();
      if (column && column->parts.size() == 1 && column->parts[0].size() == 3) {
        std::string name = column->parts[0];
        for (char& c : name) c = static_cast<char>(c | 0x20);
        if (name == "all") {
          aggregate.kind = plan::GroupKind::kGroupByAll;
          aggregate.grouping.clear();
        }
      }
    }
    return;
  }
  if (items.size() == 1 && items[0].kind != plan::GroupKind::kGroupingSets &&
      all_single(items[0].parts)) {
    aggregate.kind = items[0].kind;
    for (const auto& part : items[0].parts) aggregate.grouping.push_back(part[0]);
    return;
  }
  // Several elements: every combination of their sets.
  aggregate.kind = plan::GroupKind::kGroupingSets;
  Sets sets = {{}};
  for (const auto& item : items) {
    Sets next;
    for (const auto& set : sets) {
      for (const auto& more : item.sets) {
        next.push_back(set);
        next.back().insert(next.back().end(), more.begin(), more.end());
        check_chain(next.size());
      }
    }
    sets = std::move(next);
  }
  for (const auto& item : items) add_grouping(item.parts.empty() ? item.sets : item.parts);
  aggregate.raw_grouping_sets = std::move(sets);
}

}  // namespace lochan::sql
