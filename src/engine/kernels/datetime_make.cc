// Dates, timestamps and intervals from their parts.
#include <array>

#include "engine/kernels/arithmetic.h"
#include "engine/kernels/datetime_text.h"
#include "engine/kernels/families.h"

namespace lochan::engine::kernels {

using types::DataType;
using types::TypeId;

namespace {

constexpr const char* kMonthNames[] = {"JANUARY",   "FEBRUARY", "MARCH",    "APRIL",
                                       "MAY",       "JUNE",     "JULY",     "AUGUST",
                                       "SEPTEMBER", "OCTOBER",  "NOVEMBER", "DECEMBER"};

/// Parts that make no date or time. False unless the mode is ANSI.
bool out_of_bounds(const KernelSpec& spec, const std::string& message) {
  if (spec.mode != plan::CastMode::kAnsi) return false;
  raise(spec, "DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION",
        {{"rangeMessage", message}, {"ansiConfig", "\"spark.sql.ansi.enabled\""}});
}
bool check(const KernelSpec& spec, const char* field, int64_t value, int64_t least, int64_t most,
           bool& ok, const char* most_text = nullptr) {
  if (value >= least && value <= most) return true;
  ok = out_of_bounds(spec, std::string("Invalid value for ") + field + " (valid values " +
                               std::to_string(least) + " - " +
                               (most_text ? most_text : std::to_string(most)) +
                               "): " + std::to_string(value));
  return false;
}
bool days_of(const KernelSpec& spec, int32_t year, int32_t month, int32_t day, int32_t& out) {
  bool ok = false;
  if (!check(spec, "Year", year, -999999999, 999999999, ok) ||
      !check(spec, "MonthOfYear", month, 1, 12, ok) ||
      !check(spec, "DayOfMonth", day, 1, 31, ok, "28/31")) {
    return ok;
  }
  auto days = make_days(year, month, day);
  if (days) {
    out = *days;
    return true;
  }
  if (month == 2 && day == 29) {
    return out_of_bounds(
        spec, "Invalid date 'February 29' as '" + std::to_string(year) + "' is not a leap year");
  }
  return out_of_bounds(spec, std::string("Invalid date '") + kMonthNames[month - 1] + " " +
                                 std::to_string(day) + "'");
}

ScalarBody make_date(const KernelSpec& spec) {
  const KernelSpec* at = &spec;
  return [at](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int32_t(int32_t, int32_t, int32_t)>(
        args, result, [&](int32_t& out, int32_t year, int32_t month, int32_t day) {
          return days_of(*at, year, month, day, out);
        });
  };
}

/// Local µs of the parts; `seconds` is a decimal(16, 6). 60 seconds are the next minute.
bool local_of(const KernelSpec& spec, int32_t year, int32_t month, int32_t day, int32_t hour,
              int32_t minute, int64_t seconds, int64_t& out) {
  int32_t days = 0;
  if (!days_of(spec, year, month, day, days)) return false;
  bool ok = false;
  int64_t whole = floor_div(seconds, kMicrosPerSecond);
  if (whole == 60 && seconds % kMicrosPerSecond != 0) {
    if (spec.mode != plan::CastMode::kAnsi) return false;
    std::string text = types::decimal_to_string(seconds, 6);
    while (text.back() == '0') text.pop_back();
    raise(spec, "INVALID_FRACTION_OF_SECOND", {{"secAndMicros", text}});
  }
  if (!check(spec, "HourOfDay", hour, 0, 23, ok) ||
      !check(spec, "MinuteOfHour", minute, 0, 59, ok) ||
      !check(spec, "SecondOfMinute", whole, 0, whole == 60 ? 60 : 59, ok)) {
    return ok;
  }
  out = days * kMicrosPerDay + hour * kMicrosPerHour + minute * kMicrosPerMinute + seconds;
  return true;
}

/// make_timestamp(year, month, day, hour, minute, seconds[, zone])
ScalarBody make_timestamp(const KernelSpec& spec) {
  const KernelSpec* at = &spec;
  const Zone* session = spec.result.is(TypeId::kTimestamp) ? &Zone::get(spec.zone) : &Zone::utc();
  if (spec.arguments.size() == 6) {
    return [at, session](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
      map_rows<int64_t(int32_t, int32_t, int32_t, int32_t, int32_t, int64_t)>(
          args, result,
          [&](int64_t& out, int32_t y, int32_t mo, int32_t d, int32_t h, int32_t mi, int64_t s) {
            int64_t local;
            if (!local_of(*at, y, mo, d, h, mi, s, local)) return false;
            out = session->to_utc(local);
            return true;
          });
    };
  }
  return [at](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int64_t(int32_t, int32_t, int32_t, int32_t, int32_t, int64_t, string_t)>(
        args, result,
        [&](int64_t& out, int32_t y, int32_t mo, int32_t d, int32_t h, int32_t mi, int64_t s,
            string_t name) {
          int64_t local;
          if (!local_of(*at, y, mo, d, h, mi, s, local)) return false;
          const Zone* zone = Zone::find(view(name));
          if (!zone) raise(*at, "INVALID_TIMEZONE", {{"timeZone", std::string(view(name))}});
          out = zone->to_utc(local);
          return true;
        });
  };
}

ScalarBody make_year_month(const KernelSpec& spec) {
  ArithmeticSite site{&spec};
  return [site](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int32_t(int32_t, int32_t)>(args, result,
                                        [&](int32_t& out, int32_t years, int32_t months) {
                                          int64_t total = int64_t{years} * 12 + months;
                                          out = static_cast<int32_t>(total);
                                          return out == total || site.interval_overflow(nullptr);
                                        });
  };
}

/// make_dt_interval(days, hours, minutes, seconds decimal(18, 6))
ScalarBody make_day_time(const KernelSpec& spec) {
  ArithmeticSite site{&spec};
  return [site](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int64_t(int32_t, int32_t, int32_t, int64_t)>(
        args, result,
        [&](int64_t& out, int32_t days, int32_t hours, int32_t minutes, int64_t seconds) {
          Int128 total = Int128{days} * kMicrosPerDay + Int128{hours} * kMicrosPerHour +
                         Int128{minutes} * kMicrosPerMinute + seconds;
          out = static_cast<int64_t>(total);
          return out == total || site.interval_overflow(nullptr);
        });
  };
}

/// make_interval(years, months, weeks, days, hours, minutes, seconds decimal(18, 6))
ScalarBody make_calendar(const KernelSpec& spec) {
  ArithmeticSite site{&spec};
  return [site](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    using namespace duckdb;
    idx_t count = args.size();
    bool constant = args.AllConstant();
    if (constant) count = 1;
    std::array<UnifiedVectorFormat, 7> in;
    for (size_t i = 0; i < in.size(); i++) args.data[i].ToUnifiedFormat(count, in[i]);
    auto& out = StructVector::GetEntries(result);
    for (idx_t row = 0; row < count; row++) {
      int64_t value[7] = {};
      bool valid = true;
      for (size_t i = 0; i < in.size() && valid; i++) {
        idx_t at = in[i].sel->get_index(row);
        valid = in[i].validity.RowIsValid(at);
        if (valid) value[i] = i == 6 ? rows_of<int64_t>(in[i])[at] : rows_of<int32_t>(in[i])[at];
      }
      int64_t months = value[0] * 12 + value[1], days = value[2] * 7 + value[3];
      Int128 micros =
          Int128{value[4]} * kMicrosPerHour + Int128{value[5]} * kMicrosPerMinute + value[6];
      bool fits = months == static_cast<int32_t>(months) && days == static_cast<int32_t>(days) &&
                  micros == static_cast<int64_t>(micros);
      if (valid && !fits) valid = site.ansi() && site.interval_overflow(nullptr);
      if (!valid) {
        FlatVector::SetNull(result, row, true);
        continue;
      }
      rows_of<int32_t>(*out[0])[row] = static_cast<int32_t>(months);
      rows_of<int32_t>(*out[1])[row] = static_cast<int32_t>(days);
      rows_of<int64_t>(*out[2])[row] = static_cast<int64_t>(micros);
    }
    if (constant) result.SetVectorType(VectorType::CONSTANT_VECTOR);
  };
}

ScalarKernel row(std::string_view name, ScalarBody (*bind)(const KernelSpec&)) {
  return {.name = name, .bind = bind, .fallible = true, .executors_skip_nulls = true};
}

}  // namespace

ScalarKernels datetime_make_kernels() {
  static const std::vector<ScalarKernel> rows = {
      row("make_date", make_date),
      row("make_timestamp", make_timestamp),
      row("make_ym_interval", make_year_month),
      row("make_dt_interval", make_day_time),
      row("make_interval", make_calendar),
  };
  ScalarKernels all;
  for (const auto& kernel : rows) all.push_back(&kernel);
  return all;
}

}  // namespace lochan::engine::kernels
