#include "engine/tests/kernel_fixture.h"

// Expected values were recorded from Spark 4.2.
namespace lochan::engine {
namespace {

class CollectionKernelsTest : public KernelTest {
 protected:
  const DataType ints = DataType::array(TypeId::kInteger);
  std::string one(const std::string& kernel, const DataType& result,
                  const std::vector<KernelArgument>& arguments) {
    return texts(kernel, result, arguments).at(0);
  }
  KernelArgument list(const std::string& sql) const { return {ints, {sql}}; }
  KernelArgument number(const std::string& sql) const { return {TypeId::kInteger, {sql}}; }
};

TEST_F(CollectionKernelsTest, Search) {
  EXPECT_EQ(one("array_contains", TypeId::kBoolean, {list("[1, NULL]"), number("2")}), "NULL");
  EXPECT_EQ(one("array_contains", TypeId::kBoolean, {list("[1, NULL]"), number("1")}), "true");
  EXPECT_EQ(one("array_position", TypeId::kLong, {list("[1, NULL]"), number("3")}), "0");
  EXPECT_EQ(one("array_position", TypeId::kLong, {list("[3, 2, 1]"), number("1")}), "3");
  EXPECT_EQ(one("arrays_overlap", TypeId::kBoolean, {list("[1, NULL]"), list("[2]")}), "NULL");
  EXPECT_EQ(one("arrays_overlap", TypeId::kBoolean, {list("[]"), list("[NULL]")}), "false");
}

TEST_F(CollectionKernelsTest, Sets) {
  EXPECT_EQ(one("array_distinct", ints, {list("[1, NULL, 1, NULL, 2]")}), "[1, NULL, 2]");
  EXPECT_EQ(one("array_union", ints, {list("[1, NULL]"), list("[NULL, 2, 1]")}), "[1, NULL, 2]");
  EXPECT_EQ(one("array_intersect", ints, {list("[1, NULL, 1, 2]"), list("[NULL, 1]")}),
            "[1, NULL]");
  EXPECT_EQ(one("array_except", ints, {list("[1, NULL, 1, 2]"), list("[2]")}), "[1, NULL]");
  EXPECT_EQ(one("array_remove", ints, {list("[1, NULL, 2, 1]"), number("1")}), "[NULL, 2]");
  EXPECT_EQ(one("array_compact", ints, {list("[1, NULL, 2]")}), "[1, 2]");
}

TEST_F(CollectionKernelsTest, NestedElements) {
  const auto nested = DataType::array(ints);
  EXPECT_EQ(one("array_max", ints, {{nested, {"[[1], [2, NULL]]"}}}), "[2, NULL]");
  EXPECT_EQ(one("array_distinct", nested, {{nested, {"[[1, 2], [1], [1, 2], NULL, NULL]"}}}),
            "[[1, 2], [1], NULL]");
  EXPECT_EQ(one("flatten", ints, {{nested, {"[[1], [2, NULL]]"}}}), "[1, 2, NULL]");
  EXPECT_EQ(one("flatten", ints, {{nested, {"[[1], NULL]"}}}), "NULL");
}

TEST_F(CollectionKernelsTest, Positions) {
  EXPECT_EQ(one("array_insert", ints, {list("[1, 2]"), number("5"), number("9")}),
            "[1, 2, NULL, NULL, 9]");
  EXPECT_EQ(one("array_insert", ints, {list("[1, 2]"), number("-1"), number("9")}), "[1, 2, 9]");
  EXPECT_EQ(error_of("array_insert", ints, {list("[1, 2]"), number("0"), number("9")}),
            "INVALID_INDEX_OF_ZERO");
  EXPECT_EQ(one("slice", ints, {list("[1, 2, 3]"), number("2"), number("5")}), "[2, 3]");
  EXPECT_EQ(one("slice", ints, {list("[1, 2, 3]"), number("-2"), number("1")}), "[2]");
  EXPECT_EQ(one("slice", ints, {list("[1, 2, 3]"), number("-5"), number("2")}), "[]");
  EXPECT_EQ(error_of("slice", ints, {list("[1]"), number("0"), number("1")}),
            "INVALID_PARAMETER_VALUE.START");
  EXPECT_EQ(one("element_at", TypeId::kInteger, {list("[1, 2]"), number("-1")}), "2");
  EXPECT_EQ(error_of("element_at", TypeId::kInteger, {list("[1, 2]"), number("3")}),
            "INVALID_ARRAY_INDEX_IN_ELEMENT_AT");
  EXPECT_EQ(one("try_element_at", TypeId::kInteger, {list("[1, 2]"), number("3")}), "NULL");
  EXPECT_EQ(one("get", TypeId::kInteger, {list("[1, 2]"), number("-1")}), "NULL");
  EXPECT_EQ(error_of("array_subscript", TypeId::kInteger, {list("[1, 2]"), number("2")}),
            "INVALID_ARRAY_INDEX");
}

TEST_F(CollectionKernelsTest, Order) {
  const KernelArgument yes{TypeId::kBoolean, {"true"}}, no{TypeId::kBoolean, {"false"}};
  EXPECT_EQ(one("sort_array", ints, {list("[3, NULL, 1]"), yes}), "[NULL, 1, 3]");
  EXPECT_EQ(one("sort_array", ints, {list("[3, NULL, 1]"), no}), "[3, 1, NULL]");
  EXPECT_EQ(one("array_sort", ints, {list("[3, NULL, 1]")}), "[1, 3, NULL]");
  EXPECT_EQ(one("reverse", ints, {list("[1, 2, NULL]")}), "[NULL, 2, 1]");
  EXPECT_EQ(one("concat", ints, {list("[1]"), list("[2, NULL]")}), "[1, 2, NULL]");
}

TEST_F(CollectionKernelsTest, NullArguments) {
  EXPECT_EQ(
      texts("array_append", ints, {{ints, {"[1]", "NULL"}}, {TypeId::kInteger, {"NULL", "1"}}}),
      (Texts{"[1, NULL]", "NULL"}));
  EXPECT_EQ(
      texts("array_repeat", ints,
            {{TypeId::kInteger, {"NULL", "1", "1"}}, {TypeId::kInteger, {"2", "NULL", "-1"}}}),
      (Texts{"[NULL, NULL]", "NULL", "[]"}));
  EXPECT_EQ(texts("size", TypeId::kInteger, {{ints, {"NULL", "[1, 2]"}}}), (Texts{"NULL", "2"}));
}

TEST_F(CollectionKernelsTest, Sequence) {
  EXPECT_EQ(one("sequence", ints, {number("1"), number("5"), number("2")}), "[1, 3, 5]");
  EXPECT_EQ(one("sequence", ints, {number("5"), number("1")}), "[5, 4, 3, 2, 1]");
  EXPECT_EQ(error_of("sequence", ints, {number("1"), number("5"), number("-1")}),
            "ILLEGAL_SEQUENCE_BOUNDARIES");
  const auto dates = DataType::array(TypeId::kDate);
  EXPECT_EQ(one("sequence", dates,
                {{TypeId::kDate, {"DATE '2020-01-31'"}},
                 {TypeId::kDate, {"DATE '2020-05-01'"}},
                 {DataType::year_month(), {"1"}}}),
            "[2020-01-31, 2020-02-29, 2020-03-31, 2020-04-30]");
}

TEST_F(CollectionKernelsTest, Maps) {
  const auto map = DataType::map(TypeId::kInteger, TypeId::kString);
  const KernelArgument a{TypeId::kString, {"'a'"}}, b{TypeId::kString, {"'b'"}};
  EXPECT_EQ(one("map", map, {number("1"), a, number("2"), b}), "{1=a, 2=b}");
  EXPECT_EQ(error_of("map", map, {number("1"), a, number("1"), b}), "DUPLICATED_MAP_KEY");
  EXPECT_EQ(error_of("map", map, {number("NULL"), a}), "NULL_MAP_KEY");
  const KernelArgument m{map, {"MAP {1: 'a', 2: 'b'}"}};
  EXPECT_EQ(one("map_keys", ints, {m}), "[1, 2]");
  EXPECT_EQ(one("map_lookup", TypeId::kString, {m, number("2")}), "b");
  EXPECT_EQ(one("element_at", TypeId::kString, {m, number("3")}), "NULL");
  EXPECT_EQ(one("map_contains_key", TypeId::kBoolean, {m, number("2")}), "true");
  EXPECT_EQ(one("map_concat", map, {m, {map, {"MAP {3: NULL}"}}}), "{1=a, 2=b, 3=NULL}");
  const KernelArgument text{TypeId::kString, {"'a=1&b'"}}, amp{TypeId::kString, {"'&'"}},
      equals{TypeId::kString, {"'='"}};
  EXPECT_EQ(one("str_to_map", DataType::map(TypeId::kString, TypeId::kString), {text, amp, equals}),
            "{a=1, b=NULL}");
}

TEST_F(CollectionKernelsTest, Hashes) {
  EXPECT_EQ(one("hash", TypeId::kInteger, {number("1")}), "-559580957");
  EXPECT_EQ(
      one("xxhash64", TypeId::kLong, {{TypeId::kString, {"'Spark'"}}, list("[123]"), number("2")}),
      "5602566077635097486");
  EXPECT_EQ(one("crc32", TypeId::kLong, {{TypeId::kBinary, {"'Spark'::BLOB"}}}), "1557323817");
  EXPECT_EQ(one("md5", TypeId::kString, {{TypeId::kBinary, {"'Spark'::BLOB"}}}),
            "8cde774d6f7333752ed72cacddb05126");
}

}  // namespace
}  // namespace lochan::engine
