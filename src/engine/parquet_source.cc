#include "engine/file_scan.h"
#include "engine/sources.h"
#include "engine/table_source.h"

namespace lochan::engine {
namespace {

class ParquetSource final : public TableSource {
 public:
  explicit ParquetSource(ParquetTable table) {
    schema_ = table.data_schema;
    schema_.insert(schema_.end(), table.partition_schema.begin(), table.partition_schema.end());
    scan_ = std::make_shared<FileScan>();
    scan_->columns = plain_columns(schema_);
    for (size_t i = 0; i < table.partition_schema.size(); ++i) {
      scan_->partition_columns.push_back(table.data_schema.size() + i);
    }
    for (auto& f : table.files) {
      scan_->files.push_back({.path = std::move(f.path),
                              .size = f.size,
                              .rows = {},
                              .partition_values = std::move(f.partition_values),
                              .deleted = nullptr});
    }
  }

  const types::Schema& schema() const override { return schema_; }
  std::string description() const override {
    return "parquet [" + std::to_string(scan_->files.size()) + " files]";
  }
  std::vector<std::string> input_files() const override {
    std::vector<std::string> files;
    for (const auto& f : scan_->files) files.push_back("file://" + f.path);
    return files;
  }
  std::optional<int64_t> bytes() const override {
    int64_t sum = 0;
    for (const auto& f : scan_->files) {
      if (f.size < 0) return std::nullopt;
      sum += f.size;
    }
    return sum;
  }
  duckdb::unique_ptr<duckdb::TableRef> table(const ScanRequest& request) const override {
    request.keep_alive.push_back(scan_);
    return file_scan_table(*scan_);
  }

 private:
  types::Schema schema_;
  std::shared_ptr<FileScan> scan_;
};

}  // namespace

plan::ScanSourcePtr parquet_source(ParquetTable table) {
  return std::make_shared<ParquetSource>(std::move(table));
}

}  // namespace lochan::engine
