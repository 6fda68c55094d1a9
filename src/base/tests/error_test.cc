#include "base/error.h"

#include <gtest/gtest.h>

namespace lochan {
namespace {

TEST(Error, RendersAsSparkPrintsIt) {
  const Error error("DIVIDE_BY_ZERO", {{"config", "\"spark.sql.ansi.enabled\""}});
  EXPECT_STREQ(
      error.what(),
      "[DIVIDE_BY_ZERO] Division by zero. Use `try_divide` to tolerate divisor being 0 and "
      "return NULL instead. If necessary set \"spark.sql.ansi.enabled\" to \"false\" to "
      "bypass this error. SQLSTATE: 22012");
  EXPECT_EQ(error.sqlstate(), "22012");
  EXPECT_EQ(error.kind(), ErrorKind::kArithmetic);
}

TEST(Error, PrintsParseErrorsWithTheirPosition) {
  QueryContext at;
  at.summary = " (line 1, pos 0)\n\n== SQL ==\nSELEC 1\n^^^\n";
  const Error error("PARSE_SYNTAX_ERROR", {{"error", "'SELEC'"}, {"hint", ""}}, at);
  EXPECT_STREQ(
      error.what(),
      "\n[PARSE_SYNTAX_ERROR] Syntax error at or near 'SELEC'. SQLSTATE: 42601 (line 1, pos "
      "0)\n\n== SQL ==\nSELEC 1\n^^^\n");
}

TEST(Error, UnknownConditionIsInternalAndSaysSo) {
  const Error error("NO_SUCH_THING", {{"a", "1"}});
  EXPECT_EQ(error.condition(), "INTERNAL_ERROR");
  EXPECT_NE(std::string(error.what()).find("NO_SUCH_THING, a=1"), std::string::npos);
}

TEST(Error, SurvivesATextOnlyLibrary) {
  const QueryContext context{"VIEW", "v", 3, 9, "a \"b\"\n", "", "== SQL ==\n"};
  const Error error("CAST_INVALID_INPUT",
                    {{"expression", "'\xC3\xA4;\"<\\'"}, {"sourceType", "\"STRING\""}}, context);
  const auto back = Error::decode("Invalid Input Error: " + error.encode() + " at x");
  ASSERT_TRUE(back);
  EXPECT_EQ(back->condition(), error.condition());
  EXPECT_EQ(back->parameters(), error.parameters());
  EXPECT_EQ(back->context(), error.context());
  EXPECT_STREQ(back->what(), error.what());
  EXPECT_FALSE(Error::decode("Invalid Input Error: out of range"));
  EXPECT_FALSE(Error::decode("@lochan-error:zz;"));
}

TEST(Error, KeepsTheFirstContext) {
  const Error bare("NULL_MAP_KEY");
  const Error once = bare.with_context({"", "", 1, 2, "x", "", ""});
  EXPECT_EQ(once.with_context({"", "", 5, 6, "y", "", ""}).context()->start, 1);
}

}  // namespace
}  // namespace lochan
