#pragma once
#include <functional>
#include <string>

#include "engine/kernel.h"
#include "engine/kernels/decimal.h"
#include "engine/kernels/rows.h"
#include "engine/kernels/zone.h"

/// Casts between Spark's types on whole vectors. kAnsi raises; kLegacy wraps or gives null; kTry
/// follows ANSI's rules and gives null.
namespace lochan::engine::kernels {

/// Casts the first `count` rows of a vector; nulls stay null.
using VectorCast = std::function<void(Vector& input, Vector& result, idx_t count)>;

/// One cast while it is bound and while it runs: types, mode, zone, where errors point to.
struct CastSite {
  types::DataType from, to;
  plan::CastMode mode = plan::CastMode::kAnsi;
  const Zone* zone = &Zone::utc();
  std::optional<QueryContext> context;

  bool legacy() const { return mode == plan::CastMode::kLegacy; }
  /// Raise in ANSI mode, else return false: what a row step returns. `value` as Spark prints it in
  /// errors.
  bool invalid_input(const std::string& value) const;
  bool overflow(const std::string& value) const;
  bool overflow(const std::string& value, const types::DataType& from,
                const types::DataType& to) const;
  bool does_not_fit_decimal(const std::string& value) const;
  [[noreturn]] void fail(std::string_view condition, ErrorParameters parameters) const;
};

CastSite cast_site(const KernelSpec& spec, const types::DataType& from, const types::DataType& to);
/// Throws UNSUPPORTED_FEATURE where analysis let a cast through that does not exist here.
VectorCast bind_cast(const CastSite& site);

// Its parts, by source and target; each in a file of its name.
VectorCast cast_number(
    const CastSite& site);  // boolean, integers, floats, decimals among themselves
VectorCast cast_from_string(const CastSite& site);
VectorCast cast_datetime(
    const CastSite& site);  // dates, timestamps among themselves and with numbers
VectorCast cast_interval(const CastSite& site);  // ANSI intervals among themselves and with numbers
VectorCast cast_nested(const CastSite& site);    // arrays, maps, structs element by element

/// How a value becomes text.
struct TextStyle {
  std::string_view null = "null";  // inside arrays, maps and structs
  bool binary_as_hex = false;      // [61 62], as df.show()
  bool short_decimals = false;     // 1E-7: a legacy cast
};
VectorCast cast_to_string(const types::DataType& from, const Zone& zone, const TextStyle& style);
/// One value's text as errors show it: 5L, 1.0E10D, 'abc', TIMESTAMP '...'.
std::string error_text(int64_t value, const types::DataType& type);
std::string error_text(double value, const types::DataType& type);
std::string error_text(Int128 unscaled, const types::DataType& type);

/// Calls f(std::type_identity<T>) with the C++ type of the rows of `type`: bool, int8_t ...
/// int64_t, float, double, and for decimals the integer that DuckDB stores.
template <class F>
auto with_native(const types::DataType& type, F&& f) {
  using types::TypeId;
  switch (type.id()) {
    case TypeId::kBoolean: return f(std::type_identity<bool>());
    case TypeId::kByte: return f(std::type_identity<int8_t>());
    case TypeId::kShort: return f(std::type_identity<int16_t>());
    case TypeId::kInteger: return f(std::type_identity<int32_t>());
    case TypeId::kLong: return f(std::type_identity<int64_t>());
    case TypeId::kFloat: return f(std::type_identity<float>());
    case TypeId::kDouble: return f(std::type_identity<double>());
    default: throw Error::internal("not a number: " + type.sql());
  }
}
template <class F>
auto with_integral(const types::DataType& type, F&& f) {
  using types::TypeId;
  switch (type.id()) {
    case TypeId::kByte: return f(std::type_identity<int8_t>());
    case TypeId::kShort: return f(std::type_identity<int16_t>());
    case TypeId::kInteger: return f(std::type_identity<int32_t>());
    case TypeId::kLong: return f(std::type_identity<int64_t>());
    default: throw Error::internal("not an integer: " + type.sql());
  }
}
template <class F>
auto with_decimal(const types::DataType& type, F&& f) {
  int precision = type.precision();
  if (precision <= 4) return f(std::type_identity<int16_t>());
  if (precision <= 9) return f(std::type_identity<int32_t>());
  if (precision <= 18) return f(std::type_identity<int64_t>());
  return f(std::type_identity<Int128>());
}

}  // namespace lochan::engine::kernels
