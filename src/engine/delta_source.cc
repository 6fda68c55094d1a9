#include "engine/file_scan.h"
#include "engine/sources.h"
#include "engine/table_source.h"

namespace lochan::engine {
namespace {

/// Bounds serve the optimizer; beyond this number of files, reading all their statistics again
/// takes longer than that is worth.
constexpr size_t kMostFilesWithBounds = 1000;

class DeltaSource final : public TableSource {
 public:
  DeltaSource(delta::SnapshotPtr snapshot, std::string name, bool newest)
      : snapshot_(std::move(snapshot)), name_(std::move(name)), newest_(newest) {}

  const types::Schema& schema() const override { return snapshot_->schema().fields; }
  std::string description() const override {
    return "delta " + name_ + "@v" + std::to_string(snapshot_->version());
  }
  std::vector<std::string> input_files() const override {
    std::vector<std::string> files;
    for (const auto& add : snapshot_->files())
      files.push_back(snapshot_->file(add).location().uri());
    return files;
  }

  std::optional<int64_t> bytes() const override {
    int64_t sum = 0;
    for (const auto& add : snapshot_->files()) sum += add.size;
    return sum;
  }

  duckdb::unique_ptr<duckdb::TableRef> table(const ScanRequest& request) const override {
    const auto& schema = snapshot_->schema();
    auto scan = std::make_shared<FileScan>();
    scan->columns = schema.columns;
    scan->partition_columns = schema.partition_columns;
    scan->mapping = schema.mapping;
    const auto predicate = pruning_predicate(request.scan.filters, request.output);
    auto files = snapshot_->plan_scan(predicate);
    if (files.size() <= kMostFilesWithBounds) scan->bounds = snapshot_->column_bounds(files);
    for (auto& f : files) {
      const auto grant = snapshot_->file(*f.add);
      ScannedFile file{.path = snapshot_->access().store->local_path(grant),
                       .size = f.add->size,
                       .rows = f.num_records,
                       .partition_values = std::move(f.partition_values),
                       .deleted = nullptr};
      if (f.add->deletion_vector) {
        file.deleted = [snapshot = snapshot_, add = f.add]() -> IsDeleted {
          return
              [rows = snapshot->deletion_vector(*add)](uint64_t row) { return rows.contains(row); };
        };
      }
      scan->files.push_back(std::move(file));
    }
    if (!request.limited) split_single_file(*scan);
    request.keep_alive.push_back(scan);
    return file_scan_table(*scan);
  }

  const delta::SnapshotPtr& snapshot() const { return snapshot_; }
  bool newest() const { return newest_; }

 private:
  delta::SnapshotPtr snapshot_;
  std::string name_;
  bool newest_;
};

}  // namespace

plan::ScanSourcePtr delta_source(delta::SnapshotPtr snapshot, std::string name, bool newest) {
  return std::make_shared<DeltaSource>(std::move(snapshot), std::move(name), newest);
}

delta::SnapshotPtr snapshot_of(const plan::ScanSource& source) {
  const auto* delta = dynamic_cast<const DeltaSource*>(&source);
  return delta ? delta->snapshot() : nullptr;
}

delta::SnapshotPtr newest_snapshot_of(const plan::ScanSource& source) {
  const auto* delta = dynamic_cast<const DeltaSource*>(&source);
  return delta && delta->newest() ? delta->snapshot() : nullptr;
}

}  // namespace lochan::engine
