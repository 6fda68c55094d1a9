#pragma once
#include "duckdb.hpp"

namespace lochan::engine::kernels {

/// Writes into `keys` (flat, BLOB) one key per value: keys compare byte by byte as Spark orders the
/// values; null is the smallest at every depth. For arrays, structs and what they hold, not for
/// maps.
void make_order_keys(const duckdb::Vector& values, duckdb::idx_t count, duckdb::Vector& keys);

}  // namespace lochan::engine::kernels
