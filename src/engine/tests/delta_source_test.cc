// Tables that Spark wrote, with the rows that Spark read from them: LOCHAN_DELTA_TABLES names the
// directory of their archives (.ci/run sets it). Without it this test says so and passes.
#include <filesystem>

#include "engine/sources.h"
#include "engine/tests/plan_builder.h"
#include "storage/local_store.h"
#include "storage/path_resolver.h"

namespace lochan::engine::testing {
namespace {

namespace fs = std::filesystem;

class DeltaSourceTest : public EngineTest {
 protected:
  void SetUp() override {
    const char* tables = std::getenv("LOCHAN_DELTA_TABLES");
    if (!tables) GTEST_SKIP() << "LOCHAN_DELTA_TABLES is not set";
    archives_ = tables;
    work_ = fs::temp_directory_path() / ("lochan_delta_source_" + std::to_string(::getpid()));
    fs::remove_all(work_);
    fs::create_directories(work_);
  }
  void TearDown() override { fs::remove_all(work_); }

  delta::TableAccess access(const fs::path& table) {
    storage::PathResolver paths({.home = (work_ / "home").string()});
    auto store = std::make_shared<storage::LocalStore>();
    return {.root = paths.resolve("test", table.string(), storage::Access::kRead),
            .store = store,
            .parquet = parquet_reader(engine(), store),
            .name = table.string(),
            .resolve = {}};
  }
  static plan::PlanPtr scan(const plan::ScanSourcePtr& source) {
    plan::Attributes output;
    for (const auto& f : source->schema()) {
      output.push_back(
          {.id = plan::new_attribute_id(), .name = f.name, .type = f.type, .nullable = true});
    }
    return plan::make_resolved_plan(plan::Scan{source, {}, {}}, std::move(output));
  }
  Rows expected(const fs::path& directory, const types::Schema& schema) {
    ParquetTable t{.data_schema = schema, .partition_schema = {}, .files = {}};
    for (const auto& e : fs::directory_iterator(directory)) {
      const auto name = e.path().filename().string();
      if (name.ends_with(".parquet") && !name.starts_with(".")) {
        t.files.push_back({.path = e.path().string(), .size = -1, .partition_values = {}});
      }
    }
    return sorted_rows(scan(parquet_source(std::move(t))));
  }

  fs::path archives_, work_;
};

TEST_F(DeltaSourceTest, ReadsWhatSparkWroteAndRefusesTheRest) {
  int read = 0, refused = 0;
  for (const auto& archive : fs::directory_iterator(archives_)) {
    const auto file = archive.path().filename().string();
    if (!file.ends_with(".tar.zst")) continue;
    const auto name = file.substr(0, file.size() - 8);
    SCOPED_TRACE(name);
    if (std::system(("tar --zstd -xf '" + archive.path().string() + "' -C '" + work_.string() + "'")
                        .c_str()) != 0) {
      GTEST_SKIP() << "tar cannot unpack zstd here";
    }
    const auto directory = work_ / name;
    const bool readable = fs::exists(directory / "expected");
    try {
      auto snapshot = delta::Snapshot::load(access(directory / "delta"));
      auto p = scan(delta_source(snapshot, name));
      auto actual = sorted_rows(p);
      if (!readable) {
        std::cout << name << ": read " << actual.size() << " rows, without expectation\n";
        continue;
      }
      EXPECT_EQ(actual, expected(directory / "expected", snapshot->schema().fields));
      const auto counted = rows(aggregate(p, {}, {as(fn("count", {lit(1)}), "n")}));
      EXPECT_EQ(counted.at(0), std::to_string(actual.size()));
      ++read;
    } catch (const Error& e) {
      EXPECT_FALSE(readable) << e.what();
      EXPECT_NE(e.condition(), "INTERNAL_ERROR") << e.what();
      std::cout << name << ": " << e.condition() << "\n";
      ++refused;
    }
  }
  std::cout << read << " tables read, " << refused << " refused\n";
}

}  // namespace
}  // namespace lochan::engine::testing
