#include <gtest/gtest.h>

#include "base/big_stack_thread.h"
#include "connect/tests/proto_builders.h"
#include "connect/wire.h"

namespace lochan::connect {
namespace {

namespace proto = spark::connect;

plan::PlanPtr convert(const std::string& text) {
  return plain_converter().relation(relation_of(text));
}
std::string error(const std::string& text) {
  return condition_of([&] { convert(text); });
}

const std::string kRange = "range { end: 10 step: 1 }";

TEST(Relations, PlanIdBecomesAMark) {
  auto out = convert("common { plan_id: 4 } " + kRange);
  const auto& mark = *out->as<plan::Marked>();
  EXPECT_EQ(mark.plan_id, 4);
  EXPECT_EQ(mark.child->as<plan::Range>()->end, 10);
}

TEST(Relations, AggregatePutsTheGroupingInFront) {
  auto out = convert("aggregate { input { " + kRange +
                     " } group_type: GROUP_TYPE_GROUPBY"
                     " grouping_expressions { unresolved_attribute { unparsed_identifier: 'id' } }"
                     " aggregate_expressions { unresolved_function { function_name: 'max' } } }");
  const auto& aggregate = *out->as<plan::Aggregate>();
  EXPECT_EQ(aggregate.grouping.size(), 1u);
  ASSERT_EQ(aggregate.aggregates.size(), 2u);
  EXPECT_NE(aggregate.aggregates[0]->as<plan::UnresolvedAttribute>(), nullptr);
}

TEST(Relations, JoinKinds) {
  const std::string sides = "left { " + kRange + " } right { " + kRange + " }";
  auto out = convert("join { " + sides + " join_type: JOIN_TYPE_LEFT_ANTI using_columns: 'id' }");
  EXPECT_EQ(out->as<plan::Join>()->kind, plan::JoinKind::kLeftAnti);
  EXPECT_EQ(out->as<plan::Join>()->using_columns, std::vector<std::string>{"id"});
  EXPECT_EQ(error("join { " + sides + " }"), "CONNECT_INVALID_PLAN.INVALID_ENUM");
  EXPECT_EQ(error("join { " + sides +
                  " join_type: JOIN_TYPE_INNER using_columns: 'a' join_condition { literal { "
                  "boolean: true } } }"),
            "CONNECT_INVALID_PLAN.USING_COLUMNS_OR_JOIN_CONDITION_SET_IN_JOIN");
}

TEST(Relations, ReadOptionsHaveLowerCaseKeys) {
  auto out = convert(
      "read { data_source { format: 'csv' paths: '/mnt/x' options { key: 'inferSchema' value: "
      "'true' } } }");
  const auto& read = *out->as<plan::UnresolvedRead>();
  EXPECT_EQ(read.options.at("inferschema"), "true");
  EXPECT_EQ(read.paths, std::vector<std::string>{"/mnt/x"});
}

TEST(Relations, CatalogOperationsGoByFieldName) {
  auto out = convert("catalog { list_tables { db_name: 'sales' pattern: 'a*' } }");
  const auto& operation = *out->as<plan::CatalogOperation>();
  EXPECT_EQ(operation.op, "list_tables");
  EXPECT_EQ(operation.arguments.at("db_name"), "sales");
  EXPECT_EQ(operation.arguments.at("pattern"), "a*");
  out = convert(
      "catalog { create_table { table_name: 't' options { key: 'Path' value: 'x' } schema { struct "
      "{"
      " fields { name: 'a' data_type { integer {} } nullable: true } } } } }");
  const auto& create = *out->as<plan::CatalogOperation>();
  EXPECT_EQ(create.table_options.at("Path"), "x");
  EXPECT_NE(create.schema.find("\"integer\""), std::string::npos);
  out = convert("catalog { drop_table { table_name: 't' } }");
  EXPECT_EQ(out->as<plan::CatalogOperation>()->arguments.at("if_exists"), "false");
}

TEST(Relations, LocalRelationNeedsDataOrSchema) {
  EXPECT_EQ(error("local_relation {}"), "CONNECT_INVALID_PLAN.SCHEMA_REQUIRED_FOR_LOCAL_RELATION");
  EXPECT_EQ(error("cached_local_relation { hash: 'x' }"),
            "CONNECT_INVALID_PLAN.NOT_FOUND_CACHED_LOCAL_RELATION");
  auto out = convert("local_relation { schema: 'a INT, b STRING' }");
  EXPECT_EQ(out->as<plan::LocalRelation>()->schema.size(), 2u);
}

TEST(Relations, EveryArmIsAPlanOrAnError) {
  const auto* descriptor = proto::Relation::descriptor();
  const auto* arms = descriptor->FindOneofByName("rel_type");
  for (int i = 0; i < arms->field_count(); ++i) {
    proto::Relation relation;
    relation.GetReflection()->MutableMessage(&relation, arms->field(i));
    try {
      EXPECT_NE(plain_converter().relation(relation), nullptr);
    } catch (const Error& error) {
      EXPECT_NE(error.kind(), ErrorKind::kInternal)
          << arms->field(i)->name() << ": " << error.what();
    }
  }
}

TEST(Relations, EveryExpressionArmIsAnExpressionOrAnError) {
  const auto* arms = proto::Expression::descriptor()->FindOneofByName("expr_type");
  for (int i = 0; i < arms->field_count(); ++i) {
    proto::Expression expression;
    expression.GetReflection()->MutableMessage(&expression, arms->field(i));
    try {
      EXPECT_NE(plain_converter().expression(expression), nullptr);
    } catch (const Error& error) {
      EXPECT_NE(error.kind(), ErrorKind::kInternal)
          << arms->field(i)->name() << ": " << error.what();
    }
  }
}

// withColumn, `levels` times.
proto::Relation chain(int levels) {
  proto::Relation out = relation_of(kRange);
  for (int i = 0; i < levels; ++i) {
    proto::Relation outer;
    auto* columns = outer.mutable_with_columns();
    *columns->mutable_input() = {};
    columns->mutable_input()->Swap(&out);
    auto* alias = columns->add_aliases();
    alias->add_name("c" + std::to_string(i));
    alias->mutable_expr()->mutable_literal()->set_integer(i);
    outer.mutable_common()->set_plan_id(i);
    out.Swap(&outer);
  }
  return out;
}

TEST(Nesting, AThousandLevelsAreConverted) {
  run_on_big_stack([] {
    const auto bytes = serialize(chain(1024));
    proto::Relation parsed;
    parse(bytes, &parsed);
    int levels = 0;
    auto out = plain_converter().relation(parsed);
    while (const auto* mark = out->as<plan::Marked>()) {
      ++levels;
      out = mark->child->as<plan::WithColumns>()->child;
    }
    EXPECT_EQ(levels, 1024);
  });
}

TEST(Nesting, BeyondTheLimitIsAnError) {
  run_on_big_stack([] {
    const auto relation = chain(PlanConverter::kMaxLevels + 1);
    EXPECT_EQ(condition_of([&] { plain_converter().relation(relation); }),
              "CONNECT_INVALID_PLAN.PLAN_SIZE_LARGER_THAN_MAX");
  });
}

TEST(Nesting, BytesNestedWithoutEndAreAnError) {
  // filter { input { filter { input { ... : two bytes of tag and a length for each message.
  std::string bytes;
  for (int i = 0; i < 20'000; ++i) {
    for (const char tag : {'\x0a', '\x22'}) {
      std::string outer(1, tag);
      size_t size = bytes.size();
      while (size >= 0x80) {
        outer += static_cast<char>(size | 0x80);
        size >>= 7;
      }
      outer += static_cast<char>(size);
      bytes.insert(0, outer);
    }
  }
  run_on_big_stack([&] {
    proto::Relation relation;
    EXPECT_EQ(condition_of([&] { parse(bytes, &relation); }), "CONNECT_INVALID_PLAN.CANNOT_PARSE");
  });
}

// Deterministic damage to real messages: each is a plan or an Error, nothing else.
TEST(Robustness, DamagedMessagesAreErrors) {
  const auto seed = relation_of(
      "common { plan_id: 3 } project { input { join { left { " + kRange +
      " } right { read { named_table { unparsed_identifier: 'a.b' } } } join_type: JOIN_TYPE_INNER"
      " join_condition { unresolved_function { function_name: '==' arguments { literal { decimal { "
      "value: '1.5' } } }"
      " arguments { cast { expr { unresolved_attribute { unparsed_identifier: 'x' } } type_str: "
      "'int' } } } } } }"
      " expressions { window { window_function { unresolved_function { function_name: 'rank' } } } "
      "}"
      " expressions { alias { expr { literal { array { element_type { integer {} } } } } name: 'a' "
      "} } }");
  const std::string bytes = seed.SerializeAsString();
  uint64_t state = 12345;
  const auto random = [&] {
    return state = state * 6364136223846793005ull + 1442695040888963407ull, state >> 33;
  };
  run_on_big_stack([&] {
    for (int round = 0; round < 2000; ++round) {
      std::string damaged = bytes;
      for (uint64_t n = random() % 4 + 1; n > 0; --n) {
        const size_t at = random() % damaged.size();
        switch (random() % 3) {
          case 0: damaged[at] = static_cast<char>(random()); break;
          case 1: damaged.erase(at, random() % 8 + 1); break;
          default: damaged.insert(at, 1, static_cast<char>(random()));
        }
        if (damaged.empty()) damaged = "x";
      }
      try {
        proto::Relation relation;
        parse(damaged, &relation);
        plain_converter().relation(relation);
      } catch (const Error& error) {
        ASSERT_NE(error.kind(), ErrorKind::kInternal) << error.what();
      }
    }
  });
}

}  // namespace
}  // namespace lochan::connect
