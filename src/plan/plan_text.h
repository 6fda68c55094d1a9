#pragma once
#include <string>
#include <vector>

#include "plan/plan.h"

/// Pieces of the printed form of plans and expressions.
namespace lochan::plan {

/// `a.b` with backticks where needed.
std::string dotted(const std::vector<std::string>& name);
std::string join(const std::vector<std::string>& items);
std::string join(const Expressions& items);
/// The tree in one line: Filter [x] (Scan [t]).
std::string one_line(const Plan& plan);

}  // namespace lochan::plan
