#pragma once
#include <vector>

#include "duckdb.hpp"

namespace lochan::engine {

/// Adds what each row of `vector` takes, in bytes; elements of one list count as much as those of
/// the others.
void add_row_sizes(duckdb::Vector& vector, duckdb::idx_t count, std::vector<double>& sizes);

}  // namespace lochan::engine
