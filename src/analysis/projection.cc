// Select lists: stars, names, aliases that may be used further right, generators.
#include <algorithm>
#include <regex>

#include "analysis/errors.h"
#include "analysis/resolver.h"
#include "analysis/tree.h"
#include "base/ascii.h"
#include "functions/coercion.h"
#include "functions/names.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT
using types::TypeId;

namespace {

bool qualified_by(const Attribute& attribute, const std::vector<std::string>& target) {
  if (target.size() > attribute.qualifier.size()) return false;
  const size_t skip = attribute.qualifier.size() - target.size();
  for (size_t i = 0; i < target.size(); ++i) {
    if (!same_name(target[i], attribute.qualifier[skip + i])) return false;
  }
  return true;
}

const Marks* find_mark(const MarksPtr& marks, int64_t plan_id) {
  if (marks == nullptr) return nullptr;
  if (marks->plan_id == plan_id) return marks.get();
  for (const auto& below : marks->below) {
    if (const Marks* found = find_mark(below, plan_id)) return found;
  }
  return nullptr;
}

Expressions references_at(const Attributes& attributes, const Origin& origin) {
  Expressions result;
  for (const auto& attribute : attributes) result.push_back(reference(attribute, origin));
  return result;
}

/// What one name of EXCEPT leaves out: a column, or a field somewhere inside it.
struct Exclusion {
  AttributeId column;
  std::string spelling;     // of the column
  std::vector<int> fields;  // the way into structs, outermost first; none: the whole column
};

[[noreturn]] void overlapping_columns(const std::vector<std::vector<std::string>>& except,
                                      const Origin& origin) {
  std::string columns;
  for (const auto& parts : except) {
    if (!columns.empty()) columns += ", ";
    for (size_t i = 0; i < parts.size(); ++i) columns += (i == 0 ? "" : ".") + parts[i];
  }
  throw Error("EXCEPT_OVERLAPPING_COLUMNS", {{"columns", columns}}, origin.context());
}

/// Whether one name lies within another. Two spellings of one column are no overlap to Spark.
bool overlap(const Exclusion& a, const Exclusion& b) {
  if (a.column != b.column) return false;
  if (a.fields.empty() && b.fields.empty()) return a.spelling == b.spelling;
  const size_t common = std::min(a.fields.size(), b.fields.size());
  return std::equal(a.fields.begin(), a.fields.begin() + common, b.fields.begin());
}

}  // namespace

/// The struct built again without the fields at `paths`, as Spark does: never null.
ExpressionPtr Resolver::without_fields(const ExpressionPtr& value,
                                       const std::vector<std::vector<int>>& paths,
                                       const Origin& origin) {
  Expressions arguments;
  const auto& fields = value->type.fields();
  for (int i = 0; i < static_cast<int>(fields.size()); ++i) {
    const auto& field = fields[static_cast<size_t>(i)];
    std::vector<std::vector<int>> inner;
    bool dropped = false;
    for (const auto& path : paths) {
      if (path.front() != i) continue;
      dropped = dropped || path.size() == 1;
      inner.emplace_back(path.begin() + 1, path.end());
    }
    if (dropped) continue;
    ExpressionPtr item = make_resolved(GetField{value, i, field.name}, field.type,
                                       value->nullable || field.nullable, origin);
    if (!inner.empty()) item = without_fields(item, inner, origin);
    Expression named = *item;
    named.display = functions::display_name(*item, context_) + " AS " + field.name;
    arguments.push_back(literal(types::Value::string(field.name)));
    arguments.push_back(std::make_shared<const Expression>(std::move(named)));
  }
  if (arguments.empty()) throw Error::not_supported("a struct without fields");
  return call("named_struct", arguments, origin);
}

/// Appends what `*` stands for, less what EXCEPT names: `items[i]` is shown as `shown[i]`.
void Resolver::append_without(Expressions& result, const Expressions& items,
                              const Attributes& shown,
                              const std::vector<std::vector<std::string>>& except,
                              const Origin& origin) {
  Columns columns(shown);
  const Scope scope{&columns};
  std::vector<Exclusion> exclusions;
  for (const auto& parts : except) {
    const ExpressionPtr found = column(parts, scope, origin);
    if (found == nullptr) unresolved_column(parts, shown, origin);
    Exclusion exclusion;
    const Expression* at = found.get();
    for (; at->as<GetField>() != nullptr; at = at->as<GetField>()->child.get()) {
      exclusion.fields.insert(exclusion.fields.begin(), at->as<GetField>()->index);
    }
    const auto* root = at->as<AttributeRef>();
    if (root == nullptr) {
      throw Error("EXCEPT_NESTED_COLUMN_INVALID_TYPE",
                  {{"columnName", qualified_name(*found, context_)},
                   {"dataType", found->type.simple_string()}},
                  origin.context());
    }
    exclusion.column = root->id;
    exclusion.spelling = root->name;
    exclusions.push_back(std::move(exclusion));
  }
  for (size_t i = 0; i < exclusions.size(); ++i) {
    for (size_t k = 0; k < i; ++k) {
      if (overlap(exclusions[i], exclusions[k])) overlapping_columns(except, origin);
    }
  }
  for (size_t i = 0; i < items.size(); ++i) {
    std::vector<std::vector<int>> paths;
    bool dropped = false;
    for (const auto& exclusion : exclusions) {
      if (exclusion.column != shown[i].id) continue;
      dropped = dropped || exclusion.fields.empty();
      paths.push_back(exclusion.fields);
    }
    if (dropped) continue;
    if (paths.empty()) {
      result.push_back(items[i]);
      continue;
    }
    const auto* named = items[i]->as<Alias>();
    result.push_back(
        alias(without_fields(named ? named->child : items[i], paths, origin), shown[i].name));
  }
}

Expressions Resolver::expand_stars(const Expressions& list, const Scope& scope) {
  const bool plain = std::none_of(list.begin(), list.end(), [](const ExpressionPtr& e) {
    return e->as<UnresolvedStar>() != nullptr || e->as<UnresolvedRegex>() != nullptr;
  });
  if (plain) return list;
  Expressions result;
  for (const auto& e : list) {
    if (const auto* regex = e->as<UnresolvedRegex>()) {
      // `(a|b)+.+` names all columns that match as a whole, without regard to case.
      const std::regex pattern(regex->pattern, std::regex::ECMAScript | std::regex::icase);
      for (const auto& attribute : scope.columns->all()) {
        if (!attribute.hidden && std::regex_match(attribute.name, pattern)) {
          result.push_back(reference(attribute, e->origin));
        }
      }
      continue;
    }
    const auto* star = e->as<UnresolvedStar>();
    if (star == nullptr) {
      result.push_back(e);
      continue;
    }
    if (scope.columns == nullptr) {
      throw Error("INVALID_USAGE_OF_STAR_OR_REGEX", {{"elem", "'*'"}, {"prettyName", "query"}},
                  e->origin.context());
    }
    Attributes shown;
    if (star->plan_id) {
      const Marks* mark = find_mark(scope.marks, *star->plan_id);
      if (mark == nullptr) {
        throw Error("CANNOT_RESOLVE_DATAFRAME_COLUMN", {{"name", "*"}}, e->origin.context());
      }
      for (const auto& attribute : visible(mark->plan->output)) {
        if (const Attribute* here = scope.columns->find(attribute.id)) shown.push_back(*here);
      }
      append_without(result, references_at(shown, e->origin), shown, star->except, e->origin);
      continue;
    }
    bool matched = false;
    for (const auto& attribute : scope.columns->all()) {
      if (star->target.empty()) {
        if (!attribute.hidden) shown.push_back(attribute);
        matched = true;
      } else if (qualified_by(attribute, star->target)) {
        shown.push_back(attribute);
        matched = true;
      }
    }
    if (matched || star->target.empty()) {
      append_without(result, references_at(shown, e->origin), shown, star->except, e->origin);
      continue;
    }
    // struct_column.*: its fields.
    ExpressionPtr value = column(star->target, scope, e->origin);
    if (value == nullptr) {
      std::string columns;
      for (const auto& attribute : scope.columns->all()) {
        if (!attribute.hidden) columns += (columns.empty() ? "" : ", ") + quoted({attribute.name});
      }
      throw Error("CANNOT_RESOLVE_STAR_EXPAND",
                  {{"targetString", quoted(star->target)}, {"columns", columns}},
                  e->origin.context());
    }
    if (!value->type.is(TypeId::kStruct)) {
      throw Error("UNSUPPORTED_FEATURE.NOT_YET", {{"what", "* on a column that is no struct"}},
                  e->origin.context());
    }
    Expressions items;
    for (const auto& field : value->type.fields()) {
      items.push_back(
          alias(extract(value, literal(types::Value::string(field.name)), e->origin), field.name));
      shown.push_back({new_attribute_id(), field.name, field.type, items.back()->nullable});
    }
    append_without(result, items, shown, star->except, e->origin);
  }
  return result;
}

namespace {

/// What an item without an alias is called.
std::string item_name(const ExpressionPtr& unresolved, const Expression& resolved,
                      const functions::ResolveContext& context) {
  const Expression* e = unresolved.get();
  if (const auto* cast = e->as<Cast>();
      cast != nullptr && resolved.as<Cast>() && resolved.as<Cast>()->child->as<AttributeRef>()) {
    e = cast->child.get();
  }
  if (const auto* name = e->as<UnresolvedAttribute>(); name != nullptr && !name->parts.empty()) {
    // current_date and its like are functions in the shape of a name.
    if (same_name(name->parts[0], "grouping__id")) return name->parts[0];
    const bool is_function = name->parts.size() == 1 && !resolved.display.starts_with("outer(") &&
                             !resolved.as<AttributeRef>() &&
                             !resolved.display.starts_with("lateralAliasReference(");
    if (!is_function) return name->parts.back();
  }
  return functions::output_name(resolved, context);
}

ExpressionPtr shown_as(const ExpressionPtr& e, std::string display) {
  Expression copy = *e;
  copy.display = std::move(display);
  return std::make_shared<const Expression>(std::move(copy));
}

}  // namespace

Expressions Resolver::select_list(const Expressions& list, const Scope& scope, bool lateral) {
  Scope inner = scope;
  std::vector<LateralAlias> aliases;
  if (lateral) inner.lateral = &aliases;
  Expressions items;
  IdSet seen;
  for (const auto& e : expand_stars(list, scope)) {
    const auto* named = e->as<Alias>();
    if (named != nullptr) {
      ExpressionPtr value = expression(named->child, inner);
      const types::DataType type = value->type;
      const bool nullable = value->nullable;
      items.push_back(make_resolved(
          Alias{value, named->name, named->more_names,
                named->id == AttributeId::kNone ? new_attribute_id() : named->id, named->metadata},
          type, nullable, e->origin));
      // What may differ from one evaluation to the next is referred to, not repeated: see
      // computed_once().
      ExpressionPtr meaning =
          is_deterministic(value) ? value : reference(attribute_of(*items.back(), {}), e->origin);
      aliases.push_back(
          {named->name, shown_as(meaning, "lateralAliasReference(" + named->name + ")")});
      continue;
    }
    ExpressionPtr value = expression(e, inner);
    const auto* column = value->as<AttributeRef>();
    const bool local =
        column != nullptr && scope.columns != nullptr && scope.columns->find(column->id) != nullptr;
    if (local && value->display.empty() && seen.insert(column->id).second) {
      items.push_back(value);
      continue;
    }
    if (value->as<Alias>() != nullptr) {
      items.push_back(value);
      continue;
    }
    items.push_back(alias(value, item_name(e, *value, context_)));
  }
  return items;
}

namespace {

std::vector<std::string> generator_names(const Alias& named, const types::DataType& type,
                                         const functions::ResolveContext& context,
                                         const Origin& origin) {
  std::vector<std::string> names;
  const bool automatic =
      named.name == functions::output_name(*named.child, context) && named.more_names.empty();
  for (const auto& field : type.fields()) names.push_back(field.name);
  if (automatic) return names;
  std::vector<std::string> given{named.name};
  given.insert(given.end(), named.more_names.begin(), named.more_names.end());
  if (given.size() != names.size()) {
    std::string list;
    for (const auto& name : given) list += (list.empty() ? "" : ",") + name;
    throw Error("UDTF_ALIAS_NUMBER_MISMATCH",
                {{"aliasesSize", std::to_string(names.size())}, {"aliasesNames", list}},
                origin.context());
  }
  return given;
}

}  // namespace

namespace {

/// Items that others further right refer to move into Projects of their own below:
///   SELECT rand() AS r, r + 1 FROM t   ->   Project(r, r + 1) over Project(t.*, rand() AS r) over
///   t
PlanPtr computed_once(PlanPtr base, Expressions& items, const Origin& origin) {
  for (size_t i = 0; i < items.size(); ++i) {
    const auto* named = items[i]->as<Alias>();
    if (named == nullptr || is_deterministic(named->child)) continue;
    IdSet used;
    for (size_t k = i + 1; k < items.size(); ++k) collect_references(items[k], used);
    if (!used.contains(named->id)) continue;
    Expressions extended = references(base->output);
    extended.push_back(items[i]);
    base = project(base, std::move(extended), origin);
    items[i] = reference(base->output.back());
  }
  return base;
}

}  // namespace

/// Each generator of the list becomes a Generate under the Project:
///   SELECT a, explode(b) AS c FROM t   ->   Project(a, c) over Generate(explode(b) AS c) over t
PlanPtr Resolver::projected(const PlanPtr& child, Expressions items, const Origin& origin) {
  PlanPtr base = computed_once(child, items, origin);
  refuse_outer_windows(items, base->output);
  Expressions replaced;
  for (const auto& item : items) {
    if (!has_generator(item)) {
      replaced.push_back(item);
      continue;
    }
    const auto* named = item->as<Alias>();
    if (named == nullptr || !is_generator_call(*named->child)) {
      throw Error("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS",
                  {{"expression", functions::quoted_name(named ? *named->child : *item, context_)}},
                  item->origin.context());
    }
    const ExpressionPtr& call_expression = named->child;
    const bool outer = call_expression->as<Call>()->name.ends_with("_outer");
    std::vector<std::string> names =
        generator_names(*named, call_expression->type, context_, item->origin);
    Generate node{base, call_expression, outer, {}, names, {}};
    const auto& fields = call_expression->type.fields();
    for (size_t i = 0; i < fields.size(); ++i) {
      node.generator_output.push_back(
          {new_attribute_id(), names[i], fields[i].type, fields[i].nullable || outer});
    }
    Attributes output = base->output;
    output.insert(output.end(), node.generator_output.begin(), node.generator_output.end());
    for (const auto& attribute : node.generator_output) replaced.push_back(reference(attribute));
    base = make_resolved_plan(std::move(node), std::move(output), origin);
  }
  return project(base, std::move(replaced), origin);
}

}  // namespace lochan::analysis
