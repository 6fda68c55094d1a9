#pragma once
#include <mutex>

#include "duckdb.hpp"
#include "engine/engine.h"
#include "engine/lowering/lowering.h"

namespace lochan::engine {

/// A DuckDB instance: in memory, with the kernels, and with every setting fixed that could change a
/// result. It holds nothing that a statement made. Connections keep what is behind `instance()`.
struct Database {
  /// `spill_directory`: the instance removes its files there when it goes.
  Database(const EngineOptions& options, const std::string& spill_directory);
  duckdb::DatabaseInstance& instance() const { return *handle->instance; }

  std::unique_ptr<duckdb::DuckDB> handle;
  DatabaseFacts facts;
};

struct Engine::Impl {
  explicit Impl(const EngineOptions& options);

  /// The database for a new operation. After a fatal error of DuckDB an instance refuses all work:
  /// then this opens another one, and what still runs on the old one fails with ENGINE_RESTARTED.
  std::shared_ptr<const Database> database();

 private:
  const EngineOptions options_;
  std::mutex mutex_;
  std::shared_ptr<const Database> database_;
  int restarts_ = 0;
};

}  // namespace lochan::engine
