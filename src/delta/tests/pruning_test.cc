#include "delta/pruning.h"

#include <gtest/gtest.h>

#include <limits>

namespace lochan::delta {
namespace {

using Op = Predicate::Op;
using types::TypeId;
using types::Value;

/// Facts of a file whose column "c" holds exactly `values`.
ColumnFacts facts_of(const std::vector<std::optional<int64_t>>& values) {
  ColumnFacts facts{false, false, {}, {}, false};
  for (const auto& value : values) {
    if (!value) {
      facts.can_be_null = true;
      continue;
    }
    facts.can_be_value = true;
    if (!facts.min || *value < facts.min->as_int()) facts.min = Value::bigint(*value);
    if (!facts.max || *value > facts.max->as_int()) facts.max = Value::bigint(*value);
  }
  return facts;
}

/// SQL's answer for one row: 1 true, 0 false, -1 null. Written on its own, not by way of Outcomes.
int answer(const Predicate& p, const std::optional<int64_t>& row) {
  const auto truth = [](bool value) { return value ? 1 : 0; };
  switch (p.op) {
    case Op::kAnd: {
      int result = 1;
      for (const auto& child : p.children) {
        const int a = answer(child, row);
        if (a == 0 || result == 0)
          result = 0;
        else if (a == -1 || result == -1)
          result = -1;
      }
      return result;
    }
    case Op::kOr: {
      int result = 0;
      for (const auto& child : p.children) {
        const int a = answer(child, row);
        if (a == 1 || result == 1)
          result = 1;
        else if (a == -1 || result == -1)
          result = -1;
      }
      return result;
    }
    case Op::kNot: {
      const int a = answer(p.children[0], row);
      return a == -1 ? -1 : 1 - a;
    }
    case Op::kIsNull: return truth(!row);
    case Op::kIsNotNull: return truth(row.has_value());
    case Op::kIn: {
      if (!row) return -1;
      bool has_null = false;
      for (const auto& value : p.values) {
        if (value.is_null())
          has_null = true;
        else if (value.as_int() == *row)
          return 1;
      }
      return has_null ? -1 : 0;
    }
    case Op::kNullSafeEqual:
      return truth(p.values[0].is_null() ? !row.has_value() : row == p.values[0].as_int());
    default: break;
  }
  if (!row || p.values[0].is_null()) return -1;
  const int64_t value = p.values[0].as_int();
  switch (p.op) {
    case Op::kEqual: return truth(*row == value);
    case Op::kNotEqual: return truth(*row != value);
    case Op::kLess: return truth(*row < value);
    case Op::kLessEqual: return truth(*row <= value);
    case Op::kGreater: return truth(*row > value);
    default: return truth(*row >= value);
  }
}

std::vector<Predicate> simple_predicates() {
  std::vector<Predicate> all;
  for (const Op op : {Op::kEqual, Op::kNotEqual, Op::kLess, Op::kLessEqual, Op::kGreater,
                      Op::kGreaterEqual, Op::kNullSafeEqual}) {
    for (int64_t value = -1; value <= 4; ++value)
      all.push_back(Predicate::compare(op, {"c"}, Value::bigint(value)));
    all.push_back(Predicate::compare(op, {"c"}, Value::null(TypeId::kLong)));
  }
  all.push_back({Op::kIsNull, {"c"}, {}, {}});
  all.push_back({Op::kIsNotNull, {"c"}, {}, {}});
  all.push_back({Op::kIn, {"c"}, {Value::bigint(0), Value::bigint(9)}, {}});
  all.push_back({Op::kIn, {"c"}, {Value::bigint(9), Value::null(TypeId::kLong)}, {}});
  all.push_back({Op::kIn, {"c"}, {}, {}});
  return all;
}

TEST(Pruning, NeverMissesAnOutcome) {
  const std::vector<std::vector<std::optional<int64_t>>> files = {
      {0}, {0, 1}, {0, 3}, {std::nullopt}, {std::nullopt, 2}, {1, std::nullopt, 3}, {3, 3}};
  const auto simple = simple_predicates();
  std::vector<Predicate> all = simple;
  for (size_t i = 0; i < simple.size(); ++i) {
    all.push_back(Predicate::negation(simple[i]));
    all.push_back(Predicate::all({simple[i], simple[(i * 7 + 3) % simple.size()]}));
    all.push_back(Predicate::any({simple[i], simple[(i * 5 + 11) % simple.size()]}));
    all.push_back(
        Predicate::negation(Predicate::all({simple[i], simple[(i * 3 + 1) % simple.size()]})));
  }
  for (const auto& rows : files) {
    const ColumnFacts facts = facts_of(rows);
    for (const auto& predicate : all) {
      const Outcomes outcomes = evaluate(predicate, [&](const auto&) { return facts; });
      for (const auto& row : rows) {
        const int a = answer(predicate, row);
        EXPECT_TRUE(a == 1   ? outcomes.can_be_true
                    : a == 0 ? outcomes.can_be_false
                             : outcomes.can_be_null)
            << "op " << static_cast<int>(predicate.op) << " answer " << a;
      }
    }
  }
}

TEST(Pruning, ConstantsDecide) {
  for (const auto& rows :
       std::vector<std::vector<std::optional<int64_t>>>{{0}, {2}, {std::nullopt}}) {
    ColumnFacts facts = facts_of(rows);
    facts.is_constant = true;
    for (const auto& predicate : simple_predicates()) {
      const Outcomes outcomes = evaluate(predicate, [&](const auto&) { return facts; });
      const int a = answer(predicate, rows[0]);
      EXPECT_EQ(outcomes, (Outcomes{a == 1, a == 0, a == -1})) << static_cast<int>(predicate.op);
    }
  }
}

TEST(Pruning, NaNMayHideAboveTheMaximum) {
  const ColumnFacts facts{false, true, Value::float64(1), Value::float64(2), false};
  const auto can_be_true = [&](Op op, double value) {
    return evaluate(Predicate::compare(op, {"c"}, Value::float64(value)),
                    [&](const auto&) { return facts; })
        .can_be_true;
  };
  EXPECT_TRUE(can_be_true(Op::kGreater, 5));  // NaN > 5 in Spark
  EXPECT_FALSE(can_be_true(Op::kLess, 1));
  EXPECT_FALSE(can_be_true(Op::kEqual, 3));
  EXPECT_TRUE(can_be_true(Op::kEqual, std::numeric_limits<double>::quiet_NaN()));
}

TEST(Pruning, ComparesOnlyLikeWithLike) {
  const ColumnFacts facts{false, true, Value::string("a"), Value::string("b"), false};
  const auto outcomes = [&](Op op, const Value& value) {
    return evaluate(Predicate::compare(op, {"c"}, value), [&](const auto&) { return facts; });
  };
  EXPECT_TRUE(outcomes(Op::kEqual, Value::integer(7)).can_be_true);
  EXPECT_FALSE(outcomes(Op::kEqual, Value::string("c")).can_be_true);
  const types::DataType collated = types::DataType::string_with_collation("UTF8_LCASE");
  EXPECT_TRUE(outcomes(Op::kEqual, Value(collated, std::string("C"))).can_be_true);
  EXPECT_TRUE(outcomes(Op::kStartsWith, Value::string("abc")).can_be_true);
  EXPECT_FALSE(outcomes(Op::kStartsWith, Value::string("bb")).can_be_true);
  EXPECT_FALSE(outcomes(Op::kStartsWith, Value::string("Z")).can_be_true);
  EXPECT_TRUE(outcomes(Op::kStartsWith, Value::string("")).can_be_true);
}

}  // namespace
}  // namespace lochan::delta
