#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "delta/predicate.h"
#include "types/value.h"

namespace lochan::delta {

/// What is known of a column's values in one file.
struct ColumnFacts {
  bool can_be_null = true;
  bool can_be_value = true;              // holds values that are not null
  std::optional<types::Value> min, max;  // no value lies outside
  bool is_constant = false;              // a partition value: min = max is what every row has
};

/// The facts of a column by its path of logical names; nothing known: nullopt.
using FindFacts = std::function<std::optional<ColumnFacts>(const std::vector<std::string>& column)>;

/// What `predicate` can come out as for the rows of a file with these facts.
Outcomes evaluate(const Predicate& predicate, const FindFacts& find);

}  // namespace lochan::delta
