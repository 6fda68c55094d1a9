#include "delta/partition_values.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "delta/transaction.h"
#include "delta/uri.h"

namespace lochan::delta {
namespace {

using types::DataType;
using types::TypeId;
using types::Value;

Value parse(const DataType& type, const std::optional<std::string>& text,
            const char* zone = "UTC") {
  return parse_partition_value({.name = "c", .physical_name = "c", .type = type}, text,
                               types::TimeZone::get(zone));
}

void expect_both_ways(const DataType& type, Value::Data data, const std::string& text) {
  const Value value(type, std::move(data));
  EXPECT_EQ(parse(type, text), value) << text;
  EXPECT_EQ(format_partition_value(value), text);
}

// PROTOCOL.md, "Partition Value Serialization"; numbers as Java prints them.
TEST(PartitionValues, EveryTypeBothWays) {
  expect_both_ways(TypeId::kString, std::string("a b/ä"), "a b/ä");
  expect_both_ways(TypeId::kBoolean, true, "true");
  expect_both_ways(TypeId::kBoolean, false, "false");
  expect_both_ways(TypeId::kByte, int64_t{-128}, "-128");
  expect_both_ways(TypeId::kShort, int64_t{32767}, "32767");
  expect_both_ways(TypeId::kInteger, int64_t{INT32_MIN}, "-2147483648");
  expect_both_ways(TypeId::kLong, INT64_MIN, "-9223372036854775808");
  expect_both_ways(TypeId::kFloat, 1.5F, "1.5");
  expect_both_ways(TypeId::kDouble, 1e10, "1.0E10");
  expect_both_ways(TypeId::kDouble, -0.001, "-0.001");
  expect_both_ways(DataType::decimal(10, 2), types::Int128{-1050}, "-10.50");
  expect_both_ways(DataType::decimal(38, 0), types::Int128{9'999'999'999'999'999} * 10'000'000,
                   "99999999999999990000000");
  expect_both_ways(TypeId::kDate, int64_t{0}, "1970-01-01");
  expect_both_ways(TypeId::kDate, int64_t{-719528}, "0000-01-01");
  expect_both_ways(TypeId::kTimestamp, int64_t{123456}, "1970-01-01T00:00:00.123456Z");
  expect_both_ways(TypeId::kTimestamp, int64_t{-1}, "1969-12-31T23:59:59.999999Z");
  expect_both_ways(TypeId::kTimestampNtz, int64_t{0}, "1970-01-01 00:00:00");
  expect_both_ways(TypeId::kTimestampNtz, int64_t{120000}, "1970-01-01 00:00:00.12");
  expect_both_ways(TypeId::kBinary, std::string("\x01\x02\x03"), "\x01\x02\x03");
}

TEST(PartitionValues, EmptyIsNullForEveryType) {
  for (const DataType& type :
       {DataType(TypeId::kString), DataType(TypeId::kInteger), DataType(TypeId::kDate),
        DataType(TypeId::kTimestamp), DataType(TypeId::kBinary), DataType::decimal(5, 1)}) {
    EXPECT_TRUE(parse(type, std::nullopt).is_null());
    EXPECT_TRUE(parse(type, "").is_null());
    EXPECT_EQ(format_partition_value(Value::null(type)), std::nullopt);
  }
  EXPECT_EQ(format_partition_value(Value::string("")), std::nullopt);
}

TEST(PartitionValues, TimestampsHaveTwoSpellings) {
  EXPECT_EQ(parse(TypeId::kTimestamp, "2020-01-01 00:00:00", "America/Los_Angeles").as_int(),
            1577865600000000);
  EXPECT_EQ(parse(TypeId::kTimestamp, "2020-01-01 00:00:00.123456").as_int(), 1577836800123456);
  EXPECT_EQ(
      parse(TypeId::kTimestamp, "2020-01-01T00:00:00.000000Z", "America/Los_Angeles").as_int(),
      1577836800000000);
  EXPECT_EQ(parse(TypeId::kTimestampNtz, "2020-01-01 00:00:00", "America/Los_Angeles").as_int(),
            1577836800000000);
  EXPECT_EQ(parse(DataType::decimal(10, 2), "1E1"),
            Value(DataType::decimal(10, 2), types::Int128{1000}));
  EXPECT_EQ(parse(TypeId::kDouble, "-Infinity").is_null(), false);
}

TEST(PartitionValues, RefusesWhatIsNoValue) {
  const auto refused = [](const DataType& type, const std::string& text) {
    try {
      parse(type, text);
      return false;
    } catch (const Error& error) {
      return error.condition() == "DELTA_PARTITION_COLUMN_CAST_FAILED";
    }
  };
  EXPECT_TRUE(refused(TypeId::kInteger, "x"));
  EXPECT_TRUE(refused(TypeId::kInteger, "1 "));
  EXPECT_TRUE(refused(TypeId::kByte, "128"));
  EXPECT_TRUE(refused(TypeId::kBoolean, "1"));
  EXPECT_TRUE(refused(TypeId::kDate, "2020-02-30"));
  EXPECT_TRUE(refused(TypeId::kTimestamp, "yesterday"));
  EXPECT_TRUE(refused(DataType::decimal(5, 2), "1.234"));
}

// Directory names are Hive's as Spark escapes them; add.path is the URI of that.
TEST(PartitionValues, DirectoriesAreEscapedTwice) {
  TableSchema schema;
  schema.fields = {{"a=b", TypeId::kString}, {"t", TypeId::kTimestamp}, {"v", TypeId::kInteger}};
  for (const auto& field : schema.fields)
    schema.columns.push_back({.name = field.name, .physical_name = field.name, .type = field.type});
  schema.partition_columns = {0, 1};
  const std::vector<Value> values = {Value::string("x/y %ä"),
                                     Value(TypeId::kTimestamp, int64_t{0})};
  const std::string directory = partition_directory(schema, values);
  EXPECT_EQ(directory, "a%3Db=x%2Fy %25ä/t=1970-01-01T00%3A00%3A00.000000Z");
  EXPECT_EQ(encode_uri_path(directory),
            "a%253Db=x%252Fy%20%2525%C3%A4/t=1970-01-01T00%253A00%253A00.000000Z");
  EXPECT_EQ(decode_uri(encode_uri_path(directory)), directory);
  EXPECT_EQ(partition_directory(schema, {Value::null(TypeId::kString), values[1]}).substr(0, 34),
            "a%3Db=__HIVE_DEFAULT_PARTITION__/t");
  const std::string path = data_file_path(schema, values, 3, ".snappy");
  EXPECT_TRUE(path.starts_with(directory + "/part-00003-")) << path;
  EXPECT_TRUE(path.ends_with("-c000.snappy.parquet")) << path;
}

TEST(Uri, KeepsOddPercentSigns) {
  EXPECT_EQ(decode_uri("100%"), "100%");
  EXPECT_EQ(decode_uri("%zz%41"), "%zzA");
  EXPECT_TRUE(is_absolute_uri("s3://b/x"));
  EXPECT_TRUE(is_absolute_uri("/x"));
  EXPECT_FALSE(is_absolute_uri("p=2020:01/x"));
  EXPECT_EQ(canonical_path("file:///a%20b"), "file:/a b");
  EXPECT_EQ(canonical_path("/a b"), "file:/a b");
}

}  // namespace
}  // namespace lochan::delta
