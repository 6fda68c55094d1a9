#include "analysis/analyzer.h"

#include "analysis/resolver.h"
#include "analysis/tree.h"
#include "base/ascii.h"
#include "base/big_stack_thread.h"
#include "functions/names.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT

Resolver::Resolver(Catalog& catalog, const functions::ResolveContext& context)
    : catalog_(catalog), context_(context) {}

MarksPtr join_marks(const std::vector<MarksPtr>& marks) {
  Marks joined;
  for (const auto& mark : marks) {
    if (mark != nullptr) joined.below.push_back(mark);
  }
  if (joined.below.empty()) return nullptr;
  if (joined.below.size() == 1) return joined.below[0];
  return std::make_shared<const Marks>(std::move(joined));
}

PlanPtr Resolver::query(const PlanPtr& plan) { return visible(resolve(plan).plan); }

/// The rule of each kind of node: an exhaustive visit, so that a new kind does not compile without
/// one.
struct PlanRules {
  Resolver& r;
  const Plan& plan;

  /// A node over one child that changes no columns.
  template <class T>
  Node same_columns(const T& node) {
    Node child = r.resolve(node.child);
    T copy = node;
    copy.child = child.plan;
    return {make_resolved_plan(std::move(copy), child.plan->output, plan.origin), child.marks};
  }
  template <class T>
  Node command(const T& node) {
    T copy = node;
    if constexpr (requires { copy.query; }) {
      if (copy.query != nullptr) copy.query = r.query(copy.query);
    }
    return {make_resolved_plan(std::move(copy), {}, plan.origin), nullptr};
  }

  Node operator()(const OneRow&) {
    return {make_resolved_plan(OneRow{}, {}, plan.origin), nullptr};
  }
  Node operator()(const UnresolvedRelation& n) { return r.relation(n, plan.origin); }
  Node operator()(const UnresolvedRead& n) { return r.read(n, plan.origin); }
  Node operator()(const UnresolvedTableFunction& n) { return r.table_function(n, plan.origin); }
  Node operator()(const InlineTable& n) { return r.inline_table(n, plan.origin); }
  Node operator()(const LocalRelation& n) { return r.local_relation(n, plan.origin); }
  Node operator()(const Range& n) { return r.range(n, plan.origin); }
  Node operator()(const Scan& n) {
    Attributes output;
    for (const auto& field : n.source->schema()) {
      output.push_back({new_attribute_id(), field.name, field.type, field.nullable, n.table_name,
                        field.metadata});
    }
    return {make_resolved_plan(n, std::move(output), plan.origin), nullptr};
  }
  Node operator()(const CachedRelation& n) { return r.cached(n, plan.origin); }

  Node operator()(const Project& n) { return r.project_node(n, plan.origin); }
  Node operator()(const Filter& n) { return r.filter_node(n, plan.origin); }
  Node operator()(const Aggregate& n) { return r.aggregate(n, plan.origin); }
  Node operator()(const Join& n) { return r.join(n, plan.origin); }
  Node operator()(const SetOp& n) { return r.set_operation(n, plan.origin); }
  Node operator()(const Sort& n) { return r.sort(n, plan.origin); }
  Node operator()(const Limit& n) {
    Node child = r.resolve(n.child);
    return {make_resolved_plan(Limit{child.plan, r.row_count(n.limit, "limit", child.plan->output)},
                               child.plan->output, plan.origin),
            child.marks};
  }
  Node operator()(const Offset& n) {
    Node child = r.resolve(n.child);
    return {
        make_resolved_plan(Offset{child.plan, r.row_count(n.offset, "offset", child.plan->output)},
                           child.plan->output, plan.origin),
        child.marks};
  }
  Node operator()(const Tail& n) {
    Node child = r.resolve(n.child);
    return {make_resolved_plan(Tail{child.plan, r.row_count(n.limit, "tail", child.plan->output)},
                               child.plan->output, plan.origin),
            child.marks};
  }
  Node operator()(const Distinct& n) {
    Node child = r.resolve(n.child);
    child.plan = visible(child.plan);
    return {make_resolved_plan(Distinct{child.plan}, child.plan->output, plan.origin), child.marks};
  }
  Node operator()(const Deduplicate& n) { return r.deduplicate(n, plan.origin); }
  Node operator()(const Generate& n) { return r.generate(n, plan.origin); }
  Node operator()(const SubqueryAlias& n) { return r.subquery_alias(n, plan.origin); }
  Node operator()(const With& n) { return r.with(n, plan.origin); }
  Node operator()(const CteReference& n) { return same_columns(n); }
  Node operator()(const WithWindows& n) { return r.with_windows(n, plan.origin); }
  Node operator()(const Sample& n) { return same_columns(n); }
  Node operator()(const Unpivot& n) { return r.unpivot(n, plan.origin); }
  Node operator()(const Hint& n) { return r.resolve(n.child); }
  Node operator()(const Repartition& n) {
    Node child = r.resolve(n.child);
    Columns columns(child.plan->output);
    // The expressions do not matter to us, but a wrong name is still an error.
    r.expressions(n.expressions,
                  Scope{.columns = &columns, .marks = child.marks, .outer = r.outer_});
    return child;
  }
  Node operator()(const WithColumns& n) { return r.with_columns(n, plan.origin); }
  Node operator()(const WithColumnsRenamed& n) { return r.with_columns_renamed(n, plan.origin); }
  Node operator()(const Drop& n) { return r.drop(n, plan.origin); }
  Node operator()(const ToDf& n) { return r.to_df(n, plan.origin); }
  Node operator()(const ToSchema& n) { return r.to_schema(n, plan.origin); }
  Node operator()(const FillNa& n) { return r.fill_na(n, plan.origin); }
  Node operator()(const DropNa& n) { return r.drop_na(n, plan.origin); }
  Node operator()(const ReplaceValues& n) { return r.replace_values(n, plan.origin); }
  Node operator()(const Describe& n) { return r.describe(n, plan.origin); }
  Node operator()(const Crosstab& n) { return r.crosstab(n, plan.origin); }
  Node operator()(const Statistic& n) { return r.statistic(n, plan.origin); }
  Node operator()(const Transpose& n) { return r.transpose(n, plan.origin); }
  Node operator()(const ShowString& n) {
    ShowString copy = n;
    copy.child = r.query(n.child);
    Attributes output{{new_attribute_id(), n.html ? "html_string" : "show_string",
                       types::TypeId::kString, false}};
    return {make_resolved_plan(std::move(copy), std::move(output), plan.origin), nullptr};
  }
  Node operator()(const Marked& n) {
    Node child = r.resolve(n.child);
    return {child.plan, std::make_shared<const Marks>(Marks{n.plan_id, child.plan, {child.marks}})};
  }
  Node operator()(const WithRelations& n) {
    const auto saved_references = r.referenced_plans_;
    const auto saved_names = r.named_plans_;
    for (const auto& reference : n.references) {
      const auto* marked = reference->as<Marked>();
      if (marked) r.referenced_plans_[marked->plan_id] = reference;
      // A DataFrame inside of a SQL text has a name there.
      if (const auto* alias = (marked ? marked->child : reference)->as<SubqueryAlias>())
        r.named_plans_[lower_case(alias->alias)] = reference;
    }
    Node result = r.resolve(n.child);
    r.referenced_plans_ = saved_references;
    r.named_plans_ = saved_names;
    return result;
  }
  Node operator()(const SqlText& n) { return r.sql_text(n, plan.origin); }
  Node operator()(const CatalogOperation& n) {
    return {make_resolved_plan(n, {}, plan.origin), nullptr};
  }

  Node operator()(const Write& n) { return command(n); }
  Node operator()(const WriteV2& n) { return command(n); }
  Node operator()(const Insert& n) { return command(n); }
  Node operator()(const CreateTable& n) { return command(n); }
  Node operator()(const CreateView& n) { return {make_resolved_plan(n, {}, plan.origin), nullptr}; }
  Node operator()(const DropObject& n) { return command(n); }
  Node operator()(const CreateSchema& n) { return command(n); }
  Node operator()(const Use& n) { return command(n); }
  Node operator()(const SetConfig& n) { return command(n); }
  Node operator()(const ResetConfig& n) { return command(n); }
  Node operator()(const Show& n) { return command(n); }
  Node operator()(const DescribeRelation& n) { return command(n); }
  Node operator()(const DescribeQuery& n) { return command(n); }
  Node operator()(const DescribeObject& n) { return command(n); }
  Node operator()(const Explain& n) { return command(n); }
  Node operator()(const CacheTable& n) { return {make_resolved_plan(n, {}, plan.origin), nullptr}; }
  Node operator()(const Truncate& n) { return command(n); }
  Node operator()(const NotSupported& n) { throw Error::not_supported(n.what); }
};

Node Resolver::resolve(const PlanPtr& plan) {
  if (plan->resolved) return {plan, nullptr};
  check_stack(kStackParts);
  return std::visit(PlanRules{*this, *plan}, plan->node);
}

PlanPtr analyze(const PlanPtr& plan, Catalog& catalog, const functions::ResolveContext& context) {
  Resolver resolver(catalog, context);
  PlanPtr result = resolver.query(plan);
#ifndef NDEBUG
  validate(result);
#endif
  return result;
}

ExpressionPtr resolve_expression(const ExpressionPtr& expression, const Attributes& columns,
                                 Catalog& catalog, const functions::ResolveContext& context) {
  Resolver resolver(catalog, context);
  Columns visible_columns(columns);
  return resolver.expression(expression, Scope{.columns = &visible_columns});
}

}  // namespace lochan::analysis
