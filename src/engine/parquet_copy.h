#pragma once
#include "duckdb.hpp"

namespace lochan::engine {

/// The format of COPY that is DuckDB's Parquet but reports statistics of texts that are no UTF-8
/// as unknown, where DuckDB fails.
constexpr const char* kParquetCopy = "lochan_parquet";

void register_parquet_copy(duckdb::DatabaseInstance& database);

}  // namespace lochan::engine
