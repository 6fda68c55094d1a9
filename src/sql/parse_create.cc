// CREATE TABLE, VIEW, SCHEMA.
#include "base/ascii.h"
#include "sql/parser_core.h"

namespace lochan::sql {

using plan::PlanPtr;

PlanPtr Parser::parse_create() {
  const size_t first = pos_;
  bool replace = accept("REPLACE");
  if (!replace) {
    expect("CREATE");
    replace = accept_words({"OR", "REPLACE"});
  }
  const size_t temp = at("GLOBAL") ? 1 : 0;
  const bool temporary = at_ahead(temp, "TEMPORARY") || at_ahead(temp, "TEMP");
  if (temporary && at_ahead(temp + 1, "VIEW")) return parse_create_view(first, replace);
  if (temporary && at_ahead(temp + 1, "TABLE")) {
    pos_ += temp + 1;
    return parse_create_temporary_table(first);
  }
  if (at("VIEW")) return parse_create_view(first, replace);
  if (at("EXTERNAL") && at_ahead(1, "TABLE")) {
    ++pos_;
    return parse_create_table(first, replace, true);
  }
  if (at("TABLE")) return parse_create_table(first, replace, false);
  if (at("SCHEMA") || at("DATABASE") || at("NAMESPACE")) return parse_create_schema(first);
  if (temporary && at_ahead(temp + 1, "FUNCTION")) return command_not_supported("CREATE FUNCTION");
  if (at_any({"FUNCTION", "INDEX", "CATALOG", "STREAMING", "MATERIALIZED", "FLOW", "VOLUME",
              "CONNECTION", "ROLE", "METRIC"})) {
    return command_not_supported("CREATE " + std::string(tokens_.upper(pos_)));
  }
  fail();
}

// name type [NOT NULL | DEFAULT e | COMMENT 's' | GENERATED ALWAYS AS (e)]*
plan::ColumnDefinition Parser::parse_column_definition() {
  plan::ColumnDefinition column;
  column.name = parse_identifier();
  accept_symbol(":");
  column.type = parse_type();
  while (true) {
    if (accept_words({"NOT", "NULL"})) {
      column.nullable = false;
    } else if (accept("COMMENT")) {
      column.comment = parse_string();
    } else if (accept("DEFAULT")) {
      const size_t begin = pos_;
      column.default_value = parse_value();
      column.default_text = source(begin, pos_);
    } else if (at_words({"GENERATED", "ALWAYS", "AS"}) && at_symbol_ahead(3, "(")) {
      pos_ += 3;
      expect_symbol("(");
      const size_t begin = pos_;
      column.generated_as = parse_expression();
      column.generated_text = source(begin, pos_);
      expect_symbol(")");
    } else if (at("GENERATED")) {
      not_supported("identity columns");
    } else if (at_any({"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES", "FOREIGN"})) {
      not_supported("constraints in CREATE TABLE");
    } else if (accept("COLLATE")) {
      column.type = types::DataType::string_with_collation(parse_name().back());
    } else {
      return column;
    }
  }
}

// PARTITIONED BY (a, b) | (a INT, b STRING) | (years(a), ...)
void Parser::parse_partitioned_by(plan::CreateTable& table) {
  expect_symbol("(");
  do {
    if (at_identifier() && at_symbol_ahead(1, "(")) {
      if (at("IDENTITY") && at_identifier_ahead(2) && at_symbol_ahead(3, ")")) {
        pos_ += 2;
        table.partition_by.push_back(parse_identifier());
        expect_symbol(")");
        continue;
      }
      not_supported("partitioning by " + std::string(tokens_.text(pos_)));
    }
    if (at_symbol_ahead(1, ",") || at_symbol_ahead(1, ")") || at_symbol_ahead(1, ".")) {
      const plan::Name name = parse_name();
      if (name.size() > 1) not_supported("partitioning by a nested field");
      table.partition_by.push_back(name[0]);
    } else {
      table.partition_columns.push_back(parse_column_definition());
    }
  } while (accept_symbol(","));
  expect_symbol(")");
}

PlanPtr Parser::parse_create_table(size_t first, bool replace, bool external) {
  expect("TABLE");
  plan::CreateTable table;
  table.replace = replace;
  table.external = external;
  table.if_not_exists = accept_words({"IF", "NOT", "EXISTS"});
  table.table = parse_name();
  if (accept("LIKE")) table.like = parse_name();
  const bool shallow = at("SHALLOW") && at_ahead(1, "CLONE");
  if (shallow || at_words({"DEEP", "CLONE"}) || at("CLONE"))
    return command_not_supported("CREATE TABLE ... CLONE");
  if (at_symbol("(") && !table.like && !(at_symbol_ahead(1, "(") || at_ahead(1, "SELECT"))) {
    ++pos_;
    do {
      if ((at_any({"CONSTRAINT"}) && at_identifier_ahead(1) && at_any({"CONSTRAINT"}) &&
           (at_ahead(2, "PRIMARY") || at_ahead(2, "FOREIGN") || at_ahead(2, "UNIQUE") ||
            at_ahead(2, "CHECK"))) ||
          at_words({"PRIMARY", "KEY"}) || at_words({"FOREIGN", "KEY"})) {
        not_supported("constraints in CREATE TABLE");
      }
      table.columns.push_back(parse_column_definition());
    } while (accept_symbol(","));
    expect_symbol(")");
  }
  const auto once = [&](bool seen, const char* clause) {
    if (seen) raise("DUPLICATE_CLAUSES", {{"clauseName", clause}}, first);
  };
  while (true) {
    const size_t clause = pos_;
    if (at("USING") && at_identifier_ahead(1)) {
      once(!table.format.empty(), "USING");
      ++pos_;
      table.format = lower_case(parse_name().back());
    } else if (accept("OPTIONS")) {
      once(!table.options.empty(), "OPTIONS");
      table.options = parse_properties(true);
    } else if (accept_words({"PARTITIONED", "BY"})) {
      once(!table.partition_by.empty() || !table.partition_columns.empty(), "PARTITIONED BY");
      parse_partitioned_by(table);
    } else if (accept_words({"CLUSTER", "BY"})) {
      once(!table.cluster_by.empty(), "CLUSTER BY");
      if (at("AUTO") || at("NONE")) {
        ++pos_;
      } else {
        expect_symbol("(");
        do {
          std::string name;
          for (const auto& part : parse_name())
            name += (name.empty() ? "" : ".") + types::quote_if_needed(part);
          table.cluster_by.push_back(std::move(name));
        } while (accept_symbol(","));
        expect_symbol(")");
      }
    } else if (at_words({"CLUSTERED", "BY"})) {
      return command_not_supported("CREATE TABLE ... CLUSTERED BY (buckets)");
    } else if (at("LOCATION")) {
      ++pos_;
      once(table.location.has_value(), "LOCATION");
      table.location = parse_string();
    } else if (at("COMMENT")) {
      ++pos_;
      once(table.comment.has_value(), "COMMENT");
      table.comment = parse_string();
    } else if (accept("TBLPROPERTIES")) {
      once(!table.properties.empty(), "TBLPROPERTIES");
      table.properties = parse_properties(false);
    } else if (at_words({"STORED", "AS"})) {
      pos_ += 2;
      if (at("INPUTFORMAT")) return command_not_supported("STORED AS INPUTFORMAT");
      table.format = lower_case(parse_identifier());
    } else if (at_words({"ROW", "FORMAT"}) || at_words({"STORED", "BY"}) ||
               at_words({"SKEWED", "BY"})) {
      return command_not_supported("CREATE TABLE ... " + source(clause, clause + 2));
    } else if (accept_words({"DEFAULT", "COLLATION"})) {
      return command_not_supported("DEFAULT COLLATION");
    } else {
      break;
    }
  }
  if (table.like) return plan::make_plan(std::move(table), origin(first));
  if (accept("AS") || at_query() || at_symbol("(")) {
    if (!table.columns.empty()) {
      raise(
          "_LEGACY_ERROR_TEMP_0035",
          {{"message", "Schema may not be specified in a Create Table As Select (CTAS) statement"}},
          first);
    }
    table.query = parse_query();
  }
  return plan::make_plan(std::move(table), origin(first));
}

// CREATE TEMPORARY TABLE t USING csv OPTIONS (...) is the old form of CREATE TEMPORARY VIEW.
PlanPtr Parser::parse_create_temporary_table(size_t first) {
  expect("TABLE");
  const bool if_not_exists = accept_words({"IF", "NOT", "EXISTS"});
  plan::Name name = parse_name();
  if (if_not_exists)
    raise("_LEGACY_ERROR_TEMP_0035", {{"message", "CREATE TEMPORARY TABLE IF NOT EXISTS"}}, first);
  (void)name;
  return command_not_supported("CREATE TEMPORARY TABLE");
}

PlanPtr Parser::parse_create_view(size_t first, bool replace) {
  plan::CreateView view;
  view.replace = replace;
  view.global = accept("GLOBAL");
  view.temporary = accept("TEMPORARY") || accept("TEMP");
  expect("VIEW");
  view.if_not_exists = accept_words({"IF", "NOT", "EXISTS"});
  view.view = parse_name();
  if (at("USING")) {
    // A temporary view over files: CREATE TEMPORARY VIEW v [(columns)] USING csv OPTIONS (path
    // '...')
    plan::UnresolvedRead read;
    ++pos_;
    read.format = parse_name().back();
    if (accept("OPTIONS")) read.options = parse_properties(true);
    view.query = plan::make_plan(std::move(read), origin(first));
    view.text = source(first, pos_);
    return plan::make_plan(std::move(view), origin(first));
  }
  size_t schema_from = 0, schema_to = 0;
  if (at_symbol("(")) {
    // Either names with comments, or (before USING) columns with types.
    const size_t list_at = pos_;
    size_t depth = 0, n = 0;
    do {
      if (at_symbol_ahead(n, "(")) ++depth;
      if (at_symbol_ahead(n, ")")) --depth;
      ++n;
    } while (depth > 0 && tokens_[pos_ + n].kind != TokenKind::kEnd);
    if (at_ahead(n, "USING")) {
      schema_from = list_at + 1;
      schema_to = list_at + n - 1;
      pos_ += n;
    } else {
      ++pos_;
      do {
        std::string name = parse_identifier();
        std::string comment;
        if (accept("COMMENT")) comment = parse_string();
        view.columns.emplace_back(std::move(name), std::move(comment));
      } while (accept_symbol(","));
      expect_symbol(")");
    }
  }
  if (schema_to > 0) {
    plan::UnresolvedRead read;
    expect("USING");
    read.format = parse_name().back();
    read.schema = source(schema_from, schema_to);
    if (accept("OPTIONS")) read.options = parse_properties(true);
    view.query = plan::make_plan(std::move(read), origin(first));
    view.text = source(first, pos_);
    return plan::make_plan(std::move(view), origin(first));
  }
  while (true) {
    if (at("COMMENT")) {
      ++pos_;
      view.comment = parse_string();
    } else if (accept("TBLPROPERTIES")) {
      view.properties = parse_properties(false);
    } else if (at_words({"DEFAULT", "COLLATION"})) {
      return command_not_supported("DEFAULT COLLATION");
    } else if (at_words({"WITH", "SCHEMA"})) {
      // BINDING, COMPENSATION and EVOLUTION say how a view follows changes of its tables.
      pos_ += 2;
      if (!accept("BINDING") && !accept("COMPENSATION"))
        return command_not_supported("WITH SCHEMA EVOLUTION");
    } else if (at_words({"WITH", "METRICS"}) || at("LANGUAGE")) {
      return command_not_supported("metric views");
    } else {
      break;
    }
  }
  if (view.temporary && view.if_not_exists) raise("_LEGACY_ERROR_TEMP_0053", {}, first);
  if (view.replace && view.if_not_exists) {
    std::string name;
    for (const auto& part : view.view)
      name += (name.empty() ? "" : ".") + types::quote_identifier(part);
    raise("CREATE_VIEW_WITH_IF_NOT_EXISTS_AND_REPLACE", {{"viewName", name}}, first);
  }
  expect("AS");
  const size_t query_at = pos_;
  view.query = parse_query();
  view.text = source(query_at, pos_);
  return plan::make_plan(std::move(view), origin(first));
}

PlanPtr Parser::parse_create_schema(size_t first) {
  ++pos_;
  plan::CreateSchema schema;
  schema.if_not_exists = accept_words({"IF", "NOT", "EXISTS"});
  schema.schema = parse_name();
  while (true) {
    if (at("COMMENT")) {
      ++pos_;
      schema.comment = parse_string();
    } else if (accept_words({"MANAGED", "LOCATION"}) || accept("LOCATION")) {
      schema.location = parse_string();
    } else if (at("WITH") && (at_ahead(1, "DBPROPERTIES") || at_ahead(1, "PROPERTIES"))) {
      pos_ += 2;
      schema.properties = parse_properties(false);
    } else if (at_words({"DEFAULT", "COLLATION"})) {
      return command_not_supported("DEFAULT COLLATION");
    } else {
      return plan::make_plan(std::move(schema), origin(first));
    }
  }
}

// INSERT INTO | OVERWRITE [TABLE] t [PARTITION (...)] [IF NOT EXISTS] [(columns) | BY NAME] query
// INSERT INTO t REPLACE WHERE condition query
PlanPtr Parser::parse_insert(PlanPtr from) {
  const size_t first = pos_;
  expect("INSERT");
  plan::Insert insert;
  if (accept("OVERWRITE")) {
    insert.overwrite = true;
    if (at("DIRECTORY") || at_words({"LOCAL", "DIRECTORY"}))
      return command_not_supported("INSERT OVERWRITE DIRECTORY");
    accept("INTO");
  } else {
    expect("INTO");
  }
  if (at("TABLE") && at_identifier_ahead(1)) ++pos_;
  insert.table = parse_name();
  if (at_words({"WITH"}) && at_symbol_ahead(1, "(")) {
    ++pos_;
    parse_properties(true);
  }
  if (accept("PARTITION")) {
    expect_symbol("(");
    do {
      std::string name = parse_identifier();
      plan::ExpressionPtr value;
      if (accept_symbol("=")) value = parse_value();
      insert.partition.emplace_back(std::move(name), std::move(value));
    } while (accept_symbol(","));
    expect_symbol(")");
    insert.if_not_exists = accept_words({"IF", "NOT", "EXISTS"});
  }
  if (accept_words({"BY", "NAME"}))
    insert.by_name = true;
  else if (at_symbol("(") && !at_symbol_ahead(1, "(") && !at_ahead(1, "SELECT") &&
           !at_ahead(1, "WITH") && !(at_ahead(1, "VALUES") && at_symbol_ahead(2, "(")) &&
           !(at_ahead(1, "TABLE") && at_identifier_ahead(2)) &&
           !(at_ahead(1, "FROM") && at_identifier_ahead(2))) {
    insert.columns = parse_identifier_list();
  }
  if (at_words({"REPLACE", "WHERE"})) {
    pos_ += 2;
    insert.replace_where = parse_expression();
  } else if (at_words({"REPLACE", "USING"}) || at_words({"REPLACE", "ON"})) {
    return command_not_supported("INSERT INTO ... REPLACE USING");
  }
  const size_t query_at = pos_;
  insert.query = from ? parse_organization(parse_select(from), query_at) : parse_query();
  if (from && at("INSERT")) return command_not_supported("FROM ... INSERT ... INSERT");
  return plan::make_plan(std::move(insert), origin(first));
}

}  // namespace lochan::sql
