#pragma once
#include <functional>
#include <string>
#include <vector>

#include "functions/coercion.h"
#include "functions/function.h"

/// Type rules and name rules from parts, so that a function's row reads like data:
///
///   {.name = "instr", .min_arguments = 2, .max_arguments = 2,
///    .type = args({kString, kString}).returns(kInteger), .lower = Kernel{"instr"}},
///
/// Everything here is for the family files; the analyzer only sees the resulting TypeRule and
/// NameRule.
namespace lochan::functions {

using enum types::TypeId;

inline const Accept kAnything{Accept::Kind::kAny};
inline const Accept kNumeric{Accept::Kind::kNumeric};
inline const Accept kIntegral{Accept::Kind::kIntegral};
inline const Accept kAnyTimestamp{Accept::Kind::kAnyTimestamp};  // TIMESTAMP or TIMESTAMP_NTZ
Accept one_of(std::vector<Accept> members);
Accept array_of(Accept element);
inline const Accept kLambda{
    Accept::Kind::kAny};  // a lambda; its types come from the row's LambdaRule
inline const Accept kStringOrBinary =
    Accept(Accept::Kind::kOneOf, {Accept(kString), Accept(kBinary)});

/// A type rule under construction; itself callable, so it converts to TypeRule. Steps run in the
/// order they were added: casts of args() first.
class Signature {
 public:
  /// One Accept per parameter; the last one repeats for further arguments. Each argument is cast
  /// implicitly to what its parameter accepts, or rejected with UNEXPECTED_INPUT_TYPE.
  explicit Signature(std::vector<Accept> accepts);

  Signature returns(types::DataType type) const;
  Signature returns_argument(size_t i) const;
  Signature returns(std::function<types::DataType(CallSite&)> type) const;
  /// Casts arguments `first`... to their common type (wider_type), or fails with DATA_DIFF_TYPES.
  Signature common(size_t first = 0, size_t count = kAnyNumber) const;
  /// Any further check or cast.
  Signature then(std::function<void(CallSite&)> step) const;
  /// The result may be null although no argument is / is never null. Default: any argument
  /// nullable.
  Signature nullable() const;
  Signature not_null() const;
  /// Argument i must be a constant, else DATATYPE_MISMATCH.NON_FOLDABLE_INPUT.
  Signature foldable(size_t i) const;

  void operator()(CallSite& call) const;

 private:
  std::vector<Accept> accepts_;
  std::vector<std::function<void(CallSite&)>> steps_;
};

Signature args(std::vector<Accept> accepts);
Signature no_args();

/// Casts argument i to what `accept` accepts, or rejects it.
void accept_argument(CallSite& call, size_t i, const Accept& accept);
/// Casts arguments [first, last) to their common type and returns it; fails with DATA_DIFF_TYPES.
types::DataType unify(CallSite& call, size_t first, size_t last);
/// The same for chosen arguments. The error lists types as ("A" or "B"), or (`bracketed`) as ["A",
/// "B"].
types::DataType unify(CallSite& call, const std::vector<size_t>& which, bool bracketed = false);
/// Throws DATA_DIFF_TYPES.
[[noreturn]] void reject_diff_types(CallSite& call, const std::vector<types::DataType>& types,
                                    bool bracketed);

// ---- Frequent rules
// --------------------------------------------------------------------------------------

Signature numeric_unary_double();      // (double) -> double, e.g. sqrt
Signature string_unary();              // (string) -> string
Signature common_type();               // all arguments one type, which is the result
Signature same_as_argument(size_t i);  // anything -> type of argument i
/// Checks that argument i is an array / a map and returns its element / key type; rejects
/// otherwise.
const types::DataType& expect_array(CallSite& call, size_t i);
const types::DataType& expect_map(CallSite& call, size_t i);

/// For rewrites of aggregates: a resolved call of row `name` on `arguments`, with DISTINCT, FILTER
/// and order of `call`.
plan::ExpressionPtr aggregate_as(CallSite& call, std::string_view name,
                                 plan::Expressions arguments);

/// The row of a function that is not here yet, with what it waits for.
Function missing(std::string_view name, std::string_view reason);

// ---- Name rules ----------------------------------------------------------------------------

NameRule infix(std::string_view symbol);       // (a + b)
NameRule bare_infix(std::string_view symbol);  // a + b
NameRule prefix(std::string_view symbol);      // (- a)
NameRule upper_name();                         // SQRT(a): prints the name in upper case
NameRule print_first(
    size_t count);          // f(a, b): leaves out further arguments (defaults that do not print)
NameRule no_parentheses();  // current_date
NameRule print_as(
    std::function<std::string(const CallSite&, const std::vector<std::string>&)> rule);

}  // namespace lochan::functions
