#include <algorithm>

#include "engine/lowering/lowering.h"
#include "engine/table_source.h"

namespace lochan::engine {
namespace {

using plan::ExpressionPtr;

/// Beyond, one side is so much smaller that it pays to join first: most rows meet nothing then.
constexpr int64_t kLargestRatio = 16;

/// About how large the rows are, or larger; nullopt: unknown.
std::optional<int64_t> size_of(const plan::Plan& plan, bool may_be_filtered) {
  if (const auto* p = plan.as<plan::Project>()) return size_of(*p->child, may_be_filtered);
  if (const auto* f = plan.as<plan::Filter>(); f && may_be_filtered)
    return size_of(*f->child, may_be_filtered);
  if (const auto* t = plan.as<plan::InlineTable>()) return static_cast<int64_t>(t->rows.size());
  if (const auto* s = plan.as<plan::Scan>()) {
    const auto* source = dynamic_cast<const TableSource*>(s->source.get());
    return source ? source->bytes() : std::nullopt;
  }
  return std::nullopt;
}

bool are_of_like_size(const plan::Plan& kept, const plan::Plan& other) {
  const auto kept_size = size_of(kept, false), other_size = size_of(other, true);
  return kept_size && other_size && *other_size / kLargestRatio <= *kept_size;
}

const plan::Attribute* find(const plan::Attributes& output, const plan::Expression& e) {
  const auto* ref = e.as<plan::AttributeRef>();
  const auto found = std::find_if(output.begin(), output.end(),
                                  [&](const auto& a) { return ref && a.id == ref->id; });
  return found == output.end() ? nullptr : &*found;
}

bool contains(const plan::Expressions& list, const plan::Expression& e) {
  return std::any_of(list.begin(), list.end(), [&](const auto& x) { return same(*x, e); });
}

bool uses_only(const plan::Attributes& output, const plan::Expression& e) {
  std::unordered_map<int64_t, int> uses;
  count_references(e, uses);
  for (const auto& a : output) uses.erase(static_cast<int64_t>(a.id));
  return uses.empty();
}

/// The groups of one side and what is counted in them.
struct Groups {
  plan::PlanPtr rows;
  plan::Expressions keys = {}, columns = {};
  plan::Attributes output = {};

  void add_key(const ExpressionPtr& key) {
    if (contains(keys, *key)) return;
    keys.push_back(key);
    columns.push_back(key);
    output.push_back(*find(rows->output, *key));
  }
  /// A reference to the new column.
  ExpressionPtr add_count(ExpressionPtr count) {
    const auto id = plan::new_attribute_id();
    const auto type = count->type;
    columns.push_back(plan::make_resolved(
        plan::Alias{.child = std::move(count), .name = "count", .id = id}, type, false));
    output.push_back({.id = id, .name = "count", .type = type, .nullable = false});
    return plan::make_resolved(plan::AttributeRef{.id = id, .name = "count"}, type, true);
  }
  plan::PlanPtr plan() const {
    return plan::make_resolved_plan(
        plan::Aggregate{.child = rows, .grouping = keys, .aggregates = columns}, output);
  }
};

/// Takes the condition apart: into keys that are compared, and what to ask of `other` alone.
bool split(const ExpressionPtr& condition, Groups& kept, Groups& other) {
  plan::Expressions parts, filters;
  conjuncts(condition, parts);
  for (const auto& part : parts) {
    const auto* c = part->as<plan::Call>();
    if (c && c->function && (c->function->name == "=" || c->function->name == "==")) {
      auto left = c->arguments.at(0), right = c->arguments.at(1);
      if (find(kept.rows->output, *right)) std::swap(left, right);
      if (find(kept.rows->output, *left) && find(other.rows->output, *right)) {
        if (is_floating(left->type) || is_nested(*left)) return false;
        if (!contains(kept.keys, *left)) return false;
        other.add_key(right);
        continue;
      }
    }
    if (!uses_only(other.rows->output, *part) || !is_simple(*part) || can_raise(*part))
      return false;
    filters.push_back(part);
  }
  for (const auto& f : filters) {
    auto output = other.rows->output;
    other.rows = plan::make_resolved_plan(plan::Filter{.child = other.rows, .condition = f},
                                          std::move(output));
  }
  return !other.keys.empty();
}

const plan::Join* outer_join(const plan::Plan& plan) {
  if (const auto* p = plan.as<plan::Project>()) {
    const bool passes_on =
        std::all_of(p->expressions.begin(), p->expressions.end(),
                    [](const auto& e) { return e->template as<plan::AttributeRef>() != nullptr; });
    return passes_on ? outer_join(*p->child) : nullptr;
  }
  const auto* j = plan.as<plan::Join>();
  const bool outer =
      j && (j->kind == plan::JoinKind::kLeft || j->kind == plan::JoinKind::kRight) && !j->lateral;
  return outer && j->condition ? j : nullptr;
}

}  // namespace

plan::PlanPtr counts_before_join(const plan::Aggregate& a, const plan::Attributes& output,
                                 const functions::ResolveContext& context) {
  const auto* join = outer_join(*a.child);
  if (!join || !a.grouping_sets.empty() || a.grouping.empty()) return nullptr;
  const bool left = join->kind == plan::JoinKind::kLeft;
  Groups kept{.rows = left ? join->left : join->right};
  Groups other{.rows = left ? join->right : join->left};
  if (!are_of_like_size(*kept.rows, *other.rows)) return nullptr;
  for (const auto& key : a.grouping) {
    if (!find(kept.rows->output, *key)) return nullptr;
    kept.add_key(key);
  }
  if (!split(join->condition, kept, other)) return nullptr;

  const auto call = [&](const char* name, plan::Expressions arguments) {
    return functions::resolve_calls(plan::function(name, std::move(arguments)), context);
  };
  const auto integer = [](int64_t value) { return plan::literal(types::Value::bigint(value)); };
  const auto all_rows = [&](Groups& groups) {
    return groups.add_count(call("count", {plan::literal(types::Value::integer(1))}));
  };
  ExpressionPtr kept_rows, other_rows;  // how many a group has
  plan::Expressions columns;
  for (const auto& e : a.aggregates) {
    const auto* alias = e->as<plan::Alias>();
    const auto* c = alias ? alias->child->as<plan::Call>() : nullptr;
    if (!c) {
      if (!uses_only(kept.output, *e) || !is_simple(*e)) return nullptr;
      columns.push_back(e);
      continue;
    }
    if (c->function->name != "count: one" || c->distinct || c->filter) return nullptr;
    const auto& counted = *c->arguments.at(0);
    const auto* literal = counted.as<plan::Literal>();
    ExpressionPtr times;
    if (find(other.rows->output, counted)) {
      times = call("coalesce", {other.add_count(alias->child), integer(0)});
    } else if (literal && !literal->value.is_null()) {
      if (!other_rows) other_rows = call("coalesce", {all_rows(other), integer(1)});
      times = other_rows;
    } else {
      return nullptr;
    }
    if (!kept_rows) kept_rows = all_rows(kept);
    columns.push_back(plan::with_children(e, {call("*", {kept_rows, times})}));
  }
  if (!kept_rows) return nullptr;

  plan::Join groups{.left = kept.plan(),
                    .right = other.plan(),
                    .kind = plan::JoinKind::kLeft,
                    .condition = nullptr};
  plan::Expressions keys;
  conjuncts(join->condition, keys);
  std::erase_if(keys, [&](const auto& part) { return uses_only(other.rows->output, *part); });
  for (const auto& key : keys)
    groups.condition = groups.condition ? call("and", {groups.condition, key}) : key;
  auto joined = kept.output;
  joined.insert(joined.end(), other.output.begin(), other.output.end());
  return plan::make_resolved_plan(
      plan::Project{.child = plan::make_resolved_plan(std::move(groups), std::move(joined)),
                    .expressions = std::move(columns)},
      output);
}

}  // namespace lochan::engine
