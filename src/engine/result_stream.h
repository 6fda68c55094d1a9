#pragma once
#include <memory>

#include "duckdb.hpp"
#include "engine/arrow_export.h"
#include "engine/engine.h"
#include "engine/lowering/lowering.h"

namespace lochan::engine {

/// Starts `lowered` on a connection of its own and streams its rows.
std::unique_ptr<ResultStream> start_stream(duckdb::DatabaseInstance& database, Lowered lowered,
                                           const plan::Attributes& output,
                                           const QueryOptions& options);

}  // namespace lochan::engine
