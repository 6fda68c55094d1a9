#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "duckdb.hpp"
#include "duckdb/parser/tableref.hpp"
#include "engine/engine.h"
#include "plan/plan.h"

namespace lochan::engine {

/// A scan as lowering sees it.
struct ScanRequest {
  const plan::Scan& scan;
  const plan::Attributes& output;
  const QueryOptions& options;
  std::vector<std::shared_ptr<const void>>& keep_alive;
  bool limited = false;  // maybe only the first rows are wanted, and soon
};

/// What every ScanSource that the engine can read derives from.
class TableSource : public plan::ScanSource {
 public:
  /// An element of FROM whose columns are, in order, the source's schema, in the types of
  /// to_duckdb(). Lowering sets alias and column names.
  virtual duckdb::unique_ptr<duckdb::TableRef> table(const ScanRequest& request) const = 0;
  /// The size of its files, all columns; nullopt: not known without looking.
  virtual std::optional<int64_t> bytes() const { return std::nullopt; }
};

}  // namespace lochan::engine
