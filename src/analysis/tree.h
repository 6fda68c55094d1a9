#pragma once
#include <functional>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "functions/function.h"
#include "plan/plan.h"

/// Walks over resolved expressions and plans.
namespace lochan::analysis {

/// Rebuilds a tree from the top: where `replace` returns a node it is taken, else its children are
/// visited.
plan::ExpressionPtr transform(
    const plan::ExpressionPtr& expression,
    const std::function<plan::ExpressionPtr(const plan::ExpressionPtr&)>& replace);
/// Whether some node satisfies `test` (does not enter the plans of subqueries).
bool any_node(const plan::ExpressionPtr& expression,
              const std::function<bool(const plan::Expression&)>& test);
/// The same for every expression of a plan and of the plans below, subqueries included.
plan::PlanPtr transform_expressions(
    const plan::PlanPtr& plan,
    const std::function<plan::ExpressionPtr(const plan::ExpressionPtr&)>& replace);

/// Equal for expressions that compute the same: no origins, no display names.
std::string semantic_key(const plan::Expression& expression);

const functions::Function* called(const plan::Expression& expression);
bool is_aggregate_call(const plan::Expression& expression);
bool is_generator_call(const plan::Expression& expression);
/// Whether an aggregate is called outside of OVER.
bool has_aggregate(const plan::ExpressionPtr& expression);
bool has_window(const plan::ExpressionPtr& expression);
plan::ExpressionPtr find_window(const plan::ExpressionPtr& expression);  // null if there is none
bool has_generator(const plan::ExpressionPtr& expression);
bool is_deterministic(const plan::ExpressionPtr& expression);
/// A value that does not depend on rows.
bool is_constant(const plan::ExpressionPtr& expression);

using IdSet = std::unordered_set<plan::AttributeId>;
/// The columns an expression refers to, those of its subqueries to the outside included.
void collect_references(const plan::ExpressionPtr& expression, IdSet& ids);
/// Ids that a plan refers to and does not produce: its outer references.
IdSet outer_references(const plan::PlanPtr& plan);
IdSet output_ids(const plan::Attributes& attributes);

/// A reference to `attribute`.
plan::ExpressionPtr reference(const plan::Attribute& attribute, const plan::Origin& origin = {});
plan::Expressions references(const plan::Attributes& attributes);
/// expression AS name, with a new id.
plan::ExpressionPtr alias(const plan::ExpressionPtr& expression, std::string name);
/// The column that an Alias or AttributeRef of a select list makes; qualifier and metadata come
/// from `input`.
plan::Attribute attribute_of(const plan::Expression& item, const plan::Attributes& input);

/// Resolved nodes with their outputs.
plan::PlanPtr project(const plan::PlanPtr& child, plan::Expressions items,
                      const plan::Origin& origin = {});
/// `child` cut back to `output`, which is part of what it puts out; hidden columns stay hidden.
plan::PlanPtr restored(const plan::PlanPtr& child, const plan::Attributes& output,
                       const plan::Origin& origin);
plan::PlanPtr filter(const plan::PlanPtr& child, const plan::ExpressionPtr& condition,
                     const plan::Origin& origin = {});
/// `child` without its hidden columns.
plan::PlanPtr visible(const plan::PlanPtr& child);
plan::Attributes visible(const plan::Attributes& attributes);
/// Whether an unresolved plan names the relation `name`.
bool refers_to(const plan::PlanPtr& plan, const std::string& name);
/// The plan with new ids for all that it produces.
plan::PlanPtr fresh_copy(const plan::PlanPtr& plan);

}  // namespace lochan::analysis
