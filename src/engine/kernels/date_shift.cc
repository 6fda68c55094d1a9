// Dates and timestamps moved, truncated, compared.
#include <array>
#include <cmath>

#include "base/ascii.h"
#include "engine/kernels/calendar.h"
#include "engine/kernels/cast.h"
#include "engine/kernels/date_shift.h"
#include "engine/kernels/datetime_text.h"
#include "engine/kernels/families.h"

namespace lochan::engine::kernels {

using types::DataType;
using types::TypeId;

int64_t add_to_timestamp(int64_t micros, int64_t months, int64_t days, int64_t rest,
                         const Zone& zone) {
  if (months != 0 || days != 0) {
    int64_t local = zone.to_local(micros);
    auto offset = static_cast<int32_t>((local - micros) / kMicrosPerSecond);
    int64_t day = floor_div(local, kMicrosPerDay), time = local - day * kMicrosPerDay;
    day = add_months(day, months) + days;
    micros = zone.to_utc(day * kMicrosPerDay + time, offset);
  }
  return micros + rest;
}

namespace {

const Zone& zone_of(const KernelSpec& spec, const DataType& type) {
  return type.is(TypeId::kTimestamp) ? Zone::get(spec.zone) : Zone::utc();
}

template <int kSign>
ScalarBody add_days(const KernelSpec& spec) {
  return with_integral(spec.arguments[1], [](auto tag) -> ScalarBody {
    using T = typename decltype(tag)::type;
    return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
      map_rows<int32_t(int32_t, T)>(args, result, [](int32_t& out, int32_t days, T by) {
        // Wraps, as Spark's date_add does.
        out = static_cast<int32_t>(static_cast<uint32_t>(days) + static_cast<uint32_t>(kSign * by));
        return true;
      });
    };
  });
}

ScalarBody date_difference(const KernelSpec&) {
  return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int32_t(int32_t, int32_t)>(args, result, [](int32_t& out, int32_t end, int32_t start) {
      out = static_cast<int32_t>(static_cast<uint32_t>(end) - static_cast<uint32_t>(start));
      return true;
    });
  };
}

ScalarBody add_months_to_date(const KernelSpec&) {
  return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int32_t(int32_t, int32_t)>(args, result,
                                        [](int32_t& out, int32_t days, int32_t months) {
                                          out = static_cast<int32_t>(add_months(days, months));
                                          return true;
                                        });
  };
}

ScalarBody last_day(const KernelSpec&) {
  return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int32_t(int32_t)>(args, result, [](int32_t& out, int32_t days) {
      CivilDate date = civil_from_days(days);
      out = days + days_in_month(date.year, date.month) - date.day;
      return true;
    });
  };
}

ScalarBody next_day(const KernelSpec& spec) {
  const KernelSpec* at = &spec;
  return [at](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int32_t(int32_t, string_t)>(
        args, result, [&](int32_t& out, int32_t days, string_t name) {
          static constexpr std::string_view kDays[] = {
              "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"};
          std::string wanted = upper_case(view(name));
          for (int weekday = 0; weekday < 7; weekday++) {
            if (wanted != kDays[weekday] && wanted != kDays[weekday].substr(0, 3) &&
                wanted != kDays[weekday].substr(0, 2)) {
              continue;
            }
            int ahead = (weekday - weekday_from_days(days) + 7) % 7;
            out = days + (ahead == 0 ? 7 : ahead);
            return true;
          }
          if (at->mode == plan::CastMode::kAnsi) {
            raise(*at, "ILLEGAL_DAY_OF_WEEK", {{"string", std::string(view(name))}});
          }
          return false;
        });
  };
}

enum class Level {
  kNone,
  kMicro,
  kMilli,
  kSecond,
  kMinute,
  kHour,
  kDay,
  kWeek,
  kMonth,
  kQuarter,
  kYear
};

Level level_of(std::string_view text) {
  struct Row {
    std::string_view name;
    Level level;
  };
  static constexpr Row kRows[] = {
      {"YEAR", Level::kYear},       {"YYYY", Level::kYear},         {"YY", Level::kYear},
      {"QUARTER", Level::kQuarter}, {"MONTH", Level::kMonth},       {"MON", Level::kMonth},
      {"MM", Level::kMonth},        {"WEEK", Level::kWeek},         {"DAY", Level::kDay},
      {"DD", Level::kDay},          {"HOUR", Level::kHour},         {"MINUTE", Level::kMinute},
      {"SECOND", Level::kSecond},   {"MILLISECOND", Level::kMilli}, {"MICROSECOND", Level::kMicro},
  };
  std::string name = upper_case(text);
  for (const Row& row : kRows) {
    if (row.name == name) return row.level;
  }
  return Level::kNone;
}

int64_t truncate_days(int64_t days, Level level) {
  CivilDate date = civil_from_days(days);
  switch (level) {
    case Level::kWeek: return days - weekday_from_days(days);
    case Level::kMonth: return days - date.day + 1;
    case Level::kQuarter: return days_from_civil(date.year, (date.month - 1) / 3 * 3 + 1, 1);
    case Level::kYear: return days_from_civil(date.year, 1, 1);
    default: return days;
  }
}

/// trunc(date, unit): null for units below a week and for unknown ones.
ScalarBody truncate_date(const KernelSpec&) {
  return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int32_t(int32_t, string_t)>(args, result,
                                         [](int32_t& out, int32_t days, string_t unit) {
                                           Level level = level_of(view(unit));
                                           out = static_cast<int32_t>(truncate_days(days, level));
                                           return level >= Level::kWeek;
                                         });
  };
}

/// date_trunc(unit, timestamp)
ScalarBody truncate_timestamp(const KernelSpec& spec) {
  const Zone* zone = &zone_of(spec, spec.arguments[1]);
  return [zone](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int64_t(string_t, int64_t)>(
        args, result, [&](int64_t& out, string_t unit, int64_t micros) {
          auto floor_to = [](int64_t value, int64_t step) { return floor_div(value, step) * step; };
          Level level = level_of(view(unit));
          switch (level) {
            case Level::kNone: return false;
            case Level::kMicro: out = micros; return true;
            case Level::kMilli: out = floor_to(micros, 1000); return true;
            case Level::kSecond: out = floor_to(micros, kMicrosPerSecond); return true;
            default: break;
          }
          int64_t local = zone->to_local(micros);
          if (level == Level::kMinute || level == Level::kHour) {
            auto offset = static_cast<int32_t>((local - micros) / kMicrosPerSecond);
            out = zone->to_utc(
                floor_to(local, level == Level::kHour ? kMicrosPerHour : kMicrosPerMinute), offset);
          } else {
            out =
                zone->to_utc(truncate_days(floor_div(local, kMicrosPerDay), level) * kMicrosPerDay);
          }
          return true;
        });
  };
}

/// months_between(end, start, round): whole months if both are the same day or both the last day of
/// their months, else months of 31 days with a fraction.
ScalarBody months_between(const KernelSpec& spec) {
  const Zone* zone = &Zone::get(spec.zone);
  return [zone](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<double(int64_t, int64_t, bool)>(
        args, result, [&](double& out, int64_t end, int64_t start, bool round) {
          int64_t end_local = zone->to_local(end), start_local = zone->to_local(start);
          int64_t end_days = floor_div(end_local, kMicrosPerDay),
                  start_days = floor_div(start_local, kMicrosPerDay);
          CivilDate a = civil_from_days(end_days), b = civil_from_days(start_days);
          auto months = static_cast<double>(a.year * 12 + a.month - b.year * 12 - b.month);
          bool both_last =
              a.day == days_in_month(a.year, a.month) && b.day == days_in_month(b.year, b.month);
          out = months;
          if (a.day == b.day || both_last) return true;
          // Seconds since midnight as they passed, a change of the zone's offset included.
          auto since_midnight = [&](int64_t instant, int64_t days) {
            return (instant - zone->to_utc(days * kMicrosPerDay)) / kMicrosPerSecond;
          };
          int64_t seconds = (a.day - b.day) * int64_t{86400} + since_midnight(end, end_days) -
                            since_midnight(start, start_days);
          out = months + static_cast<double>(seconds) / (31 * 86400.0);
          if (round) out = std::floor(out * 1e8 + 0.5) / 1e8;
          return true;
        });
  };
}

/// window_start(time, length, offset): the last multiple of the length, counted from the offset, up
/// to the time.
ScalarBody window_start(const KernelSpec&) {
  return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int64_t(int64_t, int64_t, int64_t)>(
        args, result, [](int64_t& out, int64_t time, int64_t length, int64_t offset) {
          out = time - floor_mod(time - offset, length);
          return true;
        });
  };
}

struct Unit {
  std::string_view name;
  int64_t months, days, micros;
};
constexpr Unit kUnits[] = {
    {"MICROSECOND", 0, 0, 1},
    {"MILLISECOND", 0, 0, 1000},
    {"SECOND", 0, 0, kMicrosPerSecond},
    {"MINUTE", 0, 0, kMicrosPerMinute},
    {"HOUR", 0, 0, kMicrosPerHour},
    {"DAY", 0, 1, 0},
    {"DAYOFYEAR", 0, 1, 0},
    {"WEEK", 0, 7, 0},
    {"MONTH", 1, 0, 0},
    {"QUARTER", 3, 0, 0},
    {"YEAR", 12, 0, 0},
};
const Unit& unit_of(const KernelSpec& spec, std::string_view text) {
  std::string name = upper_case(text);
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return unit;
  }
  raise(spec, "INVALID_PARAMETER_VALUE.DATETIME_UNIT",
        {{"functionName", types::quote_identifier(spec.name)},
         {"parameter", "`unit`"},
         {"invalidValue", "'" + std::string(text) + "'"}});
}

/// timestampadd(unit, count, timestamp)
ScalarBody add_units(const KernelSpec& spec) {
  const KernelSpec* at = &spec;
  const Zone* zone = &zone_of(spec, spec.arguments[2]);
  return [at, zone](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int64_t(string_t, int64_t, int64_t)>(
        args, result, [&](int64_t& out, string_t name, int64_t count, int64_t micros) {
          const Unit& unit = unit_of(*at, view(name));
          int64_t rest;
          // More days or months than 300,000 years hold lead out of the range in any case.
          bool too_far = unit.micros == 0 && (count > 110'000'000 || count < -110'000'000);
          if (too_far || __builtin_mul_overflow(unit.micros, count, &rest)) {
            raise(*at, "DATETIME_OVERFLOW",
                  {{"operation", "add " + std::to_string(count) + "L " + std::string(unit.name) +
                                     " to TIMESTAMP '" + timestamp_text(micros, *zone) + "'"}});
          }
          out = add_to_timestamp(micros, unit.months * count, unit.days * count, rest, *zone);
          return true;
        });
  };
}

/// timestampdiff(unit, start, end): whole units between the local times.
ScalarBody difference_in_units(const KernelSpec& spec) {
  const KernelSpec* at = &spec;
  const Zone* zone = &zone_of(spec, spec.arguments[1]);
  return [at, zone](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int64_t(string_t, int64_t, int64_t)>(
        args, result, [&](int64_t& out, string_t name, int64_t start, int64_t end) {
          const Unit& unit = unit_of(*at, view(name));
          int64_t from = zone->to_local(start), to = zone->to_local(end);
          if (unit.months == 0) {
            out = (to - from) / (unit.micros + unit.days * kMicrosPerDay);
            return true;
          }
          auto parts = [](int64_t local) {
            int64_t days = floor_div(local, kMicrosPerDay);
            CivilDate date = civil_from_days(days);
            return std::pair{date.year * 12 + date.month - 1,
                             date.day * kMicrosPerDay + local - days * kMicrosPerDay};
          };
          auto [from_month, from_rest] = parts(from);
          auto [to_month, to_rest] = parts(to);
          int64_t months = to_month - from_month;
          if (months > 0 && to_rest < from_rest) months--;
          if (months < 0 && to_rest > from_rest) months++;
          out = months / unit.months;
          return true;
        });
  };
}

ScalarBody subtract_timestamps(const KernelSpec& spec) {
  const Zone* zone = &zone_of(spec, spec.arguments[0]);
  return [zone](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int64_t(int64_t, int64_t)>(args, result, [&](int64_t& out, int64_t a, int64_t b) {
      out = zone->to_local(a) - zone->to_local(b);
      return true;
    });
  };
}

template <bool kToUtc>
ScalarBody shift_zone(const KernelSpec& spec) {
  const KernelSpec* at = &spec;
  return [at](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int64_t(int64_t, string_t)>(
        args, result, [&](int64_t& out, int64_t micros, string_t name) {
          const Zone* zone = Zone::find(view(name));
          if (!zone) raise(*at, "INVALID_TIMEZONE", {{"timeZone", std::string(view(name))}});
          out = kToUtc ? zone->to_utc(micros) : zone->to_local(micros);
          return true;
        });
  };
}

ScalarBody convert_timezone(const KernelSpec& spec) {
  const KernelSpec* at = &spec;
  return [at](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    auto zone = [&](string_t name) -> const Zone& {
      const Zone* found = Zone::find(view(name));
      if (!found) raise(*at, "INVALID_TIMEZONE", {{"timeZone", std::string(view(name))}});
      return *found;
    };
    map_rows<int64_t(string_t, string_t, int64_t)>(
        args, result, [&](int64_t& out, string_t from, string_t to, int64_t local) {
          out = zone(to).to_local(zone(from).to_utc(local));
          return true;
        });
  };
}

ScalarBody millis_to_timestamp(const KernelSpec& spec) {
  const KernelSpec* at = &spec;
  return [at](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int64_t(int64_t)>(args, result, [&](int64_t& out, int64_t millis) {
      if (!__builtin_mul_overflow(millis, int64_t{1000}, &out)) return true;
      raise(*at, "ARITHMETIC_OVERFLOW",
            {{"message", "long overflow"},
             {"alternative", ""},
             {"config", "\"spark.sql.ansi.enabled\""}});
    });
  };
}

ScalarKernel row(std::string_view name, ScalarBody (*bind)(const KernelSpec&),
                 bool fallible = false) {
  return {.name = name, .bind = bind, .fallible = fallible, .executors_skip_nulls = true};
}

}  // namespace

ScalarKernels date_shift_kernels() {
  static const std::vector<ScalarKernel> rows = {
      row("date_add_days", add_days<1>),
      row("date_sub_days", add_days<-1>),
      row("date_diff", date_difference),
      row("date_add_months", add_months_to_date),
      row("last_day", last_day),
      row("next_day", next_day, true),
      row("date_truncate", truncate_date),
      row("timestamp_truncate", truncate_timestamp),
      row("months_between", months_between),
      row("window_start", window_start),
      row("timestamp_add_units", add_units, true),
      row("timestamp_diff_units", difference_in_units, true),
      row("timestamp_subtract", subtract_timestamps),
      row("from_utc_timestamp", shift_zone<false>, true),
      row("to_utc_timestamp", shift_zone<true>, true),
      row("convert_timezone", convert_timezone, true),
      row("timestamp_millis", millis_to_timestamp, true),
  };
  ScalarKernels all;
  for (const auto& kernel : rows) all.push_back(&kernel);
  return all;
}

}  // namespace lochan::engine::kernels
