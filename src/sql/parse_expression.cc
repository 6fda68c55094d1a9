// Boolean expressions, predicates and binary operators.
//
//   expression := or;  or := and (OR and)*;  and := not (AND not)*;  not := (NOT | !)* predicate
//   predicate  := value [NOT] (BETWEEN | IN | LIKE | ILIKE | RLIKE ...) | value IS ...
//   value      := operators over unary, by the precedences below
#include "sql/parser_core.h"

namespace lochan::sql {

using plan::ExpressionPtr;
using plan::Expressions;

namespace {

struct Operator {
  std::string_view symbol;
  int precedence;
  std::string_view name;
};

// Left-associative, the higher binds closer.
constexpr Operator kOperators[] = {
    {"=", 1, "="}, {"==", 1, "="},  {"<=>", 1, "<=>"},   {"<>", 1, "!="}, {"!=", 1, "!="},
    {"<", 1, "<"}, {"<=", 1, "<="}, {">", 1, ">"},       {">=", 1, ">="}, {"|", 2, "|"},
    {"^", 3, "^"}, {"&", 4, "&"},   {"<<", 5, "<<"},     {">>", 5, ">>"}, {">>>", 5, ">>>"},
    {"+", 6, "+"}, {"-", 6, "-"},   {"||", 6, "concat"}, {"*", 7, "*"},   {"/", 7, "/"},
    {"%", 7, "%"},
};
constexpr Operator kDiv = {"DIV", 7, "div"};

// Long chains of AND and OR become balanced trees, so that later passes do not nest as deep as they
// are long.
ExpressionPtr balanced(const char* name, const Expressions& terms, size_t begin, size_t end,
                       const std::vector<plan::Origin>& origins) {
  if (end - begin == 1) return terms[begin];
  const size_t middle = begin + (end - begin) / 2;
  plan::Origin origin = origins[begin];
  origin.stop = origins[end - 1].stop;
  return plan::function(
      name,
      {balanced(name, terms, begin, middle, origins), balanced(name, terms, middle, end, origins)},
      std::move(origin));
}

// Short chains stay as they were written: (a OR b) OR c.
ExpressionPtr joined(const char* name, const Expressions& terms,
                     const std::vector<plan::Origin>& origins) {
  constexpr size_t kMaxPlain = 8;
  if (terms.size() > kMaxPlain) return balanced(name, terms, 0, terms.size(), origins);
  ExpressionPtr out = terms[0];
  for (size_t i = 1; i < terms.size(); ++i) {
    plan::Origin origin = origins[0];
    origin.stop = origins[i].stop;
    out = plan::function(name, {std::move(out), terms[i]}, std::move(origin));
  }
  return out;
}

}  // namespace

ExpressionPtr Parser::parse_expression() {
  check_nesting();
  return parse_or();
}

Expressions Parser::parse_expressions() {
  Expressions out;
  do out.push_back(parse_expression());
  while (accept_symbol(","));
  return out;
}

ExpressionPtr Parser::parse_or() {
  Expressions terms;
  std::vector<plan::Origin> origins;
  do {
    const size_t first = pos_;
    terms.push_back(parse_and());
    origins.push_back(origin(first));
  } while (accept("OR"));
  return joined("or", terms, origins);
}

ExpressionPtr Parser::parse_and() {
  Expressions terms;
  std::vector<plan::Origin> origins;
  do {
    const size_t first = pos_;
    terms.push_back(parse_not());
    origins.push_back(origin(first));
  } while (accept("AND"));
  return joined("and", terms, origins);
}

ExpressionPtr Parser::parse_not() {
  const size_t first = pos_;
  if (!at("NOT") && !at_symbol("!")) return parse_predicate();
  const Level level(*this);
  check_nesting();
  ++pos_;
  ExpressionPtr child = parse_not();
  return plan::function("not", {std::move(child)}, origin(first));
}

ExpressionPtr Parser::parse_predicate() {
  const size_t first = pos_;
  ExpressionPtr left = parse_value();
  bool matched = true;
  size_t chain = 0;
  while (matched) {
    left = parse_predicate_tail(std::move(left), first, matched);
    check_chain(++chain);
  }
  return left;
}

ExpressionPtr Parser::parse_predicate_tail(ExpressionPtr left, size_t first, bool& matched) {
  const size_t word = at("NOT") || at_symbol("!") ? 1 : 0;
  const auto next = [&](std::string_view keyword) { return at_ahead(word, keyword); };
  if (at("IS")) return parse_is(std::move(left), first);
  if (!next("BETWEEN") && !next("IN") && !next("LIKE") && !next("ILIKE") && !next("RLIKE") &&
      !next("REGEXP")) {
    matched = false;
    return left;
  }
  // `IN` may also go on with something else, as in POSITION(x IN y): its callers parse no
  // predicates.
  const bool negated = accept("NOT") || accept_symbol("!");
  ExpressionPtr out;
  if (accept("BETWEEN")) {
    ExpressionPtr lower = parse_value();
    expect("AND");
    ExpressionPtr upper = parse_value();
    out = plan::function("between", {std::move(left), std::move(lower), std::move(upper)},
                         origin(first));
  } else if (at("IN")) {
    out = parse_in(std::move(left), first);
  } else if (accept("RLIKE") || accept("REGEXP")) {
    ExpressionPtr pattern = parse_value();
    out = plan::function("rlike", {std::move(left), std::move(pattern)}, origin(first));
  } else {
    return parse_like(std::move(left), first, negated);
  }
  if (negated) out = plan::function("not", {std::move(out)}, origin(first));
  return out;
}

ExpressionPtr Parser::parse_in(ExpressionPtr left, size_t first) {
  expect("IN");
  expect_symbol("(");
  if (at_query()) {
    plan::Subquery subquery;
    subquery.kind = plan::SubqueryKind::kIn;
    subquery.plan = parse_query();
    expect_symbol(")");
    // A row on the left gives several values.
    const auto* call = left->as<plan::UnresolvedFunction>();
    if (call && call->name.size() == 1 && call->name[0] == "named_struct") {
      for (size_t i = 1; i < call->arguments.size(); i += 2)
        subquery.values.push_back(call->arguments[i]);
    } else {
      subquery.values.push_back(std::move(left));
    }
    return plan::make_expression(std::move(subquery), origin(first));
  }
  if (accept_symbol(")")) raise("INVALID_SQL_SYNTAX.EMPTY_IN_PREDICATE", {}, first);
  Expressions arguments = {std::move(left)};
  for (auto& item : parse_expressions()) arguments.push_back(std::move(item));
  expect_symbol(")");
  return plan::function("in", std::move(arguments), origin(first));
}

ExpressionPtr Parser::parse_like(ExpressionPtr left, size_t first, bool negated) {
  const bool ignore_case = at("ILIKE");
  const size_t like_at = pos_ - (negated ? 1 : 0);
  ++pos_;
  const auto finish = [&](ExpressionPtr out) {
    return negated ? plan::function("not", {std::move(out)}, origin(first)) : out;
  };
  if (at("ALL") || ((at("ANY") || at("SOME")) && at_symbol_ahead(1, "("))) {
    const bool all = at("ALL");
    ++pos_;
    expect_symbol("(");
    if (at_symbol(")")) {
      ++pos_;
      raise("_LEGACY_ERROR_TEMP_0064", {{"msg", "Expected something between '(' and ')'."}},
            like_at);
    }
    Expressions patterns = parse_expressions();
    expect_symbol(")");
    const auto folded = [&](ExpressionPtr e) {
      return ignore_case ? plan::function("lower", {std::move(e)}, origin(first)) : e;
    };
    Expressions arguments = {folded(std::move(left))};
    for (auto& pattern : patterns) arguments.push_back(folded(std::move(pattern)));
    const char* name =
        all ? (negated ? "notlikeall" : "likeall") : (negated ? "notlikeany" : "likeany");
    return plan::function(name, std::move(arguments), origin(first));
  }
  Expressions arguments = {std::move(left), parse_value()};
  if (accept("ESCAPE")) {
    const size_t at = pos_;
    const std::string escape = parse_string();
    if (escape.size() != 1) {
      raise("INVALID_ESC", {{"invalidEscape", "'" + escape + "'"}}, first);
    }
    arguments.push_back(plan::literal(types::Value::string(escape), origin(at)));
  }
  return finish(
      plan::function(ignore_case ? "ilike" : "like", std::move(arguments), origin(first)));
}

ExpressionPtr Parser::parse_is(ExpressionPtr left, size_t first) {
  expect("IS");
  const bool negated = accept("NOT") || accept_symbol("!");
  if (accept("NULL") || accept("UNKNOWN")) {
    return plan::function(negated ? "isnotnull" : "isnull", {std::move(left)}, origin(first));
  }
  ExpressionPtr out;
  if (accept("TRUE")) {
    out = plan::function("<=>", {std::move(left), plan::literal(types::Value::boolean(true))},
                         origin(first));
  } else if (accept("FALSE")) {
    out = plan::function("<=>", {std::move(left), plan::literal(types::Value::boolean(false))},
                         origin(first));
  } else {
    expect("DISTINCT");
    expect("FROM");
    ExpressionPtr right = parse_value();
    out = plan::function("<=>", {std::move(left), std::move(right)}, origin(first));
    return negated ? out : plan::function("not", {std::move(out)}, origin(first));
  }
  return negated ? plan::function("not", {std::move(out)}, origin(first)) : out;
}

ExpressionPtr Parser::parse_value(int min_precedence) {
  const size_t first = pos_;
  ExpressionPtr left = parse_unary();
  size_t chain = 0;
  while (true) {
    const Operator* found = nullptr;
    if (tokens_[pos_].kind == TokenKind::kSymbol) {
      const std::string_view symbol = tokens_.text(pos_);
      for (const Operator& row : kOperators) {
        if (row.symbol == symbol) found = &row;
      }
    } else if (at("DIV")) {
      found = &kDiv;
    }
    if (!found || found->precedence <= min_precedence) return left;
    if (found->name == "|" && at_single_pipe()) return left;
    check_chain(++chain);
    ++pos_;
    ExpressionPtr right = parse_value(found->precedence);
    if (found->name == "!=") {
      left = plan::function("=", {std::move(left), std::move(right)}, origin(first));
      left = plan::function("not", {std::move(left)}, origin(first));
    } else {
      left = plan::function(std::string(found->name), {std::move(left), std::move(right)},
                            origin(first));
    }
  }
}

ExpressionPtr Parser::parse_unary() {
  const size_t first = pos_;
  const char* name = at_symbol("-")   ? "-"
                     : at_symbol("+") ? "positive"
                     : at_symbol("~") ? "~"
                                      : nullptr;
  if (!name) return parse_primary();
  const TokenKind next = tokens_[pos_ + 1].kind;
  if (at_symbol("-") && next >= TokenKind::kInteger && next <= TokenKind::kBigDecimal)
    return parse_primary();
  const Level level(*this);
  check_nesting();
  ++pos_;
  ExpressionPtr child = parse_unary();
  return plan::function(name, {std::move(child)}, origin(first));
}

ExpressionPtr Parser::parse_sort_item() {
  const size_t first = pos_;
  plan::SortOrder order;
  order.child = parse_expression();
  if (accept("DESC"))
    order.ascending = false;
  else
    accept("ASC");
  if (at("NULLS") && (at_ahead(1, "FIRST") || at_ahead(1, "LAST"))) {
    ++pos_;
    order.nulls = at("FIRST") ? plan::NullOrder::kFirst : plan::NullOrder::kLast;
    ++pos_;
  }
  return plan::make_expression(std::move(order), origin(first));
}

Expressions Parser::parse_sort_items() {
  Expressions out;
  do out.push_back(parse_sort_item());
  while (accept_symbol(","));
  return out;
}

// ---- Windows
// ---------------------------------------------------------------------------------------

std::optional<plan::Window> Parser::parse_over(ExpressionPtr function, std::string& reference) {
  expect("OVER");
  if (!at_symbol("(")) {
    reference = parse_identifier();
    return std::nullopt;
  }
  // OVER (w) means OVER w.
  if (at_identifier_ahead(1) && at_symbol_ahead(2, ")")) {
    ++pos_;
    reference = parse_identifier();
    expect_symbol(")");
    return std::nullopt;
  }
  plan::Window window = parse_window_specification();
  window.function = std::move(function);
  return window;
}

plan::Window Parser::parse_window_specification() {
  check_nesting();
  plan::Window window;
  expect_symbol("(");
  if (accept_words({"CLUSTER", "BY"})) {
    window.partition_by = parse_expressions();
    for (const auto& item : window.partition_by)
      window.order_by.push_back(plan::make_expression(
          plan::SortOrder{item, true, plan::NullOrder::kDefault}, item->origin));
  } else {
    if (accept_words({"PARTITION", "BY"}) || accept_words({"DISTRIBUTE", "BY"})) {
      window.partition_by = parse_expressions();
    }
    if (accept_words({"ORDER", "BY"}) || accept_words({"SORT", "BY"}))
      window.order_by = parse_sort_items();
  }
  if (at("ROWS") || at("RANGE")) window.frame = parse_frame();
  expect_symbol(")");
  return window;
}

plan::Frame Parser::parse_frame() {
  plan::Frame frame;
  frame.kind = at("ROWS") ? plan::FrameKind::kRows : plan::FrameKind::kRange;
  ++pos_;
  if (accept("BETWEEN")) {
    frame.lower = parse_frame_bound();
    expect("AND");
    frame.upper = parse_frame_bound();
  } else {
    frame.lower = parse_frame_bound();
    frame.upper.kind = plan::FrameBound::kCurrentRow;
  }
  return frame;
}

plan::FrameBound Parser::parse_frame_bound() {
  const size_t first = pos_;
  if (accept_words({"CURRENT", "ROW"})) return {plan::FrameBound::kCurrentRow, nullptr};
  if (accept_words({"UNBOUNDED", "PRECEDING"}))
    return {plan::FrameBound::kUnboundedPreceding, nullptr};
  if (accept_words({"UNBOUNDED", "FOLLOWING"}))
    return {plan::FrameBound::kUnboundedFollowing, nullptr};
  ExpressionPtr offset = parse_expression();
  if (accept("PRECEDING")) {
    const auto* constant = offset->as<plan::Literal>();
    if (constant && constant->value.type.is(types::TypeId::kInteger) &&
        !constant->value.is_null()) {
      offset = plan::literal(types::Value::integer(static_cast<int32_t>(-constant->value.as_int())),
                             origin(first));
    } else {
      offset = plan::function("-", {std::move(offset)}, origin(first));
    }
  } else {
    expect("FOLLOWING");
  }
  return {plan::FrameBound::kOffset, std::move(offset)};
}

}  // namespace lochan::sql
