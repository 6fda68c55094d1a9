#include <algorithm>
#include <utility>

#include "base/big_stack_thread.h"
#include "duckdb/parser/expression/constant_expression.hpp"
#include "duckdb/parser/query_node/set_operation_node.hpp"
#include "duckdb/parser/tableref/basetableref.hpp"
#include "duckdb/parser/tableref/emptytableref.hpp"
#include "duckdb/parser/tableref/joinref.hpp"
#include "duckdb/parser/tableref/subqueryref.hpp"
#include "engine/lowering/lowering.h"

namespace lochan::engine {

using duckdb::ExpressionType;
using duckdb::make_uniq;

namespace {

/// The id that an element of a select list makes.
plan::AttributeId made_id(const plan::Expression& e) {
  if (const auto* a = e.as<plan::Alias>()) return a->id;
  if (const auto* r = e.as<plan::AttributeRef>()) return r->id;
  throw Error::internal("a projection that is neither alias nor column: " + plan::to_string(e));
}

const plan::Expression& without_alias(const plan::Expression& e) {
  const auto* a = e.as<plan::Alias>();
  return a ? without_alias(*a->child) : e;
}

/// Beyond this depth a merged expression stays in a select of its own.
constexpr int kDeepestMerge = 64;

bool has_subquery(const plan::Expression& e) {
  if (e.as<plan::Subquery>()) return true;
  for (const auto& child : plan::children(e)) {
    if (child && has_subquery(*child)) return true;
  }
  return false;
}

/// The rows with one zero: as keys that are compared, they come out once.
Node rows_with_one_zero(Node node, const plan::Attributes& output) {
  if (std::none_of(output.begin(), output.end(), [](const auto& a) { return has_zeros(a.type); }))
    return node;
  auto from = make_uniq<duckdb::SubqueryRef>(statement_of(std::move(node)), "keys");
  auto select = make_uniq<duckdb::SelectNode>();
  for (size_t i = 0; i < output.size(); ++i) {  // by position: ids may repeat in an output
    const std::string name = "k" + std::to_string(i);
    from->column_name_alias.push_back(name);
    select->select_list.push_back(
        named(with_one_zero(named_column(name), output[i].type), column_name(output[i].id)));
  }
  select->from_table = std::move(from);
  return select;
}

}  // namespace

Lowered lower(const plan::Plan& plan, const QueryOptions& options, const DatabaseFacts& facts) {
  Lowering lowering(options, facts);
  Lowered result;
  result.statement = statement_of(lowering.statement(plan));
  result.keep_alive = std::move(lowering.keep_alive);
  result.counts_early = lowering.counts_early;
  return result;
}

Node Lowering::statement(const plan::Plan& plan) {
  count_ctes(plan, cte_uses_);
  auto node = query(plan);
  node->cte_map = std::move(ctes_);
  return node;
}

Node Lowering::query(const plan::Plan& plan) { return finish(relation(plan), plan.output); }

Relation Lowering::relation(const plan::Plan& plan) {
  check_stack(kStackParts);
  if (const auto* p = plan.as<plan::Project>()) return project(plan, *p);
  if (const auto* p = plan.as<plan::Filter>()) return filter(plan, *p);
  if (const auto* p = plan.as<plan::Aggregate>()) {
    const bool limited = std::exchange(limited_, false);
    auto result = aggregate(plan, *p);
    limited_ = limited;
    return result;
  }
  if (const auto* p = plan.as<plan::Join>()) return join(plan, *p);
  if (const auto* p = plan.as<plan::SetOp>()) return set_operation(plan, *p);
  if (plan.as<plan::Sort>() || plan.as<plan::Limit>() || plan.as<plan::Offset>())
    return ordered(plan);
  if (const auto* p = plan.as<plan::Tail>()) return tail(plan, *p);
  if (const auto* p = plan.as<plan::Distinct>()) return distinct(plan, *p);
  if (const auto* p = plan.as<plan::Generate>()) return generate(plan, *p);
  if (const auto* p = plan.as<plan::Sample>()) return sample(plan, *p);
  if (const auto* p = plan.as<plan::CteReference>()) return cte_reference(plan, *p);
  return leaf(plan);
}

/// As an element of FROM, its columns being the plan's output.
Table Lowering::table(const plan::Plan& plan) {
  auto r = relation(plan);
  if (!r.node && !r.select && r.where.empty() && r.from) return std::move(r.from);
  return as_table(finish(std::move(r), plan.output));
}

Table Lowering::as_table(Node node) {
  auto result = make_uniq<duckdb::SubqueryRef>(statement_of(std::move(node)), next_table());
  return result;
}

void Lowering::add_columns(duckdb::SelectNode& select, const plan::Attributes& output) {
  for (const auto& a : output) select.select_list.push_back(column(a.id));
}

Node Lowering::finish(Relation r, const plan::Attributes& output) {
  if (r.node) return std::move(r.node);
  auto select = make_uniq<duckdb::SelectNode>();
  select->from_table = r.from ? std::move(r.from) : make_uniq<duckdb::EmptyTableRef>();
  select->where_clause = all_of(std::move(r.where));
  if (r.select) {
    for (const auto& e : *r.select) {
      select->select_list.push_back(named(expression(*e), column_name(made_id(*e))));
    }
  } else {
    add_columns(*select, output);
  }
  // A relation without columns still has rows.
  if (select->select_list.empty())
    select->select_list.push_back(constant(duckdb::Value::BOOLEAN(true)));
  return select;
}

Select Lowering::select_from(const plan::Plan& child) {
  auto select = make_uniq<duckdb::SelectNode>();
  auto r = relation(child);
  if (r.node || r.select) {
    select->from_table = as_table(finish(std::move(r), child.output));
  } else {
    select->from_table = r.from ? std::move(r.from) : make_uniq<duckdb::EmptyTableRef>();
    select->where_clause = all_of(std::move(r.where));
  }
  return select;
}

/// Project(Project(x)) in one select list. Example, as df.withColumn() in a loop makes:
///   [a, b, (b + 1) AS c] over [a, (a + 1) AS b] over x    stays, since b is used twice
///   [a, b, (a + 2) AS c] over [a, (a + 1) AS b] over x    becomes [a, (a + 1) AS b, (a + 2) AS c]
///   over x
/// Each element below must be a column or be used at most once and simple.
bool Lowering::merge_projects(Relation& below, const plan::Expressions& above) {
  std::unordered_map<int64_t, int> uses;
  for (const auto& e : above) count_references(*e, uses);
  Replacements replacements;
  for (const auto& e : *below.select) {
    const auto id = static_cast<int64_t>(made_id(*e));
    const auto& inner = without_alias(*e);
    const auto n = uses.contains(id) ? uses[id] : 0;
    if (!inner.as<plan::AttributeRef>()) {
      if (n > 1 && !inner.as<plan::Literal>()) return false;
      if (!is_simple(inner) || depth(inner) > kDeepestMerge) return false;
    }
    auto replacement = e;
    while (const auto* a = replacement->as<plan::Alias>()) replacement = a->child;
    replacements.emplace(id, std::move(replacement));
  }
  plan::Expressions merged;
  for (const auto& e : above) {
    if (has_subquery(*e)) return false;
    auto replaced = replace_references(e, replacements);
    if (depth(*replaced) > kDeepestMerge) return false;
    if (made_id(*e) != made_id(*replaced)) throw Error::internal("a projection lost its id");
    merged.push_back(std::move(replaced));
  }
  below.select = std::move(merged);
  return true;
}

Relation Lowering::project(const plan::Plan& plan, const plan::Project& p) {
  auto child = relation(*p.child);
  // A bare column keeps its id even when what it stands for is put in its place.
  plan::Expressions list;
  for (size_t i = 0; i < p.expressions.size(); ++i) {
    auto e = p.expressions[i];
    if (const auto* ref = e->as<plan::AttributeRef>()) {
      e = plan::make_resolved(plan::Alias{.child = e, .name = ref->name, .id = ref->id}, e->type,
                              e->nullable, e->origin);
    }
    list.push_back(std::move(e));
  }
  if (!child.node && child.select && merge_projects(child, list)) return child;
  if (child.node || child.select) {
    child = Relation{.from = as_table(finish(std::move(child), p.child->output))};
  }
  child.select = std::move(list);
  return child;
}

namespace {

void disjuncts(const plan::ExpressionPtr& condition, plan::Expressions& parts) {
  const auto* c = condition->as<plan::Call>();
  if (!c || !c->function || c->function->name != "or") {
    parts.push_back(condition);
    return;
  }
  for (const auto& a : c->arguments) disjuncts(a, parts);
}

/// What every branch of an OR asks for: (k AND a) OR (k AND b) implies k. DuckDB does not see it
/// where a branch is guarded, and would join without a key.
plan::Expressions implied_by(const plan::ExpressionPtr& condition) {
  plan::Expressions branches, common;
  disjuncts(condition, branches);
  if (branches.size() < 2) return {};
  conjuncts(branches[0], common);
  std::erase_if(common, [](const auto& part) { return can_raise(*part) || has_subquery(*part); });
  for (size_t i = 1; i < branches.size() && !common.empty(); ++i) {
    plan::Expressions parts;
    conjuncts(branches[i], parts);
    std::erase_if(common, [&](const auto& part) {
      return std::none_of(parts.begin(), parts.end(),
                          [&](const auto& other) { return same(*part, *other); });
    });
  }
  return common;
}

}  // namespace

/// Adds the conjuncts. One that can raise is evaluated only where those before it hold; DuckDB may
/// otherwise evaluate it first.
void Lowering::where(ParsedList& conditions, const plan::ExpressionPtr& condition) {
  plan::Expressions written, parts;
  conjuncts(fold_constants(condition), written);
  for (const auto& part : written) {
    auto implied = implied_by(part);
    parts.insert(parts.end(), implied.begin(), implied.end());
  }
  parts.insert(parts.end(), written.begin(), written.end());
  ParsedList before;
  for (const auto& part : parts) {
    auto lowered = predicate(*part);
    if (can_raise(*part) && !before.empty() && !has_subquery(*part)) {
      ParsedList guard;
      for (const auto& b : before) guard.push_back(b->Copy());
      lowered = choose(all_of(std::move(guard)), std::move(lowered),
                       constant(duckdb::Value::BOOLEAN(false)));
    } else if (!has_subquery(*part)) {
      before.push_back(lowered->Copy());
    }
    conditions.push_back(std::move(lowered));
  }
}

Relation Lowering::filter(const plan::Plan& plan, const plan::Filter& f) {
  auto child = relation(*f.child);
  if (!child.node && child.select) {
    // Below the projection, if the condition only uses what that passes on and no window is
    // computed in it.
    std::unordered_map<int64_t, int> uses;
    count_references(*f.condition, uses);
    Replacements replacements;
    bool below = !has_subquery(*f.condition);
    for (const auto& e : *child.select) {
      const auto& inner = without_alias(*e);
      if (!is_simple(inner)) below = false;
      if (inner.as<plan::AttributeRef>()) {
        auto replacement = e;
        while (const auto* a = replacement->as<plan::Alias>()) replacement = a->child;
        replacements.emplace(static_cast<int64_t>(made_id(*e)), std::move(replacement));
      } else if (uses.contains(static_cast<int64_t>(made_id(*e)))) {
        below = false;
      }
    }
    if (below) {
      where(child.where, replace_references(f.condition, replacements));
      return child;
    }
  }
  if (child.node || child.select) {
    child = Relation{.from = as_table(finish(std::move(child), f.child->output))};
  }
  where(child.where, f.condition);
  return child;
}

Relation Lowering::join(const plan::Plan& plan, const plan::Join& j) {
  auto ref = make_uniq<duckdb::JoinRef>(duckdb::JoinRefType::REGULAR);
  ref->left = table(*j.left);
  ref->right = table(*j.right);
  switch (j.kind) {
    case plan::JoinKind::kInner:
    case plan::JoinKind::kCross: ref->type = duckdb::JoinType::INNER; break;
    case plan::JoinKind::kLeft: ref->type = duckdb::JoinType::LEFT; break;
    case plan::JoinKind::kRight: ref->type = duckdb::JoinType::RIGHT; break;
    case plan::JoinKind::kFull: ref->type = duckdb::JoinType::OUTER; break;
    case plan::JoinKind::kLeftSemi: ref->type = duckdb::JoinType::SEMI; break;
    case plan::JoinKind::kLeftAnti: ref->type = duckdb::JoinType::ANTI; break;
  }
  if (j.condition) {
    ref->condition = expression(*fold_constants(j.condition));
  } else if (ref->type == duckdb::JoinType::INNER) {
    ref->ref_type = duckdb::JoinRefType::CROSS;
  } else {
    ref->condition = constant(duckdb::Value::BOOLEAN(true));
  }
  return {.from = std::move(ref)};
}

/// The inputs of a chain of the same UNION ALL, so that a loop of df.union() does not nest.
void Lowering::set_operation_inputs(const plan::Plan& plan, const plan::SetOp& top,
                                    duckdb::vector<Node>& nodes) {
  const auto* s = plan.as<plan::SetOp>();
  const bool chain = s && s->kind == plan::SetOpKind::kUnion &&
                     top.kind == plan::SetOpKind::kUnion && s->all == top.all;
  if (!chain) {
    auto node = query(plan);
    const bool distinct = top.kind == plan::SetOpKind::kUnion && !top.all;
    nodes.push_back(distinct ? rows_with_one_zero(std::move(node), plan.output) : std::move(node));
    return;
  }
  set_operation_inputs(*s->left, top, nodes);
  set_operation_inputs(*s->right, top, nodes);
}

Relation Lowering::set_operation(const plan::Plan& plan, const plan::SetOp& s) {
  auto node = make_uniq<duckdb::SetOperationNode>();
  node->setop_all = s.all;
  if (!s.all || s.kind != plan::SetOpKind::kUnion) {
    for (const auto& a : plan.output) refuse_collation(a.type);
  }
  switch (s.kind) {
    case plan::SetOpKind::kUnion: node->setop_type = duckdb::SetOperationType::UNION; break;
    case plan::SetOpKind::kIntersect: node->setop_type = duckdb::SetOperationType::INTERSECT; break;
    case plan::SetOpKind::kExcept: node->setop_type = duckdb::SetOperationType::EXCEPT; break;
  }
  set_operation_inputs(*s.left, s, node->children);
  if (s.kind == plan::SetOpKind::kUnion) {
    set_operation_inputs(*s.right, s, node->children);
  } else {
    node->children.push_back(query(*s.right));
  }
  auto result = as_table(std::move(node));
  for (const auto& a : plan.output) result->column_name_alias.push_back(column_name(a.id));
  return {.from = std::move(result)};
}

/// Limit(Offset(Sort(x))), any of which may be missing, in one node, so that DuckDB sees a top-n.
Relation Lowering::ordered(const plan::Plan& plan) {
  const auto* at = &plan;
  auto limit = make_uniq<duckdb::LimitModifier>();
  if (const auto* l = at->as<plan::Limit>()) {
    limit->limit = cast_to(expression(*l->limit), duckdb::LogicalType::BIGINT);
    at = l->child.get();
  }
  if (const auto* o = at->as<plan::Offset>()) {
    limit->offset = cast_to(expression(*o->offset), duckdb::LogicalType::BIGINT);
    at = o->child.get();
  }
  auto orders = make_uniq<duckdb::OrderModifier>();
  const plan::Sort* sort = at->as<plan::Sort>();
  if (sort) at = sort->child.get();
  auto select = make_uniq<duckdb::SelectNode>();
  const bool limited = std::exchange(limited_, !sort && (limited_ || limit->limit));
  select->from_table = table(*at);
  limited_ = limited;
  add_columns(*select, plan.output);
  if (select->select_list.empty())
    select->select_list.push_back(constant(duckdb::Value::BOOLEAN(true)));
  if (sort) {
    for (const auto& o : sort->orders) {
      auto node = order(*o);
      // A constant would be the position of a column to DuckDB.
      if (node.expression->GetExpressionClass() == duckdb::ExpressionClass::CONSTANT) continue;
      orders->orders.push_back(std::move(node));
    }
    if (!orders->orders.empty()) select->modifiers.push_back(std::move(orders));
  }
  if (limit->limit || limit->offset) select->modifiers.push_back(std::move(limit));
  return {.node = std::move(select)};
}

Relation Lowering::distinct(const plan::Plan& plan, const plan::Distinct& d) {
  for (const auto& a : d.child->output) refuse_collation(a.type);
  auto r = relation(*d.child);
  if (r.node) r = Relation{.from = as_table(std::move(r.node))};
  auto node = finish(std::move(r), d.child->output);
  node = rows_with_one_zero(std::move(node), d.child->output);
  node->modifiers.push_back(make_uniq<duckdb::DistinctModifier>());
  return {.node = std::move(node)};
}

/// A definition that is used once takes the place of its use; DuckDB computes others once where it
/// thinks that pays.
Relation Lowering::cte_reference(const plan::Plan& plan, const plan::CteReference& r) {
  if (cte_uses_[r.definition] < 2) return relation(*r.child);
  if (!cte_names_.contains(r.definition)) {
    auto cte = make_uniq<duckdb::CommonTableExpressionInfo>();
    cte->query = statement_of(query(*r.child));
    // Those that the definition itself uses are there by now.
    const auto name = next_table();
    ctes_.map.insert(name, std::move(cte));
    cte_names_.emplace(r.definition, name);
  }
  auto ref = make_uniq<duckdb::BaseTableRef>();
  ref->table_name = cte_names_.at(r.definition);
  ref->alias = next_table();
  for (const auto& a : plan.output) ref->column_name_alias.push_back(column_name(a.id));
  return {.from = std::move(ref)};
}

/// The last n rows: those whose number is greater than the number of rows less n.
Relation Lowering::tail(const plan::Plan& plan, const plan::Tail& t) {
  auto numbered = select_from(*t.child);
  add_columns(*numbered, plan.output);
  auto over_all = [](ExpressionType type, const char* name) {
    auto w = make_uniq<duckdb::WindowExpression>(type, "", "", name);
    w->start = duckdb::WindowBoundary::UNBOUNDED_PRECEDING;
    w->end = duckdb::WindowBoundary::UNBOUNDED_FOLLOWING;
    return w;
  };
  numbered->select_list.push_back(
      named(over_all(ExpressionType::WINDOW_ROW_NUMBER, "row_number"), "r"));
  numbered->select_list.push_back(
      named(over_all(ExpressionType::WINDOW_AGGREGATE, "count_star"), "n"));
  auto select = make_uniq<duckdb::SelectNode>();
  select->from_table = as_table(std::move(numbered));
  add_columns(*select, plan.output);
  if (select->select_list.empty())
    select->select_list.push_back(constant(duckdb::Value::BOOLEAN(true)));
  auto left_out = call(
      "-", list(named_column("n"), cast_to(expression(*t.limit), duckdb::LogicalType::BIGINT)));
  select->where_clause =
      compare(ExpressionType::COMPARE_GREATERTHAN, named_column("r"), std::move(left_out));
  auto orders = make_uniq<duckdb::OrderModifier>();
  orders->orders.emplace_back(duckdb::OrderType::ASCENDING, duckdb::OrderByNullType::NULLS_LAST,
                              named_column("r"));
  select->modifiers.push_back(std::move(orders));
  return {.node = std::move(select)};
}

}  // namespace lochan::engine
