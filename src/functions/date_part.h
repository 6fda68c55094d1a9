#pragma once
#include <vector>

#include "functions/function.h"

namespace lochan::functions {

/// extract, date_part, datepart: part of the family of dates and times.
std::vector<Function> date_part_rows();

}  // namespace lochan::functions
