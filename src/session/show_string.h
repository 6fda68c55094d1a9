#pragma once
#include <optional>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace lochan::session {

using TextCells = std::vector<std::vector<std::string>>;

/// The table that df.show() prints, as Spark lays it out: cells longer than `truncate` are cut (0:
/// never), right-aligned when truncating, left-aligned otherwise; wide (East Asian) characters
/// count two. `has_more` adds the "only showing top n rows" line.
std::string format_table(const std::vector<std::string>& header, TextCells rows, int limit,
                         int truncate, bool has_more);
/// show(vertical=True).
std::string format_vertical(const std::vector<std::string>& header, TextCells rows, int limit,
                            int truncate, bool has_more);
/// _repr_html_.
std::string format_html(const std::vector<std::string>& header, TextCells rows, int limit,
                        int truncate, bool has_more);

/// A plan that gives the first rows+1 rows of `child` with every column as the text that show()
/// prints.
plan::PlanPtr as_shown_text(const plan::PlanPtr& resolved_child, int rows);

}  // namespace lochan::session
