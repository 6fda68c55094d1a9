#pragma once
#include "duckdb.hpp"
#include "engine/engine.h"
#include "engine/lowering/lowering.h"

namespace lochan::engine {

/// The DuckDB instance behind an Engine: in memory, with the kernels, and with every setting fixed
/// that could change a result.
struct Engine::Impl {
  explicit Impl(const EngineOptions& options);
  duckdb::DatabaseInstance& instance() { return *database->instance; }

  std::unique_ptr<duckdb::DuckDB> database;
  DatabaseFacts facts;
};

}  // namespace lochan::engine
