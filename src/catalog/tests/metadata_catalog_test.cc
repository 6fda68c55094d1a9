#include "catalog/metadata_catalog.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace lochan::catalog {
namespace {

std::string condition_of(const std::function<void()>& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.condition();
  }
  return "none";
}

struct CatalogTest : testing::Test {
  meta::Database database{":memory:"};
  MetadataCatalog catalog{database, "file:/warehouse"};

  TableRecord table(const std::string& name) {
    TableRecord t;
    t.schema = "default";
    t.name = name;
    t.provider = "delta";
    t.location = "file:/warehouse/" + name;
    t.columns = {{"id", types::TypeId::kLong, false, "{}"}};
    t.partition_columns = {"id"};
    return t;
  }
};

TEST_F(CatalogTest, HasTheDefaultSchemaInTheWarehouse) {
  EXPECT_EQ(catalog.schema("default").location, "file:/warehouse");
  EXPECT_EQ(catalog.managed_location("default", "T"), "file:/warehouse/t");
}

TEST_F(CatalogTest, KeepsATableAndFindsItWithoutCase) {
  catalog.put_table(table("Sales"), false, "me");
  auto found = catalog.find_table("DEFAULT", "SALES");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "sales");
  EXPECT_EQ(found->columns, table("Sales").columns);
  EXPECT_EQ(found->partition_columns, std::vector<std::string>{"id"});
  EXPECT_EQ(found->owner, "me");
}

TEST_F(CatalogTest, RefusesASecondTableOfTheSameName) {
  catalog.put_table(table("t"), false, "me");
  EXPECT_EQ(condition_of([&] { catalog.put_table(table("T"), false, "me"); }),
            "TABLE_OR_VIEW_ALREADY_EXISTS");
  EXPECT_EQ(condition_of([&] { catalog.put_table(table("T"), true, "me"); }), "none");
}

TEST_F(CatalogTest, DropsSchemasOnlyWhenEmptyOrCascading) {
  catalog.create_schema(
      {.name = "Marts", .location = "", .comment = {}, .properties = {}, .owner = ""}, false, "me");
  EXPECT_EQ(catalog.schema("marts").location, "file:/warehouse/marts.db");
  auto t = table("a");
  t.schema = "marts";
  catalog.put_table(t, false, "me");
  EXPECT_EQ(condition_of([&] { catalog.drop_schema("marts", false, false, "me"); }),
            "SCHEMA_NOT_EMPTY");
  EXPECT_EQ(catalog.drop_schema("marts", false, true, "me").size(), 1u);
  EXPECT_EQ(condition_of([&] { catalog.schema("marts"); }), "SCHEMA_NOT_FOUND");
  EXPECT_EQ(condition_of([&] { catalog.drop_schema("marts", true, false, "me"); }), "none");
}

TEST_F(CatalogTest, EveryChangeAppendsAnEvent) {
  catalog.put_table(table("t"), false, "me");
  catalog.drop_table("default", "t", "me");
  auto rows = database.query("SELECT kind, object FROM events ORDER BY seq");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[1].text(0), "table.created");
  EXPECT_EQ(rows[2].text(0), "table.dropped");
  EXPECT_EQ(rows[2].text(1), "default.t");
}

TEST(Pattern, FollowsShowLike) {
  EXPECT_TRUE(matches_pattern("sales_2024", "sales*"));
  EXPECT_TRUE(matches_pattern("Sales", "sal*|x"));
  EXPECT_TRUE(matches_pattern("abc", "*b*"));
  EXPECT_FALSE(matches_pattern("abc", "ab"));
}

}  // namespace
}  // namespace lochan::catalog
