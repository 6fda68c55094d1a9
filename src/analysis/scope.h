#pragma once
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "plan/plan.h"

/// What names mean at one place of a plan.
namespace lochan::analysis {

/// Which of Connect's marks (plan_id) stand below a plan, and what the marked plans put out.
struct Marks;
using MarksPtr = std::shared_ptr<const Marks>;
struct Marks {
  int64_t plan_id = -1;  // -1: only joins those below
  plan::PlanPtr plan;
  std::vector<MarksPtr> below;
};

/// A resolved plan and the marks in it.
struct Node {
  plan::PlanPtr plan;
  MarksPtr marks;
};

/// Columns that can be named, with an index by name. Does not own the attributes.
class Columns {
 public:
  explicit Columns(const plan::Attributes& attributes);
  const plan::Attributes& all() const { return *attributes_; }
  /// Those whose name is `name` without regard to case, in order.
  std::vector<const plan::Attribute*> named(const std::string& name) const;
  const plan::Attribute* find(plan::AttributeId id) const;

 private:
  const plan::Attributes* attributes_;
  mutable std::unordered_multimap<std::string, size_t> index_;  // built at the first look-up
  mutable bool indexed_ = false;
};

/// An alias of the same select list, further left.
struct LateralAlias {
  std::string name;
  plan::ExpressionPtr value;
};

/// Looked up in this order: columns, lateral aliases, below, functions without parentheses, outer.
struct Scope {
  const Columns* columns = nullptr;
  MarksPtr marks;
  const std::vector<LateralAlias>* lateral = nullptr;
  /// Columns under the plan, for ORDER BY and HAVING; arguments of aggregates look here first.
  const Columns* below = nullptr;
  /// The query around a subquery.
  const Scope* outer = nullptr;
  /// In the arguments of an aggregate.
  bool inside_aggregate = false;
  /// The call being resolved is what OVER applies to.
  bool over_window = false;
  /// The condition of a join: `marks` has those of its two sides.
  bool join_condition = false;
};

/// A list of parts, each in backticks.
std::string quoted(const std::vector<std::string>& parts);

}  // namespace lochan::analysis
