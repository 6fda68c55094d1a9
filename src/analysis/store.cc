// Rows made ready for a table: Spark's store assignment.
#include <algorithm>

#include "analysis/analyzer.h"
#include "analysis/errors.h"
#include "analysis/tree.h"
#include "base/ascii.h"
#include "functions/coercion.h"
#include "functions/names.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT

namespace {

std::string names_of(const auto& columns) {
  std::string text;
  for (const auto& column : columns) text += (text.empty() ? "" : ", ") + quoted({column.name});
  return text;
}

ExpressionPtr stored(const Attribute& from, const types::StructField& to, std::string_view table,
                     const functions::ResolveContext& context) {
  ExpressionPtr value = reference(from);
  if (!from.type.same_type(to.type)) {
    if (!functions::can_store(from.type, to.type)) {
      throw Error("INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST",
                  {{"tableName", std::string(table)},
                   {"colName", quoted({to.name})},
                   {"srcType", functions::quoted_type(from.type)},
                   {"targetType", functions::quoted_type(to.type)}});
    }
    // Overflow raises whatever spark.sql.ansi.enabled says.
    value = functions::make_cast(value, to.type, CastMode::kAnsi, true);
  }
  return alias(value, to.name);
}

}  // namespace

PlanPtr cast_for_store(const PlanPtr& plan, const types::Schema& columns, bool by_name,
                       std::string_view table_name, const functions::ResolveContext& context) {
  const Attributes given = visible(plan->output);
  const std::string table(table_name);
  if (!by_name && given.size() != columns.size()) {
    throw Error(given.size() < columns.size()
                    ? "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS"
                    : "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS",
                {{"tableName", table},
                 {"tableColumns", names_of(columns)},
                 {"dataColumns", names_of(given)}});
  }
  Expressions items;
  IdSet used;
  for (size_t i = 0; i < columns.size(); ++i) {
    const Attribute* from = by_name ? nullptr : &given[i];
    if (by_name) {
      for (const auto& attribute : given) {
        if (same_name(attribute.name, columns[i].name)) from = &attribute;
      }
      if (from == nullptr && columns[i].nullable) {
        items.push_back(alias(literal(types::Value::null(columns[i].type)), columns[i].name));
        continue;
      }
      if (from == nullptr) {
        throw Error("INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_FIND_DATA",
                    {{"tableName", table}, {"colName", quoted({columns[i].name})}});
      }
    }
    used.insert(from->id);
    items.push_back(stored(*from, columns[i], table, context));
  }
  if (by_name) {
    Attributes extra;
    for (const auto& attribute : given) {
      if (!used.contains(attribute.id)) extra.push_back(attribute);
    }
    if (!extra.empty()) {
      throw Error("INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_COLUMNS",
                  {{"tableName", table}, {"extraColumns", names_of(extra)}});
    }
  }
  return project(plan, std::move(items), plan->origin);
}

}  // namespace lochan::analysis
