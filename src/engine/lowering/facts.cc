#include <algorithm>

#include "engine/lowering/lowering.h"

namespace lochan::engine {

using plan::Expression;
using plan::ExpressionPtr;

namespace {

bool all_same(const plan::Expressions& a, const plan::Expressions& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const ExpressionPtr& x, const ExpressionPtr& y) { return same(*x, *y); });
}

bool same_or_none(const ExpressionPtr& a, const ExpressionPtr& b) {
  return a && b ? same(*a, *b) : !a && !b;
}

template <class F>
bool any_child(const Expression& e, F&& f) {
  for (const auto& child : plan::children(e)) {
    if (child && f(*child)) return true;
  }
  return false;
}

/// False where the types of the arguments rule an error out.
bool call_can_fail(const Expression& e, const plan::Call& c) {
  const auto* kernel = std::get_if<functions::Kernel>(&c.function->lower);
  if (!kernel) return true;
  KernelSpec spec{.result = e.type, .arguments = {}, .mode = c.mode};
  for (const auto& a : c.arguments) spec.arguments.push_back(a->type);
  return can_fail(kernel->name, spec);
}

bool is_deterministic(const plan::Call& c) { return c.function && c.function->deterministic; }

}  // namespace

bool same(const Expression& a, const Expression& b) {
  if (&a == &b) return true;
  // Aliases in an output do not matter to what a grouping expression is.
  if (const auto* alias = a.as<plan::Alias>()) return same(*alias->child, b);
  if (const auto* alias = b.as<plan::Alias>()) return same(a, *alias->child);
  if (a.node.index() != b.node.index() || !a.type.same_type(b.type)) return false;
  if (const auto* x = a.as<plan::Literal>()) return x->value == b.as<plan::Literal>()->value;
  if (const auto* x = a.as<plan::AttributeRef>()) return x->id == b.as<plan::AttributeRef>()->id;
  if (const auto* x = a.as<plan::LambdaVariable>())
    return x->id == b.as<plan::LambdaVariable>()->id;
  if (const auto* x = a.as<plan::GetField>()) {
    const auto* y = b.as<plan::GetField>();
    return x->index == y->index && same(*x->child, *y->child);
  }
  if (const auto* x = a.as<plan::Cast>()) {
    const auto* y = b.as<plan::Cast>();
    return x->target == y->target && x->mode == y->mode && same(*x->child, *y->child);
  }
  if (const auto* x = a.as<plan::Call>()) {
    const auto* y = b.as<plan::Call>();
    return x->function == y->function && is_deterministic(*x) && x->mode == y->mode &&
           x->distinct == y->distinct && x->ignore_nulls == y->ignore_nulls &&
           all_same(x->arguments, y->arguments) && same_or_none(x->filter, y->filter) &&
           all_same(x->order_by, y->order_by);
  }
  if (const auto* x = a.as<plan::SortOrder>()) {
    const auto* y = b.as<plan::SortOrder>();
    return x->ascending == y->ascending && x->nulls == y->nulls && same(*x->child, *y->child);
  }
  return false;
}

void conjuncts(const ExpressionPtr& e, plan::Expressions& out) {
  const auto* c = e->as<plan::Call>();
  if (c && c->function && c->function->name == "and" && c->arguments.size() == 2) {
    conjuncts(c->arguments[0], out);
    conjuncts(c->arguments[1], out);
  } else {
    out.push_back(e);
  }
}

bool is_nested(const Expression& e) {
  return e.type.is(types::TypeId::kArray) || e.type.is(types::TypeId::kStruct);
}

void refuse_collation(const types::DataType& type) {
  using enum types::TypeId;
  if (type.is(kArray)) return refuse_collation(type.element());
  if (type.is(kMap)) {
    refuse_collation(type.key());
    return refuse_collation(type.value());
  }
  if (type.is(kStruct)) {
    for (const auto& field : type.fields()) refuse_collation(field.type);
  }
  if (type.is(kString) && type.collation() != "UTF8_BINARY") {
    throw Error::not_supported("working with strings of the collation " + type.collation());
  }
}

bool can_raise(const Expression& e) {
  if (const auto* c = e.as<plan::Call>()) {
    if (!c->function ||
        (c->function->fallible && c->mode != plan::CastMode::kTry && call_can_fail(e, *c))) {
      return true;
    }
  } else if (const auto* cast = e.as<plan::Cast>()) {
    const bool ansi = !cast->mode || *cast->mode == plan::CastMode::kAnsi;
    if (ansi && can_fail("cast", {.result = cast->target, .arguments = {cast->child->type}}))
      return true;
  } else if (e.as<plan::Subquery>()) {
    return true;
  }
  return any_child(e, [](const Expression& child) { return can_raise(child); });
}

bool is_simple(const Expression& e) {
  if (e.as<plan::Window>() || e.as<plan::Subquery>() || e.as<plan::Lambda>()) return false;
  if (const auto* c = e.as<plan::Call>()) {
    if (!is_deterministic(*c) || c->function->kind != functions::FunctionKind::kScalar)
      return false;
  }
  return !any_child(e, [](const Expression& child) { return !is_simple(child); });
}

int depth(const Expression& e) {
  int deepest = 0;
  for (const auto& child : plan::children(e)) {
    if (child) deepest = std::max(deepest, depth(*child));
  }
  return deepest + 1;
}

namespace {

void count_in_plan(const plan::Plan& p, std::unordered_map<int64_t, int>& counts) {
  for (const auto& e : plan::expressions(p)) {
    if (e) count_references(*e, counts);
  }
  for (const auto& child : plan::children(p)) count_in_plan(*child, counts);
}

}  // namespace

void count_references(const Expression& e, std::unordered_map<int64_t, int>& counts) {
  if (const auto* a = e.as<plan::AttributeRef>()) ++counts[static_cast<int64_t>(a->id)];
  std::unordered_map<int64_t, int> many;
  const bool repeats = e.as<plan::Lambda>() || e.as<plan::Subquery>();
  if (const auto* s = e.as<plan::Subquery>()) count_in_plan(*s->plan, many);
  for (const auto& child : plan::children(e)) {
    if (child) count_references(*child, repeats ? many : counts);
  }
  for (const auto& [id, n] : many) counts[id] += n + 1;
}

namespace {

void count_ctes(const Expression& e, std::unordered_map<int64_t, int>& counts) {
  if (const auto* s = e.as<plan::Subquery>()) lochan::engine::count_ctes(*s->plan, counts);
  for (const auto& child : plan::children(e)) {
    if (child) count_ctes(*child, counts);
  }
}

}  // namespace

void count_ctes(const plan::Plan& plan, std::unordered_map<int64_t, int>& counts) {
  if (const auto* r = plan.as<plan::CteReference>()) ++counts[r->definition];
  for (const auto& e : plan::expressions(plan)) {
    if (e) count_ctes(*e, counts);
  }
  for (const auto& child : plan::children(plan)) count_ctes(*child, counts);
}

ExpressionPtr replace_references(const ExpressionPtr& e, const Replacements& replacements) {
  if (const auto* a = e->as<plan::AttributeRef>()) {
    const auto found = replacements.find(static_cast<int64_t>(a->id));
    return found == replacements.end() ? e : found->second;
  }
  auto children = plan::children(*e);
  bool changed = false;
  for (auto& child : children) {
    if (!child) continue;
    auto replaced = replace_references(child, replacements);
    changed = changed || replaced != child;
    child = std::move(replaced);
  }
  return changed ? plan::with_children(e, std::move(children)) : e;
}

}  // namespace lochan::engine
