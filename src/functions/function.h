#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "plan/expression.h"

/// One table of all Spark functions and operators. A row (Function) carries signature, type rule,
/// name rule, documentation and lowering; it feeds resolution, DESCRIBE FUNCTION, the reference
/// pages and a test that runs every example. Adding a function is adding a row to its family's file
/// (and a kernel in engine/kernels/ where DuckDB has nothing with Spark's semantics). Tables are
/// immutable: any thread.
namespace lochan::functions {

enum class FunctionKind { kScalar, kAggregate, kWindow, kGenerator, kTable };

/// What of the session bears on the resolution of a call. No DuckDB setting may change a result:
/// zone, ANSI and locale travel from here into the Call and to the kernels.
struct ResolveContext {
  bool ansi = true;
  std::string zone = "UTC";
  bool decimal_precision_loss = true;
  bool case_sensitive = false;
  bool timestamp_ntz_default = false;
  std::string current_catalog = "spark_catalog";
  std::string current_schema = "default";
  std::string user;
  int64_t query_start_micros = 0;  // current_timestamp() of the whole statement
  std::function<std::string(std::string_view)> config;
};

/// A call being resolved. Arguments are resolved already; a type rule puts implicit casts around
/// them and sets the result. Lambdas: see `lambda_arguments`.
struct CallSite {
  const struct Function& function;
  std::string name;  // as written, lower case
  plan::Expressions arguments;
  const ResolveContext& context;
  plan::Origin origin;
  plan::CastMode mode = plan::CastMode::kAnsi;
  types::DataType result;
  bool nullable = true;  // preset: any argument nullable
  bool distinct = false;
  /// Of an aggregate call: what besides arguments was written (never null during resolution).
  const struct CallOptions* options = nullptr;
  /// While lambdas are being resolved: the arguments as written, lambdas included.
  const plan::Expressions* written = nullptr;

  const types::DataType& type(size_t i) const { return arguments[i]->type; }
  size_t size() const { return arguments.size(); }
  /// Wraps argument i in an implicit cast to `target`, unless it has that type. A null literal
  /// becomes a null of that type.
  void cast(size_t i, const types::DataType& target);
  /// The constant value of argument i, if it is a literal (through implicit casts); null otherwise.
  const types::Value* constant(size_t i) const;
  /// Throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE for argument i (0-based), `required` as Spark
  /// prints it, e.g. "\"STRING\"" or "(\"STRING\" or \"BINARY\")".
  [[noreturn]] void reject(size_t i, std::string_view required) const;
  /// Throws DATATYPE_MISMATCH.<subclass> with these parameters (sqlExpr is added).
  [[noreturn]] void mismatch(std::string_view subclass, ErrorParameters parameters) const;
};

using TypeRule = std::function<void(CallSite&)>;
/// Types of a lambda's parameters, asked before its body is resolved: the k-th parameter of the
/// lambda that is argument i. Other arguments are resolved already; unresolved lambdas are null in
/// `arguments`.
using LambdaRule = std::function<std::vector<std::pair<types::DataType, bool>>(CallSite&, size_t i,
                                                                               size_t parameters)>;
/// The auto-generated column name from the arguments' names. Null: name(arg1, arg2, ...).
using NameRule =
    std::function<std::string(const CallSite&, const std::vector<std::string>& arguments)>;

/// How a resolved call runs.
/// Rewrite into other functions (Spark's RuntimeReplaceable): gets the call before its type rule
/// runs and returns an expression over the (resolved) arguments, which is resolved in turn. The
/// name stays the call's.
struct Rewrite {
  std::function<plan::ExpressionPtr(CallSite&)> make;
  /// False: the column is named after the replacement ("a != b" prints (NOT (a = b))).
  bool keeps_name = true;
};
/// A DuckDB expression: $1..$9 the arguments, $* all of them, $R the result type, $TZ the session
/// zone as a string literal. Used when DuckDB's semantics, null handling and errors are Spark's. An
/// aggregate's template holds exactly one aggregate: DISTINCT, FILTER, ORDER BY and OVER of the
/// call go to it (a FILTER of the template is joined by AND).
struct Template {
  std::string_view duckdb;
  std::string_view legacy = {};  // for mode kLegacy, where it differs
  std::string_view try_mode = {};
};
/// A kernel of engine/kernels/ by name. It gets argument types, result type, mode, zone and query
/// context.
struct Kernel {
  std::string_view name;
};
/// Lowered by engine/ itself, by the function's name (and, or, not, comparisons, when, in, isnull,
/// ...).
struct Special {};
/// Known to Spark, not here yet.
struct Missing {
  std::string_view reason;
};
using Lowering = std::variant<Missing, Special, Rewrite, Template, Kernel>;

inline constexpr int kAnyNumber = 1 << 20;

struct Function {
  std::string_view name;
  std::vector<std::string_view> aliases = {};
  FunctionKind kind = FunctionKind::kScalar;
  int min_arguments = 0;
  int max_arguments = 0;  // kAnyNumber for variadic
  TypeRule type;
  LambdaRule lambda = nullptr;
  NameRule print = nullptr;
  /// The name that prints, where it is not the one the user wrote ("collect_list" for array_agg).
  std::string_view pretty_name = {};
  /// Parameter names, for named arguments (f(x => 1)) and documentation.
  std::vector<std::string_view> parameters = {};
  /// Values of the last optional parameters. Those the user left out are appended before the type
  /// rule runs, so that they print as Spark prints them ("substr(a, 2, 2147483647)") and kernels
  /// see every argument.
  std::vector<types::Value> defaults = {};
  /// Can raise an error on some input: the engine must not evaluate it on rows that a join or
  /// filter removes.
  bool fallible = false;
  bool deterministic = true;
  std::string_view doc = {};
  std::string_view example = {};  // one SELECT whose result the examples test records
  std::string_view since = {};
  Lowering lower;
};

/// Resolves a call of `function` whose arguments are resolved: checks their number, appends
/// defaults, runs the type rule, and returns the Call, or what a Rewrite put in its place
/// (resolved, with the call's display name). Throws WRONG_NUM_ARGS.WITHOUT_SUGGESTION,
/// DATATYPE_MISMATCH.*, Error::not_supported for a Missing row.
struct CallOptions {
  plan::CastMode mode = plan::CastMode::kAnsi;
  bool distinct = false;
  plan::ExpressionPtr filter;
  bool ignore_nulls = false;
  plan::Expressions order_by;
  /// Resolves the body of a lambda among the arguments, with its parameters bound. Null: bodies
  /// hold only LambdaVariables by name (as rewrites make them).
  std::function<plan::ExpressionPtr(const plan::ExpressionPtr& body,
                                    const std::vector<plan::ExpressionPtr>& variables)>
      lambda_body = nullptr;
};
plan::ExpressionPtr resolve_call(const Function& function, std::string name,
                                 plan::Expressions arguments, const ResolveContext& context,
                                 const plan::Origin& origin, CallOptions options = {});
/// Resolves an expression whose leaves are resolved and whose calls are UnresolvedFunction (what a
/// Rewrite makes).
plan::ExpressionPtr resolve_calls(const plan::ExpressionPtr& expression,
                                  const ResolveContext& context);

/// The row for `name` (any case, alias or not), or null.
const Function* find_function(std::string_view name);
/// All rows, by name.
std::span<const Function* const> all_functions();

}  // namespace lochan::functions
