// Primary expressions: literals, names, parentheses, CASE, CAST, and what follows them (subscripts,
// fields, casts by ::).
#include "sql/parser_core.h"

namespace lochan::sql {

using plan::ExpressionPtr;
using plan::Expressions;
using types::Value;

ExpressionPtr Parser::parse_primary() {
  const size_t first = pos_;
  const Level level(*this, at_symbol("(") ? 0 : 1);  // parentheses leave nothing behind
  return parse_postfix(parse_primary_base(), first);
}

ExpressionPtr Parser::parse_postfix(ExpressionPtr base, size_t first) {
  size_t chain = 0;
  while (true) {
    check_chain(++chain);
    if (accept_symbol("[")) {
      ExpressionPtr index = parse_value();
      expect_symbol("]");
      base = plan::make_expression(plan::UnresolvedExtractValue{std::move(base), std::move(index)},
                                   origin(first));
    } else if (at_symbol(".") && at_symbol_ahead(1, "*")) {
      return base;
    } else if (accept_symbol(".")) {
      const size_t name_at = pos_;
      std::string name = parse_identifier();
      const auto* column = base->as<plan::UnresolvedAttribute>();
      if (column) {
        std::vector<std::string> parts = column->parts;
        parts.push_back(std::move(name));
        base = plan::column(std::move(parts), origin(first));
      } else {
        base = plan::make_expression(
            plan::UnresolvedExtractValue{std::move(base),
                                         plan::literal(Value::string(name), origin(name_at))},
            origin(first));
      }
    } else if (accept_symbol("::")) {
      plan::Cast cast;
      cast.child = std::move(base);
      cast.target = parse_type();
      if (cast.target.is(types::TypeId::kChar) || cast.target.is(types::TypeId::kVarchar))
        cast.target = types::TypeId::kString;
      base = plan::make_expression(std::move(cast), origin(first));
    } else if (at_symbol(":") && (at_identifier_ahead(1) || at_symbol_ahead(1, "["))) {
      base = parse_semi_structured(std::move(base), first);
    } else if (at("COLLATE")) {
      ++pos_;
      const size_t name_at = pos_;
      const plan::Name name = parse_name();
      base = plan::function(
          "collate", {std::move(base), plan::literal(Value::string(name.back()), origin(name_at))},
          origin(first));
    } else {
      return base;
    }
  }
}

// v:a.b[0]['c'] as one path.
ExpressionPtr Parser::parse_semi_structured(ExpressionPtr base, size_t first) {
  expect_symbol(":");
  const size_t path_at = pos_;
  std::string path;
  if (!at_symbol("[")) {
    path = source(pos_, pos_ + 1);
    ++pos_;
  }
  while (true) {
    if (at_symbol("[")) {
      const size_t begin = pos_;
      ++pos_;
      if (at_string() || tokens_[pos_].kind == TokenKind::kInteger || at_symbol("*"))
        ++pos_;
      else
        fail();
      expect_symbol("]");
      path += source(begin, pos_);
    } else if (at_symbol(".") && at_identifier_ahead(1)) {
      path += "." + source(pos_ + 1, pos_ + 2);
      pos_ += 2;
    } else {
      break;
    }
  }
  return plan::function("semi_structured_extract",
                        {std::move(base), plan::literal(Value::string(path), origin(path_at))},
                        origin(first));
}

ExpressionPtr Parser::parse_primary_base() {
  const size_t first = pos_;
  if (ExpressionPtr constant = parse_literal()) return constant;
  if (at_symbol("(")) return at_lambda() ? parse_lambda() : parse_parenthesised();
  if (accept_symbol("*")) {
    --pos_;
    return parse_star({}, first);
  }
  if (at_symbol(":") && at_identifier_ahead(1)) {
    ++pos_;
    std::string name = parse_identifier();
    return plan::make_expression(plan::Parameter{std::move(name), -1}, origin(first));
  }
  if (accept_symbol("?"))
    return plan::make_expression(plan::Parameter{"", positions_++}, origin(first));
  if (ExpressionPtr special = parse_keyword_primary()) return special;
  if (!at_identifier()) fail();
  if (at_symbol_ahead(1, "->")) return parse_lambda();
  return parse_name_or_call();
}

ExpressionPtr Parser::parse_star(plan::Name target, size_t first) {
  plan::UnresolvedStar star;
  star.target = std::move(target);
  expect_symbol("*");
  if (at("EXCEPT") && at_symbol_ahead(1, "(") && !at_ahead(2, "SELECT") &&
      !at_symbol_ahead(2, "(")) {
    ++pos_;
    expect_symbol("(");
    do star.except.push_back(parse_name());
    while (accept_symbol(","));
    expect_symbol(")");
  }
  return plan::make_expression(std::move(star), origin(first));
}

// Behind a '(': does a list of names and an arrow follow?
bool Parser::at_lambda() const {
  if (!at_symbol("(")) return false;
  size_t n = 1;
  while (at_identifier_ahead(n)) {
    ++n;
    if (at_symbol_ahead(n, ")")) return at_symbol_ahead(n + 1, "->");
    if (!at_symbol_ahead(n, ",")) return false;
    ++n;
  }
  return false;
}

ExpressionPtr Parser::parse_lambda() {
  const size_t first = pos_;
  plan::Lambda lambda;
  if (at_symbol("("))
    lambda.parameters = parse_identifier_list();
  else
    lambda.parameters = {parse_identifier()};
  expect_symbol("->");
  lambda.body = parse_expression();
  return plan::make_expression(std::move(lambda), origin(first));
}

// (query), (expression), or a row (a, b). A query in doubled parentheses may go on with set
// operators.
ExpressionPtr Parser::parse_parenthesised() {
  check_nesting();
  const size_t first = pos_;
  expect_symbol("(");
  if (at_query()) {
    plan::Subquery subquery;
    subquery.plan = parse_query();
    expect_symbol(")");
    return plan::make_expression(std::move(subquery), origin(first));
  }
  const size_t inner = pos_;
  const bool doubled = at_symbol("(");
  Expressions items = {parse_named_expression()};
  const auto* subquery = items[0]->as<plan::Subquery>();
  if (doubled && subquery && subquery->kind == plan::SubqueryKind::kScalar &&
      (at_set_operator() || at_pipe() || at_words({"ORDER", "BY"}) || at("LIMIT") ||
       at("OFFSET"))) {
    plan::Subquery whole;
    whole.plan = parse_query_rest(subquery->plan, inner);
    expect_symbol(")");
    return plan::make_expression(std::move(whole), origin(first));
  }
  if (accept_symbol(")")) {
    if (items[0]->as<plan::Alias>()) return parse_row(std::move(items), first);
    return items[0];
  }
  while (accept_symbol(",")) items.push_back(parse_named_expression());
  expect_symbol(")");
  return parse_row(std::move(items), first);
}

ExpressionPtr Parser::parse_row(Expressions items, size_t first) {
  Expressions arguments;
  for (size_t i = 0; i < items.size(); ++i) {
    std::string name = "col" + std::to_string(i + 1);
    ExpressionPtr value = items[i];
    if (const auto* alias = value->as<plan::Alias>()) {
      name = alias->name;
      value = alias->child;
    } else if (const auto* column = value->as<plan::UnresolvedAttribute>()) {
      name = column->parts.back();
    }
    arguments.push_back(plan::literal(Value::string(std::move(name))));
    arguments.push_back(std::move(value));
  }
  return plan::function("named_struct", std::move(arguments), origin(first));
}

ExpressionPtr Parser::parse_case() {
  check_nesting();
  const size_t first = pos_;
  expect("CASE");
  ExpressionPtr subject;
  if (!at("WHEN")) subject = parse_expression();
  Expressions arguments;
  do {
    const size_t when_at = pos_;
    expect("WHEN");
    ExpressionPtr condition = parse_expression();
    if (subject) condition = plan::function("=", {subject, std::move(condition)}, origin(when_at));
    expect("THEN");
    arguments.push_back(std::move(condition));
    arguments.push_back(parse_expression());
  } while (at("WHEN"));
  if (accept("ELSE")) arguments.push_back(parse_expression());
  expect("END");
  return plan::function("when", std::move(arguments), origin(first));
}

ExpressionPtr Parser::parse_cast(plan::CastMode mode, bool has_mode) {
  const size_t first = pos_;
  ++pos_;
  expect_symbol("(");
  plan::Cast cast;
  cast.child = parse_expression();
  expect("AS");
  cast.target = parse_type();
  expect_symbol(")");
  if (has_mode) cast.mode = mode;
  // Values have no length: CHAR and VARCHAR are checked where they are stored.
  if (cast.target.is(types::TypeId::kChar) || cast.target.is(types::TypeId::kVarchar))
    cast.target = types::TypeId::kString;
  return plan::make_expression(std::move(cast), origin(first));
}

// expression [[AS] alias | [AS] (a, b)]
ExpressionPtr Parser::parse_named_expression() {
  const size_t first = pos_;
  ExpressionPtr child = parse_expression();
  plan::Alias alias;
  const bool as = accept("AS");
  if (as && at_symbol("(")) {
    std::vector<std::string> names = parse_identifier_list();
    alias.name = names[0];
    alias.more_names.assign(names.begin() + 1, names.end());
  } else if (as) {
    alias.name = parse_identifier();
  } else if (at_implicit_alias(false)) {
    alias.name = parse_identifier();
  } else if (at_symbol("(") && at_identifier_ahead(1) &&
             (at_symbol_ahead(2, ",") || at_symbol_ahead(2, ")"))) {
    std::vector<std::string> names = parse_identifier_list();
    alias.name = names[0];
    alias.more_names.assign(names.begin() + 1, names.end());
  } else {
    return child;
  }
  alias.child = std::move(child);
  return plan::make_expression(std::move(alias), origin(first));
}

Expressions Parser::parse_named_expressions() {
  Expressions out;
  do out.push_back(parse_named_expression());
  while (accept_symbol(","));
  return out;
}

}  // namespace lochan::sql
