// Dates and timestamps plus intervals; intervals times and by numbers.
#include <cmath>

#include "engine/kernels/arithmetic.h"
#include "engine/kernels/date_shift.h"
#include "engine/kernels/families.h"

namespace lochan::engine::kernels {

using types::DataType;
using types::TypeId;

namespace {

/// The fields of a calendar interval's vector.
struct CalendarColumn {
  explicit CalendarColumn(Vector& vector, idx_t count) {
    if (vector.GetVectorType() != duckdb::VectorType::CONSTANT_VECTOR) vector.Flatten(count);
    Vector::RecursiveToUnifiedFormat(vector, count, column);
  }
  bool is_valid(idx_t row) const {
    return column.unified.validity.RowIsValid(column.unified.sel->get_index(row));
  }
  types::CalendarInterval at(idx_t row) const {
    idx_t index = column.unified.sel->get_index(row);
    auto child = [&](size_t i) -> const duckdb::UnifiedVectorFormat& {
      return column.children[i].unified;
    };
    return {rows_of<int32_t>(child(0))[child(0).sel->get_index(index)],
            rows_of<int32_t>(child(1))[child(1).sel->get_index(index)],
            rows_of<int64_t>(child(2))[child(2).sel->get_index(index)]};
  }
  duckdb::RecursiveUnifiedVectorFormat column;
};

/// moment + calendar interval; `step(moment, interval, out)`.
template <class T, class Step>
ScalarBody shift_by_calendar(Step step) {
  return [step](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    bool constant = args.AllConstant();
    idx_t count = constant ? 1 : args.size();
    duckdb::UnifiedVectorFormat moments;
    args.data[0].ToUnifiedFormat(count, moments);
    CalendarColumn intervals(args.data[1], count);
    for (idx_t row = 0; row < count; row++) {
      idx_t at = moments.sel->get_index(row);
      if (!moments.validity.RowIsValid(at) || !intervals.is_valid(row) ||
          !step(rows_of<T>(moments)[at], intervals.at(row), rows_of<T>(result)[row])) {
        duckdb::FlatVector::SetNull(result, row, true);
      }
    }
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

ScalarBody date_add_interval(const KernelSpec& spec) {
  const KernelSpec* at = &spec;
  return shift_by_calendar<int32_t>(
      [at](int32_t days, const types::CalendarInterval& by, int32_t& out) {
        if (by.microseconds != 0 && at->mode == plan::CastMode::kAnsi) {
          raise(*at, "INVALID_INTERVAL_WITH_MICROSECONDS_ADDITION", {});
        }
        int64_t moved = add_months(days, by.months) + by.days;
        // Outside ANSI mode hours count by the whole days they make.
        out = static_cast<int32_t>(moved + floor_div(by.microseconds, kMicrosPerDay));
        return true;
      });
}

ScalarBody timestamp_add_interval(const KernelSpec& spec) {
  const Zone* zone =
      spec.arguments[0].is(TypeId::kTimestamp) ? &Zone::get(spec.zone) : &Zone::utc();
  switch (spec.arguments[1].id()) {
    case TypeId::kYearMonthInterval:
      return [zone](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
        map_rows<int64_t(int64_t, int32_t)>(args, result,
                                            [&](int64_t& out, int64_t micros, int32_t months) {
                                              out = add_to_timestamp(micros, months, 0, 0, *zone);
                                              return true;
                                            });
      };
    case TypeId::kDayTimeInterval:
      return [zone](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
        map_rows<int64_t(int64_t, int64_t)>(
            args, result, [&](int64_t& out, int64_t micros, int64_t by) {
              out = add_to_timestamp(micros, 0, by / kMicrosPerDay, by % kMicrosPerDay, *zone);
              return true;
            });
      };
    case TypeId::kCalendarInterval:
      return shift_by_calendar<int64_t>(
          [zone](int64_t micros, const types::CalendarInterval& by, int64_t& out) {
            out = add_to_timestamp(micros, by.months, by.days, by.microseconds, *zone);
            return true;
          });
    default: throw Error::internal("timestamp plus " + spec.arguments[1].sql());
  }
}

/// Numbers that scale intervals: integers and decimals exactly, doubles as they are.
template <class Interval, class Number, bool kDivide>
bool scale_interval(const ArithmeticSite& site, Interval interval, Number number, int scale,
                    Interval& out) {
  Int128 value;
  if constexpr (kDivide) {
    if (number == 0) {
      if (site.spec->mode == plan::CastMode::kTry) return false;
      raise(*site.spec, "INTERVAL_DIVIDED_BY_ZERO", {});
    }
  }
  if constexpr (std::is_floating_point_v<Number>) {
    double exact = kDivide ? static_cast<double>(interval) / static_cast<double>(number)
                           : static_cast<double>(interval) * static_cast<double>(number);
    double rounded = std::round(exact);  // halves away from zero
    if (!(std::fabs(rounded) < 9.3e18))
      return site.interval_overflow(kDivide ? "try_divide" : "try_multiply");
    value = static_cast<Int128>(rounded);
  } else {
    auto result = kDivide ? divide(interval, scale, number) : multiply(interval, number, scale);
    if (!result) return site.interval_overflow(kDivide ? "try_divide" : "try_multiply");
    value = *result;
  }
  out = static_cast<Interval>(value);
  return out == value || site.interval_overflow(kDivide ? "try_divide" : "try_multiply");
}

template <class Interval, bool kDivide>
ScalarBody bind_scaled(const KernelSpec& spec) {
  ArithmeticSite site{&spec};
  const DataType& number = spec.arguments[1];
  int scale = number.is(TypeId::kDecimal) ? number.scale() : 0;
  auto bind = [&](auto tag) -> ScalarBody {
    using Number = typename decltype(tag)::type;
    return [site, scale](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
      map_rows<Interval(Interval, Number)>(
          args, result, [&](Interval& out, Interval interval, Number by) {
            return scale_interval<Interval, Number, kDivide>(site, interval, by, scale, out);
          });
    };
  };
  if (number.is(TypeId::kDecimal)) return with_decimal(number, bind);
  if (number.is(TypeId::kFloat)) return bind(std::type_identity<float>());
  if (number.is(TypeId::kDouble)) return bind(std::type_identity<double>());
  return with_integral(number, bind);
}

/// Calendar intervals scale by doubles: fractions of days become time, those of months are lost.
template <bool kDivide>
ScalarBody bind_scaled_calendar(const KernelSpec& spec) {
  ArithmeticSite site{&spec};
  return [site](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    bool constant = args.AllConstant();
    idx_t count = constant ? 1 : args.size();
    CalendarColumn intervals(args.data[0], count);
    duckdb::UnifiedVectorFormat numbers;
    args.data[1].ToUnifiedFormat(count, numbers);
    auto& out = duckdb::StructVector::GetEntries(result);
    for (idx_t row = 0; row < count; row++) {
      idx_t at = numbers.sel->get_index(row);
      bool valid = intervals.is_valid(row) && numbers.validity.RowIsValid(at);
      double by = valid ? rows_of<double>(numbers)[at] : 1;
      if (valid && kDivide && by == 0) {
        if (site.ansi()) raise(*site.spec, "INTERVAL_DIVIDED_BY_ZERO", {});
        valid = false;
      }
      if (!valid) {
        duckdb::FlatVector::SetNull(result, row, true);
        continue;
      }
      auto interval = intervals.at(row);
      double factor = by;
      auto scaled = [&](double value) { return kDivide ? value / factor : value * factor; };
      double months = std::trunc(scaled(interval.months)), days = scaled(interval.days);
      double micros = scaled(static_cast<double>(interval.microseconds)) +
                      (days - std::trunc(days)) * kMicrosPerDay;
      bool fits = std::fabs(months) <= INT32_MAX && std::fabs(days) <= INT32_MAX &&
                  std::fabs(micros) < 9.2e18;
      if (!fits) {
        if (site.ansi()) site.interval_overflow(nullptr);
        duckdb::FlatVector::SetNull(result, row, true);
        continue;
      }
      rows_of<int32_t>(*out[0])[row] = static_cast<int32_t>(months);
      rows_of<int32_t>(*out[1])[row] = static_cast<int32_t>(days);
      rows_of<int64_t>(*out[2])[row] = static_cast<int64_t>(std::floor(micros + 0.5));
    }
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

template <bool kDivide>
ScalarBody bind_scale(const KernelSpec& spec) {
  switch (spec.arguments[0].id()) {
    case TypeId::kYearMonthInterval: return bind_scaled<int32_t, kDivide>(spec);
    case TypeId::kDayTimeInterval: return bind_scaled<int64_t, kDivide>(spec);
    default: return bind_scaled_calendar<kDivide>(spec);
  }
}

ScalarKernel row(std::string_view name, ScalarBody (*bind)(const KernelSpec&)) {
  return {.name = name, .bind = bind, .fallible = true, .executors_skip_nulls = true};
}

}  // namespace

ScalarKernels interval_arithmetic_kernels() {
  static const std::vector<ScalarKernel> rows = {
      row("date_add_interval", date_add_interval),
      row("timestamp_add_interval", timestamp_add_interval),
      row("interval_multiply", bind_scale<false>),
      row("interval_divide", bind_scale<true>),
  };
  ScalarKernels all;
  for (const auto& kernel : rows) all.push_back(&kernel);
  return all;
}

}  // namespace lochan::engine::kernels
