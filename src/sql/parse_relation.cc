// FROM: relations, joins, LATERAL VIEW, TABLESAMPLE, PIVOT, UNPIVOT, time travel.
#include <algorithm>
#include <cmath>

#include "sql/parser_core.h"

namespace lochan::sql {

using plan::ExpressionPtr;
using plan::Expressions;
using plan::PlanPtr;
using types::Value;

namespace {
// What Spark calls a subquery in FROM that has no alias: its columns lose the qualifiers of inside.
constexpr const char* kAutoAlias = "__auto_generated_subquery_name";
}  // namespace

PlanPtr Parser::parse_from() {
  expect("FROM");
  const size_t first = pos_;
  PlanPtr plan = parse_relation();
  size_t chain = 0;
  while (accept_symbol(",")) {
    check_chain(++chain);
    plan::Join join;
    join.left = std::move(plan);
    join.lateral = at("LATERAL") && !at_ahead(1, "VIEW");
    join.right = parse_relation();
    plan = plan::make_plan(std::move(join), origin(first));
  }
  plan = parse_lateral_views(std::move(plan));
  while (true) {
    if (at("PIVOT") && at_symbol_ahead(1, "("))
      plan = parse_pivot(std::move(plan), first);
    else if (at("UNPIVOT"))
      plan = parse_unpivot(std::move(plan), first);
    else
      return plan;
  }
}

PlanPtr Parser::parse_lateral_views(PlanPtr plan) {
  size_t chain = 0;
  while (at_words({"LATERAL", "VIEW"})) {
    check_chain(++chain);
    const size_t first = pos_;
    pos_ += 2;
    plan::Generate generate;
    generate.outer = accept("OUTER");
    const size_t call_at = pos_;
    plan::UnresolvedFunction call;
    call.name = parse_name();
    expect_symbol("(");
    if (!at_symbol(")")) {
      do call.arguments.push_back(parse_argument());
      while (accept_symbol(","));
    }
    expect_symbol(")");
    generate.generator = plan::make_expression(std::move(call), origin(call_at));
    if (!at("AS") && at_implicit_alias(true)) generate.alias = parse_identifier(true);
    if (accept("AS") || (!generate.alias.empty() && at_implicit_alias(true))) {
      do generate.column_names.push_back(parse_identifier());
      while (accept_symbol(","));
    }
    generate.child = std::move(plan);
    plan = plan::make_plan(std::move(generate), origin(first));
  }
  return plan;
}

// [LATERAL] primary (join | PIVOT | UNPIVOT)*
PlanPtr Parser::parse_relation() {
  check_nesting();
  const size_t first = pos_;
  if (at("LATERAL") && !at_ahead(1, "VIEW")) {
    ++pos_;
    if (!at_symbol("(") &&
        !(at_identifier() && (at_symbol_ahead(1, "(") || at_symbol_ahead(1, ".")))) {
      raise("INVALID_SQL_SYNTAX.LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC", {}, first);
    }
  }
  return parse_relation_extensions(parse_relation_primary(), first);
}

PlanPtr Parser::parse_relation_extensions(PlanPtr left, size_t first) {
  size_t chain = 0;
  while (true) {
    check_chain(++chain);
    if (at("PIVOT") && at_symbol_ahead(1, "(")) {
      left = parse_pivot(std::move(left), first);
    } else if (at("UNPIVOT")) {
      left = parse_unpivot(std::move(left), first);
    } else {
      const size_t before = pos_;
      left = parse_join(std::move(left), first);
      if (pos_ == before) return left;
    }
  }
}

bool Parser::accept_join_type(plan::JoinKind& kind, bool& natural, bool& explicit_kind) {
  const size_t begin = pos_;
  natural = accept("NATURAL");
  explicit_kind = true;
  if (accept("INNER"))
    kind = plan::JoinKind::kInner;
  else if (accept("CROSS"))
    kind = plan::JoinKind::kCross;
  else if (accept("LEFT")) {
    kind = accept("SEMI")   ? plan::JoinKind::kLeftSemi
           : accept("ANTI") ? plan::JoinKind::kLeftAnti
                            : plan::JoinKind::kLeft;
    accept("OUTER");
  } else if (accept("RIGHT")) {
    kind = plan::JoinKind::kRight;
    accept("OUTER");
  } else if (accept("FULL")) {
    kind = plan::JoinKind::kFull;
    accept("OUTER");
  } else if (accept("SEMI"))
    kind = plan::JoinKind::kLeftSemi;
  else if (accept("ANTI"))
    kind = plan::JoinKind::kLeftAnti;
  else
    explicit_kind = false;
  if (accept("JOIN")) return true;
  if (pos_ != begin) fail();
  return false;
}

PlanPtr Parser::parse_join(PlanPtr left, size_t first) {
  plan::Join join;
  bool explicit_kind = false;
  const size_t join_at = pos_;
  if (!accept_join_type(join.kind, join.natural, explicit_kind)) return left;
  if (join.natural && join.kind == plan::JoinKind::kCross) {
    raise("INCOMPATIBLE_JOIN_TYPES", {{"joinType1", "NATURAL"}, {"joinType2", "CROSS"}}, join_at);
  }
  join.left = std::move(left);
  if (accept("LATERAL")) {
    join.lateral = true;
    if (!at_symbol("(") &&
        !(at_identifier() && (at_symbol_ahead(1, "(") || at_symbol_ahead(1, ".")))) {
      raise("INVALID_SQL_SYNTAX.LATERAL_WITHOUT_SUBQUERY_OR_TABLE_VALUED_FUNC", {}, first);
    }
  }
  join.right = parse_relation_primary();
  if (at_any({"APPROX", "EXACT"}) && at_ahead(1, "NEAREST")) not_supported("JOIN ... NEAREST BY");
  if (at("NEAREST")) not_supported("JOIN ... NEAREST BY");
  if (!join.natural) {
    if (accept("ON")) {
      join.condition = parse_expression();
    } else if (accept("USING")) {
      if (join.lateral) raise("UNSUPPORTED_FEATURE.LATERAL_JOIN_USING", {}, first);
      join.using_columns = parse_identifier_list();
    }
  }
  return plan::make_plan(std::move(join), origin(first));
}

PlanPtr Parser::parse_relation_primary() {
  check_nesting();
  const size_t first = pos_;
  if (at_symbol("(")) {
    Parenthesised inner = parse_parenthesised_relation();
    PlanPtr plan = parse_sample(std::move(inner.plan));
    const size_t before = pos_;
    PlanPtr aliased = parse_table_alias(plan);
    if (pos_ == before && inner.is_query) {
      return plan::make_plan(plan::SubqueryAlias{std::move(plan), kAutoAlias, {}, {}},
                             origin(first));
    }
    return aliased;
  }
  if (at("VALUES") && at_query()) return parse_values();
  return parse_named_relation();
}

// '(' query ')' or '(' relation ')': which of them it is shows behind inner parentheses.
Parser::Parenthesised Parser::parse_parenthesised_relation() {
  check_nesting();
  expect_symbol("(");
  const size_t first = pos_;
  Parenthesised out;
  if (at_query()) {
    out.plan = parse_query();
    out.is_query = true;
  } else if (at_symbol("(")) {
    Parenthesised inner = parse_parenthesised_relation();
    const bool goes_on =
        at_set_operator() || at_pipe() || at_words({"ORDER", "BY"}) || at("LIMIT") || at("OFFSET");
    if (inner.is_query && (goes_on || at_symbol(")"))) {
      out.plan = parse_query_rest(std::move(inner.plan), first);
      out.is_query = true;
    } else {
      PlanPtr plan = parse_sample(std::move(inner.plan));
      const size_t before = pos_;
      PlanPtr aliased = parse_table_alias(plan);
      if (pos_ == before && inner.is_query) {
        aliased = plan::make_plan(plan::SubqueryAlias{std::move(plan), kAutoAlias, {}, {}},
                                  origin(first));
      }
      out.plan = parse_relation_extensions(std::move(aliased), first);
    }
  } else {
    out.plan = parse_relation();
  }
  expect_symbol(")");
  return out;
}

PlanPtr Parser::parse_named_relation() {
  const size_t first = pos_;
  bool streaming = false;
  if (at("STREAM") &&
      (at_identifier_ahead(1, true) && !at_ahead(1, "WHERE") && !at_ahead(1, "AS"))) {
    ++pos_;
    streaming = true;
  } else if (at("STREAM") && at_symbol_ahead(1, "(") && at_identifier_ahead(2)) {
    size_t n = 3;
    while (at_symbol_ahead(n, ".") && at_identifier_ahead(n + 1)) n += 2;
    if (at_symbol_ahead(n, ")")) {
      pos_ += 2;
      streaming = true;
      plan::UnresolvedRelation relation{parse_name(), {}, {}, true};
      expect_symbol(")");
      return parse_table_alias(plan::make_plan(std::move(relation), origin(first)));
    }
  }
  if (!at_identifier(true)) fail();
  plan::Name name = parse_name();
  if (at_symbol("(")) {
    plan::UnresolvedTableFunction call;
    call.name = std::move(name);
    ++pos_;
    if (!at_symbol(")")) {
      do call.arguments.push_back(parse_argument());
      while (accept_symbol(","));
    }
    expect_symbol(")");
    PlanPtr rows = plan::make_plan(std::move(call), origin(first));
    if (!at("TABLESAMPLE")) return parse_table_alias(std::move(rows));
    // No sample can follow a function: the word is its alias.
    const size_t alias_at = pos_;
    plan::SubqueryAlias alias;
    alias.child = std::move(rows);
    alias.alias = parse_identifier();
    if (at_symbol("(")) alias.column_names = parse_identifier_list();
    return plan::make_plan(std::move(alias), origin(alias_at));
  }
  plan::UnresolvedRelation relation;
  relation.name = std::move(name);
  relation.is_streaming = streaming;
  if (at_symbol("@") && tokens_[pos_ + 1].kind != TokenKind::kEnd) {
    // t@v1, t@20240101000000000: Delta's short form.
    const size_t at_sign = pos_;
    ++pos_;
    const std::string_view text = tokens_.text(pos_);
    ++pos_;
    if ((text[0] == 'v' || text[0] == 'V') && text.size() > 1 &&
        text.find_first_not_of("0123456789", 1) == std::string_view::npos) {
      relation.travel.version =
          plan::literal(Value::string(std::string(text.substr(1))), origin(at_sign));
    } else if (text.size() == 17 &&
               text.find_first_not_of("0123456789") == std::string_view::npos) {
      const auto part = [&](size_t from, size_t n) { return std::string(text.substr(from, n)); };
      relation.travel.timestamp = plan::literal(
          Value::string(part(0, 4) + "-" + part(4, 2) + "-" + part(6, 2) + " " + part(8, 2) + ":" +
                        part(10, 2) + ":" + part(12, 2) + "." + part(14, 3)),
          origin(at_sign));
    } else {
      fail_at(at_sign);
    }
  } else if (at_travel()) {
    relation.travel = parse_travel();
  }
  const plan::Origin where = origin(first);
  if (at("WITH") && at_symbol_ahead(1, "(")) {
    ++pos_;
    relation.options = parse_properties(true);
  }
  return parse_table_alias(parse_sample(plan::make_plan(std::move(relation), where)));
}

namespace {

bool has_name(const plan::Expression& expression) {
  if (expression.as<plan::UnresolvedAttribute>()) return true;
  const plan::Expressions below = plan::children(expression);
  return std::any_of(below.begin(), below.end(),
                     [](const auto& child) { return has_name(*child); });
}

}  // namespace

bool Parser::at_travel() const {
  const size_t n = at("FOR") ? 1 : 0;
  if (!at_ahead(n, "VERSION") && !at_ahead(n, "SYSTEM_VERSION") && !at_ahead(n, "TIMESTAMP") &&
      !at_ahead(n, "SYSTEM_TIME"))
    return false;
  return at_ahead(n + 1, "AS") && at_ahead(n + 2, "OF");
}

plan::TimeTravel Parser::parse_travel() {
  plan::TimeTravel travel;
  const size_t clause = pos_;
  accept("FOR");
  const bool version = at("VERSION") || at("SYSTEM_VERSION");
  pos_ += 3;
  if (version) {
    const size_t first = pos_;
    if (at_string() || tokens_[pos_].kind == TokenKind::kInteger) {
      std::string text = at_string() ? parse_string() : std::string(tokens_.text(pos_++));
      travel.version = plan::literal(Value::string(std::move(text)), origin(first));
    } else {
      fail_at(first);
    }
  } else {
    travel.timestamp = parse_value();
    if (has_name(*travel.timestamp)) {
      raise("_LEGACY_ERROR_TEMP_0056",
            {{"reason", "timestamp expression cannot refer to any columns"}}, clause);
    }
  }
  return travel;
}

PlanPtr Parser::parse_sample(PlanPtr plan) {
  if (!at("TABLESAMPLE")) return plan;
  const size_t first = pos_;
  ++pos_;
  if (accept("SYSTEM")) raise("UNSUPPORTED_FEATURE.TABLESAMPLE_SYSTEM", {}, first);
  accept("BERNOULLI");
  plan::Sample sample;
  sample.child = std::move(plan);
  expect_symbol("(");
  if (at_symbol(")")) {
    ++pos_;
    raise("_LEGACY_ERROR_TEMP_0014", {}, first);
  }
  const auto constant = [&](const ExpressionPtr& e) -> std::optional<double> {
    const auto* literal = e->as<plan::Literal>();
    if (!literal || literal->value.is_null()) return std::nullopt;
    const Value& v = literal->value;
    if (v.type.is_integral()) return static_cast<double>(v.as_int());
    if (v.type.is(types::TypeId::kDouble)) return std::get<double>(v.data);
    if (v.type.is(types::TypeId::kDecimal))
      return static_cast<double>(std::get<types::Int128>(v.data)) / std::pow(10.0, v.type.scale());
    return std::nullopt;
  };
  const auto check_fraction = [&](double fraction) {
    if (fraction < -1e-6 || fraction > 1 + 1e-6) {
      raise("_LEGACY_ERROR_TEMP_0064",
            {{"msg", "Sampling fraction (" + Value::float64(fraction).name_text() +
                         ") must be on interval [0, 1]"}},
            first);
    }
  };
  if (at("BUCKET")) {
    ++pos_;
    const int64_t numerator = parse_integer();
    expect("OUT");
    expect("OF");
    const int64_t denominator = parse_integer();
    if (accept("ON")) {
      const bool is_call = at_identifier() && at_symbol_ahead(1, "(");
      raise("_LEGACY_ERROR_TEMP_0015",
            {{"msg", is_call ? "BUCKET x OUT OF y ON function" : "BUCKET x OUT OF y ON colname"}},
            first);
    }
    const double fraction = static_cast<double>(numerator) / static_cast<double>(denominator);
    check_fraction(fraction);
    sample.upper = fraction;
  } else if (tokens_[pos_].kind == TokenKind::kWord && at_symbol_ahead(1, ")")) {
    ++pos_;
    raise("_LEGACY_ERROR_TEMP_0015", {{"msg", "byteLengthLiteral"}}, first);
  } else {
    const ExpressionPtr amount = parse_expression();
    const auto value = constant(amount);
    if (accept("ROWS")) {
      if (!value) not_supported("TABLESAMPLE of an expression");
      sample.rows = static_cast<int64_t>(*value);
      if (*sample.rows < 0) {
        const auto text = std::to_string(*sample.rows);
        throw Error("INVALID_LIMIT_LIKE_EXPRESSION.IS_NEGATIVE",
                    {{"name", "limit"}, {"expr", "\"" + text + "\""}, {"v", text}},
                    amount->origin.context());
      }
    } else {
      expect("PERCENT");
      if (!value) not_supported("TABLESAMPLE of an expression");
      check_fraction(*value / 100);
      sample.upper = *value / 100;
    }
  }
  expect_symbol(")");
  if (accept("REPEATABLE")) {
    expect_symbol("(");
    sample.seed = parse_integer();
    expect_symbol(")");
  }
  return plan::make_plan(std::move(sample), origin(first));
}

// [[AS] alias [(columns)]]
PlanPtr Parser::parse_table_alias(PlanPtr plan) {
  const size_t first = pos_;
  if (!at("AS") && !at_implicit_alias(true)) return plan;
  accept("AS");
  plan::SubqueryAlias alias;
  alias.child = std::move(plan);
  // (query) AS (a, b) names only the columns.
  if (at_symbol("("))
    alias.alias = kAutoAlias;
  else
    alias.alias = parse_identifier(true);
  if (at_symbol("(")) alias.column_names = parse_identifier_list();
  return plan::make_plan(std::move(alias), origin(first));
}

// PIVOT (aggregates FOR column IN (values))
PlanPtr Parser::parse_pivot(PlanPtr plan, size_t first) {
  plan::Aggregate pivot;
  pivot.kind = plan::GroupKind::kPivot;
  pivot.implicit_pivot_groups = true;
  pivot.child = std::move(plan);
  expect("PIVOT");
  expect_symbol("(");
  pivot.aggregates = parse_named_expressions();
  expect("FOR");
  const size_t column_at = pos_;
  if (at_symbol("(")) {
    ++pos_;
    Expressions columns;
    do {
      const size_t name_at = pos_;
      plan::Name name = parse_name();
      columns.push_back(plan::column(std::move(name), origin(name_at)));
    } while (accept_symbol(","));
    expect_symbol(")");
    pivot.pivot_column =
        columns.size() == 1 ? columns[0] : parse_row(std::move(columns), column_at);
  } else {
    plan::Name name = parse_name();
    pivot.pivot_column = plan::column(std::move(name), origin(column_at));
  }
  expect("IN");
  expect_symbol("(");
  pivot.pivot_values = parse_named_expressions();
  expect_symbol(")");
  expect_symbol(")");
  return parse_table_alias(plan::make_plan(std::move(pivot), origin(first)));
}

// UNPIVOT [INCLUDE | EXCLUDE NULLS] (v FOR n IN (a [AS x], ...)) [[AS] alias]
PlanPtr Parser::parse_unpivot(PlanPtr plan, size_t first) {
  plan::Unpivot unpivot;
  unpivot.child = std::move(plan);
  unpivot.ids_given = false;
  expect("UNPIVOT");
  if (accept_words({"INCLUDE", "NULLS"}))
    unpivot.include_nulls = true;
  else
    accept_words({"EXCLUDE", "NULLS"});
  expect_symbol("(");
  if (at_symbol("("))
    unpivot.value_names = parse_identifier_list();
  else
    unpivot.value_names = {parse_identifier()};
  expect("FOR");
  unpivot.variable_name = parse_identifier();
  expect("IN");
  expect_symbol("(");
  unpivot.values.emplace();
  const auto parse_column = [&] {
    const size_t name_at = pos_;
    plan::Name name = parse_name();
    return plan::column(std::move(name), origin(name_at));
  };
  do {
    Expressions group;
    if (accept_symbol("(")) {
      do group.push_back(parse_column());
      while (accept_symbol(","));
      expect_symbol(")");
    } else {
      group.push_back(parse_column());
    }
    unpivot.values->push_back(std::move(group));
    std::optional<std::string> alias;
    if (accept("AS"))
      alias = parse_identifier();
    else if (at_identifier())
      alias = parse_identifier();
    unpivot.value_aliases.push_back(std::move(alias));
  } while (accept_symbol(","));
  expect_symbol(")");
  expect_symbol(")");
  PlanPtr out = plan::make_plan(std::move(unpivot), origin(first));
  if (at("AS") || at_implicit_alias(true)) {
    accept("AS");
    std::string alias = parse_identifier(true);
    out = plan::make_plan(plan::SubqueryAlias{std::move(out), std::move(alias), {}, {}},
                          origin(first));
  }
  return out;
}

}  // namespace lochan::sql
