#pragma once
#include "plan/plan.h"
#include "session/session.h"
#include "session/table_writer.h"

namespace lochan::session {

/// The names of columns.
template <class Columns>
std::vector<std::string> names_of(const Columns& columns) {
  std::vector<std::string> names;
  for (const auto& column : columns) names.push_back(column.name);
  return names;
}

/// A column of rows, as an expression over them.
plan::ExpressionPtr reference(const plan::Attribute& attribute);

/// Names, quoted, as errors print lists of columns.
std::string quoted_list(const std::vector<std::string>& names);

/// Throws COLUMN_ALREADY_EXISTS where two columns, or two fields of a struct, have one name.
void require_distinct_names(Session& session, const types::Schema& columns);
void require_distinct_names(Session& session, const std::vector<std::string>& names);

/// The columns of a table that is to hold these rows: nothing keeps nulls out of it.
types::Schema nullable_schema(const plan::Attributes& rows);

/// `query` with exactly the columns of `table`, in order, cast as INSERT may store them; columns
/// that the query lacks are null. Columns that the table lacks are refused, unless `extra` is
/// given, which then gets them appended to the output. By name (without case) or by position.
/// Throws INSERT_COLUMN_ARITY_MISMATCH.*, INCOMPATIBLE_DATA_FOR_TABLE.*, DELTA_METADATA_MISMATCH.
plan::PlanPtr align_columns(Session& session, const plan::PlanPtr& query,
                            const types::Schema& table, const WriteTarget& target,
                            types::Schema* extra);

}  // namespace lochan::session
