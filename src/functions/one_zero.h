#pragma once
#include "functions/function.h"

namespace lochan::functions {

/// Argument i with 0.0 for every -0.0 in it, as where Spark compares values to keep one of each.
void with_one_zero(CallSite& call, size_t i);

}  // namespace lochan::functions
