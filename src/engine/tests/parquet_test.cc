// Parquet files are written by DuckDB itself, in the shapes that matter, and read through the scan.
#include <filesystem>
#include <set>

#include "duckdb.hpp"
#include "engine/file_scan.h"
#include "engine/parquet_writer.h"
#include "engine/sources.h"
#include "engine/table_source.h"
#include "engine/tests/plan_builder.h"

namespace lochan::engine::testing {
namespace {

namespace fs = std::filesystem;

/// A scan given as is.
class GivenScan final : public TableSource {
 public:
  GivenScan(types::Schema schema, FileScan scan)
      : schema_(std::move(schema)), scan_(std::move(scan)) {}
  const types::Schema& schema() const override { return schema_; }
  std::string description() const override { return "given"; }
  duckdb::unique_ptr<duckdb::TableRef> table(const ScanRequest&) const override {
    return file_scan_table(scan_);
  }

 private:
  types::Schema schema_;
  FileScan scan_;
};

class ParquetTest : public EngineTest {
 protected:
  void SetUp() override {
    directory_ = fs::temp_directory_path() / ("lochan_parquet_" + std::to_string(::getpid()));
    fs::remove_all(directory_);
    fs::create_directories(directory_);
  }
  void TearDown() override { fs::remove_all(directory_); }

  std::string write(const std::string& name, const std::string& query,
                    const std::string& more = "") {
    duckdb::DuckDB db(nullptr);
    duckdb::Connection connection(db);
    const auto path = (directory_ / name).string();
    auto result =
        connection.Query("COPY (" + query + ") TO '" + path + "' (FORMAT parquet" + more + ")");
    if (result->HasError()) throw std::runtime_error(result->GetError());
    return path;
  }
  static plan::PlanPtr scan(const plan::ScanSourcePtr& source) {
    plan::Attributes output;
    for (const auto& f : source->schema()) {
      output.push_back(
          {.id = plan::new_attribute_id(), .name = f.name, .type = f.type, .nullable = f.nullable});
    }
    return plan::make_resolved_plan(plan::Scan{source, {}, {}}, std::move(output));
  }
  static plan::PlanPtr scan(types::Schema schema, FileScan files) {
    return scan(std::make_shared<GivenScan>(std::move(schema), std::move(files)));
  }
  static plan::PlanPtr scan(types::Schema schema, const std::vector<std::string>& paths) {
    ParquetTable t{.data_schema = std::move(schema), .partition_schema = {}, .files = {}};
    for (const auto& p : paths) t.files.push_back({.path = p, .size = -1, .partition_values = {}});
    return scan(parquet_source(std::move(t)));
  }
  fs::path directory_;
};

TEST_F(ParquetTest, ReadsFilesInOrderAndFillsWhatIsMissing) {
  const auto a = write("a.parquet", "SELECT 1::INTEGER AS x, 'p' AS y UNION ALL SELECT 2, 'q'");
  const auto b = write("b.parquet", "SELECT 'r' AS Y");
  auto p = scan(types::Schema{{"x", TypeId::kInteger}, {"y", TypeId::kString}}, {a, b});
  EXPECT_EQ(rows(p), (Rows{"1|p", "2|q", "null|r"}));
  EXPECT_EQ(rows(filter(p, fn("isnull", {col(p, "x")}))), (Rows{"null|r"}));
  EXPECT_EQ(rows(filter(p, fn("=", {col(p, "x"), lit(2)}))), (Rows{"2|q"}));
  EXPECT_EQ(rows(aggregate(p, {}, {as(fn("count", {lit(1)}), "n")})), (Rows{"3"}));
}

TEST_F(ParquetTest, ReadsNothingFromNoFiles) {
  EXPECT_EQ(rows(scan(types::Schema{{"x", TypeId::kInteger}}, std::vector<std::string>{})),
            (Rows{}));
}

TEST_F(ParquetTest, WidensTypesAndRefusesOthers) {
  const auto a =
      write("a.parquet",
            "SELECT 1::TINYINT AS a, 2::INTEGER AS b, 1.5::FLOAT AS c, 1.50::DECIMAL(5,2) AS d, "
            "DATE '2020-01-02' AS e, 'x'::BLOB AS f, [1::INTEGER] AS g");
  auto p = scan(types::Schema{{"a", TypeId::kLong},
                              {"b", TypeId::kDouble},
                              {"c", TypeId::kDouble},
                              {"d", DataType::decimal(10, 4)},
                              {"e", TypeId::kTimestampNtz},
                              {"f", TypeId::kString},
                              {"g", DataType::array(TypeId::kLong)}},
                {a});
  EXPECT_EQ(rows(p), (Rows{"1|2|1.5|1.5000|2020-01-02 00:00:00.000000|x|list<element: int64>[1]"}));
  EXPECT_EQ(condition(scan(types::Schema{{"b", TypeId::kString}}, {a})),
            "FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH");
  EXPECT_EQ(condition(scan(types::Schema{{"c", TypeId::kInteger}}, {a})),
            "FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH");
}

TEST_F(ParquetTest, ReadsInstantsAsInstants) {
  const auto a = write("a.parquet", "SELECT TIMESTAMP '2020-01-02 03:04:05.678901' AS t");
  auto p = scan(types::Schema{{"t", TypeId::kTimestamp}}, {a});
  EXPECT_EQ(rows(p), (Rows{"2020-01-02 03:04:05.678901Z"}));
}

TEST_F(ParquetTest, FindsNestedFieldsByIdWhateverTheirNames) {
  const auto a =
      write("a.parquet",
            "SELECT {'p1': 1::INTEGER, 'p2': 'x'} AS col_7, [{'q1': 5::INTEGER}] AS col_8, MAP "
            "{'k': {'r1': 9::INTEGER}} AS col_9",
            ", FIELD_IDS {col_7: {__duckdb_field_id: 1, p1: 2, p2: 3}, col_8: {__duckdb_field_id: "
            "4, element: {__duckdb_field_id: 14, q1: 5}}, "
            "col_9: {__duckdb_field_id: 6, key: 16, value: {__duckdb_field_id: 26, r1: 7}}}");
  auto s = DataType::structure(
      {{"b", TypeId::kString}, {"a", TypeId::kInteger}, {"new", TypeId::kLong}});
  auto e = DataType::structure({{"v", TypeId::kInteger}, {"w", TypeId::kInteger}});
  types::Schema schema{
      {"s", s}, {"l", DataType::array(e)}, {"m", DataType::map(TypeId::kString, e)}, {"gone", s}};
  FileScan files;
  files.columns = plain_columns(schema);
  files.mapping = delta::ColumnMapping::kId;
  auto& c = files.columns;
  c[0].field_id = 1;
  c[0].children[0].field_id = 3;
  c[0].children[1].field_id = 2;
  c[0].children[2].field_id = 99;
  c[1].field_id = 4;
  c[1].children[0].children[0].field_id = 5;
  c[1].children[0].children[1].field_id = 98;
  c[2].field_id = 6;
  c[2].children[1].children[0].field_id = 7;
  c[2].children[1].children[1].field_id = 97;
  c[3].field_id = 96;
  for (auto& child : c[3].children) child.field_id = 95;
  files.files.push_back(
      {.path = a, .size = -1, .rows = {}, .partition_values = {}, .deleted = nullptr});
  auto p = scan(schema, files);
  EXPECT_EQ(rows(p),
            (Rows{"{b:string = x, a:int32 = 1, new:int64 = null}|"
                  "list<element: struct<v: int32, w: int32>>[{v:int32 = 5, w:int32 = null}]|"
                  "map<string, struct<v: int32, w: int32>>[{key:string = k, value:struct<v: int32, "
                  "w: int32> = {v:int32 = 9, w:int32 = null}}]|null"}));
  auto a_of_s = plan::make_resolved(plan::GetField{col(p, "s"), 1, "a"}, TypeId::kInteger, true);
  EXPECT_EQ(rows(project(filter(p, fn("=", {a_of_s, lit(1)})), {as(a_of_s, "a")})), (Rows{"1"}));
  EXPECT_EQ(rows(project(filter(p, fn("=", {a_of_s, lit(2)})), {as(a_of_s, "a")})), (Rows{}));
}

TEST_F(ParquetTest, KeepsNullStructsApartFromStructsOfNulls) {
  const auto a =
      write("a.parquet", "SELECT * FROM (VALUES ({'x': 1}), (NULL), ({'x': NULL})) t(s)");
  auto s = DataType::structure({{"x", TypeId::kInteger}, {"y", TypeId::kInteger}});
  EXPECT_EQ(rows(scan(types::Schema{{"s", s}}, {a})),
            (Rows{"{x:int32 = 1, y:int32 = null}", "null", "{x:int32 = null, y:int32 = null}"}));
  auto only_new = DataType::structure({{"y", TypeId::kInteger}});
  EXPECT_EQ(rows(scan(types::Schema{{"s", only_new}}, {a})),
            (Rows{"{y:int32 = null}", "null", "{y:int32 = null}"}));
}

TEST_F(ParquetTest, LeavesOutDeletedRowsWhenRowGroupsAreSkipped) {
  const auto a =
      write("a.parquet", "SELECT range::INTEGER AS id, 'v' || range AS v FROM range(100000)",
            ", ROW_GROUP_SIZE 10000");
  types::Schema schema{{"id", TypeId::kInteger}, {"v", TypeId::kString}};
  FileScan files;
  files.columns = plain_columns(schema);
  std::set<uint64_t> deleted{0, 45'000, 45'002, 99'999};
  files.files.push_back({.path = a,
                         .size = -1,
                         .rows = 100'000,
                         .partition_values = {},
                         .deleted = [deleted]() -> IsDeleted {
                           return [deleted](uint64_t row) { return deleted.contains(row); };
                         }});
  auto p = scan(schema, files);
  EXPECT_EQ(rows(aggregate(p, {}, {as(fn("count", {lit(1)}), "n")})), (Rows{"99996"}));
  auto id = col(p, "id");
  EXPECT_EQ(rows(filter(p, fn("and", {fn(">=", {id, lit(44'999)}), fn("<=", {id, lit(45'003)})}))),
            (Rows{"44999|v44999", "45001|v45001", "45003|v45003"}));
  EXPECT_EQ(rows(filter(p, fn("in", {id, lit(0), lit(99'998), lit(99'999)}))),
            (Rows{"99998|v99998"}));
}

TEST_F(ParquetTest, TakesPartitionColumnsFromTheListing) {
  const auto a = write("a.parquet", "SELECT 1 AS x, 'wrong' AS p");
  const auto b = write("b.parquet", "SELECT 2 AS x");
  ParquetTable t{.data_schema = {{"x", TypeId::kInteger}},
                 .partition_schema = {{"p", TypeId::kString}},
                 .files = {}};
  t.files.push_back({.path = a, .size = -1, .partition_values = {Value::string("one")}});
  t.files.push_back({.path = b, .size = -1, .partition_values = {Value::null(TypeId::kString)}});
  auto p = scan(parquet_source(t));
  EXPECT_EQ(rows(p), (Rows{"1|one", "2|null"}));
  EXPECT_EQ(rows(filter(p, fn("=", {col(p, "p"), lit("one")}))), (Rows{"1|one"}));
  EXPECT_EQ(rows(filter(p, fn("isnull", {col(p, "p")}))), (Rows{"2|null"}));
  EXPECT_EQ(rows(project(p, {col(p, "p")})), (Rows{"one", "null"}));
}

TEST_F(ParquetTest, AnswersCountsFromTheLog) {
  types::Schema schema{{"id", TypeId::kInteger}};
  FileScan files;
  files.columns = plain_columns(schema);
  files.files.push_back(
      {.path = "/nonexistent", .size = 1, .rows = 42, .partition_values = {}, .deleted = nullptr});
  auto p = scan(schema, files);
  EXPECT_EQ(rows(aggregate(p, {}, {as(fn("count", {lit(1)}), "n")})), (Rows{"42"}));
}

TEST_F(ParquetTest, DerivesSchemas) {
  const auto a = write("a.parquet",
                       "SELECT 1::UTINYINT AS a, 1::UBIGINT AS b, TIMESTAMP '2020-01-01' AS c, "
                       "TIMESTAMPTZ '2020-01-01' AS d, "
                       "{'x': [1.5::DECIMAL(4,1)]} AS e, 'x' AS f, '\\x00'::BLOB AS g");
  EXPECT_EQ(DataType::structure(read_parquet_schema(engine(), a)).simple_string(),
            "struct<a:smallint,b:decimal(20,0),c:timestamp_ntz,d:timestamp,e:struct<x:array<"
            "decimal(4,1)>>,f:string,g:binary>");
  EXPECT_THROW(read_parquet_schema(engine(), "/nonexistent"), Error);
}

TEST_F(ParquetTest, WritesRowsAndSaysWhatIsInTheFiles) {
  auto s = DataType::structure({{"a b", TypeId::kInteger}});
  types::Schema schema{
      {"x", TypeId::kInteger}, {"t", TypeId::kTimestamp}, {"s", s}, {"v", TypeId::kNull}};
  auto p = values(
      {{"x", TypeId::kInteger}, {"t", TypeId::kTimestamp}, {"s", s}, {"v", TypeId::kNull}},
      {{int64_t{3}, int64_t{1'500'000}, std::vector<Value>{Value::integer(7)}, std::monostate{}},
       {std::monostate{}, int64_t{0}, std::monostate{}, std::monostate{}}});
  ParquetWrite write{.directory = directory_.string(), .columns = plain_columns(schema)};
  write.statistics = {{.path = {"x"}, .type = TypeId::kInteger},
                      {.path = {"t"}, .type = TypeId::kTimestamp},
                      {.path = {"s", "a b"}, .type = TypeId::kInteger}};
  write.metadata = spark_metadata(schema);
  auto files = write_parquet(engine(), p, options(), write);
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].rows, 2);
  EXPECT_EQ(files[0].size, static_cast<int64_t>(fs::file_size(files[0].path)));
  const auto& stats = files[0].statistics.columns;
  EXPECT_EQ(stats[0].min, Value::integer(3));
  EXPECT_EQ(stats[0].null_count, 1);
  EXPECT_EQ(stats[1].max, Value(TypeId::kTimestamp, int64_t{1'500'000}));
  EXPECT_EQ(stats[2].min, Value::integer(7));
  EXPECT_EQ(stats[2].null_count, 1);
  EXPECT_EQ(rows(scan(schema, {files[0].path})),
            (Rows{"3|1970-01-01 00:00:01.500000Z|{a b:int32 = 7}|null",
                  "null|1970-01-01 00:00:00.000000Z|null|null"}));
  EXPECT_EQ(DataType::structure(read_parquet_schema(engine(), files[0].path)).simple_string(),
            "struct<x:int,t:timestamp,s:struct<a b:int>,v:void>");
}

TEST_F(ParquetTest, SaysTheBoundsOfDecimalsInstantsTextsAndFloats) {
  using types::Int128;
  const auto narrow = DataType::decimal(9, 2), wide = DataType::decimal(38, 10);
  const auto point = DataType::structure({{"d", wide}});
  types::Schema schema{{"n", narrow},          {"s", point},           {"t", TypeId::kTimestamp},
                       {"c", TypeId::kString}, {"f", TypeId::kDouble}, {"g", TypeId::kDouble}};
  const auto number = [&](Int128 unscaled) { return Value(wide, unscaled); };
  const Int128 large = Int128{1'000'000'000'000'000'000} * 1'000'000'000'000;
  std::vector<std::pair<std::string, DataType>> columns;
  for (const auto& field : schema) columns.emplace_back(field.name, field.type);
  auto p = values(columns, {{Int128{-12'345}, std::vector<Value>{number(-large)}, int64_t{-1},
                             std::string("b"), std::nan(""), -1.5},
                            {Int128{99}, std::vector<Value>{number(large + 1)},
                             int64_t{253'402'300'799'999'999}, std::string(5000, 'z'), 1.0, 0.25}});
  ParquetWrite write{.directory = directory_.string(), .columns = plain_columns(schema)};
  write.statistics = {{.path = {"n"}, .type = narrow},
                      {.path = {"s", "d"}, .type = wide},
                      {.path = {"t"}, .type = TypeId::kTimestamp},
                      {.path = {"c"}, .type = TypeId::kString},
                      {.path = {"f"}, .type = TypeId::kDouble},
                      {.path = {"g"}, .type = TypeId::kDouble}};
  auto files = write_parquet(engine(), p, options(), write);
  ASSERT_EQ(files.size(), 1u);
  const auto& stats = files[0].statistics.columns;
  EXPECT_EQ(stats[0].min, Value(narrow, Int128{-12'345}));
  EXPECT_EQ(stats[0].max, Value(narrow, Int128{99}));
  EXPECT_EQ(stats[1].min, number(-large));
  EXPECT_EQ(stats[1].max, number(large + 1));
  EXPECT_EQ(stats[2].min, Value(TypeId::kTimestamp, int64_t{-1}));
  EXPECT_EQ(stats[2].max, Value(TypeId::kTimestamp, int64_t{253'402'300'799'999'999}));
  EXPECT_EQ(stats[3].min, Value::string("b"));
  // A long text is cut and counted up: a bound still.
  ASSERT_TRUE(stats[3].max);
  EXPECT_GE(std::get<std::string>(stats[3].max->data), std::string(5000, 'z'));
  // NaN is larger than any number in Spark and equal to none in Parquet: no bounds at all.
  EXPECT_FALSE(stats[4].min || stats[4].max);
  EXPECT_EQ(stats[4].null_count, 0);
  EXPECT_EQ(stats[5].min, Value(TypeId::kDouble, -1.5));
  EXPECT_EQ(stats[5].max, Value(TypeId::kDouble, 0.25));
}

TEST_F(ParquetTest, WritesOneFilePerPartition) {
  types::Schema schema{{"p", TypeId::kString}, {"d", TypeId::kDate}, {"x", TypeId::kInteger}};
  auto p = values({{"p", TypeId::kString}, {"d", TypeId::kDate}, {"x", TypeId::kInteger}},
                  {{std::string("a/b='"), int64_t{1}, int64_t{1}},
                   {std::monostate{}, std::monostate{}, int64_t{2}},
                   {std::string("a/b='"), int64_t{1}, int64_t{3}}});
  ParquetWrite write{.directory = directory_.string(),
                     .columns = plain_columns(schema),
                     .partition_columns = {0, 1}};
  auto files = write_parquet(engine(), p, options(), write);
  ASSERT_EQ(files.size(), 2u);
  for (const auto& f : files) {
    if (f.partition_values[0].is_null()) {
      EXPECT_EQ(f.rows, 1);
      EXPECT_TRUE(f.partition_values[1].is_null());
    } else {
      EXPECT_EQ(f.partition_values[0], Value::string("a/b='"));
      EXPECT_EQ(f.partition_values[1], Value(TypeId::kDate, int64_t{1}));
      EXPECT_EQ(rows(scan(types::Schema{{"x", TypeId::kInteger}}, {f.path})), (Rows{"1", "3"}));
    }
  }
}

TEST_F(ParquetTest, LeavesNothingBehindWhenAQueryFails) {
  auto p = values({{"x", TypeId::kInteger}}, {{int64_t{1}}});
  cancel->cancel();
  ParquetWrite write{.directory = directory_.string(),
                     .columns = plain_columns({{"x", TypeId::kInteger}})};
  EXPECT_THROW(write_parquet(engine(), p, options(), write), Error);
  EXPECT_TRUE(fs::is_empty(directory_));
}

TEST_F(ParquetTest, WritesNoFileForNoRows) {
  auto p = filter(values({{"x", TypeId::kInteger}}, {{int64_t{1}}}), lit(Value::boolean(false)));
  ParquetWrite write{.directory = directory_.string(),
                     .columns = plain_columns({{"x", TypeId::kInteger}})};
  EXPECT_EQ(write_parquet(engine(), p, options(), write).size(), 0u);
  write.write_empty_file = true;
  auto files = write_parquet(engine(), p, options(), write);
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].rows, 0);
}

}  // namespace
}  // namespace lochan::engine::testing
