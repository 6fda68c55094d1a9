// SHOW and DESCRIBE.
#include "sql/parser_core.h"

namespace lochan::sql {

using plan::PlanPtr;

PlanPtr Parser::parse_show() {
  const size_t first = pos_;
  expect("SHOW");
  plan::Show show;
  using enum plan::Show::Kind;
  const auto namespace_clause = [&] {
    if (accept("FROM") || accept("IN")) show.name = parse_name();
  };
  const auto like_clause = [&] {
    accept("LIKE");
    if (at_string()) show.pattern = parse_string();
  };
  const auto make = [&] { return plan::make_plan(std::move(show), origin(first)); };
  if (accept("SCHEMAS") || accept("DATABASES") || accept("NAMESPACES")) {
    show.kind = kSchemas;
    namespace_clause();
    like_clause();
    return make();
  }
  if (accept("CATALOGS")) {
    show.kind = kCatalogs;
    like_clause();
    return make();
  }
  if (accept("TABLES")) {
    show.kind = kTables;
    namespace_clause();
    like_clause();
    return make();
  }
  if (at_words({"TABLE", "EXTENDED"}) || at_words({"TABLES", "EXTENDED"})) {
    pos_ += 2;
    show.kind = kTableExtended;
    namespace_clause();
    expect("LIKE");
    show.pattern = parse_string();
    if (at("PARTITION")) return command_not_supported("SHOW TABLE EXTENDED ... PARTITION");
    return make();
  }
  if (accept("VIEWS")) {
    show.kind = kViews;
    namespace_clause();
    like_clause();
    return make();
  }
  if (accept("COLUMNS")) {
    show.kind = kColumns;
    if (!accept("FROM")) expect("IN");
    plan::Name table = parse_name();
    if (accept("FROM") || accept("IN")) {
      plan::Name schema = parse_name();
      if (table.size() == 1) {
        schema.push_back(table[0]);
        table = std::move(schema);
      }
    }
    show.name = std::move(table);
    return make();
  }
  if (at_any({"USER", "SYSTEM", "ALL"}) && at_ahead(1, "FUNCTIONS")) {
    show.scope = tokens_.upper(pos_++);
  }
  if (accept("FUNCTIONS")) {
    show.kind = kFunctions;
    namespace_clause();
    accept("LIKE");
    if (at_string()) {
      show.pattern = parse_string();
    } else if (at_identifier()) {
      std::string pattern;
      for (const auto& part : parse_name()) pattern += (pattern.empty() ? "" : ".") + part;
      show.pattern = std::move(pattern);
    }
    return make();
  }
  if (accept("PARTITIONS")) {
    show.kind = kPartitions;
    show.name = parse_name();
    if (at("PARTITION")) return command_not_supported("SHOW PARTITIONS ... PARTITION");
    return make();
  }
  if (accept("TBLPROPERTIES")) {
    show.kind = kTblProperties;
    show.name = parse_name();
    if (accept_symbol("(")) {
      show.pattern = parse_property_key();
      expect_symbol(")");
    }
    return make();
  }
  if (accept_words({"CREATE", "TABLE"})) {
    show.kind = kCreateTable;
    show.name = parse_name();
    if (accept_words({"AS", "SERDE"})) show.scope = "SERDE";
    return make();
  }
  if (accept_words({"CURRENT", "SCHEMA"}) || accept_words({"CURRENT", "DATABASE"}) ||
      accept_words({"CURRENT", "NAMESPACE"})) {
    show.kind = kCurrentSchema;
    return make();
  }
  return command_not_supported("SHOW " + std::string(tokens_.upper(pos_)));
}

PlanPtr Parser::parse_describe() {
  const size_t first = pos_;
  ++pos_;
  using enum plan::DescribeObject::Kind;
  const auto object = [&](plan::DescribeObject::Kind kind) {
    plan::DescribeObject describe;
    describe.kind = kind;
    describe.extended = accept("EXTENDED");
    if (at_string())
      describe.name = {parse_string()};
    else if (tokens_[pos_].kind == TokenKind::kSymbol)
      describe.name = {std::string(tokens_.text(pos_++))};
    else
      describe.name = parse_name();
    return plan::make_plan(std::move(describe), origin(first));
  };
  const auto object_next = [&] {
    return at_identifier_ahead(1) || at_string_ahead(1) || at_symbol_ahead(1, "-") ||
           at_symbol_ahead(1, "+");
  };
  if (at("FUNCTION") && tokens_[pos_ + 1].kind != TokenKind::kEnd && !at_symbol_ahead(1, ".")) {
    ++pos_;
    return object(kFunction);
  }
  if ((at("SCHEMA") || at("DATABASE") || at("NAMESPACE")) && object_next()) {
    ++pos_;
    return object(kSchema);
  }
  if (at("CATALOG") && object_next()) {
    ++pos_;
    return object(kCatalog);
  }
  if (at("HISTORY") && object_next()) {
    ++pos_;
    return object(kHistory);
  }
  if (at("DETAIL") && object_next()) {
    ++pos_;
    return object(kDetail);
  }
  if (at("PROCEDURE") && object_next()) return command_not_supported("DESCRIBE PROCEDURE");
  const bool query =
      at("QUERY") && !at_symbol_ahead(1, ".") && tokens_[pos_ + 1].kind != TokenKind::kEnd;
  if (query) ++pos_;
  if (query || at_query() || at_symbol("(")) {
    if (!(at("TABLE") && !query))
      return plan::make_plan(plan::DescribeQuery{parse_query()}, origin(first));
  }
  if (at("TABLE") && (at_identifier_ahead(1))) ++pos_;
  plan::DescribeRelation describe;
  if ((at("EXTENDED") || at("FORMATTED")) && at_identifier_ahead(1) &&
      !at_words({"EXTENDED", "AS"})) {
    describe.extended = true;
    ++pos_;
  }
  describe.name = parse_name();
  if (at_travel()) describe.travel = parse_travel();
  if (at("PARTITION") && at_symbol_ahead(1, "("))
    return command_not_supported("DESCRIBE ... PARTITION");
  if (at_identifier() && !at_words({"AS", "JSON"})) {
    for (const auto& part : parse_name())
      describe.column += (describe.column.empty() ? "" : ".") + types::quote_if_needed(part);
  }
  describe.as_json = accept_words({"AS", "JSON"});
  if (describe.as_json && !describe.column.empty())
    raise("UNSUPPORTED_FEATURE.DESC_TABLE_COLUMN_JSON", {}, first);
  if (describe.as_json && !describe.extended) {
    std::string name;
    for (const auto& part : describe.name) name += (name.empty() ? "" : ".") + part;
    raise("DESCRIBE_JSON_NOT_EXTENDED", {{"tableName", name}}, first);
  }
  return plan::make_plan(std::move(describe), origin(first));
}

}  // namespace lochan::sql
