#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "plan/expression.h"

/// The logical plan: one kind for SQL and for DataFrames. Nodes are immutable values in a closed
/// variant. Parsers (sql/, connect/) make unresolved nodes; analysis/ turns them into the resolved
/// subset, marked [R] below, which is all that engine/ has to know. Nodes marked [C] are commands:
/// session/ runs them; their queries are resolved like any other plan.
namespace lochan::plan {

using Plans = std::vector<PlanPtr>;
using Options = std::map<std::string, std::string>;  // keys lower case
using Name = std::vector<std::string>;               // a name of several parts

/// One column that a resolved plan puts out.
struct Attribute {
  AttributeId id = AttributeId::kNone;
  std::string name;
  types::DataType type;
  bool nullable = true;
  std::vector<std::string> qualifier;
  std::string metadata = "{}";
  bool hidden = false;  // resolvable by name, not part of * (metadata columns, USING's other side)
};
using Attributes = std::vector<Attribute>;

/// Something that can be scanned, made by the catalog or by a data source. The engine knows the
/// implementations (engine/sources.h); analysis only asks for the schema. Immutable: it pins one
/// snapshot. Thread-safe.
class ScanSource {
 public:
  virtual ~ScanSource() = default;
  virtual const types::Schema& schema() const = 0;
  /// For EXPLAIN: "delta /path", "csv [3 files]".
  virtual std::string description() const = 0;
  virtual std::vector<std::string> input_files() const { return {}; }
};
using ScanSourcePtr = std::shared_ptr<const ScanSource>;

// ---- Leaves ----------------------------------------------------------------------------------

struct OneRow {};  // [R] FROM nothing: one row, no columns
/// VERSION AS OF / TIMESTAMP AS OF.
struct TimeTravel {
  ExpressionPtr version;    // or null
  ExpressionPtr timestamp;  // or null
};
struct UnresolvedRelation {
  Name name;
  Options options;
  TimeTravel travel;
  bool is_streaming = false;
};
/// spark.read.format(f).schema(s).options(o).load(paths): becomes a Scan.
struct UnresolvedRead {
  std::string format;  // "" = spark.sql.sources.default (delta here)
  std::vector<std::string> paths;
  Options options;
  std::string schema;  // DDL or JSON, or empty
  Expressions predicates;
};
struct UnresolvedTableFunction {
  Name name;
  Expressions arguments;
};
/// VALUES (..), (..): rows of expressions.
struct InlineTable {               // [R] when its expressions are resolved
  std::vector<std::string> names;  // empty: col1, col2, ...
  std::vector<Expressions> rows;
};
/// Rows that came from the client as one Arrow IPC stream (maybe empty), with a schema.
struct LocalRelation {  // [R]
  std::shared_ptr<const std::string> arrow_ipc;
  types::Schema schema;  // as the client says, or empty: as the Arrow schema says
};
struct Range {  // [R] one column `id`, bigint
  int64_t start = 0, end = 0, step = 1;
  std::optional<int> partitions;
};
struct Scan {  // [R]
  ScanSourcePtr source;
  Expressions filters;  // resolved conjuncts over the output, for pruning; the Filter above stays
  Name table_name;
};
/// The rows that a CTE or a cached DataFrame produced, by key in the session.
struct CachedRelation {
  std::string key;
};

// ---- Operators -------------------------------------------------------------------------------

struct Project {  // [R] resolved: each is Alias or AttributeRef
  PlanPtr child;
  Expressions expressions;
};
struct Filter {  // [R]
  PlanPtr child;
  ExpressionPtr condition;
  bool qualify = false;  // QUALIFY of the SELECT below: sees its windows and hidden columns; before
                         // resolution only
};
enum class GroupKind { kGroupBy, kRollup, kCube, kGroupingSets, kGroupByAll, kPivot };
struct Aggregate {  // [R]
  PlanPtr child;
  Expressions grouping;    // resolved: AttributeRef or any expression
  Expressions aggregates;  // the output: Alias or AttributeRef once resolved
  GroupKind kind = GroupKind::kGroupBy;
  std::vector<std::vector<int>> grouping_sets;  // indices in `grouping`; resolved: empty = plain
  ExpressionPtr having;                         // before resolution only
  std::vector<Expressions> raw_grouping_sets;   // before resolution only: GROUPING SETS ((a), (b))
  ExpressionPtr pivot_column;                   // kPivot, before resolution only
  Expressions pivot_values;
  bool implicit_pivot_groups = false;  // SQL's PIVOT: groups are the columns it does not mention
};
enum class JoinKind { kInner, kLeft, kRight, kFull, kLeftSemi, kLeftAnti, kCross };
struct Join {  // [R] resolved: using_columns and natural are empty, condition may be null
  PlanPtr left, right;
  JoinKind kind = JoinKind::kInner;
  ExpressionPtr condition;
  std::vector<std::string> using_columns;
  bool natural = false;
  bool lateral = false;  // right may refer to left
};
enum class SetOpKind { kUnion, kIntersect, kExcept };
struct SetOp {  // [R] resolved: children have equal types by position; output ids are new
  SetOpKind kind = SetOpKind::kUnion;
  bool all = true;
  bool by_name = false;
  bool allow_missing_columns = false;
  PlanPtr left, right;
};
struct Sort {  // [R]
  PlanPtr child;
  Expressions orders;  // SortOrder; {UnresolvedAttribute "all"} stays a name until resolved
  bool global = true;
  bool order_by_all = false;
};
struct Limit {  // [R] after Offset
  PlanPtr child;
  ExpressionPtr limit;
};
struct Offset {  // [R]
  PlanPtr child;
  ExpressionPtr offset;
};
struct Tail {  // [R]
  PlanPtr child;
  ExpressionPtr limit;
};
struct Distinct {  // [R]
  PlanPtr child;
};
/// dropDuplicates(columns): one row of each group.
struct Deduplicate {
  PlanPtr child;
  std::vector<std::string> columns;
  bool all_columns = false;
};
/// LATERAL VIEW [OUTER] generator AS columns; also what generators in SELECT become.
struct Generate {  // [R] resolved: output = child's attributes, then generator_output
  PlanPtr child;
  ExpressionPtr generator;
  bool outer = false;
  std::string alias;
  std::vector<std::string> column_names;
  Attributes generator_output;
};
struct SubqueryAlias {
  PlanPtr child;
  std::string alias;
  std::vector<std::string> column_names;
  Name qualifier;  // whole name of a table, for catalog.db.t.col
};
struct CteDefinition {
  std::string name;
  std::vector<std::string> column_names;
  PlanPtr plan;
  std::optional<int64_t> max_recursion_level = {};
};
/// WITH a AS (...), b AS (...) child.
struct With {
  std::vector<CteDefinition> definitions;
  PlanPtr child;
  bool recursive = false;
};
/// One use of a common table expression: `child` is its definition, resolved for this use. Uses
/// with the same `definition` are equal but for the ids they make, and refer to nothing outside, so
/// that their rows may be computed once.
struct CteReference {  // [R]
  PlanPtr child;
  int64_t definition = 0;  // unique in the process
};
/// WINDOW w AS (...) of a SELECT.
struct WithWindows {
  PlanPtr child;
  std::map<std::string, ExpressionPtr> windows;  // Window with null function
};
struct Sample {  // [R]
  PlanPtr child;
  double lower = 0, upper = 1;
  bool with_replacement = false;
  std::optional<int64_t> seed;
  std::optional<int64_t> rows;  // TABLESAMPLE (n ROWS)
};
struct Unpivot {
  PlanPtr child;
  Expressions ids;
  std::optional<std::vector<Expressions>> values;
  std::vector<std::string> value_names;
  std::string variable_name;
  std::vector<std::optional<std::string>> value_aliases;
  bool include_nulls = false;
  bool ids_given = true;
};
struct Hint {
  PlanPtr child;
  std::string name;
  Expressions parameters;
};
struct Repartition {  // rows unchanged: analysis removes it
  PlanPtr child;
  std::optional<int> partitions;
  Expressions expressions;
  bool shuffle = true;
};
/// df.withColumns: replaces columns of the same name, appends others.
struct WithColumns {
  PlanPtr child;
  Expressions columns;  // Alias
};
struct WithColumnsRenamed {
  PlanPtr child;
  std::vector<std::pair<std::string, std::string>> renames;
};
struct Drop {
  PlanPtr child;
  Expressions columns;
  std::vector<std::string> names;
};
struct ToDf {
  PlanPtr child;
  std::vector<std::string> names;
};
struct ToSchema {
  PlanPtr child;
  types::DataType schema;
};
struct FillNa {
  PlanPtr child;
  std::vector<std::string> columns;
  std::vector<types::Value> values;
};
struct DropNa {
  PlanPtr child;
  std::vector<std::string> columns;
  std::optional<int> min_non_nulls;
};
struct ReplaceValues {
  PlanPtr child;
  std::vector<std::string> columns;
  std::vector<std::pair<types::Value, types::Value>> replacements;
};
/// describe() and summary(): statistics rows as strings.
struct Describe {
  PlanPtr child;
  std::vector<std::string> columns;
  std::vector<std::string> statistics;
  bool is_summary = false;
};
struct Crosstab {
  PlanPtr child;
  std::string column1, column2;
};
enum class StatKind { kCov, kCorr, kApproxQuantile, kFreqItems, kSampleBy };
struct Statistic {
  PlanPtr child;
  StatKind kind = StatKind::kCov;
  std::vector<std::string> columns;
  std::vector<double> probabilities;
  double relative_error = 0;
  double support = 0.01;
  ExpressionPtr column;                                    // sampleBy
  std::vector<std::pair<types::Value, double>> fractions;  // sampleBy
  std::optional<int64_t> seed;
};
struct Transpose {
  PlanPtr child;
  Expressions index;
};
/// df.show() and _repr_html_: one row, one string.
struct ShowString {
  PlanPtr child;
  int rows = 20;
  int truncate = 20;
  bool vertical = false;
  bool html = false;
};
/// Connect's plan_id mark, so that df.col references can be resolved against the node they name.
struct Marked {
  PlanPtr child;
  int64_t plan_id = 0;
};
/// Connect's WithRelations: plans that expressions of `child` refer to by plan_id.
struct WithRelations {
  PlanPtr child;
  Plans references;
};
/// A SQL text with arguments inside a plan (Connect's SQL relation).
struct SqlText {
  std::string text;
  std::map<std::string, ExpressionPtr> named_arguments;
  Expressions positional_arguments;
};
/// spark.catalog.* as relations: `op` is Connect's field name (e.g. "list_tables").
struct CatalogOperation {
  std::string op;
  Options arguments;   // by Connect's field names
  std::string schema;  // create_table: JSON or DDL
  Options table_options;
};

// ---- Commands [C] -----------------------------------------------------------------------------

enum class SaveMode { kAppend, kOverwrite, kErrorIfExists, kIgnore };
/// df.write...: to a path or to a table.
struct Write {
  PlanPtr query;
  std::string format;
  SaveMode mode = SaveMode::kErrorIfExists;
  std::optional<std::string> path;
  std::optional<Name> table;
  bool insert_into = false;  // insertInto: by position, table must exist
  std::vector<std::string> partition_by;
  std::vector<std::string> cluster_by;
  Options options;
};
/// df.writeTo(table).create() / replace() / append() / overwrite(cond) / overwritePartitions().
struct WriteV2 {
  enum Mode { kCreate, kReplace, kCreateOrReplace, kAppend, kOverwrite, kOverwritePartitions };
  PlanPtr query;
  Name table;
  Mode mode = kCreate;
  std::string format;
  Options options, properties;
  Expressions partitioning;
  ExpressionPtr overwrite_condition;
};
/// INSERT INTO / OVERWRITE / REPLACE WHERE.
struct Insert {
  Name table;
  PlanPtr query;
  std::vector<std::string> columns;
  bool overwrite = false;
  bool by_name = false;
  bool if_not_exists = false;
  std::vector<std::pair<std::string, ExpressionPtr>> partition;  // value null: dynamic
  ExpressionPtr replace_where;
};
struct ColumnDefinition {
  std::string name;
  types::DataType type;
  bool nullable = true;
  std::string comment;
  ExpressionPtr default_value, generated_as;
  std::string default_text, generated_text;
};
struct CreateTable {  // with `query`: CTAS
  Name table;
  std::vector<ColumnDefinition> columns;
  PlanPtr query;
  std::string format;
  std::optional<std::string> location;
  std::vector<std::string> partition_by;
  std::vector<ColumnDefinition> partition_columns;  // PARTITIONED BY (a INT)
  std::vector<std::string> cluster_by;
  Options options, properties;
  std::optional<std::string> comment;
  bool if_not_exists = false;
  bool replace = false;
  bool external = false;
  std::optional<Name> like;
};
struct CreateView {
  Name view;
  std::vector<std::pair<std::string, std::string>> columns;  // name, comment
  PlanPtr query;
  std::string text;  // the query's SQL, for stored views
  std::optional<std::string> comment;
  Options properties;
  bool temporary = false, global = false, replace = false, if_not_exists = false;
};
struct DropObject {
  enum Kind { kTable, kView, kSchema } kind = kTable;
  Name name;
  bool if_exists = false;
  bool cascade = false;
};
struct CreateSchema {
  Name schema;
  std::optional<std::string> location, comment;
  Options properties;
  bool if_not_exists = false;
};
struct Use {
  Name name;
  bool catalog = false;
};
struct SetConfig {  // SET, SET k, SET k=v, SET TIME ZONE, SET -v
  std::optional<std::string> key, value;
  bool verbose = false;
};
struct ResetConfig {
  std::optional<std::string> key;
};
struct Show {
  enum Kind {
    kSchemas,
    kTables,
    kTableExtended,
    kViews,
    kColumns,
    kFunctions,
    kCatalogs,
    kPartitions,
    kTblProperties,
    kCreateTable,
    kCurrentSchema
  } kind = kTables;
  std::optional<Name> name;  // FROM/IN or the object
  std::optional<std::string> pattern;
  std::string scope;  // SHOW USER|SYSTEM|ALL FUNCTIONS
};
struct DescribeRelation {
  Name name;
  bool extended = false;
  bool as_json = false;
  std::string column;
  TimeTravel travel;
};
struct DescribeQuery {
  PlanPtr query;
};
struct DescribeObject {
  enum Kind { kSchema, kFunction, kCatalog, kHistory, kDetail } kind = kSchema;
  Name name;
  bool extended = false;
};
struct Explain {
  PlanPtr query;
  std::string mode;  // "", "extended", "formatted", "codegen", "cost"
};
struct CacheTable {
  Name name;
  PlanPtr query;
  bool lazy = false;
  enum Action { kCache, kUncache, kClear, kRefresh } action = kCache;
  bool if_exists = false;
};
struct Truncate {
  Name table;
};
/// A statement that we parse but do not run yet, by its name: refused as not supported.
struct NotSupported {
  std::string what;
};

using PlanNode =
    std::variant<OneRow, UnresolvedRelation, UnresolvedRead, UnresolvedTableFunction, InlineTable,
                 LocalRelation, Range, Scan, CachedRelation, Project, Filter, Aggregate, Join,
                 SetOp, Sort, Limit, Offset, Tail, Distinct, Deduplicate, Generate, SubqueryAlias,
                 With, CteReference, WithWindows, Sample, Unpivot, Hint, Repartition, WithColumns,
                 WithColumnsRenamed, Drop, ToDf, ToSchema, FillNa, DropNa, ReplaceValues, Describe,
                 Crosstab, Statistic, Transpose, ShowString, Marked, WithRelations, SqlText,
                 CatalogOperation, Write, WriteV2, Insert, CreateTable, CreateView, DropObject,
                 CreateSchema, Use, SetConfig, ResetConfig, Show, DescribeRelation, DescribeQuery,
                 DescribeObject, Explain, CacheTable, Truncate, NotSupported>;

/// One immutable node. `output` is set on resolved nodes: the columns, in order. For Project and
/// Aggregate they are the ids of the Aliases and AttributeRefs; for Join left's then right's (semi,
/// anti: left's; outer sides nullable); for SetOp, InlineTable, LocalRelation, Range, Scan,
/// Generate new ids.
struct Plan {
  PlanNode node;
  Origin origin;
  bool resolved = false;
  Attributes output;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&node);
  }
};

PlanPtr make_plan(PlanNode node, Origin origin = {});
/// The same for one kind of node. Not inlined: functions that call themselves make many kinds, and
/// builds without optimisation would keep a whole PlanNode for each of them on every frame.
template <class Node>
requires(!std::is_same_v<std::remove_cvref_t<Node>, PlanNode>) [[gnu::noinline]] PlanPtr
    make_plan(Node&& node, const Origin& origin = {}) {
  return make_plan(PlanNode(std::forward<Node>(node)), origin);
}
PlanPtr make_resolved_plan(PlanNode node, Attributes output, Origin origin = {});

/// The direct child plans (not the plans inside expressions).
Plans children(const Plan& plan);
PlanPtr with_children(const PlanPtr& plan, Plans children);
/// The direct expressions of a node.
Expressions expressions(const Plan& plan);
PlanPtr with_expressions(const PlanPtr& plan, Expressions expressions);

/// The output as a schema.
types::Schema schema_of(const Attributes& output);
/// True for commands, which run when executed eagerly (spark.sql("CREATE ...")).
bool is_command(const Plan& plan);

/// Indented tree, for tests, logs and EXPLAIN. Versioned by its first line in tests.
std::string to_string(const Plan& plan);

}  // namespace lochan::plan
