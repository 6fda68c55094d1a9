#pragma once
#include <string>

#include "plan/plan.h"

namespace lochan::analysis {

/// A text that is equal for resolved plans that give the same rows for reasons that do not depend
/// on data: names, ids and the order of operands of commutative operators are left out, as in
/// Spark's canonical form of plans.
std::string canonical_text(const plan::PlanPtr& resolved);

}  // namespace lochan::analysis
