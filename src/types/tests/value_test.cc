#include "types/value.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "types/datetime_text.h"
#include "types/interval_text.h"
#include "types/number_text.h"

namespace lochan::types {
namespace {

// Java's Double.toString and Float.toString of these numbers.
TEST(NumberText, AsJava) {
  EXPECT_EQ(double_to_string(1e7), "1.0E7");
  EXPECT_EQ(double_to_string(1.0E-4), "1.0E-4");
  EXPECT_EQ(double_to_string(0.001), "0.001");
  EXPECT_EQ(double_to_string(100), "100.0");
  EXPECT_EQ(double_to_string(12345678), "1.2345678E7");
  EXPECT_EQ(double_to_string(9999999), "9999999.0");
  EXPECT_EQ(double_to_string(123456.789), "123456.789");
  EXPECT_EQ(double_to_string(-0.0), "-0.0");
  EXPECT_EQ(double_to_string(1.7976931348623157E308), "1.7976931348623157E308");
  EXPECT_EQ(double_to_string(4.9E-324), "4.9E-324");  // Double.MIN_VALUE
  EXPECT_EQ(double_to_string(2.0E-323), "2.0E-323");
  EXPECT_EQ(float_to_string(1.4E-45F), "1.4E-45");  // Float.MIN_VALUE
  EXPECT_EQ(double_to_string(NAN), "NaN");
  EXPECT_EQ(double_to_string(-INFINITY), "-Infinity");
  EXPECT_EQ(float_to_string(0.1F), "0.1");
  EXPECT_EQ(float_to_string(1e10F), "1.0E10");
}

TEST(NumberText, Decimals) {
  EXPECT_EQ(decimal_to_string(150, 2), "1.50");
  EXPECT_EQ(decimal_to_string(-5, 3), "-0.005");
  EXPECT_EQ(decimal_to_string(7, 0), "7");
  const auto parsed = parse_decimal("-12.50");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(static_cast<int64_t>(parsed->value), -1250);
  EXPECT_EQ(parsed->precision, 4);
  EXPECT_EQ(parsed->scale, 2);
  EXPECT_EQ(parse_decimal("1e3")->scale, -3);
  EXPECT_FALSE(parse_decimal("1x"));
  EXPECT_FALSE(parse_decimal("123456789012345678901234567890123456789"));
}

TEST(Value, NamesAndSql) {
  EXPECT_EQ(Value::string("a'b").name_text(), "a'b");
  EXPECT_EQ(Value::string("a'b").sql(), "'a\\'b'");
  EXPECT_EQ(Value::bigint(1).sql(), "1L");
  EXPECT_EQ(Value(DataType::decimal(3, 2), Int128{150}).sql(), "1.50BD");
  EXPECT_EQ(Value(TypeId::kBinary, std::string("\x12\xAB")).name_text(), "X'12AB'");
  EXPECT_EQ(Value(TypeId::kDate, int64_t{18262}).name_text(), "DATE '2020-01-01'");
  EXPECT_EQ(Value(TypeId::kTimestamp, int64_t{1577836800100000}).name_text(),
            "TIMESTAMP '2020-01-01 00:00:00.1'");
  EXPECT_EQ(Value(TypeId::kTimestamp, int64_t{1577836800000000}).name_text("America/Los_Angeles"),
            "TIMESTAMP '2019-12-31 16:00:00'");
  EXPECT_EQ(Value::null({}).name_text(), "NULL");
  EXPECT_EQ(Value(DataType::array(TypeId::kInteger),
                  std::vector<Value>{Value::integer(1), Value::null(TypeId::kInteger)})
                .sql(),
            "ARRAY(1, CAST(NULL AS INT))");
}

// Names that Spark 4.2 gives to these literals.
TEST(IntervalText, AsSpark) {
  EXPECT_EQ(interval_literal(86'400'000'000, DataType::day_time(0, 0)), "INTERVAL '1' DAY");
  EXPECT_EQ(interval_literal(14, DataType::year_month()), "INTERVAL '1-2' YEAR TO MONTH");
  EXPECT_EQ(interval_literal(10'800'000'000, DataType::day_time(1, 1)), "INTERVAL '03' HOUR");
  EXPECT_EQ(interval_literal(5'400'000'000, DataType::day_time(2, 2)), "INTERVAL '90' MINUTE");
  EXPECT_EQ(interval_literal(-3, DataType::year_month(1, 1)), "INTERVAL '-3' MONTH");
  EXPECT_EQ(interval_literal(93'784'500'000, DataType::day_time()),
            "INTERVAL '1 02:03:04.5' DAY TO SECOND");
  EXPECT_EQ(calendar_interval_to_string({14, 3, 3'661'500'000}),
            "1 years 2 months 3 days 1 hours 1 minutes 1.5 seconds");
  EXPECT_EQ(calendar_interval_to_string({}), "0 seconds");
}

TEST(IntervalText, Parses) {
  EXPECT_EQ(parse_calendar_interval("interval 1 day -2 hours 3 weeks"),
            (CalendarInterval{0, 22, -7'200'000'000}));
  EXPECT_EQ(parse_calendar_interval("1.5 seconds"), (CalendarInterval{0, 0, 1'500'000}));
  EXPECT_EQ(parse_ansi_interval("1-2", DataType::year_month()), 14);
  EXPECT_EQ(parse_ansi_interval("-1 02:03:04.5", DataType::day_time()), -93'784'500'000);
  EXPECT_EQ(parse_ansi_interval("INTERVAL '1 2' DAY TO HOUR", DataType::day_time(0, 1)),
            93'600'000'000);
  EXPECT_THROW(parse_ansi_interval("1-12", DataType::year_month()), Error);
  EXPECT_THROW(parse_ansi_interval("1 25:0:0", DataType::day_time()), Error);
  EXPECT_THROW(parse_calendar_interval("1 fake"), Error);
  EXPECT_THROW(parse_calendar_interval("interval"), Error);
  EXPECT_THROW(parse_calendar_interval("1.5 days"), Error);
}

TEST(DatetimeText, DatesAsSparkCastsThem) {
  EXPECT_EQ(parse_date("2020"), 18262);
  EXPECT_EQ(parse_date(" 2020-3 "), 18322);
  EXPECT_EQ(parse_date("2020-03-05 junk"), 18326);
  EXPECT_EQ(parse_date("2020-03-05T"), 18326);
  EXPECT_FALSE(parse_date("20-01-01"));
  EXPECT_FALSE(parse_date("2021-02-29"));
  EXPECT_FALSE(parse_date("2020-01-01x"));
  EXPECT_EQ(date_to_string(*parse_date("-0044-03-15")), "-0044-03-15");
  EXPECT_EQ(date_to_string(*parse_date("12345-01-02")), "+12345-01-02");
}

TEST(DatetimeText, TimestampsAsSparkCastsThem) {
  const TimeZone la = TimeZone::get("America/Los_Angeles");
  EXPECT_EQ(parse_timestamp("2020-01-01 00:00:00", {}), 1577836800000000);
  EXPECT_EQ(parse_timestamp("2020-01-01", la), 1577865600000000);
  EXPECT_EQ(parse_timestamp("2020-01-01T10:00:00.1234567Z", la), 1577872800123456);
  EXPECT_EQ(parse_timestamp("2020-01-01 10:00:00 Europe/Paris", la), 1577869200000000);
  EXPECT_EQ(parse_timestamp("2020-01-01 10:00:00+01:00", la), 1577869200000000);
  EXPECT_FALSE(parse_timestamp("2020-01-01 25:00:00", la));
  EXPECT_FALSE(parse_timestamp("2020-01-01 10:00:00 Nowhere", la));
  EXPECT_EQ(parse_timestamp_ntz("2020-01-01 10:00:00 UTC"), 1577872800000000);
  EXPECT_FALSE(parse_timestamp_ntz("2020-01-01 10:00:00 UTC", false));
  EXPECT_EQ(timestamp_to_string(-1, {}), "1969-12-31 23:59:59.999999");
}

TEST(TimeZone, GapsAndOverlapsAsJava) {
  const TimeZone la = TimeZone::get("America/Los_Angeles");
  // 2020-03-08 02:30 does not exist: it becomes 03:30 -07:00.
  EXPECT_EQ(timestamp_to_string(*parse_timestamp("2020-03-08 02:30:00", la), la),
            "2020-03-08 03:30:00");
  // 2020-11-01 01:30 happens twice: the first is -07:00.
  EXPECT_EQ(parse_timestamp("2020-11-01 01:30:00", la),
            parse_timestamp("2020-11-01 01:30:00-07:00", la));
  EXPECT_EQ(TimeZone::get("GMT+1").offset_at(0), 3600);
  EXPECT_EQ(TimeZone::get("-8").offset_at(0), -28800);
  EXPECT_FALSE(TimeZone::find("+19:00"));
  EXPECT_FALSE(TimeZone::find("Mars/Base"));
}

}  // namespace
}  // namespace lochan::types
