#include "engine/kernels/cast.h"

#include <cmath>

#include "engine/kernels/datetime_text.h"
#include "engine/kernels/families.h"
#include "engine/kernels/interval_text.h"
#include "engine/kernels/number_parse.h"
#include "types/number_text.h"

namespace lochan::engine::kernels {

using types::DataType;
using types::TypeId;

namespace {

std::string quoted(const DataType& type) { return "\"" + type.sql() + "\""; }

ScalarBody as_body(VectorCast cast) {
  return [cast = std::move(cast)](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    cast(args.data[0], result, args.size());
  };
}

void all_null(Vector&, Vector& result, idx_t) {
  result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  duckdb::ConstantVector::SetNull(result, true);
}

/// Whether every value of `from` has one in `to`.
bool always_fits(const DataType& from, const DataType& to) {
  if (from.same_type(to) || to.is(TypeId::kString)) return true;
  if (!from.is_numeric() && !from.is(TypeId::kBoolean)) return false;
  if (to.is(TypeId::kFloat) || to.is(TypeId::kDouble) || to.is(TypeId::kBoolean)) return true;
  // Digits before the point: of 127, 32767, 2147483647 and 9223372036854775807.
  auto whole_digits = [](const DataType& type) {
    switch (type.id()) {
      case TypeId::kBoolean: return 1;
      case TypeId::kByte: return 3;
      case TypeId::kShort: return 5;
      case TypeId::kInteger: return 10;
      case TypeId::kLong: return 19;
      default: return type.precision() - type.scale();
    }
  };
  if (from.is(TypeId::kDecimal) || to.is(TypeId::kDecimal)) {
    if (from.is(TypeId::kFloat) || from.is(TypeId::kDouble) || !to.is(TypeId::kDecimal))
      return false;
    const bool may_round_up = from.is(TypeId::kDecimal) && from.scale() > to.scale();
    return whole_digits(from) + may_round_up <= whole_digits(to);
  }
  const bool whole = from.is_integral() || from.is(TypeId::kBoolean);
  return whole && to.is_integral() && whole_digits(from) <= whole_digits(to);
}

/// cast(x): x as the result type.
const ScalarKernel kCast{
    .name = "cast",
    .bind =
        [](const KernelSpec& spec) {
          return as_body(bind_cast(cast_site(spec, spec.arguments[0], spec.result)));
        },
    .fallible = true,
    .cannot_fail =
        [](const KernelSpec& spec) { return always_fits(spec.arguments[0], spec.result); },
    .handles_nulls = false,
    .executors_skip_nulls = true,
};

/// show_text(x): what df.show() prints for x; null stays null.
const ScalarKernel kShowText{
    .name = "show_text",
    .bind = [](const KernelSpec& spec) -> ScalarBody {
      auto cast = cast_to_string(spec.arguments[0], Zone::get(spec.zone),
                                 {.null = "NULL", .binary_as_hex = true});
      return [cast](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
        cast(args.data[0], result, args.size());
      };
    },
    .handles_nulls = true,
};

}  // namespace

ScalarKernels cast_kernels() { return {&kCast, &kShowText}; }

void CastSite::fail(std::string_view condition, ErrorParameters parameters) const {
  raise(Error(condition, std::move(parameters), context));
}
bool CastSite::invalid_input(const std::string& value) const {
  if (mode != plan::CastMode::kAnsi) return false;
  fail("CAST_INVALID_INPUT", {{"expression", value},
                              {"sourceType", quoted(from)},
                              {"targetType", quoted(to)},
                              {"ansiConfig", "\"spark.sql.ansi.enabled\""}});
}
bool CastSite::overflow(const std::string& value) const { return overflow(value, from, to); }
bool CastSite::overflow(const std::string& value, const DataType& source,
                        const DataType& target) const {
  if (mode != plan::CastMode::kAnsi) return false;
  fail("CAST_OVERFLOW", {{"value", value},
                         {"sourceType", quoted(source)},
                         {"targetType", quoted(target)},
                         {"ansiConfig", "\"spark.sql.ansi.enabled\""}});
}
bool CastSite::does_not_fit_decimal(const std::string& value) const {
  if (mode != plan::CastMode::kAnsi) return false;
  fail("NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION", {{"value", value},
                                                      {"precision", std::to_string(to.precision())},
                                                      {"scale", std::to_string(to.scale())},
                                                      {"config", "\"spark.sql.ansi.enabled\""}});
}

CastSite cast_site(const KernelSpec& spec, const DataType& from, const DataType& to) {
  return {from, to, spec.mode, &Zone::get(spec.zone), spec.context};
}

VectorCast bind_cast(const CastSite& site) {
  const DataType &from = site.from, &to = site.to;
  if (from.is(TypeId::kNull)) return all_null;
  bool same = from.same_type(to) || (from.is_string() && to.is_string());
  if (same || (from.is_string() && to.is(TypeId::kBinary))) {
    return [](Vector& input, Vector& result, idx_t) { result.Reinterpret(input); };
  }
  auto number = [](const DataType& t) { return t.is_numeric() || t.is(TypeId::kBoolean); };
  if (to.is_string()) return cast_to_string(from, *site.zone, {.short_decimals = site.legacy()});
  if (from.is_string()) return cast_from_string(site);
  if (number(from) && number(to)) return cast_number(site);
  if (from.is_nested() && from.id() == to.id()) return cast_nested(site);
  if (from.is_ansi_interval() || to.is_ansi_interval()) return cast_interval(site);
  if (from.is_datetime() || to.is_datetime() || from.is(TypeId::kTime)) return cast_datetime(site);
  if (from.is_integral() && to.is(TypeId::kBinary)) {
    // Big-endian bytes.
    return with_integral(from, [](auto tag) -> VectorCast {
      using T = typename decltype(tag)::type;
      return [](Vector& input, Vector& result, idx_t count) {
        map_vector<string_t(T)>(input, result, count, [&](string_t& out, T value) {
          char bytes[sizeof(T)];
          for (size_t i = 0; i < sizeof(T); i++) {
            bytes[i] = static_cast<char>(static_cast<uint64_t>(value) >> (8 * (sizeof(T) - 1 - i)));
          }
          out = add_string(result, {bytes, sizeof(T)});
          return true;
        });
      };
    });
  }
  throw Error::not_supported("cast from " + from.sql() + " to " + to.sql());
}

std::string error_text(int64_t value, const DataType& type) {
  std::string text = std::to_string(value);
  switch (type.id()) {
    case TypeId::kByte: return text + "Y";
    case TypeId::kShort: return text + "S";
    case TypeId::kLong: return text + "L";
    case TypeId::kDate: return "DATE '" + date_text(static_cast<int32_t>(value)) + "'";
    case TypeId::kYearMonthInterval:
      text.clear();
      append_year_month(text, static_cast<int32_t>(value), type.interval_start(),
                        type.interval_end());
      return text;
    case TypeId::kDayTimeInterval:
      text.clear();
      append_day_time(text, value, type.interval_start(), type.interval_end());
      return text;
    default: return text;
  }
}
std::string error_text(double value, const DataType& type) {
  if (type.is(TypeId::kFloat)) return types::float_to_string(static_cast<float>(value));
  std::string text = types::double_to_string(value);
  return std::isfinite(value) ? text + "D" : text;
}
std::string error_text(Int128 unscaled, const DataType& type) {
  return types::decimal_to_string(unscaled, type.scale()) + "BD";
}

}  // namespace lochan::engine::kernels
