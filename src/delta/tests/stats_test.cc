#include "delta/stats.h"

#include <gtest/gtest.h>

#include <limits>

namespace lochan::delta {
namespace {

using types::DataType;
using types::TypeId;
using types::Value;

ColumnStatistics column(std::vector<std::string> path, DataType type, Value::Data min,
                        Value::Data max, int64_t nulls = 0) {
  return {std::move(path), type, Value(type, std::move(min)), Value(type, std::move(max)), nulls};
}

FileStatistics read_one(std::string_view json, const DataType& type) {
  return read_statistics(json, {{{"c"}, type, {}, {}, {}}});
}
std::optional<Value> max_of(const std::string& text, const DataType& type) {
  return read_one(R"({"numRecords":1,"maxValues":{"c":)" + text + "}}", type).columns[0].max;
}
std::optional<Value> min_of(const std::string& text, const DataType& type) {
  return read_one(R"({"numRecords":1,"minValues":{"c":)" + text + "}}", type).columns[0].min;
}

// The form is that of PROTOCOL.md, "Per-file Statistics"; the spelling of values is Spark's.
TEST(Statistics, WritesEveryTypeOfBound) {
  const DataType decimal = DataType::decimal(20, 2);
  const FileStatistics statistics{
      .num_records = 4,
      .columns = {
          column({"l"}, TypeId::kLong, int64_t{-5}, int64_t{7}),
          column({"d"}, TypeId::kDouble, 0.5, 1e10),
          column({"dec"}, decimal, types::Int128{-150}, types::Int128{123456789012345678}),
          column({"s", "t"}, TypeId::kString, std::string("a\"b"), std::string("z"), 1),
          column({"s", "date"}, TypeId::kDate, int64_t{-1}, int64_t{18262}),
          column({"ts"}, TypeId::kTimestamp, int64_t{-1}, int64_t{1577836800123456}),
          column({"ntz"}, TypeId::kTimestampNtz, int64_t{0}, int64_t{1577836800999999}),
          column({"b"}, TypeId::kBoolean, false, true, 2),
          {{"list"}, DataType::array(TypeId::kInteger), {}, {}, 3},
      }};
  EXPECT_EQ(
      write_statistics(statistics),
      R"({"numRecords":4,"minValues":{"l":-5,"d":0.5,"dec":-1.50,"s":{"t":"a\"b","date":"1969-12-31"},)"
      R"("ts":"1969-12-31T23:59:59.999Z","ntz":"1970-01-01T00:00:00.000"},)"
      R"("maxValues":{"l":7,"d":1.0E10,"dec":1234567890123456.78,"s":{"t":"z","date":"2020-01-01"},)"
      R"("ts":"2020-01-01T00:00:00.123Z","ntz":"2020-01-01T00:00:00.999"},)"
      R"("nullCount":{"l":0,"d":0,"dec":0,"s":{"t":1,"date":0},"ts":0,"ntz":0,"b":2,"list":3}})");
}

TEST(Statistics, CutsStringsSoThatBoundsHold) {
  const std::string a32(32, 'a'), a40(40, 'a');
  const auto bounds = [](const std::string& value) {
    return write_statistics(
        {.num_records = 1, .columns = {column({"c"}, TypeId::kString, value, value)}});
  };
  EXPECT_EQ(bounds(a32), R"({"numRecords":1,"minValues":{"c":")" + a32 +
                             R"("},"maxValues":{"c":")" + a32 + R"("},"nullCount":{"c":0}})");
  EXPECT_NE(bounds(a40).find(R"("maxValues":{"c":")" + a32 + "\x7F\""), std::string::npos);
  // Cut between characters, not inside one; what follows is not ASCII, so the greatest character is
  // put behind.
  std::string umlauts;
  for (int i = 0; i < 40; ++i) umlauts += "\xC3\xA4";
  EXPECT_NE(
      bounds(umlauts).find(R"("maxValues":{"c":")" + umlauts.substr(0, 64) + "\xF4\x8F\xBF\xBF\""),
      std::string::npos);
  EXPECT_NE(bounds(a32 + "\xF4\x8F\xBF\xBF").find(R"("maxValues":{})"), std::string::npos);
}

TEST(Statistics, LeavesOutWhatHasNoOrder) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(write_statistics(
                {.num_records = 1, .columns = {column({"c"}, TypeId::kDouble, -infinity, nan)}}),
            R"({"numRecords":1,"minValues":{},"maxValues":{},"nullCount":{"c":0}})");
}

TEST(Statistics, ReadsBoundsThatHoldForEveryRow) {
  EXPECT_EQ(min_of("12", TypeId::kInteger), Value::integer(12));
  EXPECT_EQ(max_of("\"2020-01-01\"", TypeId::kDate), Value(TypeId::kDate, int64_t{18262}));
  EXPECT_EQ(max_of("1.5", TypeId::kDouble), Value::float64(1.5));
  EXPECT_EQ(min_of("-1.5", DataType::decimal(5, 2)),
            Value(DataType::decimal(5, 2), types::Int128{-150}));
  // Milliseconds hide up to 999 µs.
  EXPECT_EQ(max_of("\"2020-01-01T00:00:00.123Z\"", TypeId::kTimestamp)->as_int(), 1577836800123999);
  EXPECT_EQ(min_of("\"2020-01-01T00:00:00.123Z\"", TypeId::kTimestamp)->as_int(), 1577836800123000);
  EXPECT_EQ(max_of("\"2019-12-31T16:00:00.123-08:00\"", TypeId::kTimestamp)->as_int(),
            1577836800123999);
  EXPECT_EQ(max_of("\"2020-01-01 00:00:00.123+00\"", TypeId::kTimestamp)->as_int(),
            1577836800123999);
  EXPECT_EQ(max_of("\"2020-01-01T00:00:00.123\"", TypeId::kTimestampNtz)->as_int(),
            1577836800123999);
  EXPECT_EQ(max_of("\"2020-01-01T00:00:00.123\"", TypeId::kTimestamp),
            std::nullopt);  // of which zone?
  // A cut maximum is below what it was cut from.
  EXPECT_GT(max_of("\"abc\"", TypeId::kString)->as_string(), "abcdef");
  EXPECT_EQ(min_of("\"abc\"", TypeId::kString)->as_string(), "abc");
  // A decimal that went through a double: the true value may be a little outside.
  const DataType wide = DataType::decimal(38, 0);
  const auto through_double = max_of("1.2345678901234567E20", wide);
  ASSERT_TRUE(through_double.has_value());
  EXPECT_GE(std::get<types::Int128>(through_double->data),
            types::Int128{12345678901234567} * 10000 + 9000);
}

TEST(Statistics, OddTextGivesNoBound) {
  EXPECT_EQ(min_of("null", TypeId::kInteger), std::nullopt);
  EXPECT_EQ(min_of("\"x\"", TypeId::kInteger), std::nullopt);
  EXPECT_EQ(min_of("1.5", TypeId::kInteger), std::nullopt);
  EXPECT_EQ(min_of("{}", TypeId::kInteger), std::nullopt);
  EXPECT_EQ(min_of("[1]", TypeId::kInteger), std::nullopt);
  EXPECT_EQ(min_of("\"NaN\"", TypeId::kDouble), std::nullopt);
  EXPECT_EQ(min_of("\"2020-13-01\"", TypeId::kDate), std::nullopt);
  EXPECT_EQ(min_of("1.234", DataType::decimal(5, 2)), std::nullopt);
  for (const char* text : {"", "{", "nonsense", "[]", R"({"numRecords":"x"})",
                           R"({"numRecords":1,"minValues":{"c":1)"}) {
    const auto statistics = read_one(text, TypeId::kInteger);
    EXPECT_EQ(statistics.num_records, std::nullopt) << text;
    EXPECT_EQ(statistics.columns.at(0).min, std::nullopt) << text;
  }
}

TEST(Statistics, FindsNestedColumnsAmongMany) {
  const auto statistics = read_statistics(
      R"({"nullCount":{"x":9,"s":{"u":1,"t":2}},"maxValues":{"s":{"t":"m"}},"tightBounds":false,"numRecords":10,"minValues":{"x":5,"s":{"t":"b","u":3}}})",
      {{{"s", "t"}, TypeId::kString, {}, {}, {}},
       {{"s", "u"}, TypeId::kLong, {}, {}, {}},
       {{"absent"}, TypeId::kLong, {}, {}, {}}});
  EXPECT_EQ(statistics.num_records, 10);
  EXPECT_FALSE(statistics.tight_bounds);
  EXPECT_EQ(statistics.columns[0].min, Value::string("b"));
  EXPECT_EQ(statistics.columns[0].null_count, 2);
  EXPECT_EQ(statistics.columns[1].min, Value::bigint(3));
  EXPECT_EQ(statistics.columns[1].max, std::nullopt);
  EXPECT_EQ(statistics.columns[2].null_count, std::nullopt);
}

TEST(Statistics, ChoosesTheFirst32Leaves) {
  types::Schema fields = {{"s", DataType::structure({{"x", TypeId::kLong}, {"y", TypeId::kLong}})},
                          {"p", TypeId::kLong}};
  for (int i = 0; i < 40; ++i) fields.push_back({"c" + std::to_string(i), TypeId::kLong});
  Metadata metadata;
  metadata.schema_string = write_schema_string(fields);
  metadata.partition_columns = {"p"};
  const TableSchema schema = parse_table_schema(metadata);
  auto chosen = columns_with_statistics(schema, metadata);
  ASSERT_EQ(chosen.size(), 32U);
  EXPECT_EQ(chosen[1].path, (std::vector<std::string>{"s", "y"}));
  EXPECT_EQ(chosen[2].path, std::vector<std::string>{"c0"});
  metadata.configuration["delta.dataSkippingNumIndexedCols"] = "-1";
  EXPECT_EQ(columns_with_statistics(schema, metadata).size(), 42U);
  metadata.configuration["delta.dataSkippingStatsColumns"] = "c3, s";
  chosen = columns_with_statistics(schema, metadata);
  ASSERT_EQ(chosen.size(), 3U);
  EXPECT_EQ(chosen[2].path, std::vector<std::string>{"c3"});
}

}  // namespace
}  // namespace lochan::delta
