#include "session/align_columns.h"

#include <algorithm>
#include <functional>
#include <set>

#include "base/ascii.h"
#include "base/error.h"
#include "functions/coercion.h"
#include "plan/plan_text.h"
#include "session/session_state.h"
#include "sql/parser.h"

namespace lochan::session {

plan::ExpressionPtr reference(const plan::Attribute& attribute) {
  return plan::make_resolved(plan::AttributeRef{attribute.id, attribute.name, {}}, attribute.type,
                             attribute.nullable);
}

namespace {

void require_distinct_names(const types::Schema& fields, bool case_sensitive) {
  std::set<std::string> names;
  const std::function<void(const types::DataType&)> visit = [&](const types::DataType& type) {
    if (type.is(types::TypeId::kStruct)) require_distinct_names(type.fields(), case_sensitive);
    if (type.is(types::TypeId::kArray)) visit(type.element());
    if (type.is(types::TypeId::kMap)) {
      visit(type.key());
      visit(type.value());
    }
  };
  for (const auto& field : fields) {
    std::string name = case_sensitive ? field.name : lower_case(field.name);
    if (!names.insert(name).second)
      throw Error("COLUMN_ALREADY_EXISTS", {{"columnName", types::quote_identifier(name)}});
    visit(field.type);
  }
}

/// The attribute as a column of the table.
plan::ExpressionPtr stored(const plan::Attribute& from, const types::StructField& to,
                           const WriteTarget& target) {
  plan::ExpressionPtr value = reference(from);
  if (!from.type.same_type(to.type)) {
    if (!functions::can_store(from.type, to.type))
      throw Error("INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_SAFELY_CAST",
                  {{"tableName", display_name(target)},
                   {"colName", types::quote_identifier(to.name)},
                   {"srcType", "\"" + from.type.sql() + "\""},
                   {"targetType", "\"" + to.type.sql() + "\""}});
    value = plan::make_resolved(
        plan::Cast{
            .child = value, .target = to.type, .mode = plan::CastMode::kAnsi, .implicit = true},
        to.type, from.nullable);
  }
  return plan::make_resolved(
      plan::Alias{.child = value, .name = to.name, .id = plan::new_attribute_id()}, to.type,
      from.nullable);
}

/// SQL for `value` with the fields of its structs in the order of `to`, by name.
std::string in_order_of(const std::string& value, const types::DataType& from,
                        const types::DataType& to, const std::string& column,
                        const WriteTarget& target, int depth) {
  if (functions::fields_in_order(from, to)) return value;
  const std::string variable = "x" + std::to_string(depth);
  if (from.is(types::TypeId::kArray))
    return "transform(" + value + ", " + variable + " -> " +
           in_order_of(variable, from.element(), to.element(), column + ".`element`", target,
                       depth + 1) +
           ")";
  if (from.is(types::TypeId::kMap)) {
    if (!functions::fields_in_order(from.key(), to.key()))
      throw Error::not_supported("the keys of a map with fields in another order");
    return "transform_values(" + value + ", (k" + variable + ", " + variable + ") -> " +
           in_order_of(variable, from.value(), to.value(), column + ".`value`", target, depth + 1) +
           ")";
  }
  if (from.fields().size() != to.fields().size()) return value;  // refused as a whole
  std::vector<std::string> fields;
  for (const auto& field : to.fields()) {
    const auto& own = from.fields();
    const auto found = std::find_if(own.begin(), own.end(), [&](const auto& other) {
      return lower_case(other.name) == lower_case(field.name);
    });
    const std::string name = column + "." + types::quote_identifier(field.name);
    if (found == own.end())
      throw Error("INCOMPATIBLE_DATA_FOR_TABLE.CANNOT_FIND_DATA",
                  {{"tableName", display_name(target)}, {"colName", name}});
    fields.push_back(in_order_of(value + "." + types::quote_identifier(found->name), found->type,
                                 field.type, name, target, depth + 1) +
                     " AS " + types::quote_identifier(field.name));
  }
  return "if(" + value + " IS NULL, NULL, struct(" + plan::join(fields) + "))";
}

/// `query` with the fields of structs in the table's order, where columns go by name.
plan::PlanPtr with_fields_in_order(Session& session, const plan::PlanPtr& query,
                                   const types::Schema& table, const WriteTarget& target) {
  plan::Expressions columns;
  bool changed = false;
  for (const auto& attribute : query->output) {
    const auto field = std::find_if(table.begin(), table.end(), [&](const auto& other) {
      return lower_case(other.name) == lower_case(attribute.name);
    });
    if (field == table.end() || functions::fields_in_order(attribute.type, field->type)) {
      columns.push_back(reference(attribute));
      continue;
    }
    const std::string name = types::quote_identifier(attribute.name);
    const auto text = std::make_shared<const std::string>(
        in_order_of(name, attribute.type, field->type, name, target, 0));
    changed = changed || *text != name;
    columns.push_back(plan::make_expression(
        plan::Alias{.child = sql::parse_expression(text, {}), .name = attribute.name}));
  }
  return changed ? session.analyze(plan::make_plan(plan::Project{query, std::move(columns)}))
                 : query;
}

/// A table of files has no place for columns that are not its own.
[[noreturn]] void fail_extra_columns(const plan::Attributes& input, const types::Schema& table,
                                     const std::vector<bool>& used, const WriteTarget& target) {
  if (input.size() > table.size())
    throw Error("INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS",
                {{"tableName", display_name(target)},
                 {"tableColumns", quoted_list(names_of(table))},
                 {"dataColumns", quoted_list(names_of(input))}});
  plan::Attributes extra;
  for (size_t i = 0; i < input.size(); ++i)
    if (!used[i]) extra.push_back(input[i]);
  throw Error(
      "INCOMPATIBLE_DATA_FOR_TABLE.EXTRA_COLUMNS",
      {{"tableName", display_name(target)}, {"extraColumns", quoted_list(names_of(extra))}});
}

}  // namespace

void require_distinct_names(Session& session, const std::vector<std::string>& names) {
  types::Schema columns;
  for (const auto& name : names) columns.push_back({name, types::TypeId::kNull, true, "{}"});
  require_distinct_names(session, columns);
}

void require_distinct_names(Session& session, const types::Schema& columns) {
  require_distinct_names(columns, session.config().get_bool("spark.sql.caseSensitive"));
}

types::Schema nullable_schema(const plan::Attributes& rows) {
  types::Schema schema;
  for (const auto& field : plan::schema_of(rows))
    schema.push_back({field.name, field.type.as_nullable(), true, field.metadata});
  return schema;
}

std::string quoted_list(const std::vector<std::string>& names) {
  std::vector<std::string> quoted;
  for (const auto& name : names) quoted.push_back(types::quote_identifier(name));
  return plan::join(quoted);
}

plan::PlanPtr align_columns(Session& session, const plan::PlanPtr& rows, const types::Schema& table,
                            const WriteTarget& target, types::Schema* extra) {
  const auto query = target.by_position ? rows : with_fields_in_order(session, rows, table, target);
  const auto& input = query->output;
  plan::Expressions columns;
  std::vector<bool> used(input.size(), false);
  if (target.by_position) {
    if (input.size() != table.size())
      throw Error(input.size() > table.size()
                      ? "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS"
                      : "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS",
                  {{"tableName", display_name(target)},
                   {"tableColumns", quoted_list(names_of(table))},
                   {"dataColumns", quoted_list(names_of(input))}});
    for (size_t i = 0; i < input.size(); ++i) columns.push_back(stored(input[i], table[i], target));
    used.assign(input.size(), true);
  } else {
    for (const auto& field : table) {
      const auto found = std::find_if(input.begin(), input.end(), [&](const auto& a) {
        return lower_case(a.name) == lower_case(field.name);
      });
      if (found == input.end()) {
        columns.push_back(
            plan::make_resolved(plan::Alias{.child = plan::literal(types::Value::null(field.type)),
                                            .name = field.name,
                                            .id = plan::new_attribute_id()},
                                field.type, true));
        continue;
      }
      used[found - input.begin()] = true;
      columns.push_back(stored(*found, field, target));
    }
  }
  for (size_t i = 0; i < input.size(); ++i) {
    if (used[i]) continue;
    if (!extra && target.format != "delta") fail_extra_columns(input, table, used, target);
    if (!extra)
      throw Error("DELTA_METADATA_MISMATCH", {{"columnName", input[i].name},
                                              {"tableName", target.path},
                                              {"tableColumns", quoted_list(names_of(table))},
                                              {"dataColumns", quoted_list(names_of(input))}});
    extra->push_back({input[i].name, input[i].type.as_nullable(), true, input[i].metadata});
    columns.push_back(stored(input[i], extra->back(), target));
  }
  plan::Attributes output;
  for (const auto& column : columns)
    output.push_back({.id = column->as<plan::Alias>()->id,
                      .name = column->as<plan::Alias>()->name,
                      .type = column->type,
                      .nullable = column->nullable});
  return plan::make_resolved_plan(plan::Project{query, std::move(columns)}, std::move(output));
}

}  // namespace lochan::session
