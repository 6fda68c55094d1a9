#include "session/show_string.h"

#include <gtest/gtest.h>

// Expected texts are what df.show() of Spark 4.2 prints.
namespace lochan::session {
namespace {

TEST(ShowString, RightAlignsAndCuts) {
  EXPECT_EQ(
      format_table({"age", "name"}, {{"14", "Tom"}, {"23", "Alice"}, {"16", "Bob"}}, 20, 3, false),
      "+---+----+\n"
      "|age|name|\n"
      "+---+----+\n"
      "| 14| Tom|\n"
      "| 23| Ali|\n"
      "| 16| Bob|\n"
      "+---+----+\n");
}

TEST(ShowString, LeftAlignsWhenNothingIsCutAndSaysThatThereIsMore) {
  EXPECT_EQ(format_table({"id"}, {{"0"}, {"1"}, {"2"}}, 2, 0, true),
            "+---+\n"
            "|id |\n"
            "+---+\n"
            "|0  |\n"
            "|1  |\n"
            "+---+\n"
            "only showing top 2 rows\n");
}

TEST(ShowString, CutsLongCellsWithDots) {
  EXPECT_EQ(format_table({"s"}, {{"abcdefghijklmnopqrstuvwxyz"}}, 20, 20, false),
            "+--------------------+\n"
            "|                   s|\n"
            "+--------------------+\n"
            "|abcdefghijklmnopq...|\n"
            "+--------------------+\n");
}

TEST(ShowString, PrintsRecordsVertically) {
  EXPECT_EQ(format_vertical({"age", "name"}, {{"14", "Tom"}, {"23", "Alice"}}, 20, 20, false),
            "-RECORD 0-----\n"
            " age  | 14    \n"
            " name | Tom   \n"
            "-RECORD 1-----\n"
            " age  | 23    \n"
            " name | Alice \n");
}

TEST(ShowString, CountsWideCharactersTwice) {
  EXPECT_EQ(format_table({"s"}, {{"\u6570\u636e"}, {"a"}}, 20, 20, false),
            "+----+\n"
            "|   s|\n"
            "+----+\n"
            "|\u6570\u636e|\n"
            "|   a|\n"
            "+----+\n");
}

TEST(ShowString, EscapesHtml) {
  EXPECT_EQ(format_html({"a<b"}, {{"x&y"}}, 20, 20, false),
            "<table border='1'>\n<tr><th>a&lt;b</th></tr>\n<tr><td>x&amp;y</td></tr>\n</table>\n");
}

}  // namespace
}  // namespace lochan::session
