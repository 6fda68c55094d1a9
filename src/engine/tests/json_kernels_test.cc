#include "engine/tests/kernel_fixture.h"

// Expected values were recorded from Spark 4.2.
namespace lochan::engine {
namespace {

class JsonKernelsTest : public KernelTest {
 protected:
  std::string get(const std::string& json, const std::string& path) {
    return texts("get_json_object", TypeId::kString,
                 {{TypeId::kString, {json}}, {TypeId::kString, {path}}})
        .at(0);
  }
};

TEST_F(JsonKernelsTest, Paths) {
  EXPECT_EQ(get("'{\"a\":{\"b\":[1,2,{\"c\":\"x\"}]}}'", "'$.a.b[2].c'"), "x");
  EXPECT_EQ(get("'{\"a\":[{\"b\":1},{\"b\":2}]}'", "'$.a[*].b'"), "[1,2]");
  EXPECT_EQ(get("'{\"a\":[{\"b\":1}]}'", "'$.a[*].b'"), "1");
  EXPECT_EQ(get("'{\"a\":1.50}'", "'$.a'"), "1.5");
  EXPECT_EQ(get("'{\"a b\":true}'", "'$[''a b'']'"), "true");
  EXPECT_EQ(get("'{\"a\":null}'", "'$.a'"), "NULL");
  EXPECT_EQ(get("'bad'", "'$.a'"), "NULL");
  EXPECT_EQ(get("'[{\"b\":1}]'", "'$.b'"), "NULL");
  EXPECT_EQ(get("'{\"a\":{\"b\": 1 }}'", "'$'"), "{\"a\":{\"b\":1}}");
}

TEST_F(JsonKernelsTest, FromJson) {
  const auto from = [&](const DataType& type, const std::string& json) {
    return texts("from_json", type, {{TypeId::kString, {json}}}).at(0);
  };
  const auto a = DataType::structure({{"a", TypeId::kInteger}});
  EXPECT_EQ(from(DataType::structure({{"a", TypeId::kInteger}, {"b", TypeId::kString}}),
                 "'{\"a\":1,\"b\":\"x\"}'"),
            "{'f0': 1, 'f1': x}");
  for (const char* bad :
       {"'{\"a\":\"1\"}'", "'bad'", "'{\"a\":1.5}'", "'{\"A\":1}'", "'{\"a\":12345678901}'"}) {
    EXPECT_EQ(from(a, bad), "{'f0': NULL}") << bad;
  }
  EXPECT_EQ(from(a, "''"), "NULL");
  EXPECT_EQ(from(a, "'{\"a\":1} x'"), "{'f0': 1}");
  EXPECT_EQ(from(DataType::array(TypeId::kInteger), "'[1,2]'"), "[1, 2]");
  EXPECT_EQ(from(DataType::structure({{"a", DataType::decimal(10, 1)}}), "'{\"a\":1.23}'"),
            "{'f0': 1.2}");
}

TEST_F(JsonKernelsTest, ToJson) {
  const auto type = DataType::structure(
      {{"a", TypeId::kInteger}, {"b", TypeId::kInteger}, {"c", TypeId::kString}});
  EXPECT_EQ(texts("to_json", TypeId::kString, {{type, {"row(1, NULL, 'x')"}}}).at(0),
            "{\"a\":1,\"c\":\"x\"}");
  const auto times = DataType::structure(
      {{"t", TypeId::kTimestamp}, {"f", TypeId::kDouble}, {"b", TypeId::kBinary}});
  EXPECT_EQ(texts("to_json", TypeId::kString,
                  {{times, {"row(TIMESTAMPTZ '2020-01-01 12:34:56.789+00', 1e10, 'ab'::BLOB)"}}})
                .at(0),
            "{\"t\":\"2020-01-01T12:34:56.789Z\",\"f\":1.0E10,\"b\":\"YWI=\"}");
}

}  // namespace
}  // namespace lochan::engine
