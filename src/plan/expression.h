#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.h"
#include "types/data_type.h"
#include "types/value.h"

namespace lochan::functions {
struct Function;
}

namespace lochan::plan {

struct Plan;
using PlanPtr = std::shared_ptr<const Plan>;
struct Expression;
using ExpressionPtr = std::shared_ptr<const Expression>;
using Expressions = std::vector<ExpressionPtr>;

/// Identity of a resolved attribute, unique in the process. Names are for display only.
enum class AttributeId : int64_t { kNone = 0 };
AttributeId new_attribute_id();

/// Where in the user's query a node comes from. For SQL: offsets in `text` (stop inclusive);
/// for DataFrames: the call site, and the plan_id that Connect marks nodes with.
struct Origin {
  std::shared_ptr<const std::string> text;  // the whole SQL text, or null
  int start = -1;
  int stop = -1;
  int line = 0;          // 1-based
  int column = 0;        // 0-based
  std::string fragment;  // DataFrame API: the call, e.g. "divide"
  std::string call_site;
  std::optional<QueryContext> context() const;
};

// ---- What parsers and Connect produce (unresolved) -------------------------------------------

/// A name of one or more parts, e.g. t.a.b. `plan_id` if a DataFrame column names the plan it is
/// of.
struct UnresolvedAttribute {
  std::vector<std::string> parts;
  std::optional<int64_t> plan_id;
  bool is_metadata_column = false;
};
/// *, t.*, with EXCEPT columns. `plan_id` for df["*"].
struct UnresolvedStar {
  std::vector<std::string> target;
  std::vector<std::vector<std::string>> except;
  std::optional<int64_t> plan_id;
};
struct UnresolvedRegex {
  std::string pattern;
  std::optional<int64_t> plan_id;
};
/// Every function and operator, by name: "+", "=", "<=>", "and", "not", "when" (c1, v1, c2, v2,
/// [else]), "in" (x, a, b...), "between", "like", "isnull", "count", "sum"... Operators are
/// functions: one table resolves all of them (functions/function.h).
struct UnresolvedFunction {
  std::vector<std::string> name;  // one part, or catalog.schema.name
  Expressions arguments;
  bool distinct = false;
  ExpressionPtr filter;  // FILTER (WHERE ...), or null
  bool ignore_nulls = false;
  Expressions within_group;      // sort orders of WITHIN GROUP / of an ordered aggregate
  bool is_user_defined = false;  // Connect's is_user_defined_function
};
/// child[extraction]: array index, map key or struct field (extraction a string literal for a.b).
struct UnresolvedExtractValue {
  ExpressionPtr child;
  ExpressionPtr extraction;
};
/// name => value in a call.
struct NamedArgument {
  std::string name;
  ExpressionPtr value;
};
/// x -> body. Variables are named; inside the body they are UnresolvedAttribute (SQL) or
/// LambdaVariable (Connect and resolved plans).
struct Lambda {
  std::vector<std::string> parameters;
  ExpressionPtr body;
  std::vector<AttributeId> ids;  // resolved: one per parameter
};
struct LambdaVariable {
  std::string name;
  AttributeId id = AttributeId::kNone;
};
/// Struct update of Column.withField (value set) and dropFields (value null).
struct UpdateField {
  ExpressionPtr child;
  std::string field;
  ExpressionPtr value;
};
/// A window named in a WINDOW clause, before it is resolved to its specification.
struct UnresolvedWindow {
  ExpressionPtr function;
  std::string window_name;
};
/// A parameter marker: `:name` (name set) or `?` (position).
struct Parameter {
  std::string name;
  int position = -1;
};
/// A Python function of Spark Connect, its payload as the client pickled it.
struct PythonFunction {
  std::string name;
  bool deterministic = true;
  int eval_type = 0;
  std::string command;
  std::string python_version;
  types::DataType return_type;
  Expressions arguments;
};

// ---- Both ------------------------------------------------------------------------------------

struct Literal {
  types::Value value;
};
/// child AS name. `names` has more than one only for generators before resolution.
struct Alias {
  ExpressionPtr child;
  std::string name;
  std::vector<std::string> more_names;
  AttributeId id = AttributeId::kNone;  // resolved: the attribute that this makes
  std::string metadata;                 // JSON, or empty
};
enum class CastMode { kAnsi, kLegacy, kTry };
/// A cast that the user wrote, or (implicit) one that coercion put in. Before resolution mode may
/// be unset: the session decides. Implicit casts do not print in names.
struct Cast {
  ExpressionPtr child;
  types::DataType target;
  std::optional<CastMode> mode;
  bool implicit = false;
};
enum class NullOrder { kDefault, kFirst, kLast };
struct SortOrder {
  ExpressionPtr child;
  bool ascending = true;
  NullOrder nulls = NullOrder::kDefault;  // resolved: never kDefault
};
enum class FrameKind { kRows, kRange };
struct FrameBound {
  enum Kind { kUnboundedPreceding, kCurrentRow, kUnboundedFollowing, kOffset } kind = kCurrentRow;
  ExpressionPtr offset;  // kOffset: signed constant, negative = preceding
};
struct Frame {
  FrameKind kind = FrameKind::kRange;
  FrameBound lower, upper;
};
/// function OVER (PARTITION BY ... ORDER BY ... frame). Resolved: frame always set. In resolved
/// plans it may stand anywhere inside the expressions of a Project.
struct Window {
  ExpressionPtr function;
  Expressions partition_by;
  Expressions order_by;  // SortOrder
  std::optional<Frame> frame;
  std::string window_name;  // OVER (w ORDER BY ...): base window, before resolution
};
enum class SubqueryKind { kScalar, kExists, kIn, kTableArgument };
/// A subquery in an expression. References to the outer query are, once resolved, AttributeRefs of
/// ids that the inner plan does not produce. kIn: `values` IN (plan).
struct Subquery {
  SubqueryKind kind = SubqueryKind::kScalar;
  PlanPtr plan;
  Expressions values;
  std::optional<int64_t> plan_id;  // Connect: reference to a plan in WithRelations
};

// ---- What analysis produces (resolved)
// -----------------------------------------------------------

/// A column of a child's output.
struct AttributeRef {
  AttributeId id = AttributeId::kNone;
  std::string name;
  std::vector<std::string> qualifier;
};
/// A resolved call. Arguments have exactly the types that `function` takes: analysis put the casts
/// in.
struct Call {
  const functions::Function* function = nullptr;
  std::string name;  // as the user wrote it, lower case; for names and errors
  Expressions arguments;
  CastMode mode = CastMode::kAnsi;  // ANSI: raise; legacy: null or wrap; try: null
  bool distinct = false;
  ExpressionPtr filter;
  bool ignore_nulls = false;
  Expressions order_by;  // ordered aggregates
};
/// child.field of a struct, by position.
struct GetField {
  ExpressionPtr child;
  int index = 0;
  std::string name;  // as the user wrote it
};

using ExpressionNode =
    std::variant<Literal, UnresolvedAttribute, UnresolvedStar, UnresolvedRegex, UnresolvedFunction,
                 UnresolvedExtractValue, NamedArgument, Lambda, LambdaVariable, UpdateField,
                 UnresolvedWindow, Parameter, PythonFunction, Alias, Cast, SortOrder, Window,
                 Subquery, AttributeRef, Call, GetField>;

/// One immutable node of an expression tree. `resolved` means that this node and all below have
/// their type and nullability; parsers leave it false (literals may set it).
struct Expression {
  ExpressionNode node;
  Origin origin;
  bool resolved = false;
  types::DataType type;
  bool nullable = true;
  /// What prints for this node in auto-generated names and messages, where that does not follow
  /// from the node: a call that was rewritten into other functions keeps the text of what the user
  /// called.
  std::string display = {};

  template <class T>
  const T* as() const {
    return std::get_if<T>(&node);
  }
};

/// Constructors for unresolved trees.
ExpressionPtr make_expression(ExpressionNode node, Origin origin = {});
/// And for resolved ones.
ExpressionPtr make_resolved(ExpressionNode node, types::DataType type, bool nullable,
                            Origin origin = {});
ExpressionPtr literal(types::Value value, Origin origin = {});
ExpressionPtr function(std::string name, Expressions arguments, Origin origin = {});
ExpressionPtr column(std::vector<std::string> parts, Origin origin = {});

/// The direct children of a node, in evaluation order (without plans of subqueries).
Expressions children(const Expression& expression);
/// The node with other children, same order and count as children() gave.
ExpressionPtr with_children(const ExpressionPtr& expression, Expressions children);

/// For tests and logs; not Spark's form.
std::string to_string(const Expression& expression);

}  // namespace lochan::plan
