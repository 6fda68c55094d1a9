// Statements: dispatch by the first words; USE, SET, RESET, EXPLAIN, CACHE, DROP, TRUNCATE and what
// is refused by name.
#include "base/source_text.h"
#include "sql/parser_core.h"
#include "types/time_zone.h"

namespace lochan::sql {

using plan::PlanPtr;

namespace {

struct Refused {
  std::string_view first, second;
  const char* what;
};
// Statements that Spark or Delta have and we lack, by their first words; `second` is "" where any
// follows.
constexpr Refused kRefused[] = {
    {"MERGE", "", "MERGE"},
    {"UPDATE", "", "UPDATE"},
    {"DELETE", "", "DELETE"},
    {"ALTER", "", "ALTER"},
    {"OPTIMIZE", "", "OPTIMIZE"},
    {"VACUUM", "", "VACUUM"},
    {"RESTORE", "", "RESTORE"},
    {"CONVERT", "", "CONVERT TO DELTA"},
    {"REORG", "", "REORG TABLE"},
    {"GENERATE", "", "GENERATE"},
    {"BEGIN", "", "SQL scripting"},
    {"DECLARE", "", "DECLARE VARIABLE"},
    {"OPEN", "", "OPEN cursor"},
    {"FETCH", "", "FETCH"},
    {"CLOSE", "", "CLOSE cursor"},
    {"EXECUTE", "IMMEDIATE", "EXECUTE IMMEDIATE"},
    {"ANALYZE", "", "ANALYZE TABLE"},
    {"CALL", "", "CALL"},
    {"GRANT", "", "GRANT"},
    {"REVOKE", "", "REVOKE"},
    {"COMMENT", "ON", "COMMENT ON"},
    {"MSCK", "", "MSCK REPAIR TABLE"},
    {"REPAIR", "", "REPAIR TABLE"},
    {"LOAD", "", "LOAD DATA"},
    {"ADD", "", "ADD resources"},
    {"LIST", "", "LIST resources"},
    {"LOCK", "", "LOCK"},
    {"UNLOCK", "", "UNLOCK"},
    {"EXPORT", "", "EXPORT"},
    {"IMPORT", "", "IMPORT"},
    {"START", "", "START TRANSACTION"},
    {"COMMIT", "", "COMMIT"},
    {"ROLLBACK", "", "ROLLBACK"},
    {"DFS", "", "DFS"},
    {"COPY", "INTO", "COPY INTO"},
};

}  // namespace

PlanPtr Parser::parse_single_statement() {
  if (at_end() || (at_symbol(";") && tokens_[pos_ + 1].kind == TokenKind::kEnd)) {
    throw Error("PARSE_EMPTY_STATEMENT", {},
                syntax_context(*tokens_.source(), tokens_[pos_].start));
  }
  PlanPtr plan = parse_statement_body();
  expect_end();
  return plan;
}

PlanPtr Parser::command_not_supported(const std::string& what) {
  const size_t first = pos_;
  while (!at_end()) ++pos_;
  return plan::make_plan(plan::NotSupported{what}, origin(first));
}

PlanPtr Parser::parse_statement_body() {
  const size_t first = pos_;
  if (at("SELECT") || at_symbol("(") || at_query()) return parse_query();
  if (at("INSERT")) return parse_insert(nullptr);
  if (at("CREATE") || at_words({"REPLACE", "TABLE"})) return parse_create();
  if (at("DROP")) return parse_drop();
  if (at("USE")) return parse_use();
  if (at("SET")) return parse_set();
  if (at("RESET")) return parse_reset();
  if (at("SHOW")) return parse_show();
  if (at("DESCRIBE") || at("DESC")) return parse_describe();
  if (at("EXPLAIN")) return parse_explain();
  if (at("CACHE") || at("UNCACHE") || at_words({"CLEAR", "CACHE"})) return parse_cache();
  if (at("REFRESH")) return parse_refresh();
  if (accept_words({"TRUNCATE", "TABLE"})) {
    plan::Name name = parse_name();
    if (at("PARTITION")) return command_not_supported("TRUNCATE TABLE ... PARTITION");
    return plan::make_plan(plan::Truncate{std::move(name)}, origin(first));
  }
  for (const Refused& row : kRefused) {
    if (at(row.first) && (row.second.empty() || at_ahead(1, row.second)))
      return command_not_supported(row.what);
  }
  fail();
}

PlanPtr Parser::parse_drop() {
  const size_t first = pos_;
  expect("DROP");
  plan::DropObject drop;
  if (at("TEMPORARY") || at("TEMP") || at("FUNCTION") || at("VARIABLE") || at("INDEX") ||
      at("CATALOG") || at("POLICY")) {
    const bool temporary = accept("TEMPORARY") || accept("TEMP");
    return command_not_supported(std::string("DROP ") + (temporary ? "TEMPORARY " : "") +
                                 std::string(tokens_.upper(pos_)));
  }
  if (accept("TABLE"))
    drop.kind = plan::DropObject::kTable;
  else if (accept("VIEW"))
    drop.kind = plan::DropObject::kView;
  else if (accept("SCHEMA") || accept("DATABASE") || accept("NAMESPACE"))
    drop.kind = plan::DropObject::kSchema;
  else
    fail();
  drop.if_exists = accept_words({"IF", "EXISTS"});
  drop.name = parse_name();
  if (drop.kind == plan::DropObject::kTable) accept("PURGE");  // nothing is kept in a trash
  if (drop.kind == plan::DropObject::kSchema) {
    if (accept("CASCADE"))
      drop.cascade = true;
    else
      accept("RESTRICT");
  }
  return plan::make_plan(std::move(drop), origin(first));
}

PlanPtr Parser::parse_use() {
  const size_t first = pos_;
  expect("USE");
  plan::Use use;
  if ((at("CATALOG") || at("SCHEMA") || at("DATABASE") || at("NAMESPACE")) &&
      (at_identifier_ahead(1) || at_string_ahead(1))) {
    use.catalog = at("CATALOG");
    ++pos_;
  }
  use.name = at_string() && use.catalog ? plan::Name{parse_string()} : parse_name();
  return plan::make_plan(std::move(use), origin(first));
}

// SET takes nearly any text as key and value: they are cut from the source.
PlanPtr Parser::parse_set() {
  const size_t first = pos_;
  expect("SET");
  plan::SetConfig set;
  const auto make = [&] { return plan::make_plan(std::move(set), origin(first)); };
  const auto at_close = [&] {
    return at_end() || (at_symbol(";") && tokens_[pos_ + 1].kind == TokenKind::kEnd);
  };
  // Errors are about the whole statement.
  const auto refuse = [&](std::string_view condition, ErrorParameters parameters = {}) {
    while (!at_close()) ++pos_;
    raise(condition, std::move(parameters), first);
  };
  if (at_close()) return make();
  if (at_symbol("-") && at_ahead(1, "V")) {
    pos_ += 2;
    set.verbose = true;
    return make();
  }
  if (at_words({"TIME", "ZONE"})) {
    pos_ += 2;
    set.key = "spark.sql.session.timeZone";
    if (accept("LOCAL")) {
      set.value = types::TimeZone::local_id();
    } else if (at_interval()) {
      const plan::ExpressionPtr interval = parse_interval();
      const auto& value = interval->as<plan::Literal>()->value;
      constexpr int64_t kSecond = 1'000'000, kHour = 3600 * kSecond, kDay = 24 * kHour;
      const bool is_time = value.type.is(types::TypeId::kDayTimeInterval);
      const int64_t amount = value.as_int(), size = amount < 0 ? -amount : amount;
      if (!at_close()) refuse("_LEGACY_ERROR_TEMP_0045");
      if (!is_time || size > 18 * kHour || size % kSecond != 0) {
        // The error names the first unit that there is: months, days or hours.
        const bool in_days = is_time && value.type.interval_start() == 0 && size >= kDay;
        refuse("INVALID_INTERVAL_FORMAT.TIMEZONE_INTERVAL_OUT_OF_RANGE",
               {{"input", std::to_string(!is_time  ? size
                                         : in_days ? size / kDay
                                                   : size / kHour)}});
      }
      const int64_t seconds = size / kSecond;
      const auto two = [](int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
      set.value = seconds == 0 ? "Z"
                               : (amount < 0 ? "-" : "+") + two(seconds / 3600) + ":" +
                                     two(seconds / 60 % 60) +
                                     (seconds % 60 != 0 ? ":" + two(seconds % 60) : "");
    } else if (at_string()) {
      set.value = parse_string();
    }
    if (!set.value || !at_close()) refuse("_LEGACY_ERROR_TEMP_0045");
    return make();
  }
  if (at("VARIABLE") || at("VAR")) return command_not_supported("SET VARIABLE");
  if (at("PATH") && at_symbol_ahead(1, "=")) return command_not_supported("SET PATH");
  if (at("ROLE")) raise("_LEGACY_ERROR_TEMP_0035", {{"message", "set role"}}, first);
  // The key goes up to '=' or the end.
  std::string key;
  if (tokens_[pos_].kind == TokenKind::kQuotedName) {
    key = parse_identifier();
    if (!at_close() && !at_symbol("=")) refuse("INVALID_SET_SYNTAX");
  } else {
    const size_t key_at = pos_;
    while (!at_close() && !at_symbol("=")) {
      const TokenKind kind = tokens_[pos_].kind;
      const bool joined = kind == TokenKind::kWord || kind == TokenKind::kInteger ||
                          kind == TokenKind::kDecimal || at_symbol(".") || at_symbol(":") ||
                          at_symbol("-");
      const bool apart = pos_ > key_at && tokens_[pos_].start != tokens_[pos_ - 1].end;
      if (!joined || apart) refuse("INVALID_SET_SYNTAX");
      ++pos_;
    }
    key = source(key_at, pos_);
    if (key.empty()) refuse("INVALID_SET_SYNTAX");
  }
  set.key = key;
  if (accept_symbol("=")) {
    const size_t value_at = pos_;
    if (tokens_[pos_].kind == TokenKind::kQuotedName && tokens_[pos_ + 1].kind == TokenKind::kEnd) {
      set.value = parse_identifier();
    } else {
      while (!at_close()) ++pos_;
      set.value = source(value_at, pos_);
    }
  }
  return make();
}

PlanPtr Parser::parse_reset() {
  const size_t first = pos_;
  expect("RESET");
  plan::ResetConfig reset;
  if (tokens_[pos_].kind == TokenKind::kQuotedName) {
    reset.key = parse_identifier();
  } else if (!at_end() && !at_symbol(";")) {
    const size_t key_at = pos_;
    while (!at_end() && !at_symbol(";")) ++pos_;
    reset.key = source(key_at, pos_);
  }
  return plan::make_plan(std::move(reset), origin(first));
}

PlanPtr Parser::parse_explain() {
  const size_t first = pos_;
  expect("EXPLAIN");
  plan::Explain explain;
  for (const char* mode : {"extended", "formatted", "codegen", "cost", "logical"}) {
    std::string upper = mode;
    for (char& c : upper) c = static_cast<char>(c - 32);
    if (accept(upper)) {
      explain.mode = mode;
      break;
    }
  }
  explain.query = parse_statement_body();
  return plan::make_plan(std::move(explain), origin(first));
}

PlanPtr Parser::parse_cache() {
  const size_t first = pos_;
  plan::CacheTable cache;
  if (accept_words({"CLEAR", "CACHE"})) {
    cache.action = plan::CacheTable::kClear;
    return plan::make_plan(std::move(cache), origin(first));
  }
  if (accept("UNCACHE")) {
    expect("TABLE");
    cache.action = plan::CacheTable::kUncache;
    cache.if_exists = accept_words({"IF", "EXISTS"});
    cache.name = parse_name();
    return plan::make_plan(std::move(cache), origin(first));
  }
  expect("CACHE");
  cache.lazy = accept("LAZY");
  expect("TABLE");
  cache.name = parse_name();
  if (accept("OPTIONS")) parse_properties(true);
  if (accept("AS") || at_query()) cache.query = parse_query();
  return plan::make_plan(std::move(cache), origin(first));
}

PlanPtr Parser::parse_refresh() {
  const size_t first = pos_;
  expect("REFRESH");
  if (at("FUNCTION")) return command_not_supported("REFRESH FUNCTION");
  plan::CacheTable cache;
  cache.action = plan::CacheTable::kRefresh;
  if (at("TABLE")) {
    ++pos_;
    cache.name = parse_name();
  } else if (at_string()) {
    cache.name = {parse_string()};
  } else {
    const size_t path_at = pos_;
    while (!at_end() && !at_symbol(";")) ++pos_;
    if (pos_ == path_at) fail();
    cache.name = {source(path_at, pos_)};
  }
  return plan::make_plan(std::move(cache), origin(first));
}

}  // namespace lochan::sql
