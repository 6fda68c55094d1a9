// Names and calls: columns, functions, and the calls with a syntax of their own.
#include "base/ascii.h"
#include "sql/parser_core.h"

namespace lochan::sql {

using plan::ExpressionPtr;
using plan::Expressions;
using types::Value;

namespace {

constexpr std::string_view kUnits[] = {"YEAR",   "QUARTER",     "MONTH",      "WEEK",
                                       "DAY",    "DAYOFYEAR",   "HOUR",       "MINUTE",
                                       "SECOND", "MILLISECOND", "MICROSECOND"};

bool is_datetime_unit(std::string_view upper) {
  for (const auto unit : kUnits) {
    if (unit == upper) return true;
  }
  return false;
}

}  // namespace

// Calls with keywords inside; null if none begins here.
ExpressionPtr Parser::parse_keyword_primary() {
  if (tokens_[pos_].kind != TokenKind::kWord) return nullptr;
  const size_t first = pos_;
  if (at("CASE")) return parse_case();
  if (!at_symbol_ahead(1, "(")) return nullptr;
  if (at("CAST")) return parse_cast(plan::CastMode::kAnsi, false);
  if (at("TRY_CAST")) return parse_cast(plan::CastMode::kTry, true);
  if (at("EXISTS")) {
    pos_ += 2;
    if (!at_query()) {
      pos_ = first;
      return nullptr;  // the higher-order function
    }
    plan::Subquery subquery;
    subquery.kind = plan::SubqueryKind::kExists;
    subquery.plan = parse_query();
    expect_symbol(")");
    return plan::make_expression(std::move(subquery), origin(first));
  }
  if (at("STRUCT")) {
    pos_ += 2;
    plan::UnresolvedFunction call;
    call.name = {"struct"};
    if (!at_symbol(")")) call.arguments = parse_named_expressions();
    expect_symbol(")");
    return parse_call_suffix(std::move(call), first);
  }
  if (at("EXTRACT") && tokens_[pos_ + 2].kind != TokenKind::kEnd && at_ahead(3, "FROM")) {
    pos_ += 2;
    const size_t field_at = pos_;
    std::string field = at_string() ? parse_string() : parse_identifier();
    expect("FROM");
    ExpressionPtr from = plan::literal(Value::string(std::move(field)), origin(field_at));
    ExpressionPtr source = parse_value();
    expect_symbol(")");
    return plan::function("extract", {std::move(from), std::move(source)}, origin(first));
  }
  if (at("TRIM") && (at_ahead(2, "BOTH") || at_ahead(2, "LEADING") || at_ahead(2, "TRAILING")) &&
      !at_symbol_ahead(3, ",") && !at_symbol_ahead(3, ")")) {
    const char* name = at_ahead(2, "BOTH") ? "trim" : at_ahead(2, "LEADING") ? "ltrim" : "rtrim";
    pos_ += 3;
    Expressions arguments;
    if (!at("FROM")) arguments.push_back(parse_value());
    expect("FROM");
    arguments.push_back(parse_value());
    expect_symbol(")");
    return plan::function(name, std::move(arguments), origin(first));
  }
  if (at("TRIM") || at("SUBSTR") || at("SUBSTRING") || at("POSITION") || at("OVERLAY")) {
    // Known by the keyword behind the first argument.
    const bool is_trim = at("TRIM"), is_position = at("POSITION"), is_overlay = at("OVERLAY");
    if (at_symbol_ahead(2, ")")) return nullptr;
    std::string name = std::string(tokens_.text(pos_));
    pos_ += 2;
    const size_t argument_at = pos_;
    if (at("DISTINCT") || at("ALL") || at_lambda() ||
        (at_identifier() && at_symbol_ahead(1, "=>"))) {
      pos_ = first;
      return nullptr;
    }
    ExpressionPtr head = is_position ? parse_value() : parse_expression();
    Expressions arguments = {head};
    if (is_trim && accept("FROM")) {
      arguments.push_back(parse_value());
      name = "trim";
    } else if (is_position && accept("IN")) {
      arguments.push_back(parse_value());
      name = "locate";
    } else if (is_overlay && accept("PLACING")) {
      arguments.push_back(parse_value());
      expect("FROM");
      arguments.push_back(parse_value());
      if (accept("FOR")) arguments.push_back(parse_value());
      name = "overlay";
    } else if (!is_trim && !is_position && !is_overlay && accept("FROM")) {
      arguments.push_back(parse_value());
      if (accept("FOR")) arguments.push_back(parse_value());
      name = "substring";
    } else {
      // An ordinary call; a first argument of POSITION may go on as a predicate.
      if (is_position) {
        bool matched = true;
        while (matched)
          arguments[0] = parse_predicate_tail(std::move(arguments[0]), argument_at, matched);
      }
      while (accept_symbol(",")) arguments.push_back(parse_argument());
      plan::UnresolvedFunction call;
      call.name = {std::move(name)};
      call.arguments = std::move(arguments);
      expect_symbol(")");
      return parse_call_suffix(std::move(call), first);
    }
    expect_symbol(")");
    return plan::function(std::move(name), std::move(arguments), origin(first));
  }
  if (at_any({"TIMESTAMPADD", "DATEADD", "DATE_ADD", "TIMESTAMPDIFF", "DATEDIFF", "DATE_DIFF",
              "TIMEDIFF"})) {
    return parse_datetime_unit_call();
  }
  return nullptr;
}

// DATEADD(MONTH, 1, x), DATEDIFF(DAY, x, y); null for the forms without a unit.
ExpressionPtr Parser::parse_datetime_unit_call() {
  const size_t first = pos_;
  const bool is_add = at_any({"TIMESTAMPADD", "DATEADD", "DATE_ADD"});
  const bool is_string = at_string_ahead(2) && at_symbol_ahead(3, ",");
  const bool is_unit = tokens_[pos_ + 2].kind == TokenKind::kWord && at_symbol_ahead(3, ",") &&
                       is_datetime_unit(tokens_.upper(pos_ + 2));
  if (!is_unit && !is_string) return nullptr;
  const std::string name(tokens_.text(pos_));
  pos_ += 2;
  const std::string unit(is_unit ? tokens_.upper(pos_) : tokens_.text(pos_));
  const size_t unit_at = pos_;
  ++pos_;
  ExpressionPtr unit_literal = plan::literal(Value::string(unit), origin(unit_at));
  expect_symbol(",");
  Expressions arguments = {std::move(unit_literal)};
  const auto rest = parse_expressions();
  if (is_string && rest.size() != 2) {
    pos_ = first;
    return nullptr;  // date_add('2020-01-01', 1)
  }
  arguments.insert(arguments.end(), rest.begin(), rest.end());
  expect_symbol(")");
  if (is_string) {
    raise("INVALID_PARAMETER_VALUE.DATETIME_UNIT",
          {{"functionName", types::quote_identifier(name)},
           {"parameter", "`unit`"},
           {"invalidValue", unit}},
          first);
  }
  if (arguments.size() != 3) fail_at(first);
  return plan::function(is_add ? "timestampadd" : "timestampdiff", std::move(arguments),
                        origin(first));
}

ExpressionPtr Parser::parse_name_or_call() {
  const size_t first = pos_;
  if (at("IDENTIFIER") && at_symbol_ahead(1, "(")) {
    plan::Name name = parse_name();
    if (at_symbol("(")) return parse_call(std::move(name), first);
    return plan::column(std::move(name), origin(first));
  }
  plan::Name name = {parse_identifier()};
  while (at_symbol(".")) {
    if (at_symbol_ahead(1, "*")) {
      ++pos_;
      return parse_star(std::move(name), first);
    }
    if (!at_identifier_ahead(1)) break;
    ++pos_;
    name.push_back(parse_identifier());
  }
  if (at_symbol("(")) return parse_call(std::move(name), first);
  return plan::column(std::move(name), origin(first));
}

ExpressionPtr Parser::parse_argument() {
  const size_t first = pos_;
  if (at_lambda() || (at_identifier() && at_symbol_ahead(1, "->"))) return parse_lambda();
  if (at_identifier() && at_symbol_ahead(1, "=>")) {
    plan::NamedArgument argument;
    argument.name = parse_identifier();
    ++pos_;
    argument.value = at("TABLE") ? parse_table_argument() : parse_expression();
    return plan::make_expression(std::move(argument), origin(first));
  }
  if (at("TABLE") && (at_symbol_ahead(1, "(") || at_identifier_ahead(1)))
    return parse_table_argument();
  return parse_expression();
}

// TABLE(t), TABLE(SELECT ...), TABLE t
ExpressionPtr Parser::parse_table_argument() {
  const size_t first = pos_;
  expect("TABLE");
  plan::Subquery argument;
  argument.kind = plan::SubqueryKind::kTableArgument;
  if (accept_symbol("(")) {
    if (at_query()) {
      argument.plan = parse_query();
    } else {
      const size_t name_at = pos_;
      plan::UnresolvedRelation relation{parse_name(), {}, {}, false};
      argument.plan = plan::make_plan(std::move(relation), origin(name_at));
    }
    expect_symbol(")");
  } else {
    plan::UnresolvedRelation relation{parse_name(), {}, {}, false};
    argument.plan = plan::make_plan(std::move(relation), origin(first));
  }
  if (at("PARTITION") || at("DISTRIBUTE") || at_words({"WITH", "SINGLE", "PARTITION"}) ||
      at("ORDER") || at("SORT")) {
    not_supported("table arguments with partitioning");
  }
  return plan::make_expression(std::move(argument), origin(first));
}

ExpressionPtr Parser::parse_call(plan::Name name, size_t first) {
  check_nesting();
  plan::UnresolvedFunction call;
  call.name = std::move(name);
  expect_symbol("(");
  if (!at_symbol(")")) {
    if (at("DISTINCT") && !at_symbol_ahead(1, ")") && !at_symbol_ahead(1, ",")) {
      ++pos_;
      call.distinct = true;
    } else if (at("ALL") && !at_symbol_ahead(1, ")") && !at_symbol_ahead(1, ",")) {
      ++pos_;
    }
    do call.arguments.push_back(parse_argument());
    while (accept_symbol(","));
    // first(x IGNORE NULLS)
    if (accept_words({"IGNORE", "NULLS"}))
      call.ignore_nulls = true;
    else
      accept_words({"RESPECT", "NULLS"});
    // agg(x ORDER BY y) is not Spark's: the closing parenthesis is missed here.
  }
  expect_symbol(")");
  const std::string lower_name = call.name.size() == 1 ? lower_case(call.name[0]) : "";
  if (lower_name == "count" && !call.distinct && call.arguments.size() == 1) {
    const auto* star = call.arguments[0]->as<plan::UnresolvedStar>();
    if (star && star->target.empty() && star->except.empty()) {
      call.arguments[0] = plan::literal(Value::integer(1), call.arguments[0]->origin);
    }
  }
  return parse_call_suffix(std::move(call), first);
}

ExpressionPtr Parser::parse_call_suffix(plan::UnresolvedFunction call, size_t first) {
  if (at("WITHIN") && at_ahead(1, "GROUP")) {
    pos_ += 2;
    expect_symbol("(");
    expect("ORDER");
    expect("BY");
    call.within_group = parse_sort_items();
    expect_symbol(")");
  }
  if (at("FILTER") && at_symbol_ahead(1, "(") && at_ahead(2, "WHERE")) {
    pos_ += 3;
    call.filter = parse_expression();
    expect_symbol(")");
  }
  if (accept_words({"IGNORE", "NULLS"}))
    call.ignore_nulls = true;
  else
    accept_words({"RESPECT", "NULLS"});
  ExpressionPtr function = plan::make_expression(std::move(call), origin(first));
  if (!at("OVER") || !(at_symbol_ahead(1, "(") || at_identifier_ahead(1))) return function;
  std::string reference;
  if (auto window = parse_over(function, reference))
    return plan::make_expression(std::move(*window), origin(first));
  return plan::make_expression(plan::UnresolvedWindow{std::move(function), std::move(reference)},
                               origin(first));
}

}  // namespace lochan::sql
