#pragma once
#include <map>
#include <optional>

#include "analysis/scope.h"
#include "functions/function.h"
#include "plan/catalog.h"
#include "plan/plan.h"

/// The analyzer's inside: one walk from the leaves to the root. Each kind of node has one rule, in
/// the file of its topic. README.md tells the order in which names are looked up and clauses
/// resolved.
namespace lochan::analysis {

/// Of check_stack(): what analysis may use, beyond what the parser does.
inline constexpr size_t kStackParts = 8;

class Resolver {
 public:
  Resolver(plan::Catalog& catalog, const functions::ResolveContext& context);

  const functions::ResolveContext& context() const { return context_; }

  /// A query: the visible columns only.
  plan::PlanPtr query(const plan::PlanPtr& plan);
  /// Any plan below the root: may put out hidden columns.
  Node resolve(const plan::PlanPtr& plan);
  /// The plan of a subquery, with `outer` around it.
  plan::PlanPtr subquery(const plan::PlanPtr& plan, const Scope& outer);

  // ---- expressions.cc, calls.cc, columns.cc, windows.cc
  // ------------------------------------------------------
  plan::ExpressionPtr expression(const plan::ExpressionPtr& e, const Scope& scope);
  plan::Expressions expressions(const plan::Expressions& list, const Scope& scope);
  /// What `name` means, or null. The result of a nested name (a.b.c) is a GetField with the last
  /// part as its name.
  plan::ExpressionPtr column(const std::vector<std::string>& parts, const Scope& scope,
                             const plan::Origin& origin);
  /// child[extraction] or child.name.
  plan::ExpressionPtr extract(const plan::ExpressionPtr& child,
                              const plan::ExpressionPtr& extraction, const plan::Origin& origin);
  plan::ExpressionPtr call(std::string name, plan::Expressions arguments,
                           const plan::Origin& origin = {});
  plan::ExpressionPtr cast(const plan::ExpressionPtr& child, const types::DataType& target,
                           std::optional<plan::CastMode> mode, bool implicit,
                           const plan::Origin& origin);
  plan::CastMode mode() const {
    return context_.ansi ? plan::CastMode::kAnsi : plan::CastMode::kLegacy;
  }

  // ---- projection.cc
  // -----------------------------------------------------------------------------------------
  /// Stars and regular expressions replaced by columns; others unchanged.
  plan::Expressions expand_stars(const plan::Expressions& list, const Scope& scope);
  void append_without(plan::Expressions& result, const plan::Expressions& items,
                      const plan::Attributes& shown,
                      const std::vector<std::vector<std::string>>& except,
                      const plan::Origin& origin);
  plan::ExpressionPtr without_fields(const plan::ExpressionPtr& value,
                                     const std::vector<std::vector<int>>& paths,
                                     const plan::Origin& origin);
  /// A select list: stars, aliases, names; lateral aliases where `lateral`. Each item is Alias or
  /// AttributeRef.
  plan::Expressions select_list(const plan::Expressions& list, const Scope& scope,
                                bool lateral = true);
  /// A Project of `items` over `child`, where generators become Generate and aggregates Aggregate.
  plan::PlanPtr projected(const plan::PlanPtr& child, plan::Expressions items,
                          const plan::Origin& origin);
  /// Windows over columns of the query around are an error: `items` are over `input`.
  void refuse_outer_windows(const plan::Expressions& items, const plan::Attributes& input) const;

  // ---- aggregation.cc
  // ---------------------------------------------------------------------------------------------
  Node aggregate(const plan::Aggregate& node, const plan::Origin& origin);

  /// Whether a filter condition may stand there; the error otherwise. Casts strings to boolean.
  plan::ExpressionPtr condition(const plan::ExpressionPtr& e, const Scope& scope,
                                bool of_join = false);

 private:
  friend struct PlanRules;

  // relations.cc
  Node relation(const plan::UnresolvedRelation& node, const plan::Origin& origin);
  Node read(const plan::UnresolvedRead& node, const plan::Origin& origin);
  Node table_function(const plan::UnresolvedTableFunction& node, const plan::Origin& origin);
  Node inline_table(const plan::InlineTable& node, const plan::Origin& origin);
  Node local_relation(const plan::LocalRelation& node, const plan::Origin& origin);
  Node range(const plan::Range& node, const plan::Origin& origin);
  Node cached(const plan::CachedRelation& node, const plan::Origin& origin);
  Node with(const plan::With& node, const plan::Origin& origin);
  Node subquery_alias(const plan::SubqueryAlias& node, const plan::Origin& origin);
  Node sql_text(const plan::SqlText& node, const plan::Origin& origin);
  Node view(const plan::CatalogView& view, const plan::Name& name, const plan::Origin& origin);

  // operators.cc, sorting.cc, joins.cc, set_operations.cc
  Node project_node(const plan::Project& node, const plan::Origin& origin);
  Node filter_node(const plan::Filter& node, const plan::Origin& origin);
  Node join(const plan::Join& node, const plan::Origin& origin);
  Node set_operation(const plan::SetOp& node, const plan::Origin& origin);
  void align_by_name(plan::PlanPtr& left, plan::PlanPtr& right, bool allow_missing,
                     const plan::Origin& origin);
  plan::ExpressionPtr fields_by_name(const plan::ExpressionPtr& value,
                                     const types::DataType& target, bool allow_missing,
                                     const plan::Origin& origin);
  Node sort(const plan::Sort& node, const plan::Origin& origin);
  Node generate(const plan::Generate& node, const plan::Origin& origin);
  Node with_windows(const plan::WithWindows& node, const plan::Origin& origin);
  plan::ExpressionPtr row_count(const plan::ExpressionPtr& e, std::string_view clause,
                                const plan::Attributes& input);

  // dataframe.cc, cleaning.cc, statistics.cc, reshaping.cc: operations of DataFrames in terms of
  // the others
  Node with_columns(const plan::WithColumns& node, const plan::Origin& origin);
  Node with_columns_renamed(const plan::WithColumnsRenamed& node, const plan::Origin& origin);
  Node drop(const plan::Drop& node, const plan::Origin& origin);
  Node to_df(const plan::ToDf& node, const plan::Origin& origin);
  Node to_schema(const plan::ToSchema& node, const plan::Origin& origin);
  Node deduplicate(const plan::Deduplicate& node, const plan::Origin& origin);
  Node fill_na(const plan::FillNa& node, const plan::Origin& origin);
  Node drop_na(const plan::DropNa& node, const plan::Origin& origin);
  Node replace_values(const plan::ReplaceValues& node, const plan::Origin& origin);
  Node describe(const plan::Describe& node, const plan::Origin& origin);
  Node crosstab(const plan::Crosstab& node, const plan::Origin& origin);
  Node statistic(const plan::Statistic& node, const plan::Origin& origin);
  Node transpose(const plan::Transpose& node, const plan::Origin& origin);
  Node unpivot(const plan::Unpivot& node, const plan::Origin& origin);
  plan::PlanPtr pivot(const plan::Aggregate& node, const plan::PlanPtr& child, const Scope& scope,
                      const plan::Origin& origin);

  // calls.cc, windows.cc, subqueries.cc
  plan::ExpressionPtr function_call(const plan::UnresolvedFunction& node,
                                    const plan::ExpressionPtr& e, const Scope& scope);
  plan::ExpressionPtr window(const plan::Window& node, const plan::ExpressionPtr& e,
                             const Scope& scope);
  plan::ExpressionPtr subquery_expression(const plan::Subquery& node, const plan::ExpressionPtr& e,
                                          const Scope& scope);
  plan::ExpressionPtr attribute(const plan::UnresolvedAttribute& node, const plan::ExpressionPtr& e,
                                const Scope& scope);
  plan::ExpressionPtr marked_column(const plan::UnresolvedAttribute& node, const Scope& scope,
                                    const plan::Origin& origin);
  plan::ExpressionPtr update_field(const plan::UpdateField& node, const plan::ExpressionPtr& e,
                                   const Scope& scope);
  plan::Expressions named_arguments(const functions::Function& function,
                                    plan::Expressions arguments, const plan::Origin& origin);

  struct Cte {
    const plan::CteDefinition* definition;
    size_t visible;  // how many of the definitions before it can be seen in it
    int64_t id;      // unique in the process
    bool recursive = false;
  };

  plan::Catalog& catalog_;
  functions::ResolveContext context_;
  std::vector<Cte> ctes_;         // innermost last
  const Scope* outer_ = nullptr;  // around the query being resolved
  std::vector<const std::map<std::string, plan::ExpressionPtr>*> windows_;
  std::vector<std::vector<plan::ExpressionPtr>> lambda_variables_;
  std::map<int64_t, plan::PlanPtr> referenced_plans_;  // Connect: WithRelations
  std::map<std::string, plan::PlanPtr> named_plans_;   // Connect: DataFrames that a SQL text names
  const plan::SqlText* parameters_ = nullptr;
  bool inside_view_ = false;
  int view_depth_ = 0;
};

/// Leaves and unary nodes keep or join marks.
MarksPtr join_marks(const std::vector<MarksPtr>& marks);

}  // namespace lochan::analysis
