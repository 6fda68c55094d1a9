#include "types/data_type.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "types/ddl.h"

namespace lochan::types {
namespace {

// Expected texts are what Spark 4.2 answers for these types.
constexpr const char* kDdl =
    "a int not null comment 'x', `b c`: array<map<string,decimal(10,2)>>, d interval year to "
    "month, "
    "e interval day, f timestamp_ntz, o string collate UTF8_LCASE, s bigint, st "
    "struct<x:int,y:tinyint>";

TEST(DataType, PrintsAsSpark) {
  const DataType type = parse_ddl_schema(kDdl);
  EXPECT_EQ(
      type.simple_string(),
      "struct<a:int,b c:array<map<string,decimal(10,2)>>,d:interval year to month,e:interval day,"
      "f:timestamp_ntz,o:string collate UTF8_LCASE,s:bigint,st:struct<x:int,y:tinyint>>");
  EXPECT_EQ(
      type.sql(),
      "STRUCT<a: INT NOT NULL COMMENT 'x', `b c`: ARRAY<MAP<STRING, DECIMAL(10,2)>>, d: INTERVAL "
      "YEAR TO MONTH, e: INTERVAL DAY, f: TIMESTAMP_NTZ, o: STRING COLLATE UTF8_LCASE, s: BIGINT, "
      "st: STRUCT<x: INT, y: TINYINT>>");
  EXPECT_EQ(
      parse_ddl_schema("y int not null, b array<map<string,decimal(10,2)>>, st struct<B:date>")
          .tree_string(),
      "root\n"
      " |-- y: integer (nullable = false)\n"
      " |-- b: array (nullable = true)\n"
      " |    |-- element: map (containsNull = true)\n"
      " |    |    |-- key: string\n"
      " |    |    |-- value: decimal(10,2) (valueContainsNull = true)\n"
      " |-- st: struct (nullable = true)\n"
      " |    |-- B: date (nullable = true)\n");
}

TEST(DataType, TreeStopsAtItsDepth) {
  EXPECT_EQ(parse_ddl_schema("a struct<b:int>").tree_string(1),
            "root\n |-- a: struct (nullable = true)\n");
}

TEST(DataType, JsonRoundTrip) {
  const DataType type = parse_ddl_schema(kDdl);
  const std::string json = type.json();
  EXPECT_EQ(parse_json_type(json), type);
  EXPECT_NE(
      json.find(
          R"({"name":"o","type":"string","nullable":true,"metadata":{"__COLLATIONS":{"o":"spark.UTF8_LCASE"}}})"),
      std::string::npos);
  EXPECT_EQ(
      parse_ddl_schema("id bigint, m map<int,array<string>>").json(),
      R"({"type":"struct","fields":[{"name":"id","type":"long","nullable":true,"metadata":{}},)"
      R"({"name":"m","type":{"type":"map","keyType":"integer","valueType":{"type":"array",)"
      R"("elementType":"string","containsNull":true},"valueContainsNull":true},"nullable":true,"metadata":{}}]})");
  EXPECT_EQ(DataType::character(3).json(), "\"char(3)\"");
}

TEST(DataType, RefusesWrongJson) {
  for (const char* json : {"\"int\"", "{", "{\"type\":\"strict\"}", "1", "\"decimal(50,2)\""}) {
    try {
      parse_json_type(json);
      ADD_FAILURE() << json;
    } catch (const Error& error) {
      EXPECT_EQ(error.condition(), "INVALID_JSON_DATA_TYPE") << json;
    }
  }
}

TEST(DataType, Equality) {
  EXPECT_EQ(DataType::array(TypeId::kInteger), DataType::array(TypeId::kInteger));
  EXPECT_NE(DataType::array(TypeId::kInteger), DataType::array(TypeId::kInteger, false));
  EXPECT_TRUE(
      DataType::array(TypeId::kInteger).same_type(DataType::array(TypeId::kInteger, false)));
  EXPECT_NE(DataType::decimal(10, 2), DataType::decimal(10, 3));
  EXPECT_NE(DataType(TypeId::kString), DataType::string_with_collation("UTF8_LCASE"));
  EXPECT_EQ(DataType(TypeId::kString), DataType::string_with_collation("UTF8_BINARY"));
}

TEST(DataType, FindsFields) {
  const DataType type = parse_ddl_schema("a int, B int, b int");
  EXPECT_EQ(type.field_index("A"), 0);
  EXPECT_EQ(type.field_index("b"), -2);
  EXPECT_EQ(type.field_index("b", true), 2);
  EXPECT_EQ(type.field_index("c"), -1);
}

struct TypeCase {
  const char* ddl;
  const char* simple;
};
class DdlType : public ::testing::TestWithParam<TypeCase> {};
TEST_P(DdlType, Parses) {
  EXPECT_EQ(parse_ddl_type(GetParam().ddl).simple_string(), GetParam().simple);
}
INSTANTIATE_TEST_SUITE_P(
    Types, DdlType,
    ::testing::Values(
        TypeCase{"decimal", "decimal(10,0)"}, TypeCase{"DEC(5)", "decimal(5,0)"},
        TypeCase{"numeric(5, 2)", "decimal(5,2)"}, TypeCase{"char(3)", "char(3)"},
        TypeCase{"interval", "interval"},
        TypeCase{"interval hour to second", "interval hour to second"},
        TypeCase{"INTERVAL MONTH", "interval month"}, TypeCase{"struct<>", "struct<>"},
        TypeCase{"array<array<int>>", "array<array<int>>"}, TypeCase{"time", "time(6)"},
        TypeCase{"struct<a int, b: struct<c:long>>", "struct<a:int,b:struct<c:bigint>>"},
        TypeCase{"timestamp_ltz", "timestamp"}, TypeCase{"real", "float"}, TypeCase{"void", "void"},
        TypeCase{"variant", "variant"}));

struct BadType {
  const char* ddl;
  const char* condition;
};
class BadDdl : public ::testing::TestWithParam<BadType> {};
TEST_P(BadDdl, IsRefused) {
  try {
    parse_ddl_type(GetParam().ddl);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.condition(), GetParam().condition);
  }
}
INSTANTIATE_TEST_SUITE_P(Types, BadDdl,
                         ::testing::Values(BadType{"", "PARSE_SYNTAX_ERROR"},
                                           BadType{"array", "INCOMPLETE_TYPE_DEFINITION.ARRAY"},
                                           BadType{"array<int", "PARSE_SYNTAX_ERROR"},
                                           BadType{"char", "DATATYPE_MISSING_SIZE"},
                                           BadType{"thing", "UNSUPPORTED_DATATYPE"},
                                           BadType{"int int", "PARSE_SYNTAX_ERROR"},
                                           BadType{"decimal(40)",
                                                   "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION"}));

TEST(DdlType, StopsBehindTheType) {
  const std::string text = "cast(x as array<map<int, array<int>>>) + 1";
  const ParsedType parsed = parse_type_at(text, 10);
  EXPECT_EQ(parsed.type.simple_string(), "array<map<int,array<int>>>");
  EXPECT_EQ(text.substr(parsed.end), ") + 1");
}

TEST(DdlType, RefusesEndlessNesting) {
  std::string text;
  for (int i = 0; i < 100000; ++i) text += "array<";
  EXPECT_THROW(parse_ddl_type(text), Error);
}

TEST(Quote, OnlyWhenNeeded) {
  EXPECT_EQ(quote_if_needed("a_1"), "a_1");
  EXPECT_EQ(quote_if_needed("1"), "`1`");
  EXPECT_EQ(quote_if_needed("a`b"), "`a``b`");
}

}  // namespace
}  // namespace lochan::types
