// Expected values are Spark 4.2's own answers (session zone America/Los_Angeles).
#include "engine/tests/kernel_fixture.h"

namespace lochan::engine {
namespace {

class DatetimeTest : public KernelTest {
 protected:
  DatetimeTest() { zone = "America/Los_Angeles"; }
  // Local timestamps as text in, text out: casts on both sides are the kernels' own.
  std::string local(const std::string& kernel, const DataType& result,
                    std::vector<KernelArgument> arguments) {
    try {
      return texts(kernel, result, arguments)[0];
    } catch (const Error& error) {
      auto message = error.parameters().find("message");
      return error.condition() +
             (message == error.parameters().end() ? "" : ": " + message->second);
    }
  }
  std::string parse(const std::string& text, const std::string& pattern) {
    return local("parse_datetime", TypeId::kTimestampNtz,
                 {{TypeId::kString, {"'" + text + "'"}}, {TypeId::kString, {"'" + pattern + "'"}}});
  }
  std::string format(const std::string& pattern) {
    return local("date_format", TypeId::kString,
                 {{TypeId::kTimestamp, {"'2018-11-17 21:33:33.333+00'"}},
                  {TypeId::kString, {"'" + pattern + "'"}}});
  }
  std::string date(const std::string& kernel, const std::string& day, const DataType& type,
                   const std::string& by) {
    return local(kernel, TypeId::kDate, {{TypeId::kDate, {"'" + day + "'"}}, {type, {by}}});
  }
};

TEST_F(DatetimeTest, FormatsByPattern) {
  EXPECT_EQ(format("y yy yyy yyyy yyyyy M MM MMM MMMM L LLL d dd D DDD E EEE EEEE a h hh K k H HH "
                   "m s S SSS SSSSSSSSS "
                   "Q QQ QQQ QQQQ F"),
            "2018 18 2018 2018 02018 11 11 Nov November 11 Nov 17 17 321 321 Sat Sat Saturday PM 1 "
            "01 1 13 13 13 33 "
            "33 3 333 333000000 4 04 Q4 4th quarter 3");
  EXPECT_EQ(format("VV z zzzz O OOOO X XX XXX XXXX XXXXX x xx xxx Z ZZ ZZZ ZZZZ ZZZZZ G GGGG"),
            "America/Los_Angeles PST Pacific Standard Time GMT-8 GMT-08:00 -08 -0800 -08:00 -0800 "
            "-08:00 -08 -0800 "
            "-08:00 -0800 -0800 -0800 GMT-08:00 -08:00 AD Anno Domini");
  EXPECT_EQ(format("''''yyyy''T''HH''''mm [yyyy]"), "'2018T13'33 2018");
  EXPECT_EQ(format("YYYY"), "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION");
  EXPECT_EQ(format("e"), "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN");
  EXPECT_EQ(format("A"), "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER");
  EXPECT_EQ(format("qqqqq"), "INVALID_DATETIME_PATTERN.LENGTH");
  EXPECT_EQ(format("V"), "INVALID_DATETIME_PATTERN.WITH_SUGGESTION");
}

TEST_F(DatetimeTest, ParsesByPattern) {
  EXPECT_EQ(parse("2020-1-1", "yyyy-M-d"), "2020-01-01 00:00:00");
  EXPECT_EQ(parse("20200102103045", "yyyyMMddHHmmss"), "2020-01-02 10:30:45");
  EXPECT_EQ(parse("2020-01-01 10:11:12.123", "yyyy-MM-dd HH:mm:ss.SSS"), "2020-01-01 10:11:12.123");
  EXPECT_EQ(parse("01/Feb/20 3 PM", "dd/MMM/yy h a"), "2020-02-01 15:00:00");
  EXPECT_EQ(parse("2020 100", "yyyy DDD"), "2020-04-09 00:00:00");
  EXPECT_EQ(parse("2020", "yyyy"), "2020-01-01 00:00:00");
  EXPECT_EQ(parse("12:30", "HH:mm"), "1970-01-01 12:30:00");
  EXPECT_EQ(parse("2020-01-01 00:00:00.12", "yyyy-MM-dd HH:mm:ss[.SSS]"), "2020-01-01 00:00:00.12");
  EXPECT_EQ(
      parse("2020-02-30", "yyyy-MM-dd"),
      "CANNOT_PARSE_TIMESTAMP: Text '2020-02-30' could not be parsed: Invalid date 'FEBRUARY 30'");
  EXPECT_EQ(parse("2020-13-01", "yyyy-MM-dd"),
            "CANNOT_PARSE_TIMESTAMP: Text '2020-13-01' could not be parsed: Invalid value for "
            "MonthOfYear (valid "
            "values 1 - 12): 13");
  EXPECT_EQ(parse("abc", "yyyy-MM-dd"),
            "CANNOT_PARSE_TIMESTAMP: Text 'abc' could not be parsed at index 0");
  EXPECT_EQ(parse("2020-1-1", "yyyy-MM-dd"),
            "CANNOT_PARSE_TIMESTAMP: Text '2020-1-1' could not be parsed at index 5");
  EXPECT_EQ(parse("2020-01-01x", "yyyy-MM-dd"),
            "CANNOT_PARSE_TIMESTAMP: Text '2020-01-01x' could not be parsed, unparsed text found "
            "at index 10");
}

TEST_F(DatetimeTest, FieldsOfDates) {
  auto field = [&](const char* kernel, const char* day) {
    return local(kernel, TypeId::kInteger, {{TypeId::kDate, {"'" + std::string(day) + "'"}}});
  };
  EXPECT_EQ(field("date_dayofweek", "2009-07-30"), "5");
  EXPECT_EQ(field("date_weekday", "2009-07-30"), "3");
  EXPECT_EQ(field("date_week", "2008-02-20"), "8");
  EXPECT_EQ(field("date_dayofyear", "2016-04-09"), "100");
  EXPECT_EQ(field("date_quarter", "2016-08-31"), "3");
  EXPECT_EQ(field("date_yearofweek", "2019-12-31"), "2020");
  EXPECT_EQ(
      local("time_hour", TypeId::kInteger, {{TypeId::kTimestamp, {"'2019-08-12 05:00:00+00'"}}}),
      "22");
  EXPECT_EQ(local("time_second_fraction", DataType::decimal(8, 6),
                  {{TypeId::kTimestampNtz, {"'2019-10-01 00:00:01.000001'"}}}),
            "1.000001");
}

TEST_F(DatetimeTest, MovesDates) {
  EXPECT_EQ(date("date_add_days", "2016-07-30", TypeId::kInteger, "1"), "2016-07-31");
  EXPECT_EQ(date("date_add_months", "2016-08-31", TypeId::kInteger, "1"), "2016-09-30");
  EXPECT_EQ(date("date_add_months", "2016-02-29", TypeId::kInteger, "-12"), "2015-02-28");
  EXPECT_EQ(date("next_day", "2015-01-14", TypeId::kString, "'TU'"), "2015-01-20");
  EXPECT_EQ(date("next_day", "2015-01-14", TypeId::kString, "'xx'"), "ILLEGAL_DAY_OF_WEEK");
  EXPECT_EQ(date("date_truncate", "2019-08-04", TypeId::kString, "'week'"), "2019-07-29");
  EXPECT_EQ(date("date_truncate", "2019-08-04", TypeId::kString, "'Q'"), "NULL");
  EXPECT_EQ(date("date_truncate", "2019-08-04", TypeId::kString, "'MM'"), "2019-08-01");
  EXPECT_EQ(date("date_add_interval", "2020-01-31", TypeId::kCalendarInterval, "row(1, 1, 0)"),
            "2020-03-01");
  EXPECT_EQ(
      date("date_add_interval", "2020-01-31", TypeId::kCalendarInterval, "row(0, 0, 3600000000)"),
      "INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION");
}

TEST_F(DatetimeTest, MovesTimestampsInTheZone) {
  auto shift = [&](const char* start, const DataType& type, const char* by) {
    return local("timestamp_add_interval", TypeId::kTimestamp,
                 {{TypeId::kTimestamp, {start}}, {type, {by}}});
  };
  // 2020-03-07 02:30 + 1 day: the gap of 8 March moves it to 03:30.
  EXPECT_EQ(shift("'2020-03-07 10:30:00+00'", DataType::day_time(0, 0), "86400000000"),
            "2020-03-08 10:30:00+00");
  EXPECT_EQ(shift("'2020-03-07 10:30:00+00'", TypeId::kCalendarInterval, "row(0, 1, 0)"),
            "2020-03-08 10:30:00+00");
  EXPECT_EQ(shift("'2020-01-31 08:00:00+00'", DataType::year_month(), "-13"),
            "2018-12-31 08:00:00+00");
  auto between = [&](const char* end, const char* start, const char* round) {
    return local(
        "months_between", TypeId::kDouble,
        {{TypeId::kTimestamp, {end}}, {TypeId::kTimestamp, {start}}, {TypeId::kBoolean, {round}}});
  };
  EXPECT_EQ(between("'1997-02-28 18:30:00+00'", "'1996-10-30 08:00:00+00'", "true"), "3.94959677");
  EXPECT_EQ(between("'1997-02-28 18:30:00+00'", "'1996-10-30 08:00:00+00'", "false"),
            "3.9495967741935485");
  auto difference = [&](const char* unit, const char* start, const char* end) {
    return local(
        "timestamp_diff_units", TypeId::kLong,
        {{TypeId::kString, {unit}}, {TypeId::kTimestamp, {start}}, {TypeId::kTimestamp, {end}}});
  };
  EXPECT_EQ(difference("'MONTH'", "'2021-02-28 20:00:00+00'", "'2021-03-28 19:00:00+00'"), "1");
  EXPECT_EQ(difference("'HOUR'", "'2021-02-28 20:00:00+00'", "'2021-03-28 19:00:00+00'"), "672");
  EXPECT_EQ(difference("'YEAR'", "'2021-01-01 08:00:00+00'", "'1900-03-28 08:00:00+00'"), "-120");
}

TEST_F(DatetimeTest, MakesFromParts) {
  auto make_date = [&](const char* y, const char* m, const char* d) {
    return local("make_date", TypeId::kDate,
                 {{TypeId::kInteger, {y}}, {TypeId::kInteger, {m}}, {TypeId::kInteger, {d}}});
  };
  EXPECT_EQ(make_date("2013", "7", "15"), "2013-07-15");
  EXPECT_EQ(make_date("2000", "13", "1"), "DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION");
  auto make = [&](const char* hour, const char* seconds) {
    return local("make_timestamp", TypeId::kTimestampNtz,
                 {{TypeId::kInteger, {"2014"}},
                  {TypeId::kInteger, {"12"}},
                  {TypeId::kInteger, {"28"}},
                  {TypeId::kInteger, {hour}},
                  {TypeId::kInteger, {"30"}},
                  {DataType::decimal(16, 6), {seconds}}});
  };
  EXPECT_EQ(make("6", "45.887"), "2014-12-28 06:30:45.887");
  EXPECT_EQ(make("6", "60"), "2014-12-28 06:31:00");
  EXPECT_EQ(make("25", "1"), "DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION");
  EXPECT_EQ(make("6", "60.5"), "INVALID_FRACTION_OF_SECOND");
}

TEST_F(DatetimeTest, ScalesIntervals) {
  auto months = [&](const char* kernel, const char* interval, const DataType& type,
                    const char* by) {
    return local(kernel, DataType::year_month(),
                 {{DataType::year_month(), {interval}}, {type, {by}}});
  };
  EXPECT_EQ(months("interval_multiply", "13", TypeId::kInteger, "2"), "26");
  EXPECT_EQ(months("interval_divide", "13", TypeId::kInteger, "2"), "7");
  EXPECT_EQ(months("interval_divide", "13", TypeId::kInteger, "0"), "INTERVAL_DIVIDED_BY_ZERO");
  auto days = [&](const char* kernel, const DataType& type, const char* by) {
    return local(kernel, DataType::day_time(),
                 {{DataType::day_time(0, 0), {"86400000000"}}, {type, {by}}});
  };
  EXPECT_EQ(days("interval_multiply", DataType::decimal(2, 1), "1.5"), "129600000000");
  EXPECT_EQ(days("interval_divide", TypeId::kInteger, "3"), "28800000000");
}

}  // namespace
}  // namespace lochan::engine
