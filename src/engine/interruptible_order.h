#pragma once
#include "duckdb.hpp"
#include "duckdb/execution/physical_plan_generator.hpp"

namespace lochan::engine {

/// Makes the ORDER BYs of a plan stop soon after an interrupt, however many rows they have.
/// DuckDB's own look for one before and after a sort of what a thread may hold, which takes
/// seconds with much memory.
void make_orders_interruptible(duckdb::PhysicalPlan& plan);

}  // namespace lochan::engine
