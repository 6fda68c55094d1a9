#include "duckdb/execution/expression_executor.hpp"
#include "duckdb/function/function_binder.hpp"
#include "duckdb/planner/expression/bound_constant_expression.hpp"
#include "engine/tests/kernel_fixture.h"

namespace lochan::engine {
namespace {

using types::DataType;
using types::TypeId;

TEST(KernelSpecTest, RoundTripsEverything) {
  KernelSpec spec;
  spec.result =
      DataType::map(TypeId::kString, DataType::array(DataType::decimal(38, 18), false), false);
  spec.arguments = {
      DataType::structure({{"a b", TypeId::kLong, false, "{\"x\":1}"}, {"A b", TypeId::kVariant}}),
      DataType::day_time(1, 2),
      DataType::year_month(0, 0),
      DataType::character(3),
      DataType::varchar(9),
      DataType::string_with_collation("UTF8_LCASE"),
      DataType::time(3),
      TypeId::kNull,
      TypeId::kCalendarInterval};
  spec.mode = plan::CastMode::kTry;
  spec.zone = "Europe/Berlin";
  spec.name = "f:1;";
  spec.context = QueryContext{"VIEW", "v", 3, 9, "a:b;\nc", "line 3", "== SQL ==\nx"};
  const auto copy = KernelSpec::decode(spec.encode());
  EXPECT_EQ(copy.result, spec.result);
  EXPECT_EQ(copy.arguments, spec.arguments);
  EXPECT_EQ(copy.mode, spec.mode);
  EXPECT_EQ(copy.zone, spec.zone);
  EXPECT_EQ(copy.name, spec.name);
  EXPECT_EQ(copy.context, spec.context);
}

TEST(KernelCallTest, LeavesNothingBehindWhenItIsCancelledBeforeItBegins) {
  duckdb::DuckDB database(nullptr);
  register_kernels(*database.instance);
  duckdb::Connection connection(database);
  auto& context = *connection.context;
  KernelSpec spec;
  spec.result = TypeId::kString;
  spec.arguments = {TypeId::kString};
  context.RunFunctionInTransaction([&] {
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>> arguments;
    for (auto value : {duckdb::Value("a"), duckdb::Value::BLOB_RAW(spec.encode())})
      arguments.push_back(duckdb::make_uniq<duckdb::BoundConstantExpression>(std::move(value)));
    duckdb::ErrorData error;
    auto call = duckdb::FunctionBinder(context).BindScalarFunction(DEFAULT_SCHEMA, "lochan_upper",
                                                                   std::move(arguments), error);
    ASSERT_TRUE(call) << error.Message();
    context.interrupted = true;
    EXPECT_THROW(duckdb::ExpressionExecutor::EvaluateScalar(context, *call),
                 duckdb::InterruptException);
    // No call is running, so nobody can be refused.
    EXPECT_NO_THROW(claim_memory(size_t{1} << 50));
    context.interrupted = false;
  });
}

using RetypeTest = KernelTest;

TEST_F(RetypeTest, KeepsTheBits) {
  EXPECT_EQ(texts("retype", TypeId::kInteger, {{TypeId::kDate, {"DATE '1970-01-03'", "NULL"}}}),
            (Texts{"2", "NULL"}));
}

TEST_F(RetypeTest, RefusesAnotherLayout) {
  EXPECT_EQ(error_of("retype", TypeId::kLong, {{TypeId::kDate, {"NULL"}}}), "INTERNAL_ERROR");
}

}  // namespace
}  // namespace lochan::engine
