#include "analysis/errors.h"

#include <algorithm>
#include <set>

#include "analysis/tree.h"
#include "functions/names.h"

namespace lochan::analysis {

using plan::Attribute;

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({row[j - 1] + 1, above + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

std::string suggestions(const std::string& name, const plan::Attributes& visible, size_t most) {
  std::vector<const Attribute*> ordered;
  for (const auto& attribute : visible) ordered.push_back(&attribute);
  std::sort(ordered.begin(), ordered.end(), [](const Attribute* a, const Attribute* b) {
    return a->name != b->name ? a->name < b->name : a->id < b->id;
  });
  // A qualifier that all share is left out.
  std::set<std::vector<std::string>> qualifiers, prefixes;
  for (const auto* attribute : ordered) {
    qualifiers.insert(attribute->qualifier);
    auto prefix = attribute->qualifier;
    if (!prefix.empty()) prefix.pop_back();
    prefixes.insert(prefix);
  }
  const size_t parts = static_cast<size_t>(std::count(name.begin(), name.end(), '.')) + 1;
  size_t kept = SIZE_MAX;
  if (parts == 1 && qualifiers.size() == 1) {
    kept = 1;
  } else if (parts <= 2 && prefixes.size() == 1) {
    kept = 2;
  }
  std::vector<std::pair<size_t, std::string>> candidates;
  for (const auto* attribute : ordered) {
    auto full = attribute->qualifier;
    full.push_back(attribute->name);
    if (full.size() > kept) full.erase(full.begin(), full.end() - static_cast<ptrdiff_t>(kept));
    std::string text = quoted(full);
    candidates.emplace_back(edit_distance(text, name), std::move(text));
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::string result;
  for (size_t i = 0; i < std::min(most, candidates.size()); ++i) {
    result += (i > 0 ? ", " : "") + candidates[i].second;
  }
  return result;
}

void unresolved_column(const std::vector<std::string>& parts, const plan::Attributes& visible,
                       const plan::Origin& origin) {
  std::string name;
  for (const auto& part : parts) name += (name.empty() ? "" : ".") + types::quote_if_needed(part);
  if (visible.empty()) {
    throw Error("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", {{"objectName", quoted(parts)}},
                origin.context());
  }
  throw Error("UNRESOLVED_COLUMN.WITH_SUGGESTION",
              {{"objectName", quoted(parts)}, {"proposal", suggestions(name, visible)}},
              origin.context());
}

void ambiguous_reference(const std::vector<std::string>& parts,
                         const std::vector<const Attribute*>& found, const plan::Origin& origin) {
  std::vector<std::string> names;
  for (const auto* attribute : found) {
    auto full = attribute->qualifier;
    full.push_back(attribute->name);
    names.push_back(quoted(full));
  }
  std::sort(names.begin(), names.end());
  std::string list = "[";
  for (const auto& name : names) list += (list.size() > 1 ? ", " : "") + name;
  throw Error("AMBIGUOUS_REFERENCE", {{"name", quoted(parts)}, {"referenceNames", list + "]"}},
              origin.context());
}

std::string search_path(const functions::ResolveContext& context) {
  return "[`system`.`builtin`, `system`.`session`, " +
         quoted({context.current_catalog, context.current_schema}) + "]";
}

void unresolved_routine(const std::vector<std::string>& name,
                        const functions::ResolveContext& context, const plan::Origin& origin) {
  throw Error("UNRESOLVED_ROUTINE",
              {{"routineName", quoted(name)}, {"searchPath", search_path(context)}},
              origin.context());
}

std::string qualified_name(const plan::Expression& expression,
                           const functions::ResolveContext& context) {
  auto shared = std::make_shared<const plan::Expression>(expression);
  return functions::display_name(
      *transform(shared,
                 [](const plan::ExpressionPtr& e) -> plan::ExpressionPtr {
                   const auto* column = e->as<plan::AttributeRef>();
                   if (column == nullptr || column->qualifier.empty()) return nullptr;
                   plan::Expression copy = *e;
                   for (const auto& part : column->qualifier)
                     copy.display += types::quote_if_needed(part) + ".";
                   copy.display += types::quote_if_needed(column->name);
                   return std::make_shared<const plan::Expression>(std::move(copy));
                 }),
      context);
}

void missing_aggregation(const plan::Expression& expression,
                         const functions::ResolveContext& context) {
  const std::string name = functions::display_name(expression, context);
  throw Error(
      "MISSING_AGGREGATION",
      {{"expression", '"' + name + '"'}, {"expressionAnyValue", "\"any_value(" + name + ")\""}},
      expression.origin.context());
}

}  // namespace lochan::analysis
