#include <cmath>

#include "engine/tests/kernel_fixture.h"

// Expected values were recorded from Spark 4.2.
namespace lochan::engine {
namespace {

class AggregateKernelsTest : public KernelTest {
 protected:
  const KernelArgument x{TypeId::kDouble, {"0", "1", "2", "10", "NULL"}};
  const KernelArgument c{TypeId::kDouble, {"1", "2", "3", "1", "1"}};
  KernelArgument repeated(TypeId type, const std::string& sql) const {
    return {type, {sql, sql, sql, sql, sql}};
  }
};

TEST_F(AggregateKernelsTest, Moments) {
  EXPECT_DOUBLE_EQ(aggregate("skewness", TypeId::kDouble, {x}).GetValue<double>(),
                   1.0456200510281537);
  EXPECT_DOUBLE_EQ(aggregate("kurtosis", TypeId::kDouble, {x}).GetValue<double>(),
                   -0.7492896938143838);
  EXPECT_DOUBLE_EQ(aggregate("corr", TypeId::kDouble, {x, c}).GetValue<double>(),
                   -0.36159331901915737);
  const KernelArgument one{TypeId::kDouble, {"1"}};
  EXPECT_TRUE(aggregate("skewness", TypeId::kDouble, {one}).IsNull());
  EXPECT_TRUE(aggregate("corr", TypeId::kDouble, {one, one}).IsNull());
}

TEST_F(AggregateKernelsTest, Percentiles) {
  EXPECT_DOUBLE_EQ(aggregate("percentile", TypeId::kDouble,
                             {x, repeated(TypeId::kDouble, "0.3"), repeated(TypeId::kInteger, "1")})
                       .GetValue<double>(),
                   0.8999999999999999);
  const auto shares = DataType::array(TypeId::kDouble);
  KernelArgument p{shares, std::vector<std::string>(5, "[0.25, 0.75]")};
  EXPECT_EQ(aggregate("percentile", shares, {x, p}).ToString(), "[0.75, 4.0]");
  const KernelArgument frequencies{TypeId::kInteger, {"1", "2", "3", "1", "1"}};
  EXPECT_EQ(
      aggregate("percentile", TypeId::kDouble, {x, repeated(TypeId::kDouble, "0.5"), frequencies})
          .ToString(),
      "2.0");
  const KernelArgument i{TypeId::kInteger, {"0", "1", "2", "10", "NULL"}};
  EXPECT_EQ(aggregate("percentile_approx", TypeId::kInteger, {i, repeated(TypeId::kDouble, "0.5")})
                .ToString(),
            "1");
}

TEST_F(AggregateKernelsTest, Text) {
  const KernelArgument texts{TypeId::kString, {"'b'", "'a'", "NULL"}},
      comma{TypeId::kString, {"','", "','", "','"}};
  EXPECT_EQ(aggregate("listagg", TypeId::kString, {texts, comma}).ToString(), "b,a");
  EXPECT_TRUE(aggregate("listagg", TypeId::kString,
                        {{TypeId::kString, {"NULL"}}, {TypeId::kString, {"','"}}})
                  .IsNull());
}

TEST_F(AggregateKernelsTest, ApproxCountDistinct) {
  KernelArgument ids{TypeId::kLong, {}};
  for (int i = 0; i < 1000; ++i) ids.rows.push_back(std::to_string(i));
  EXPECT_EQ(aggregate("approx_count_distinct", TypeId::kLong, {ids}).GetValue<int64_t>(), 1026);
}

}  // namespace
}  // namespace lochan::engine
