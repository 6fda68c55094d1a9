// Fields of dates, of times of the day and of intervals' seconds.
#include "engine/kernels/calendar.h"
#include "engine/kernels/datetime_pattern.h"
#include "engine/kernels/families.h"
#include "engine/kernels/rows.h"

namespace lochan::engine::kernels {

using types::TypeId;

namespace {

using Field = int32_t (*)(int32_t days);

template <Field kField>
ScalarBody of_date(const KernelSpec&) {
  return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int32_t(int32_t)>(args, result, [](int32_t& out, int32_t days) {
      out = kField(days);
      return true;
    });
  };
}

int32_t year(int32_t days) { return static_cast<int32_t>(civil_from_days(days).year); }
int32_t quarter(int32_t days) { return (civil_from_days(days).month + 2) / 3; }
int32_t month(int32_t days) { return civil_from_days(days).month; }
int32_t day(int32_t days) { return civil_from_days(days).day; }
int32_t day_in_year(int32_t days) { return day_of_year(days); }
int32_t day_of_week(int32_t days) { return (weekday_from_days(days) + 1) % 7 + 1; }  // Sunday = 1
int32_t day_of_week_iso(int32_t days) { return weekday_from_days(days) + 1; }
int32_t weekday(int32_t days) { return weekday_from_days(days); }
int32_t week(int32_t days) { return iso_week(days); }
int32_t year_of_week(int32_t days) { return static_cast<int32_t>(iso_week_year(days)); }

template <bool kMonth>
ScalarBody name_of_date(const KernelSpec&) {
  return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<string_t(int32_t)>(args, result, [](string_t& out, int32_t days) {
      const char* name =
          kMonth ? month_name(month(days), false) : weekday_name(weekday(days), false);
      out = string_t(name, 3);  // short enough to lie in the string_t
      return true;
    });
  };
}

enum class TimeField { kHour, kMinute, kSecond, kSecondMicros };

/// Fields of timestamps in their zone, of times, and seconds of day-time intervals.
template <TimeField kField>
ScalarBody of_time(const KernelSpec& spec) {
  const Zone* zone =
      spec.arguments[0].is(TypeId::kTimestamp) ? &Zone::get(spec.zone) : &Zone::utc();
  bool interval = spec.arguments[0].is(TypeId::kDayTimeInterval);
  return [zone, interval](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int32_t(int64_t)>(args, result, [&](int32_t& out, int64_t micros) {
      int64_t time = interval ? micros : floor_mod(zone->to_local(micros), kMicrosPerDay);
      switch (kField) {
        case TimeField::kHour: out = static_cast<int32_t>(time / kMicrosPerHour); break;
        case TimeField::kMinute: out = static_cast<int32_t>(time / kMicrosPerMinute % 60); break;
        case TimeField::kSecond: out = static_cast<int32_t>(time / kMicrosPerSecond % 60); break;
        // A decimal(8, 6) is stored in 32 bits.
        case TimeField::kSecondMicros: out = static_cast<int32_t>(time % kMicrosPerMinute); break;
      }
      return true;
    });
  };
}

template <int64_t kUnit>
ScalarBody units_since_epoch(const KernelSpec&) {
  return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int64_t(int64_t)>(args, result, [](int64_t& out, int64_t micros) {
      out = floor_div(micros, kUnit);
      return true;
    });
  };
}

ScalarKernel row(std::string_view name, ScalarBody (*bind)(const KernelSpec&)) {
  return {.name = name, .bind = bind, .executors_skip_nulls = true};
}

}  // namespace

ScalarKernels date_fields_kernels() {
  static const std::vector<ScalarKernel> rows = {
      row("date_year", of_date<year>),
      row("date_quarter", of_date<quarter>),
      row("date_month", of_date<month>),
      row("date_day", of_date<day>),
      row("date_dayofyear", of_date<day_in_year>),
      row("date_dayofweek", of_date<day_of_week>),
      row("date_dayofweek_iso", of_date<day_of_week_iso>),
      row("date_weekday", of_date<weekday>),
      row("date_week", of_date<week>),
      row("date_yearofweek", of_date<year_of_week>),
      row("date_monthname", name_of_date<true>),
      row("date_dayname", name_of_date<false>),
      row("time_hour", of_time<TimeField::kHour>),
      row("time_minute", of_time<TimeField::kMinute>),
      row("time_second", of_time<TimeField::kSecond>),
      row("time_second_fraction", of_time<TimeField::kSecondMicros>),
      row("unix_seconds", units_since_epoch<kMicrosPerSecond>),
      row("unix_millis", units_since_epoch<1000>),
  };
  ScalarKernels all;
  for (const auto& kernel : rows) all.push_back(&kernel);
  return all;
}

}  // namespace lochan::engine::kernels
