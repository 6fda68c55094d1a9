#include "base/ascii.h"

#include <gtest/gtest.h>

namespace lochan {
namespace {

TEST(Ascii, CaseChangesLettersOnly) {
  EXPECT_EQ(lower_case("Az[@`{9Ä"), "az[@`{9Ä");
  EXPECT_EQ(upper_case("aZ[@`{9ä"), "AZ[@`{9ä");
}

TEST(Ascii, NamesAreTheSameWhateverTheirCase) {
  EXPECT_TRUE(same_name("Order_ID", "oRDER_id"));
  EXPECT_FALSE(same_name("a", "ab"));
  EXPECT_FALSE(same_name("Ä", "ä"));
  EXPECT_FALSE(same_name("@", "`"));
}

TEST(Ascii, ControlCharactersAreEscaped) {
  EXPECT_EQ(escape_control("a\n\r\t\f\b\v\ab\\\x01"), "a\\n\\r\\t\\f\\b\\v\\ab\\\x01");
}

}  // namespace
}  // namespace lochan
