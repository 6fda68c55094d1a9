#pragma once
#include "duckdb.hpp"

namespace duckdb {
class PhysicalPlan;
}

namespace lochan::engine {

/// Makes projections of `plan` that can compute wide values work on fewer rows at a time where rows
/// are wide: DuckDB itself fills chunks of 2,048 rows, which is 2 GB where a row has 1 MB.
void bound_projections(duckdb::PhysicalPlan& plan);

}  // namespace lochan::engine
