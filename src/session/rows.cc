#include "session/rows.h"

#include <optional>

namespace lochan::session {

Rows& Rows::column(std::string name, types::DataType type, bool nullable) {
  schema.push_back({std::move(name), std::move(type), nullable, "{}"});
  return *this;
}

Rows& Rows::row(std::vector<types::Value> values) {
  rows.push_back(std::move(values));
  return *this;
}

plan::PlanPtr to_plan(const Rows& rows) {
  plan::InlineTable table;
  plan::Attributes output;
  for (const auto& field : rows.schema) {
    table.names.push_back(field.name);
    output.push_back({.id = plan::new_attribute_id(),
                      .name = field.name,
                      .type = field.type,
                      .nullable = field.nullable,
                      .qualifier = {},
                      .metadata = field.metadata});
  }
  for (const auto& row : rows.rows) {
    plan::Expressions cells;
    for (size_t i = 0; i < row.size(); ++i)
      cells.push_back(plan::make_resolved(
          plan::Literal{row[i].is_null() ? types::Value::null(rows.schema[i].type) : row[i]},
          rows.schema[i].type, row[i].is_null()));
    table.rows.push_back(std::move(cells));
  }
  return plan::make_resolved_plan(std::move(table), std::move(output));
}

types::Value text_cell(std::optional<std::string> text) {
  if (!text) return types::Value::null(types::TypeId::kString);
  return types::Value::string(std::move(*text));
}

}  // namespace lochan::session
