#include <gtest/gtest.h>

#include "connect/literal_proto.h"
#include "connect/tests/proto_builders.h"
#include "connect/types_proto.h"

namespace lochan::connect {
namespace {

using types::DataType;
using types::TypeId;

plan::ExpressionPtr convert(const std::string& text) {
  return plain_converter().expression(expression_of(text));
}
std::string error(const std::string& text) {
  return condition_of([&] { convert(text); });
}

TEST(Expressions, AttributeSplitsItsNameAndKeepsThePlanId) {
  auto out = convert("unresolved_attribute { unparsed_identifier: 'a.`b.c`' plan_id: 7 }");
  const auto& attribute = *out->as<plan::UnresolvedAttribute>();
  EXPECT_EQ(attribute.parts, (std::vector<std::string>{"a", "b.c"}));
  EXPECT_EQ(attribute.plan_id, 7);
  EXPECT_EQ(error("unresolved_attribute { unparsed_identifier: 'a`b' }"),
            "INVALID_ATTRIBUTE_NAME_SYNTAX");
}

TEST(Expressions, FunctionsHaveTheNamesOfTheParser) {
  const auto name = [](const std::string& function) {
    auto out = convert("unresolved_function { function_name: '" + function +
                       "' arguments { literal { integer: 1 } } }");
    return out->as<plan::UnresolvedFunction>()->name[0];
  };
  EXPECT_EQ(name("=="), "=");
  EXPECT_EQ(name("isNull"), "isnull");
  EXPECT_EQ(name("startsWith"), "startswith");
  EXPECT_EQ(name("!="), "not");
}

TEST(Expressions, CountOfStarCountsRows) {
  auto out =
      convert("unresolved_function { function_name: 'count' arguments { unresolved_star {} } }");
  const auto& count = *out->as<plan::UnresolvedFunction>();
  EXPECT_EQ(count.arguments[0]->as<plan::Literal>()->value, types::Value::integer(1));
}

TEST(Expressions, OriginIsTheCallSite) {
  auto out = convert(
      "common { origin { python_origin { fragment: '__truediv__' call_site: 'job.py:3' } } }"
      "unresolved_function { function_name: '/' }");
  EXPECT_EQ(out->origin.fragment, "__truediv__");
  EXPECT_EQ(out->origin.call_site, "job.py:3");
}

TEST(Expressions, WindowWithFrame) {
  auto out = convert(
      "window { window_function { unresolved_function { function_name: 'sum' } }"
      " order_spec { child { unresolved_attribute { unparsed_identifier: 'x' } } direction: "
      "SORT_DIRECTION_DESCENDING"
      "   null_ordering: SORT_NULLS_LAST }"
      " frame_spec { frame_type: FRAME_TYPE_ROW lower { value { literal { integer: -2 } } } upper "
      "{ unbounded: true } } }");
  const auto& window = *out->as<plan::Window>();
  EXPECT_EQ(window.frame->kind, plan::FrameKind::kRows);
  EXPECT_EQ(window.frame->lower.kind, plan::FrameBound::kOffset);
  EXPECT_EQ(window.frame->lower.offset->as<plan::Literal>()->value, types::Value::integer(-2));
  EXPECT_EQ(window.frame->upper.kind, plan::FrameBound::kUnboundedFollowing);
  const auto& order = *window.order_by[0]->as<plan::SortOrder>();
  EXPECT_FALSE(order.ascending);
  EXPECT_EQ(order.nulls, plan::NullOrder::kLast);
}

TEST(Expressions, LambdaKeepsItsVariables) {
  auto out = convert(
      "lambda_function { function { unresolved_named_lambda_variable { name_parts: 'x_1' "
      "name_parts: 'f' } }"
      " arguments { name_parts: 'x_1' } }");
  const auto& lambda = *out->as<plan::Lambda>();
  EXPECT_EQ(lambda.parameters, std::vector<std::string>{"x_1"});
  const auto& field = *lambda.body->as<plan::UnresolvedExtractValue>();
  EXPECT_EQ(field.child->as<plan::LambdaVariable>()->name, "x_1");
}

TEST(Expressions, CastToVarcharIsToString) {
  auto out = convert(
      "cast { expr { literal { integer: 1 } } type { var_char { length: 3 } } eval_mode: "
      "EVAL_MODE_TRY }");
  EXPECT_EQ(out->as<plan::Cast>()->target, DataType(TypeId::kString));
  EXPECT_EQ(out->as<plan::Cast>()->mode, plan::CastMode::kTry);
}

TEST(Expressions, RegexIsBetweenBackticks) {
  EXPECT_EQ(convert("unresolved_regex { col_name: '`a.*`' }")->as<plan::UnresolvedRegex>()->pattern,
            "a.*");
  EXPECT_NE(convert("unresolved_regex { col_name: 'a' }")->as<plan::UnresolvedAttribute>(),
            nullptr);
}

// The conditions are those that a real Spark 4.2 answers to the same messages.
TEST(Expressions, WhatMakesNoSenseIsAnError) {
  EXPECT_EQ(error(""), "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET");
  EXPECT_EQ(error("literal {}"), "CONNECT_INVALID_PLAN.INVALID_ONE_OF_FIELD_NOT_SET");
  EXPECT_EQ(error("window {}"), "CONNECT_INVALID_PLAN.WINDOW_FUNCTION_REQUIRED");
  EXPECT_EQ(error("lambda_function {}"),
            "CONNECT_INVALID_PLAN.LAMBDA_FUNCTION_ARGUMENT_COUNT_INVALID");
  EXPECT_EQ(error("unresolved_star { unparsed_target: 'a' }"),
            "CONNECT_INVALID_PLAN.UNRESOLVED_STAR_TARGET_INVALID");
  EXPECT_EQ(error("typed_aggregate_expression {}"), "UNSUPPORTED_FEATURE.NOT_YET");
}

TEST(Literals, DecimalsTakeTheirOwnPrecision) {
  const auto type = [](const std::string& text) {
    return to_value(from_text<spark::connect::Expression::Literal>("decimal { " + text + " }"))
        .type;
  };
  EXPECT_EQ(type("value: '12.340'"), DataType::decimal(5, 3));
  EXPECT_EQ(type("value: '-0.05'"), DataType::decimal(2, 2));
  EXPECT_EQ(type("value: '1E+3'"), DataType::decimal(4, 0));
  EXPECT_EQ(type("value: '1.5' precision: 10 scale: 4"), DataType::decimal(10, 4));
  EXPECT_EQ(condition_of([&] { type("value: '1.2.3'"); }),
            "CONNECT_INVALID_PLAN.UNSUPPORTED_LITERAL_TYPE");
  EXPECT_EQ(condition_of([&] { type("value: '1" + std::string(38, '0') + "'"); }),
            "DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION");
}

TEST(Literals, SurviveTheWayThereAndBack) {
  for (const std::string text : {"boolean: true",
                                 "byte: -1",
                                 "short: 300",
                                 "integer: 5",
                                 "long: -6",
                                 "float: 1.5",
                                 "double: 2.5",
                                 "string: 'x'",
                                 "binary: '\\001'",
                                 "date: 3",
                                 "timestamp: 4",
                                 "timestamp_ntz: 5",
                                 "year_month_interval: 14",
                                 "day_time_interval: 99",
                                 "calendar_interval { months: 1 days: 2 microseconds: 3 }",
                                 "null { integer {} }",
                                 "decimal { value: '1.20' precision: 3 scale: 2 }",
                                 "time { nano: 7 precision: 6 }",
                                 "array { element_type { integer {} } elements { integer: 1 } "
                                 "elements { null { integer {} } } }",
                                 "map { key_type { string {} } value_type { integer {} } keys { "
                                 "string: 'a' } values { integer: 1 } }",
                                 "struct { struct_type { struct { fields { name: 'a' data_type { "
                                 "integer {} } nullable: true } } } elements { integer: 1 } }"}) {
    const auto value = to_value(from_text<spark::connect::Expression::Literal>(text));
    spark::connect::Expression::Literal again;
    to_proto(value, &again);
    EXPECT_EQ(to_value(again), value) << text;
  }
}

TEST(Types, SurviveTheWayThereAndBack) {
  const auto type = DataType::structure(
      {{"a", DataType::array(DataType::decimal(10, 2), false), false, R"({"comment":"x"})"},
       {"b", DataType::map(TypeId::kString, DataType::day_time(1, 2)), true},
       {"c", DataType::structure({{"d", DataType::varchar(3)}, {"e", DataType::year_month(1, 1)}})},
       {"f", TypeId::kVariant},
       {"g", DataType::time(3)},
       {"h", TypeId::kTimestampNtz}});
  spark::connect::DataType proto;
  to_proto(type, &proto);
  EXPECT_EQ(to_type(proto), type);
}

}  // namespace
}  // namespace lochan::connect
