#pragma once
#include "duckdb.hpp"

namespace lochan::engine::kernels {

/// Writes into `keys` (flat, BLOB) one key per value: keys compare byte by byte as Spark orders the
/// values; null is the smallest at every depth. For arrays, structs and what they hold, not for
/// maps.
void make_order_keys(const duckdb::Vector& values, duckdb::idx_t count, duckdb::Vector& keys);

/// 0.0 for every -0.0 of a flat vector of `Float`.
template <class Float>
void turn_negative_zeros(duckdb::Vector& flat, duckdb::idx_t count) {
  auto* values = duckdb::FlatVector::GetData<Float>(flat);
  for (duckdb::idx_t i = 0; i < count; ++i) values[i] += 0;
}

}  // namespace lochan::engine::kernels
