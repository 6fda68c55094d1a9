#pragma once
#include <optional>
#include <string>
#include <vector>

#include "functions/function.h"
#include "types/data_type.h"

/// Spark 4.2's implicit casts. Two sets of rules: ANSI (the default) and legacy
/// (spark.sql.ansi.enabled=false); `ResolveContext::ansi` chooses. Pure functions over types.
namespace lochan::functions {

/// What a parameter accepts (Spark's AbstractDataType). Implicit from a TypeId: kDecimal, kString,
/// kArray, kMap, kStruct and the intervals accept any type of that id, the others exactly the type.
class Accept {
 public:
  enum class Kind { kId, kExact, kAny, kNumeric, kIntegral, kAnyTimestamp, kArrayOf, kOneOf };

  Accept(types::TypeId id) : id_(id) {}  // NOLINT: rows read as data
  Accept(types::DataType exact) : kind_(Kind::kExact), exact_(std::move(exact)) {}  // NOLINT
  Accept(Kind kind, std::vector<Accept> members = {}) : kind_(kind), members_(std::move(members)) {}

  bool accepts(const types::DataType& type) const;
  /// The type that an argument of no particular type (void, string) becomes.
  types::DataType default_type(const ResolveContext& context) const;
  /// As Spark prints it: "\"STRING\"", "(\"STRING\" or \"BINARY\")".
  std::string text() const;
  Kind kind() const { return kind_; }
  types::TypeId id() const { return id_; }
  const std::vector<Accept>& members() const { return members_; }

 private:
  Kind kind_ = Kind::kId;
  types::TypeId id_ = types::TypeId::kNull;
  types::DataType exact_;
  std::vector<Accept> members_;
};

/// The type to which an argument of type `from` is cast for `accept` (`from` itself if it fits), or
/// nullopt.
std::optional<types::DataType> implicit_cast(const types::DataType& from, const Accept& accept,
                                             const ResolveContext& context);

/// The narrowest type that holds both without loss, or nullopt.
std::optional<types::DataType> tightest_common_type(const types::DataType& a,
                                                    const types::DataType& b,
                                                    const ResolveContext& context);
/// The type of CASE branches, UNION columns, array elements: may lose precision; strings promote.
std::optional<types::DataType> wider_type(const types::DataType& a, const types::DataType& b,
                                          const ResolveContext& context);
std::optional<types::DataType> wider_type(const std::vector<types::DataType>& types,
                                          const ResolveContext& context);
/// The same without promotion of strings (array_contains, greatest, least, sequence).
std::optional<types::DataType> wider_type_without_strings(const types::DataType& a,
                                                          const types::DataType& b,
                                                          const ResolveContext& context);
std::optional<types::DataType> wider_type_without_strings(const std::vector<types::DataType>& types,
                                                          const ResolveContext& context);
/// The type both sides of a comparison are cast to, or nullopt.
std::optional<types::DataType> comparison_type(const types::DataType& a, const types::DataType& b,
                                               const ResolveContext& context);

// ---- Decimals
// ------------------------------------------------------------------------------------------

/// The decimal that holds every value of an integral, float or double type (int -> decimal(10,0)).
types::DataType decimal_for(const types::DataType& type);
/// The decimal of a literal's own digits (5 -> decimal(1,0)).
types::DataType decimal_for_literal(const types::Value& value);
/// The decimal wide enough for both, bounded at 38 digits.
types::DataType wider_decimal(const types::DataType& a, const types::DataType& b);
/// A type of `precision`, `scale` brought under 38 digits, as
/// spark.sql.decimalOperations.allowPrecisionLoss says.
types::DataType bounded_decimal(int precision, int scale);
types::DataType adjusted_decimal(int precision, int scale);
/// Result of `operation` ("+", "-", "*", "/", "%", "pmod", "div") on two decimals.
types::DataType decimal_result(std::string_view operation, const types::DataType& a,
                               const types::DataType& b, const ResolveContext& context);

// ---- Casts
// ---------------------------------------------------------------------------------------------

/// Whether CAST(from AS to) is allowed in `mode` (kTry: as ANSI).
bool can_cast(const types::DataType& from, const types::DataType& to, plan::CastMode mode);
/// Whether the fields of all structs inside have the same names (without case) in the same order:
/// casts go by position.
bool fields_in_order(const types::DataType& from, const types::DataType& to);
/// Whether INSERT may store `from` in a column of type `to` (ANSI store assignment).
bool can_store(const types::DataType& from, const types::DataType& to);
/// Whether every value of `from` survives a cast to `to` (Spark's canUpCast).
bool can_up_cast(const types::DataType& from, const types::DataType& to);
/// Whether a cast may give null for a value that is not null (in `mode`).
bool cast_adds_null(const types::DataType& from, const types::DataType& to, plan::CastMode mode);
/// A resolved cast node; a null literal becomes a null of `to`. No check.
plan::ExpressionPtr make_cast(const plan::ExpressionPtr& child, const types::DataType& to,
                              plan::CastMode mode, bool implicit, const plan::Origin& origin = {});
/// A constant as an integer of type `target`, as an implicit cast makes it. Throws
/// CAST_INVALID_INPUT for a text that is none; nullopt for null.
std::optional<int64_t> constant_integer(const types::Value& value, const types::DataType& target,
                                        const plan::Origin& origin);
/// An implicit cast in the session's mode, or `child` itself where the type is the same but for
/// nullability.
plan::ExpressionPtr implicit_cast_to(const plan::ExpressionPtr& child, const types::DataType& to,
                                     const ResolveContext& context);

/// Equal names, without regard to ASCII case.
bool is_orderable(const types::DataType& type);
bool is_comparable(const types::DataType& type);

}  // namespace lochan::functions
