#pragma once
#include <string>
#include <vector>

#include "plan/plan.h"
#include "types/data_type.h"
#include "types/value.h"

namespace lochan::session {

/// The rows that a command answers with (SHOW TABLES, DESCRIBE, ...), made here rather than by the
/// engine.
struct Rows {
  types::Schema schema;
  std::vector<std::vector<types::Value>> rows;

  Rows& column(std::string name, types::DataType type, bool nullable = true);
  Rows& row(std::vector<types::Value> values);
};

/// The rows as a resolved plan, so that they run and stream like any other query.
plan::PlanPtr to_plan(const Rows& rows);

/// A string cell; null where there is no text.
types::Value text_cell(std::optional<std::string> text);

}  // namespace lochan::session
