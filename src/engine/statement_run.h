#pragma once
#include <vector>

#include "duckdb.hpp"
#include "engine/engine.h"

namespace lochan::engine {

/// Runs a statement of ours on a connection of its own, to its end; all rows. Cancelled by the
/// query's token; DuckDB's errors come as lochan::Error.
std::vector<std::vector<duckdb::Value>> run_to_end(
    Engine& engine, duckdb::unique_ptr<duckdb::SQLStatement> statement,
    const QueryOptions& options);

/// The cells of the one row that an aggregate of bigints gives.
std::vector<int64_t> single_row(Engine& engine, const plan::PlanPtr& resolved,
                                const QueryOptions& options);

}  // namespace lochan::engine
