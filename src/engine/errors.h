#pragma once
#include "base/error.h"
#include "duckdb/common/error_data.hpp"

namespace lochan::engine {

/// DuckDB's error as Spark's: the lochan::Error that a kernel raised, or the condition that fits
/// DuckDB's own.
Error translate(const duckdb::ErrorData& error);

}  // namespace lochan::engine
