// Expected values are Spark 4.2's own answers (session zone America/Los_Angeles).
#include "engine/tests/kernel_fixture.h"

namespace lochan::engine {
namespace {

class CastTest : public KernelTest {
 protected:
  CastTest() { zone = "America/Los_Angeles"; }
  Texts cast(const DataType& from, const DataType& to, std::vector<std::string> rows) {
    return texts("cast", to, {{from, std::move(rows)}});
  }
  std::string failure(const DataType& from, const DataType& to, const std::string& row) {
    return error_of("cast", to, {{from, {row}}});
  }
};

TEST_F(CastTest, StringsToNumbers) {
  EXPECT_EQ(cast(TypeId::kString, TypeId::kInteger, {"' 12\t'", "'+5'", "'-2147483648'", "NULL"}),
            (Texts{"12", "5", "-2147483648", "NULL"}));
  for (const char* bad : {"'.'", "'1.0'", "''", "'9999999999'", "'1e3'"}) {
    EXPECT_EQ(failure(TypeId::kString, TypeId::kInteger, bad), "CAST_INVALID_INPUT") << bad;
  }
  EXPECT_EQ(failure(TypeId::kString, TypeId::kByte, "'300'"), "CAST_INVALID_INPUT");
  EXPECT_EQ(
      cast(TypeId::kString, TypeId::kDouble,
           {"'1.5f'", "' infinity '", "'-INF'", "'0x1p3'", "'nan'", "'1e400'", "'.5'", "'5.'"}),
      (Texts{"1.5", "inf", "-inf", "8.0", "nan", "inf", "0.5", "5.0"}));
  EXPECT_EQ(failure(TypeId::kString, TypeId::kDouble, "'1.5x'"), "CAST_INVALID_INPUT");
  EXPECT_EQ(cast(TypeId::kString, DataType::decimal(10, 2), {"'1e3'", "'1.005'", "' 1.5 '"}),
            (Texts{"1000.00", "1.01", "1.50"}));
  EXPECT_EQ(failure(TypeId::kString, DataType::decimal(5, 1), "'123456'"),
            "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION");
  EXPECT_EQ(failure(TypeId::kString, DataType::decimal(38, 1), "'1e40'"),
            "NUMERIC_OUT_OF_SUPPORTED_RANGE");
  EXPECT_EQ(failure(TypeId::kString, DataType::decimal(5, 1), "'abc'"), "CAST_INVALID_INPUT");
  EXPECT_EQ(cast(TypeId::kString, TypeId::kBoolean, {"' yes '", "'T'", "'n'", "'0'"}),
            (Texts{"true", "true", "false", "false"}));
  EXPECT_EQ(failure(TypeId::kString, TypeId::kBoolean, "'12'"), "CAST_INVALID_INPUT");
  mode = plan::CastMode::kTry;
  EXPECT_EQ(cast(TypeId::kString, TypeId::kInteger, {"'1.0'", "'.'", "' 12\t'", "'+5'"}),
            (Texts{"NULL", "NULL", "12", "5"}));
}

TEST_F(CastTest, NumbersAmongThemselves) {
  EXPECT_EQ(failure(TypeId::kInteger, TypeId::kByte, "300"), "CAST_OVERFLOW");
  EXPECT_EQ(failure(TypeId::kDouble, TypeId::kInteger, "1e10"), "CAST_OVERFLOW");
  EXPECT_EQ(failure(TypeId::kDouble, TypeId::kInteger, "'nan'"), "CAST_OVERFLOW");
  EXPECT_EQ(cast(TypeId::kDouble, TypeId::kInteger, {"2.7", "-2.7", "2147483647.9"}),
            (Texts{"2", "-2", "2147483647"}));
  EXPECT_EQ(cast(DataType::decimal(10, 3), TypeId::kLong, {"123.456", "-123.999"}),
            (Texts{"123", "-123"}));
  EXPECT_EQ(failure(DataType::decimal(21, 0), TypeId::kLong, "100000000000000000000"),
            "CAST_OVERFLOW");
  EXPECT_EQ(cast(DataType::decimal(3, 2), DataType::decimal(2, 1), {"1.45", "-1.45"}),
            (Texts{"1.5", "-1.5"}));
  EXPECT_EQ(cast(TypeId::kDouble, DataType::decimal(6, 2), {"123.456", "'nan'"}),
            (Texts{"123.46", "NULL"}));
  EXPECT_EQ(cast(TypeId::kFloat, DataType::decimal(20, 18), {"0.1"}),
            (Texts{"0.100000001490116120"}));
  EXPECT_EQ(cast(TypeId::kDouble, DataType::decimal(38, 2), {"1e20"}),
            (Texts{"100000000000000000000.00"}));
  EXPECT_EQ(failure(TypeId::kLong, DataType::decimal(5, 1), "2147483648"),
            "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION");
}

TEST_F(CastTest, StringsToDatesAndTimestamps) {
  EXPECT_EQ(cast(TypeId::kString, TypeId::kDate,
                 {"'2020-1-1'", "'2020'", "'2020-3'", "'2020-03-05 junk'", "'2020-03-05T'"}),
            (Texts{"2020-01-01", "2020-01-01", "2020-03-01", "2020-03-05", "2020-03-05"}));
  EXPECT_EQ(cast(TypeId::kString, TypeId::kTimestamp,
                 {"'2020-1-1 1:2'", "'2020'", "'2020-3'", "'2020-03-05T01'",
                  "'2020-03-05 01:02:03Z'", "'2020-03-05 01:02:03 Europe/Paris'",
                  "'2020-03-05 01:02:03+1:30'", "'2020-03-05 01:02:03.5 UTC+8'",
                  "'2020-03-05 01:02:03.'", "'2020-01-01 12:34:56.1234567'"}),
            (Texts{"2020-01-01 09:02:00+00", "2020-01-01 08:00:00+00", "2020-03-01 08:00:00+00",
                   "2020-03-05 09:00:00+00", "2020-03-05 01:02:03+00", "2020-03-05 00:02:03+00",
                   "2020-03-04 23:32:03+00", "2020-03-04 17:02:03.5+00", "2020-03-05 09:02:03+00",
                   "2020-01-01 20:34:56.123456+00"}));
  EXPECT_EQ(failure(TypeId::kString, TypeId::kTimestamp, "'2020-13-01'"), "CAST_INVALID_INPUT");
  EXPECT_EQ(failure(TypeId::kString, TypeId::kDate, "'a'"), "CAST_INVALID_INPUT");
}

TEST_F(CastTest, InstantsInTheZone) {
  // Before 1883 local mean time; far years follow the last rules; gap and overlap.
  auto seconds = [&](const char* local) {
    int64_t micros = values("cast", TypeId::kTimestamp, {{TypeId::kString, {local}}})[0]
                         .GetValue<duckdb::timestamp_tz_t>()
                         .value;
    return micros / 1000000;
  };
  EXPECT_EQ(seconds("'1883-01-01 00:00:00'"), -2745418022);
  EXPECT_EQ(seconds("'2100-07-01 00:00:00'"), 4118108400);
  EXPECT_EQ(seconds("'2021-03-14 02:30:00'"), 1615717800);
  EXPECT_EQ(seconds("'2021-11-07 01:30:00'"), 1636273800);
  EXPECT_EQ(cast(TypeId::kTimestamp, TypeId::kDate, {"'2020-01-01 07:59:59+00'"}),
            (Texts{"2019-12-31"}));
  EXPECT_EQ(cast(TypeId::kTimestamp, TypeId::kLong,
                 {"'1970-01-01 07:59:59.5+00'", "'1969-12-31 23:59:59.5+00'"}),
            (Texts{"28799", "-1"}));
  EXPECT_EQ(failure(TypeId::kTimestamp, TypeId::kByte, "'2020-01-01 08:00:00+00'"),
            "CAST_OVERFLOW");
  EXPECT_EQ(failure(TypeId::kDouble, TypeId::kTimestamp, "'inf'"), "CAST_INVALID_INPUT");
  EXPECT_EQ(failure(TypeId::kDouble, TypeId::kTimestamp, "1e15"), "CAST_OVERFLOW");
}

TEST_F(CastTest, ValuesToStrings) {
  EXPECT_EQ(
      cast(TypeId::kDouble, TypeId::kString, {"1e7", "1e-4", "123456789.5", "'-inf'", "'-0.0'"}),
      (Texts{"1.0E7", "1.0E-4", "1.234567895E8", "-Infinity", "-0.0"}));
  EXPECT_EQ(cast(TypeId::kFloat, TypeId::kString, {"0.1", "16777216"}),
            (Texts{"0.1", "1.6777216E7"}));
  EXPECT_EQ(cast(DataType::decimal(20, 10), TypeId::kString, {"0"}), (Texts{"0.0000000000"}));
  EXPECT_EQ(
      cast(DataType::array(TypeId::kInteger), TypeId::kString, {"[1, NULL, 3]", "[]", "NULL"}),
      (Texts{"[1, null, 3]", "[]", "NULL"}));
  EXPECT_EQ(cast(DataType::map(TypeId::kString, TypeId::kInteger), TypeId::kString,
                 {"MAP {'a': 1, 'b': NULL}"}),
            (Texts{"{a -> 1, b -> null}"}));
  EXPECT_EQ(cast(DataType::structure(
                     {{"a", TypeId::kInteger}, {"b", TypeId::kString}, {"c", TypeId::kDate}}),
                 TypeId::kString, {"row(1, 'x', NULL)", "row(2, 'y', '2020-01-01')"}),
            (Texts{"{1, x, null}", "{2, y, 2020-01-01}"}));
  EXPECT_EQ(cast(TypeId::kTimestamp, TypeId::kString, {"'2020-01-01 08:00:00.1200+00'"}),
            (Texts{"2020-01-01 00:00:00.12"}));
  EXPECT_EQ(texts("show_text", TypeId::kString, {{TypeId::kBinary, {"'ab'", "NULL"}}}),
            (Texts{"[61 62]", "NULL"}));
  EXPECT_EQ(
      texts("show_text", TypeId::kString, {{DataType::array(TypeId::kInteger), {"[1, NULL]"}}}),
      (Texts{"[1, NULL]"}));
}

TEST_F(CastTest, Intervals) {
  EXPECT_EQ(cast(DataType::year_month(), TypeId::kString, {"14", "-1", "0"}),
            (Texts{"INTERVAL '1-2' YEAR TO MONTH", "INTERVAL '-0-1' YEAR TO MONTH",
                   "INTERVAL '0-0' YEAR TO MONTH"}));
  EXPECT_EQ(
      cast(DataType::day_time(), TypeId::kString, {"93784500000", "-86400000000"}),
      (Texts{"INTERVAL '1 02:03:04.5' DAY TO SECOND", "INTERVAL '-1 00:00:00' DAY TO SECOND"}));
  EXPECT_EQ(
      cast(DataType::day_time(3, 3), TypeId::kString, {"1500000", "-1000001", "0"}),
      (Texts{"INTERVAL '01.5' SECOND", "INTERVAL '-01.000001' SECOND", "INTERVAL '00' SECOND"}));
  EXPECT_EQ(
      cast(TypeId::kString, DataType::year_month(), {"'1-2'", "'INTERVAL ''1-2'' YEAR TO MONTH'"}),
      (Texts{"14", "14"}));
  EXPECT_EQ(cast(TypeId::kString, DataType::day_time(), {"'1 2:3:4.5'"}), (Texts{"93784500000"}));
  EXPECT_EQ(failure(TypeId::kString, DataType::day_time(), "'x'"),
            "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE");
  EXPECT_EQ(cast(DataType::day_time(2, 2), DataType::day_time(1, 1), {"5400000000"}),
            (Texts{"3600000000"}));
  EXPECT_EQ(cast(DataType::year_month(0, 0), TypeId::kInteger, {"36"}), (Texts{"3"}));
  EXPECT_EQ(failure(DataType::year_month(0, 0), TypeId::kByte, "3600"), "CAST_OVERFLOW");
  EXPECT_EQ(failure(TypeId::kLong, DataType::year_month(0, 0), "3000000000"), "CAST_OVERFLOW");
  EXPECT_EQ(cast(TypeId::kCalendarInterval, TypeId::kString,
                 {"row(14, 25, 18367500000)", "row(0, 0, 0)", "row(-12, 0, -500000)"}),
            (Texts{"1 years 2 months 25 days 5 hours 6 minutes 7.5 seconds", "0 seconds",
                   "-1 years -0.5 seconds"}));
}

TEST_F(CastTest, NestedElementByElement) {
  EXPECT_EQ(cast(DataType::array(TypeId::kInteger), DataType::array(TypeId::kString),
                 {"[1, NULL]", "NULL"}),
            (Texts{"[1, NULL]", "NULL"}));
  EXPECT_EQ(cast(DataType::map(TypeId::kInteger, TypeId::kInteger),
                 DataType::map(TypeId::kString, TypeId::kDouble), {"MAP {1: 2}"}),
            (Texts{"{1=2.0}"}));
  EXPECT_EQ(failure(DataType::array(TypeId::kString), DataType::array(TypeId::kInteger), "['a']"),
            "CAST_INVALID_INPUT");
}

}  // namespace
}  // namespace lochan::engine
