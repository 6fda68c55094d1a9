#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "duckdb.hpp"
#include "duckdb/parser/expression/function_expression.hpp"
#include "duckdb/parser/expression/window_expression.hpp"
#include "duckdb/parser/parsed_expression.hpp"
#include "duckdb/parser/query_node/select_node.hpp"
#include "duckdb/parser/result_modifier.hpp"
#include "duckdb/parser/statement/select_statement.hpp"
#include "duckdb/parser/tableref.hpp"
#include "engine/engine.h"
#include "engine/kernel.h"

/// From a resolved plan to a DuckDB statement made of parsed (unbound) trees. No text of the user's
/// gets into it but as a constant: every column is called c<id>, every table t<n>, every lambda
/// variable v<id>.
namespace lochan::engine {

using Parsed = duckdb::unique_ptr<duckdb::ParsedExpression>;
using ParsedList = duckdb::vector<Parsed>;
using Table = duckdb::unique_ptr<duckdb::TableRef>;
using Node = duckdb::unique_ptr<duckdb::QueryNode>;
using Select = duckdb::unique_ptr<duckdb::SelectNode>;

/// What of the database a lowering needs to know. Lives as long as the engine.
struct DatabaseFacts {
  duckdb::DatabaseInstance* database = nullptr;
  std::unordered_set<std::string> aggregates;  // names of DuckDB's own aggregate functions
  std::unordered_set<std::string> kernels;     // names without lochan_
};

/// A statement, and what has to stay alive while it runs.
struct Lowered {
  duckdb::unique_ptr<duckdb::SelectStatement> statement;
  std::vector<std::shared_ptr<const void>> keep_alive;
  bool counts_early = false;  // see counts_before_join()
};

/// Throws Error: UNSUPPORTED_FEATURE.NOT_YET for what has no lowering yet, internal for plans that
/// are not resolved.
Lowered lower(const plan::Plan& plan, const QueryOptions& options, const DatabaseFacts& facts);

// ---- Small constructors (trees.cc) -------------------------------------------------------------

std::string column_name(plan::AttributeId id);
Parsed column(plan::AttributeId id);
Parsed named_column(std::string name);
Parsed constant(duckdb::Value value);
Parsed typed_null(const types::DataType& type);
Parsed call(const std::string& function, ParsedList arguments);
template <class... Args>
ParsedList list(Args... arguments) {
  ParsedList result;
  (result.push_back(std::move(arguments)), ...);
  return result;
}
Parsed cast_to(Parsed child, duckdb::LogicalType type);
Parsed operation(duckdb::ExpressionType type, ParsedList children);
Parsed compare(duckdb::ExpressionType type, Parsed left, Parsed right);
Parsed all_of(ParsedList conditions);  // AND; null pointer if there are none
Parsed negate(Parsed condition);
Parsed is_null(Parsed child);
Parsed is_not_null(Parsed child);
/// CASE WHEN condition THEN value ELSE otherwise END.
Parsed choose(Parsed condition, Parsed value, Parsed otherwise);
Parsed named(Parsed expression, std::string name);
Parsed struct_of(ParsedList fields);  // f0, f1, ...
bool is_floating(const types::DataType& type);
/// A key of grouping or ordering with -0.0 as 0.0, which it equals. DuckDB may hand out a key's
/// value in place of a row's: ordering by a column itself, rows would lose their -0.0.
Parsed with_one_zero(Parsed key, const types::DataType& type);
/// Whether values of the type are floating or have such inside, where with_one_zero() finds them.
bool has_zeros(const types::DataType& type);
Parsed field(Parsed child, const std::string& name);
Parsed lambda(std::vector<std::string> parameters, Parsed body);
duckdb::unique_ptr<duckdb::SelectStatement> statement_of(Node node);
/// A constant as DuckDB holds it (literals.cc).
duckdb::Value to_duckdb(const types::Value& value);
/// DuckDB's value as ours, for the types that partition columns, statistics and folded constants
/// have; nullopt for others.
std::optional<types::Value> from_duckdb(const duckdb::Value& value, const types::DataType& type);

/// A relation that is being put together: either a finished node with exactly the plan's output, or
/// parts whose columns are those of `from`, by name, or `select`'s.
struct Relation {
  Node node;
  Table from;  // null: one row without columns
  ParsedList where;
  std::optional<plan::Expressions> select;  // Alias or AttributeRef each, in terms of `from`
};

/// Of check_stack(): the rest of the stack is for what DuckDB does with the statement.
inline constexpr size_t kStackParts = 12;

/// One lowering of one plan. Used by one thread.
class Lowering {
 public:
  Lowering(const QueryOptions& options, const DatabaseFacts& facts)
      : options_(options), facts_(facts) {}

  // relation.cc
  Node statement(const plan::Plan& plan);  // query() and the common table expressions it needs
  Node query(const plan::Plan& plan);      // exactly plan.output, in order
  Relation relation(const plan::Plan& plan);
  // expression.cc
  Parsed expression(const plan::Expression& e);
  Parsed expression(const plan::ExpressionPtr& e) { return expression(*e); }
  Parsed bare_expression(const plan::Expression& e);
  ParsedList expressions(const plan::Expressions& es);
  /// As what `e` compares by: arrays and structs by their order_key, for DuckDB has null as their
  /// largest element.
  Parsed ordering_value(const plan::Expression& e);

  std::vector<std::shared_ptr<const void>> keep_alive;
  bool counts_early = false;

 private:
  using GroupNames = std::vector<std::pair<plan::ExpressionPtr, std::string>>;

  // relation.cc, leaves.cc
  Table table(const plan::Plan& plan);
  Table as_table(Node node);
  Node finish(Relation relation, const plan::Attributes& output);
  bool merge_projects(Relation& below, const plan::Expressions& above);
  Select select_from(const plan::Plan& child);  // FROM child, no select list yet
  void add_columns(duckdb::SelectNode& select, const plan::Attributes& output);
  Relation leaf(const plan::Plan& plan);
  Relation project(const plan::Plan& plan, const plan::Project& p);
  Relation filter(const plan::Plan& plan, const plan::Filter& f);
  Relation join(const plan::Plan& plan, const plan::Join& j);
  Relation set_operation(const plan::Plan& plan, const plan::SetOp& s);
  void set_operation_inputs(const plan::Plan& plan, const plan::SetOp& top,
                            duckdb::vector<Node>& nodes);
  Relation ordered(const plan::Plan& plan);  // Sort, Offset, Limit in one node
  Relation tail(const plan::Plan& plan, const plan::Tail& t);
  Relation distinct(const plan::Plan& plan, const plan::Distinct& d);
  Relation sample(const plan::Plan& plan, const plan::Sample& s);
  Relation cte_reference(const plan::Plan& plan, const plan::CteReference& r);
  Relation inline_table(const plan::Plan& plan, const plan::InlineTable& t);
  Relation range(const plan::Plan& plan, const plan::Range& r);
  Relation local(const plan::Plan& plan, const plan::LocalRelation& l);
  Relation scan(const plan::Plan& plan, const plan::Scan& s);
  void where(ParsedList& conditions, const plan::ExpressionPtr& condition);
  std::string next_table() { return "t" + std::to_string(++tables_); }
  // aggregate.cc
  Relation aggregate(const plan::Plan& plan, const plan::Aggregate& a);
  Parsed aggregate_call(const plan::Expression& e, const plan::Call& c);
  Parsed grouping_call(const plan::Expression& e, const plan::Call& c);
  // generate.cc
  Relation generate(const plan::Plan& plan, const plan::Generate& g);
  // window.cc
  Parsed window(const plan::Expression& e, const plan::Window& w);
  void frame(duckdb::WindowExpression& out, const plan::Window& w);
  void require_positive(const plan::Expression& function, size_t argument, const char* name,
                        int64_t greatest, const char* suffix);
  duckdb::OrderByNode order(const plan::Expression& e);
  duckdb::OrderByNode order(const plan::Expression& e, Parsed key);
  Parsed sort_key(Parsed value, const types::DataType& type);
  // expression.cc
  Parsed call_of(const plan::Expression& e, const plan::Call& c);
  Parsed kernel(std::string_view name, const plan::Expression& e, const plan::Call& c);
  Parsed kernel_call(std::string_view name, KernelSpec spec, ParsedList arguments);
  Parsed subquery(const plan::Subquery& s);
  Parsed nested_query(const plan::Subquery& s);
  Parsed in_subquery(const plan::Subquery& s);
  Parsed predicate(const plan::Expression& e);
  // constants.cc
  plan::ExpressionPtr fold_constants(const plan::ExpressionPtr& e);
  std::optional<types::Value> evaluate(const plan::Expression& e);
  // cast.cc
  Parsed cast(const plan::Expression& e, const plan::Cast& c);
  // template.cc
  Parsed expand(const functions::Template& t, const plan::Expression& e, const plan::Call& c);
  // special.cc
  Parsed special(const plan::Expression& e, const plan::Call& c);
  Parsed conjunction(const plan::Call& c, bool is_and);
  Parsed case_when(const plan::Expression& e, const plan::Call& c);
  Parsed in_list(const plan::Call& c);
  Parsed make_map(const plan::Expression& e, const plan::Call& c);
  // lambda.cc
  Parsed higher_order(const plan::Expression& e, const plan::Call& c);
  Parsed lambda_of(const plan::Expression& e, bool index_from_zero);
  Parsed any_true(Parsed list, std::string_view kernel);
  Parsed with_bindings(const plan::Lambda& l, const std::vector<std::function<Parsed()>>& values);

  const QueryOptions& options_;
  const DatabaseFacts& facts_;
  std::unique_ptr<duckdb::Connection> connection_;  // for fold_constants()
  int tables_ = 0, subquery_level_ = 0;
  bool limited_ = false;  // below a LIMIT, with nothing between that needs all rows
  std::unordered_map<int64_t, int> cte_uses_;           // by definition
  std::unordered_map<int64_t, std::string> cte_names_;  // by definition: those in ctes_
  duckdb::CommonTableExpressionMap ctes_;
  int depth_ = 0;                       // of the expression that is being lowered, in its whole
  const GroupNames* groups_ = nullptr;  // while the output of an Aggregate is lowered
  std::unordered_map<int64_t, std::function<Parsed()>> lambda_values_;
};

// ---- Facts about plan expressions (facts.cc)
// ------------------------------------------------------

/// The parts of a condition that AND joins.
void conjuncts(const plan::ExpressionPtr& e, plan::Expressions& out);
/// Equal but for where they stand in the query and how columns are spelled.
bool same(const plan::Expression& a, const plan::Expression& b);
/// An array or a struct: DuckDB's order of these is not Spark's.
bool is_nested(const plan::Expression& e);
/// Throws "not supported" for a type that holds strings with a collation other than UTF8_BINARY:
/// DuckDB would compare their bytes.
void refuse_collation(const types::DataType& type);
/// Can raise an error on some row.
bool can_raise(const plan::Expression& e);
/// May take the place of a reference to it: no window, aggregate, subquery, generator, lambda,
/// nothing random.
bool is_simple(const plan::Expression& e);
int depth(const plan::Expression& e);
/// Counts the uses of each common table expression, by definition.
void count_ctes(const plan::Plan& plan, std::unordered_map<int64_t, int>& counts);
/// Counts references to attributes; a reference inside a lambda or a subquery counts as several.
void count_references(const plan::Expression& e, std::unordered_map<int64_t, int>& counts);
/// `e` with references to the keys replaced.
using Replacements = std::unordered_map<int64_t, plan::ExpressionPtr>;
plan::ExpressionPtr replace_references(const plan::ExpressionPtr& e,
                                       const Replacements& replacements);

// ---- Rewrites of plans -------------------------------------------------------------------------

/// Counts over an outer join, from counts of either side (early_counts.cc):
///   SELECT l.k, count(*), count(r.x) FROM l LEFT JOIN r ON l.k = r.k AND p(r) GROUP BY l.k
/// becomes
///   SELECT k, m * coalesce(n, 1), m * coalesce(nx, 0)
///   FROM (SELECT k, count(*) AS m FROM l GROUP BY k) LEFT JOIN
///        (SELECT k, count(*) AS n, count(x) AS nx FROM r WHERE p(r) GROUP BY k) ON l.k = r.k
/// A group of l meets one of r at most, so nothing is grouped after the join, and the join has
/// groups in place of rows. All columns of l that the join compares must be in l's groups. Null
/// where this does not apply.
plan::PlanPtr counts_before_join(const plan::Aggregate& a, const plan::Attributes& output,
                                 const functions::ResolveContext& context);

}  // namespace lochan::engine
