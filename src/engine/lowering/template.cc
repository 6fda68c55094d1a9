// A template is a DuckDB expression of our own, parsed once per distinct text. $* and $R and $TZ
// are put in as text before parsing (they are numbers of arguments, types and quoted zones);
// $1...$9 become the lowered arguments.
#include <mutex>

#include "duckdb/parser/expression/parameter_expression.hpp"
#include "duckdb/parser/parsed_expression_iterator.hpp"
#include "duckdb/parser/parser.hpp"
#include "engine/lowering/lowering.h"

namespace lochan::engine {
namespace {

void replace_all(std::string& text, std::string_view what, const std::string& with) {
  for (size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

/// The parsed template; callers copy it.
const duckdb::ParsedExpression& parse(const std::string& text) {
  static std::mutex mutex;
  static auto* cache = new std::unordered_map<std::string, Parsed>();
  std::lock_guard lock(mutex);
  auto& entry = (*cache)[text];
  if (!entry) {
    try {
      auto parsed = duckdb::Parser::ParseExpressionList(text);
      if (parsed.size() == 1) entry = std::move(parsed[0]);
    } catch (const std::exception& e) {
      throw Error::internal("template " + text + ": " + e.what());
    }
    if (!entry) throw Error::internal("template " + text + " is not one expression");
  }
  return *entry;
}

void substitute(Parsed& e, const ParsedList& arguments) {
  if (e->GetExpressionClass() == duckdb::ExpressionClass::PARAMETER) {
    const auto& name = e->Cast<duckdb::ParameterExpression>().identifier;
    const auto n = std::stoul(name);
    if (n < 1 || n > arguments.size()) throw Error::internal("template has no argument $" + name);
    e = arguments[n - 1]->Copy();
    return;
  }
  duckdb::ParsedExpressionIterator::EnumerateChildren(
      *e, [&](Parsed& child) { substitute(child, arguments); });
}

}  // namespace

Parsed Lowering::expand(const functions::Template& t, const plan::Expression& e,
                        const plan::Call& c) {
  auto text = t.duckdb;
  if (c.mode == plan::CastMode::kLegacy && !t.legacy.empty()) text = t.legacy;
  if (c.mode == plan::CastMode::kTry && !t.try_mode.empty()) text = t.try_mode;
  std::string full(text);
  if (full.find("$*") != std::string::npos) {
    std::string all;
    for (size_t i = 1; i <= c.arguments.size(); ++i)
      all += (i > 1 ? ", $" : "$") + std::to_string(i);
    replace_all(full, "$*", all);
  }
  if (full.find("$R") != std::string::npos) replace_all(full, "$R", to_duckdb(e.type).ToString());
  if (full.find("$TZ") != std::string::npos) {
    std::string zone = options_.context.zone;
    replace_all(zone, "'", "''");
    replace_all(full, "$TZ", "'" + zone + "'");
  }
  auto result = parse(full).Copy();
  substitute(result, expressions(c.arguments));
  return result;
}

}  // namespace lochan::engine
