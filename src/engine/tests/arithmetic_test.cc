// Expected values are Spark 4.2's own answers.
#include <chrono>

#include "engine/tests/kernel_fixture.h"

namespace lochan::engine {
namespace {

class ArithmeticTest : public KernelTest {
 protected:
  std::string one(const std::string& kernel, const DataType& result, const DataType& a_type,
                  const std::string& a, const DataType& b_type, const std::string& b) {
    try {
      return texts(kernel, result, {{a_type, {a, "NULL"}}, {b_type, {b, b}}})[0];
    } catch (const Error& error) {
      return error.condition();
    }
  }
  std::string same(const std::string& kernel, const DataType& type, const std::string& a,
                   const std::string& b) {
    return one(kernel, type, type, a, type, b);
  }
  static DataType dec(int p, int s) { return DataType::decimal(p, s); }
};

TEST_F(ArithmeticTest, IntegersRaiseInAnsiMode) {
  EXPECT_EQ(same("arith_add", TypeId::kInteger, "1", "2"), "3");
  EXPECT_EQ(same("arith_add", TypeId::kInteger, "2147483647", "1"), "ARITHMETIC_OVERFLOW");
  EXPECT_EQ(same("arith_subtract", TypeId::kLong, "9223372036854775807", "-1"),
            "ARITHMETIC_OVERFLOW");
  EXPECT_EQ(same("arith_multiply", TypeId::kByte, "100", "2"), "BINARY_ARITHMETIC_OVERFLOW");
  EXPECT_EQ(same("arith_remainder", TypeId::kInteger, "-7", "3"), "-1");
  EXPECT_EQ(same("arith_pmod", TypeId::kInteger, "-7", "3"), "2");
  EXPECT_EQ(same("arith_pmod", TypeId::kInteger, "-7", "-3"), "-1");
  EXPECT_EQ(same("arith_pmod", TypeId::kInteger, "7", "-3"), "1");
  EXPECT_EQ(same("arith_pmod", TypeId::kDouble, "-7.5", "2"), "0.5");
  EXPECT_EQ(same("arith_remainder", TypeId::kInteger, "1", "0"), "REMAINDER_BY_ZERO");
  EXPECT_EQ(same("arith_divide", TypeId::kDouble, "1", "0"), "DIVIDE_BY_ZERO");
  EXPECT_EQ(
      one("arith_div", TypeId::kLong, TypeId::kLong, "-9223372036854775808", TypeId::kLong, "-1"),
      "ARITHMETIC_OVERFLOW");
  EXPECT_EQ(error_of("arith_negate", TypeId::kByte, {{TypeId::kByte, {"-128"}}}),
            "ARITHMETIC_OVERFLOW");
  EXPECT_EQ(error_of("arith_abs", TypeId::kInteger, {{TypeId::kInteger, {"-2147483648"}}}),
            "ARITHMETIC_OVERFLOW");
  EXPECT_EQ(same("arith_add", DataType::year_month(), "2147483647", "1"),
            "INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION");
}

TEST_F(ArithmeticTest, IntegersWrapInLegacyMode) {
  mode = plan::CastMode::kLegacy;
  EXPECT_EQ(same("arith_add", TypeId::kInteger, "2147483647", "1"), "-2147483648");
  EXPECT_EQ(same("arith_add", TypeId::kByte, "127", "1"), "-128");
  EXPECT_EQ(same("arith_remainder", TypeId::kInteger, "1", "0"), "NULL");
  EXPECT_EQ(same("arith_remainder", TypeId::kInteger, "-2147483648", "-1"), "0");
  EXPECT_EQ(
      one("arith_div", TypeId::kLong, TypeId::kLong, "-9223372036854775808", TypeId::kLong, "-1"),
      "-9223372036854775808");
  EXPECT_EQ(same("arith_divide", TypeId::kDouble, "1", "0"), "NULL");
}

TEST_F(ArithmeticTest, TryGivesNull) {
  mode = plan::CastMode::kTry;
  EXPECT_EQ(same("arith_add", TypeId::kInteger, "2147483647", "1"), "NULL");
  EXPECT_EQ(same("arith_add", DataType::year_month(), "2147483647", "1"), "NULL");
}

TEST_F(ArithmeticTest, Decimals) {
  EXPECT_EQ(one("arith_add", dec(4, 2), dec(2, 1), "1.5", dec(3, 2), "-2.25"), "-0.75");
  EXPECT_EQ(
      one("arith_subtract", dec(31, 2), dec(30, 0), "100000000000000000000", dec(3, 2), "0.01"),
      "99999999999999999999.99");
  EXPECT_EQ(one("arith_multiply", dec(31, 4), dec(15, 2), "9999999999999.99", dec(15, 2),
                "-9999999999999.99"),
            "-99999999999999800000000000.0001");
  EXPECT_EQ(one("arith_multiply", dec(4, 2), dec(2, 1), "1.5", dec(2, 1), "1.5"), "2.25");
  // (38,10) * (38,10) -> (38,6), exact in between and rounded once
  EXPECT_EQ(one("arith_multiply", dec(38, 6), dec(38, 10), "123456789012.0000000050", dec(38, 10),
                "1000.0000000000"),
            "123456789012000.000005");
  EXPECT_EQ(one("arith_divide", dec(7, 6), dec(1, 0), "1", dec(1, 0), "3"), "0.333333");
  EXPECT_EQ(one("arith_divide", dec(9, 6), dec(2, 1), "1.0", dec(3, 2), "3.00"), "0.333333");
  EXPECT_EQ(one("arith_remainder", dec(2, 1), dec(3, 1), "10.5", dec(2, 1), "3.2"), "0.9");
  EXPECT_EQ(one("arith_pmod", dec(2, 1), dec(3, 1), "-10.5", dec(2, 1), "3.2"), "2.3");
  EXPECT_EQ(one("arith_div", TypeId::kLong, dec(3, 1), "10.5", dec(2, 1), "3.2"), "3");
  EXPECT_EQ(one("arith_divide", dec(7, 6), dec(2, 1), "1.5", dec(1, 0), "0"), "DIVIDE_BY_ZERO");
}

TEST_F(ArithmeticTest, DecimalOverflowNamesTheValue) {
  const std::string nines(38, '9');
  auto value_of = [&](const std::string& kernel, const std::string& other) {
    try {
      values(kernel, dec(38, 0), {{dec(38, 0), {nines}}, {dec(2, 0), {other}}});
    } catch (const Error& error) {
      EXPECT_EQ(error.condition(), "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION");
      return error.parameters().at("value");
    }
    return std::string();
  };
  EXPECT_EQ(value_of("arith_multiply", "10"), nines + "0");
  EXPECT_EQ(value_of("arith_add", "1"), "1" + std::string(38, '0'));
}

TEST_F(ArithmeticTest, SumsAndAverages) {
  auto text = [&](const char* kernel, const DataType& result, const DataType& type,
                  std::vector<std::string> rows) {
    try {
      return aggregate(kernel, result, {{type, std::move(rows)}}).ToString();
    } catch (const Error& error) {
      return error.condition();
    }
  };
  EXPECT_EQ(text("agg_sum", TypeId::kLong, TypeId::kInteger, {"1", "2", "NULL"}), "3");
  EXPECT_EQ(text("agg_sum", TypeId::kLong, TypeId::kInteger, {"NULL"}), "NULL");
  EXPECT_EQ(text("agg_avg", TypeId::kDouble, TypeId::kInteger, {"1", "2", "NULL"}), "1.5");
  EXPECT_EQ(text("agg_sum", TypeId::kLong, TypeId::kLong, {"9223372036854775807", "1"}),
            "ARITHMETIC_OVERFLOW");
  EXPECT_EQ(text("agg_sum", dec(13, 2), dec(3, 2), {"1.5", "2.25"}), "3.75");
  EXPECT_EQ(text("agg_avg", dec(7, 6), dec(3, 2), {"1.5", "2.25"}), "1.875000");
  EXPECT_EQ(text("agg_sum", dec(38, 0), dec(38, 0), {std::string(38, '9'), "1"}),
            "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION");
  EXPECT_EQ(text("agg_sum", TypeId::kDouble, TypeId::kFloat, {"1.5", "2.5"}), "4.0");
  mode = plan::CastMode::kLegacy;
  EXPECT_EQ(text("agg_sum", TypeId::kLong, TypeId::kLong, {"9223372036854775807", "1"}),
            "-9223372036854775808");
  EXPECT_EQ(text("agg_sum", dec(38, 0), dec(38, 0), {std::string(38, '9'), "1"}), "NULL");
  mode = plan::CastMode::kTry;
  EXPECT_EQ(text("agg_sum", TypeId::kLong, TypeId::kLong, {"9223372036854775807", "1"}), "NULL");
}

}  // namespace
}  // namespace lochan::engine
