// Leaves: tables, views, CTEs, inline tables, ranges, table functions, SQL texts inside plans.
#include <algorithm>
#include <atomic>

#include "analysis/errors.h"
#include "analysis/resolver.h"
#include "analysis/time_travel.h"
#include "analysis/tree.h"
#include "base/ascii.h"
#include "functions/coercion.h"
#include "functions/names.h"
#include "sql/parser.h"
#include "types/datetime_text.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT
using types::TypeId;

namespace {

/// The alias that the parser gives a subquery in FROM that has none.
constexpr std::string_view kAutoAlias = "__auto_generated_subquery_name";

/// A relation whose columns are called through `qualifier`.
PlanPtr qualified(const PlanPtr& plan, const Name& qualifier) {
  Plan copy = *plan;
  for (auto& attribute : copy.output) attribute.qualifier = qualifier;
  return std::make_shared<const Plan>(std::move(copy));
}

PlanPtr renamed(const PlanPtr& plan, const std::vector<std::string>& names,
                const std::string& relation, const Origin& origin) {
  if (names.empty()) return plan;
  const Attributes columns = visible(plan->output);
  if (names.size() != columns.size()) {
    std::string list;
    for (const auto& name : names) list += (list.empty() ? "" : ", ") + quoted({name});
    throw Error("ASSIGNMENT_ARITY_MISMATCH",
                {{"numTarget", std::to_string(names.size())},
                 {"numExpr", std::to_string(columns.size())},
                 {"relation", relation},
                 {"columns", list}},
                origin.context());
  }
  Expressions items;
  for (size_t i = 0; i < names.size(); ++i) items.push_back(alias(reference(columns[i]), names[i]));
  return project(plan, std::move(items), origin);
}

PlanPtr scan(const ScanSourcePtr& source, const Name& name, const Origin& origin) {
  Attributes output;
  for (const auto& field : source->schema()) {
    output.push_back(
        {new_attribute_id(), field.name, field.type, field.nullable, name, field.metadata});
  }
  return make_resolved_plan(Scan{source, {}, name}, std::move(output), origin);
}

int64_t constant_version(const ExpressionPtr& e) {
  const auto* constant = e->as<Literal>();
  const std::string text = constant != nullptr && constant->value.type.is_string()
                               ? constant->value.as_string()
                               : std::string();
  return parse_version(text);
}

/// The instant that an expression without columns stands for; in microseconds.
int64_t constant_timestamp(const ExpressionPtr& e, Catalog& catalog,
                           const functions::ResolveContext& context) {
  const auto refuse = [&](const char* why) {
    throw Error(std::string("INVALID_TIME_TRAVEL_TIMESTAMP_EXPR.") + why,
                {{"expr", functions::quoted_name(*e, context)}});
  };
  if (has_aggregate(e) || has_window(e) || has_generator(e)) refuse("UNEVALUABLE");
  if (!is_deterministic(e)) refuse("NON_DETERMINISTIC");
  const auto& type = e->type;
  const bool is_castable = type.is_string() || type.is_numeric() || type.is(TypeId::kDate) ||
                           type.is(TypeId::kTimestamp) || type.is(TypeId::kTimestampNtz);
  if (!is_castable) refuse("INPUT");
  const ExpressionPtr instant = make_resolved(
      Cast{e, types::DataType(TypeId::kTimestamp), CastMode::kTry}, TypeId::kTimestamp, true);
  const auto values = catalog.collect_column(
      project(make_resolved_plan(OneRow{}, {}), {alias(instant, "timestamp")}), 1);
  if (values.empty() || values[0].is_null()) refuse("INPUT");
  return values[0].as_int();
}

}  // namespace

Node Resolver::relation(const UnresolvedRelation& node, const Origin& origin) {
  const bool travels = node.travel.version != nullptr || node.travel.timestamp != nullptr;
  if (node.name.size() == 1 && !travels) {
    for (size_t i = ctes_.size(); i-- > 0;) {
      const CteDefinition& definition = *ctes_[i].definition;
      if (!same_name(definition.name, node.name[0])) continue;
      // A definition sees only what stands before it.
      const std::vector<Cte> saved = ctes_;
      ctes_.resize(saved[i].visible);
      Node result = resolve(definition.plan);
      ctes_ = saved;
      result.plan = renamed(visible(result.plan), definition.column_names, definition.name, origin);
      result.plan = qualified(result.plan, {definition.name});
      if (outer_references(result.plan).empty()) {
        result.plan =
            make_resolved_plan(CteReference{result.plan, ctes_[i].id}, result.plan->output, origin);
      }
      return result;
    }
    if (auto found = named_plans_.find(lower_case(node.name[0])); found != named_plans_.end()) {
      return resolve(found->second);
    }
  }
  std::optional<int64_t> version, timestamp;
  if (node.travel.version != nullptr) {
    version = constant_version(node.travel.version);
  }
  if (node.travel.timestamp != nullptr) {
    timestamp = constant_timestamp(expression(node.travel.timestamp, Scope{}), catalog_, context_);
  }
  Name name = node.name;
  CatalogRelation found = catalog_.find_relation(name, version, timestamp, node.options);
  if (std::holds_alternative<std::monostate>(found) && name.size() == 1 && inside_view_) {
    // Inside a stored view a bare name is one of the view's own schema.
    name = {context_.current_catalog, context_.current_schema, name[0]};
    found = catalog_.find_relation(name, version, timestamp, node.options);
  }
  if (const auto* table = std::get_if<CatalogTable>(&found)) {
    return {scan(table->source, table->name, origin), nullptr};
  }
  if (const auto* stored = std::get_if<CatalogView>(&found)) return view(*stored, name, origin);
  throw Error("TABLE_OR_VIEW_NOT_FOUND",
              {{"relationName", quoted(node.name)}, {"searchPath", search_path(context_)}},
              origin.context());
}

Node Resolver::view(const CatalogView& view, const Name& name, const Origin& origin) {
  PlanPtr result;
  if (view.query->resolved) {
    result = fresh_copy(view.query);
  } else {
    // A view knows nothing of the query that uses it.
    Resolver inner(catalog_, context_);
    if (!view.current_catalog.empty()) inner.context_.current_catalog = view.current_catalog;
    if (!view.current_schema.empty()) inner.context_.current_schema = view.current_schema;
    inner.inside_view_ = !view.temporary;
    inner.view_depth_ = view_depth_ + 1;
    if (inner.view_depth_ > 100) {
      throw Error("VIEW_EXCEED_MAX_NESTED_DEPTH",
                  {{"viewName", quoted(view.name)}, {"maxNestedDepth", "100"}}, origin.context());
    }
    result = inner.query(view.query);
  }
  result = renamed(visible(result), view.column_names, name.back(), origin);
  return {qualified(result, view.temporary && view.name.empty() ? Name{name.back()} : view.name),
          nullptr};
}

Node Resolver::read(const UnresolvedRead& node, const Origin& origin) {
  return {scan(catalog_.open(node), {}, origin), nullptr};
}

Node Resolver::cached(const CachedRelation& node, const Origin& origin) {
  PlanPtr plan = catalog_.find_cached(node.key);
  if (plan == nullptr) throw Error::internal("no cached relation " + node.key);
  return plan->resolved ? Node{fresh_copy(plan), nullptr} : resolve(plan);
}

Node Resolver::range(const Range& node, const Origin& origin) {
  Attributes output{{new_attribute_id(), "id", TypeId::kLong, false}};
  return {make_resolved_plan(node, std::move(output), origin), nullptr};
}

Node Resolver::local_relation(const LocalRelation& node, const Origin& origin) {
  Attributes output;
  for (const auto& field : node.schema) {
    output.push_back(
        {new_attribute_id(), field.name, field.type, field.nullable, {}, field.metadata});
  }
  return {make_resolved_plan(node, std::move(output), origin), nullptr};
}

Node Resolver::inline_table(const InlineTable& node, const Origin& origin) {
  InlineTable resolved;
  const size_t width = node.rows.empty() ? node.names.size() : node.rows[0].size();
  for (size_t row = 0; row < node.rows.size(); ++row) {
    if (node.rows[row].size() != width) {
      throw Error("INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH",
                  {{"expectedNumCols", std::to_string(width)},
                   {"actualNumCols", std::to_string(node.rows[row].size())},
                   {"rowIndex", std::to_string(row)}},
                  origin.context());
    }
    Expressions values;
    for (const auto& value : node.rows[row]) {
      const auto* named = value->as<Alias>();
      ExpressionPtr item = expression(named ? named->child : value, Scope{.outer = outer_});
      if (has_aggregate(item) || has_window(item) || has_generator(item)) {
        throw Error("INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE",
                    {{"expr", functions::quoted_name(*item, context_)}}, value->origin.context());
      }
      values.push_back(std::move(item));
    }
    resolved.rows.push_back(std::move(values));
  }
  Attributes output;
  for (size_t column = 0; column < width; ++column) {
    std::vector<types::DataType> types;
    bool nullable = false;
    for (const auto& row : resolved.rows) {
      types.push_back(row[column]->type);
      nullable = nullable || row[column]->nullable;
    }
    std::string name =
        column < node.names.size() ? node.names[column] : "col" + std::to_string(column + 1);
    auto common = functions::wider_type_without_strings(types, context_);
    if (!common) {
      throw Error("INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE",
                  {{"colName", quoted({name})}}, origin.context());
    }
    for (auto& row : resolved.rows) {
      row[column] = functions::implicit_cast_to(row[column], *common, context_);
      nullable = nullable || row[column]->nullable;
    }
    resolved.names.push_back(name);
    output.push_back({new_attribute_id(), name, *common, nullable});
  }
  return {make_resolved_plan(std::move(resolved), std::move(output), origin), nullptr};
}

Node Resolver::table_function(const UnresolvedTableFunction& node, const Origin& origin) {
  const std::string name = lower_case(node.name.back());
  const functions::Function* function = functions::find_function(name);
  if (function == nullptr) {
    throw Error("UNRESOLVABLE_TABLE_VALUED_FUNCTION", {{"name", quoted(node.name)}},
                origin.context());
  }
  Expressions given = named_arguments(*function, node.arguments, origin);
  if (name == "range") {
    std::vector<int64_t> numbers;
    for (const auto& argument : given) {
      ExpressionPtr value = expression(argument, Scope{});
      while (value->as<Cast>() != nullptr) value = value->as<Cast>()->child;
      const auto* constant = value->as<Literal>();
      if (constant != nullptr) {
        if (const auto* d = std::get_if<double>(&constant->value.data)) {
          numbers.push_back(static_cast<int64_t>(*d));
          continue;
        }
      }
      const bool number = constant != nullptr &&
                          (constant->value.type.is_integral() || constant->value.type.is_string());
      if (!number || constant->value.is_null()) {
        static constexpr const char* kOrdinals[] = {"first", "second", "third", "fourth"};
        throw Error("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
                    {{"paramIndex", kOrdinals[std::min<size_t>(numbers.size(), 3)]},
                     {"sqlExpr", "\"range(" + functions::display_name(*value, context_) + ")\""},
                     {"requiredType", "\"BIGINT\""},
                     {"inputSql", functions::quoted_name(*value, context_)},
                     {"inputType", functions::quoted_type(value->type)}},
                    origin.context());
      }
      numbers.push_back(
          *functions::constant_integer(constant->value, types::TypeId::kLong, argument->origin));
    }
    if (numbers.empty() || numbers.size() > 4) {
      throw Error("WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
                  {{"functionName", "`range`"},
                   {"expectedNum", "[1, 2, 3, 4]"},
                   {"actualNum", std::to_string(numbers.size())},
                   {"docroot", "https://spark.apache.org/docs/latest"}},
                  origin.context());
    }
    Range result;
    if (numbers.size() == 1) {
      result.end = numbers[0];
    } else {
      result.start = numbers[0];
      result.end = numbers[1];
      if (numbers.size() > 2) result.step = numbers[2];
    }
    if (result.step == 0)
      throw Error("FAILED_FUNCTION_CALL", {{"funcName", "`range`"}}, origin.context());
    return range(result, origin);
  }
  if (function->kind == functions::FunctionKind::kGenerator) {
    Generate generate{make_plan(OneRow{}, origin),
                      make_expression(UnresolvedFunction{{name}, given}, origin),
                      false,
                      {},
                      {},
                      {}};
    return this->generate(generate, origin);
  }
  if (function->kind == functions::FunctionKind::kTable) {
    throw Error::not_supported("table function " + name);
  }
  throw Error("UNRESOLVABLE_TABLE_VALUED_FUNCTION", {{"name", quoted(node.name)}},
              origin.context());
}

Node Resolver::with(const With& node, const Origin& origin) {
  if (node.recursive) {
    for (const auto& definition : node.definitions) {
      const bool recurses = refers_to(definition.plan, definition.name);
      if (recurses) throw Error::not_supported("recursive common table expressions");
    }
  }
  const size_t before = ctes_.size();
  static std::atomic<int64_t> last_id = 0;
  for (const auto& definition : node.definitions) {
    ctes_.push_back({.definition = &definition, .visible = ctes_.size(), .id = ++last_id});
  }
  Node result = resolve(node.child);
  ctes_.resize(before);
  return result;
}

Node Resolver::subquery_alias(const SubqueryAlias& node, const Origin& origin) {
  Node child = resolve(node.child);
  PlanPtr plan = renamed(child.plan, node.column_names, node.alias, origin);
  if (node.alias == kAutoAlias) return {qualified(plan, {}), child.marks};
  return {qualified(plan, node.qualifier.empty() ? Name{node.alias} : node.qualifier), child.marks};
}

Node Resolver::sql_text(const SqlText& node, const Origin& origin) {
  sql::ParseOptions options;
  options.timestamp_ntz = context_.timestamp_ntz_default;
  options.time_zone = context_.zone;
  if (context_.config) {
    options.double_quoted_identifiers =
        context_.config("spark.sql.ansi.doubleQuotedIdentifiers") == "true";
    options.enforce_reserved_keywords =
        context_.config("spark.sql.ansi.enforceReservedKeywords") == "true";
    options.escaped_string_literals =
        context_.config("spark.sql.parser.escapedStringLiterals") == "true";
  }
  PlanPtr parsed = sql::parse_statement(std::make_shared<const std::string>(node.text), options);
  const SqlText* saved = parameters_;
  parameters_ = &node;
  Node result = resolve(parsed);
  parameters_ = saved;
  return result;
}

}  // namespace lochan::analysis
