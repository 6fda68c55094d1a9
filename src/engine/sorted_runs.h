#pragma once
#include "duckdb.hpp"
#include "duckdb/common/sorting/sorted_run.hpp"

namespace lochan::engine {

/// Sorts the rows of a run where they are and marks it as final, as SortedRun::Finalize() does, but
/// looks for an interrupt all the way: DuckDB sorts hundreds of megabytes without a look.
/// With `external` its blocks are then written in order and may be moved to disk.
void sort_run(duckdb::SortedRun& run, bool external);

}  // namespace lochan::engine
