#pragma once
#include <map>

#include "analysis/resolver.h"

namespace lochan::analysis {

/// GROUP BY in normal form. The plan that comes out is
///
///   Project (the select list)        over
///   [Filter (HAVING)]                over
///   Aggregate (grouping columns, one column per aggregate call)   over
///   [Project (computes grouping expressions that are no columns)]
///
/// so that any expression over the group can be lifted to it: HAVING, ORDER BY and windows add
/// aggregates as they go.
class Grouped {
 public:
  /// `groups`: resolved expressions over `child`.
  Grouped(Resolver& resolver, plan::PlanPtr child, const plan::Expressions& groups,
          std::vector<std::vector<int>> sets);
  /// Opens an Aggregate of this form again.
  Grouped(Resolver& resolver, const plan::PlanPtr& aggregate);

  /// `e`, an expression over the child, as one over the Aggregate. Throws MISSING_AGGREGATION.
  plan::ExpressionPtr lift(const plan::ExpressionPtr& e);
  plan::PlanPtr build(const plan::Origin& origin) const;
  using Values = std::map<plan::AttributeId, plan::ExpressionPtr>;
  /// For HAVING and ORDER BY: columns that are not grouped are then UNRESOLVED_COLUMN with
  /// proposals from `visible`, the select list's columns; `values` are what these stand for.
  void hide_input(const plan::Attributes* visible, const Values* values) {
    visible_ = visible;
    values_ = values;
  }

 private:
  bool is_of_outer(const plan::Expression& e) const;
  plan::ExpressionPtr lift_aggregate(const plan::ExpressionPtr& e);
  plan::ExpressionPtr lift_grouping(const plan::ExpressionPtr& e);
  plan::ExpressionPtr lift_column(const plan::ExpressionPtr& e) const;
  plan::ExpressionPtr lift_subquery(const plan::ExpressionPtr& e);

  Resolver& resolver_;
  plan::PlanPtr child_;
  plan::Attributes groups_;
  std::map<std::string, size_t> group_keys_;
  std::vector<std::vector<int>> sets_;
  plan::Expressions calls_;  // Alias of an aggregate call
  std::map<std::string, size_t> call_keys_;
  const plan::Attributes* visible_ = nullptr;
  const Values* values_ = nullptr;
};

/// A plan that puts out more: `expressions` rewritten over `plan`, whose output begins with the old
/// one's.
struct Extended {
  plan::PlanPtr plan;
  plan::Expressions expressions;
};
/// Makes `plan` (a Project, maybe under filters and sorts) put out what `expressions` refer to:
/// columns under it, aggregates of the Aggregate under it, windows. Expressions are over its output
/// and `below_columns(plan)`.
Extended extend(Resolver& resolver, const plan::PlanPtr& plan,
                const plan::Expressions& expressions);
/// Whether `plan` is a Project over (filters over) an Aggregate.
bool over_aggregate(const plan::PlanPtr& plan);
/// The columns under the Project on which `plan` stands, null if there are none to reach.
const plan::Attributes* below_columns(const plan::PlanPtr& plan);

}  // namespace lochan::analysis
