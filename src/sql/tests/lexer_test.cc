#include "sql/lexer.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace lochan::sql {
namespace {

std::string tokens(std::string text) {
  const TokenStream stream(std::make_shared<const std::string>(std::move(text)), false);
  std::string out;
  for (size_t i = 0; i + 1 < stream.size(); ++i)
    out += (i == 0 ? "" : "|") + std::string(stream.text(i));
  return out;
}

TEST(Lexer, Cuts) {
  EXPECT_EQ(tokens("a<=>b<=c::d->e=>f||g>>>h"), "a|<=>|b|<=|c|::|d|->|e|=>|f||||g|>>>|h");
  EXPECT_EQ(tokens("1.5 .5 1. 1e5 1.e5 1L 2BD 3abc t.1x 1..2"),
            "1.5|.5|1.|1e5|1.e5|1L|2BD|3abc|t|.|1x|1.|.2");
  EXPECT_EQ(tokens("'it''s' \"a\\\"b\" `a``b` r'\\'"), "'it''s'|\"a\\\"b\"|`a``b`|r'\\'");
}

TEST(Lexer, LeavesOutComments) {
  EXPECT_EQ(tokens("a -- x\nb /* c /* d */ e */ f -- y \\\nz\ng"), "a|b|f|g");
  EXPECT_EQ(tokens("a /*+ h */ b"), "a|/*+|h|*/|b");
  EXPECT_THROW(tokens("a /* b"), Error);
}

TEST(Lexer, KnowsLines) {
  const TokenStream stream(std::make_shared<const std::string>("ä b\n  c"), false);
  EXPECT_EQ(stream[1].column, 2);
  EXPECT_EQ(stream[2].line, 2);
  EXPECT_EQ(stream[2].column, 2);
}

TEST(StringValue, ReadsEscapes) {
  EXPECT_EQ(string_value("'a\\n\\t\\'b'", true), "a\n\t'b");
  EXPECT_EQ(string_value("'a\\n'", false), "a\\n");
  EXPECT_EQ(string_value("'\\u00e4\\U0001F600'", true), "ä😀");
}

}  // namespace
}  // namespace lochan::sql
