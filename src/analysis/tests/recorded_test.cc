// What a real Spark 4.2 says about types, names, nullability and errors, replayed. recorded.jsonl
// holds one statement a line: {"sql", "ansi", "schema" + "nullable", or "error" + "params"}; the
// session zone is America/Los_Angeles.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "analysis/analyzer.h"
#include "analysis/tests/empty_catalog.h"
#include "sql/parser.h"

namespace lochan::analysis {
namespace {

nlohmann::json answer(const std::string& sql, bool ansi) {
  EmptyCatalog catalog;
  functions::ResolveContext context;
  context.ansi = ansi;
  context.zone = "America/Los_Angeles";
  nlohmann::json result;
  try {
    sql::ParseOptions options;
    options.time_zone = context.zone;
    auto parsed = sql::parse_statement(std::make_shared<const std::string>(sql), options);
    auto plan = analyze(parsed, catalog, context);
    validate(plan);
    result["schema"] = types::DataType::structure(plan::schema_of(plan->output)).simple_string();
    result["nullable"] = nlohmann::json::array();
    for (const auto& attribute : plan->output) result["nullable"].push_back(attribute.nullable);
  } catch (const Error& error) {
    result["error"] = error.condition();
    result["params"] = error.parameters();
  }
  return result;
}

/// The file beside this one, wherever in the tree the test runs.
std::filesystem::path recorded_file() {
  for (auto at = std::filesystem::current_path();; at = at.parent_path()) {
    auto file = at / "src/analysis/tests/recorded.jsonl";
    if (std::filesystem::exists(file) || at == at.parent_path()) return file;
  }
}

TEST(Recorded, AgreesWithSpark) {
  std::ifstream file(recorded_file());
  ASSERT_TRUE(file.good());
  int count = 0;
  for (std::string line; std::getline(file, line); ++count) {
    auto expected = nlohmann::json::parse(line);
    const std::string sql = expected["sql"];
    const bool ansi = expected["ansi"];
    expected.erase("sql");
    expected.erase("ansi");
    EXPECT_EQ(answer(sql, ansi), expected) << sql << (ansi ? "" : " (ANSI off)");
  }
  EXPECT_GT(count, 1000);
}

}  // namespace
}  // namespace lochan::analysis
