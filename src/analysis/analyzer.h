#pragma once
#include "functions/function.h"
#include "plan/catalog.h"
#include "plan/plan.h"

/// From unresolved plans to resolved ones. See README.md for the order in which a node is resolved.
namespace lochan::analysis {

/// Resolves a query, or the queries inside a command. The result holds only nodes marked [R] in
/// plan/plan.h (commands and ShowString keep their own node). Throws Error with Spark's conditions
/// and query contexts. Thread rule: that of `catalog`.
plan::PlanPtr analyze(const plan::PlanPtr& plan, plan::Catalog& catalog,
                      const functions::ResolveContext& context);

/// Resolves an expression over columns, e.g. a partition filter or a default value. Subqueries and
/// aggregates are refused.
plan::ExpressionPtr resolve_expression(const plan::ExpressionPtr& expression,
                                       const plan::Attributes& columns, plan::Catalog& catalog,
                                       const functions::ResolveContext& context);

/// `plan` with its columns cast and ordered for a table of `columns` (store assignment: ANSI). By
/// position, or by name. Throws INSERT_COLUMN_ARITY_MISMATCH.*, INCOMPATIBLE_DATA_FOR_TABLE.*.
plan::PlanPtr cast_for_store(const plan::PlanPtr& plan, const types::Schema& columns, bool by_name,
                             std::string_view table_name, const functions::ResolveContext& context);

/// Throws an internal error where a plan that claims to be resolved is not: unresolved nodes,
/// references to columns that no child puts out, calls without a function. Debug builds run it
/// after analyze().
void validate(const plan::PlanPtr& plan);

}  // namespace lochan::analysis
