#include "engine/lowering/lowering.h"

namespace lochan::engine {

using duckdb::LogicalType;
using types::DataType;
using types::TypeId;

namespace {

Parsed unnest(Parsed list_value) { return call("unnest", list(std::move(list_value))); }

/// A generator's rows, as one or more lists of equal length that are unnested side by side.
struct Generated {
  ParsedList lists;                // computed below, under names
  std::vector<LogicalType> types;  // of their elements
  bool position_first = false;     // posexplode: a position before the columns
  bool of_structs = false;         // the one list holds structs whose fields are the columns
};

}  // namespace

/// Generators become UNNEST in a select list, which repeats the other columns and leaves out rows
/// whose list is null or empty. OUTER unnests a list of one null in their place.
Relation Lowering::generate(const plan::Plan& plan, const plan::Generate& g) {
  const auto* c = g.generator->as<plan::Call>();
  if (!c || !c->function)
    throw Error::internal("not a generator: " + plan::to_string(*g.generator));
  const std::string name(c->function->name);
  const auto& a = c->arguments;
  const bool outer = g.outer || c->name.ends_with("_outer");
  const bool explodes = name.starts_with("explode") || name.starts_with("posexplode");

  Generated made;
  if (explodes) {
    made.position_first = name.starts_with("pos");
    const auto& type = a.at(0)->type;
    if (type.is(TypeId::kMap)) {
      made.lists.push_back(call("map_keys", list(expression(*a[0]))));
      made.lists.push_back(call("map_values", list(expression(*a[0]))));
      made.types = {to_duckdb(type.key()), to_duckdb(type.value())};
    } else {
      made.lists.push_back(expression(*a[0]));
      made.types = {to_duckdb(type.is(TypeId::kArray) ? type.element() : DataType(TypeId::kNull))};
    }
  } else if (name.starts_with("inline")) {
    made.of_structs = true;
    made.lists.push_back(expression(*a.at(0)));
    made.types = {to_duckdb(a[0]->type.element())};
  } else if (name == "stack") {
    // stack(n, e1, ...): n rows, filled row by row, the last one up with nulls.
    const auto* rows = a.at(0)->as<plan::Literal>();
    if (!rows) throw Error::not_supported("stack with a number of rows that is not a constant");
    const size_t width = g.generator_output.size();
    for (size_t column = 0; column < width; ++column) {
      const auto type = to_duckdb(g.generator_output[column].type);
      ParsedList values;
      for (int64_t row = 0; row < rows->value.as_int(); ++row) {
        const size_t at = 1 + row * width + column;
        values.push_back(at < a.size() ? expression(*a[at]) : constant(duckdb::Value(type)));
      }
      made.lists.push_back(cast_to(call("list_value", std::move(values)), LogicalType::LIST(type)));
      made.types.push_back(type);
    }
  } else if (facts_.kernels.contains(name)) {
    // Any other generator is a kernel of its name whose result is an array of structs, one per row.
    std::vector<types::StructField> fields;
    for (const auto& o : g.generator_output) fields.push_back({o.name, o.type, o.nullable, "{}"});
    auto row = DataType::structure(std::move(fields));
    made.types = {to_duckdb(row)};
    plan::Expression typed = *g.generator;
    typed.type = DataType::array(std::move(row));
    made.of_structs = true;
    made.lists.push_back(kernel(name, typed, *c));
  } else {
    throw Error::not_supported("generator " + c->name);
  }

  // SELECT child's columns, the lists
  auto inner = select_from(*g.child);
  add_columns(*inner, g.child->output);
  for (size_t i = 0; i < made.lists.size(); ++i) {
    inner->select_list.push_back(named(std::move(made.lists[i]), "g" + std::to_string(i)));
  }
  // SELECT child's columns, unnest(each list)
  auto rows = duckdb::make_uniq<duckdb::SelectNode>();
  rows->from_table = as_table(std::move(inner));
  add_columns(*rows, g.child->output);
  auto length = [] { return call("len", list(named_column("g0"))); };
  auto is_empty = [&] {
    return operation(duckdb::ExpressionType::OPERATOR_COALESCE,
                     list(compare(duckdb::ExpressionType::COMPARE_EQUAL, length(),
                                  constant(duckdb::Value::BIGINT(0))),
                          constant(duckdb::Value::BOOLEAN(true))));
  };
  auto element = [&](Parsed whole, const LogicalType& type) {
    if (outer) {
      whole = choose(is_empty(), constant(duckdb::Value::LIST(type, {duckdb::Value(type)})),
                     std::move(whole));
    }
    return unnest(std::move(whole));
  };
  size_t out = 0;
  if (made.position_first) {
    auto positions =
        cast_to(call("range", list(length())), LogicalType::LIST(LogicalType::INTEGER));
    rows->select_list.push_back(named(element(std::move(positions), LogicalType::INTEGER),
                                      column_name(g.generator_output.at(out++).id)));
  }
  for (size_t i = 0; i < made.types.size(); ++i) {
    auto value = element(named_column("g" + std::to_string(i)), made.types[i]);
    rows->select_list.push_back(named(
        std::move(value), made.of_structs ? "s" : column_name(g.generator_output.at(out++).id)));
  }
  if (!made.of_structs) return {.from = as_table(std::move(rows))};

  auto fields = duckdb::make_uniq<duckdb::SelectNode>();
  fields->from_table = as_table(std::move(rows));
  add_columns(*fields, g.child->output);
  for (size_t i = 0; i < g.generator_output.size(); ++i) {
    fields->select_list.push_back(named(field(named_column("s"), "f" + std::to_string(i)),
                                        column_name(g.generator_output[i].id)));
  }
  return {.from = as_table(std::move(fields))};
}

}  // namespace lochan::engine
