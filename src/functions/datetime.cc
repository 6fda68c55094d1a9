// Dates and times. date_part and extract are in date_part.cc, what makes intervals in interval.cc.
#include "functions/coercion.h"
#include "functions/date_part.h"
#include "functions/families.h"
#include "functions/names.h"
#include "functions/type_rules.h"
#include "types/interval_text.h"

namespace lochan::functions {

using plan::CastMode;
using plan::ExpressionPtr;
using types::DataType;
using types::Value;

namespace {

constexpr const char* kDefaultPattern = "yyyy-MM-dd HH:mm:ss";

Function of_date(std::string_view name, std::string_view kernel, std::string_view doc,
                 std::string_view example, std::vector<std::string_view> aliases = {}) {
  return {.name = name,
          .aliases = std::move(aliases),
          .min_arguments = 1,
          .max_arguments = 1,
          .type = args({kDate}).returns(kInteger),
          .doc = doc,
          .example = example,
          .lower = Kernel{kernel}};
}

Function of_time(std::string_view name, std::string_view kernel, DataType result,
                 std::string_view doc, std::string_view example) {
  return {.name = name,
          .min_arguments = 1,
          .max_arguments = 1,
          .type =
              [result](CallSite& call) {
                if (!call.type(0).is(kTime)) accept_argument(call, 0, kAnyTimestamp);
                call.result = result;
              },
          .doc = doc,
          .example = example,
          .lower = Kernel{kernel}};
}

// ---- Now
// -----------------------------------------------------------------------------------------

ExpressionPtr query_start(const CallSite& call) {
  return plan::literal(Value(kTimestamp, call.context.query_start_micros), call.origin);
}

Function now_row(std::string_view name, std::vector<std::string_view> aliases, types::TypeId type,
                 std::string_view doc, std::string_view example) {
  return {.name = name,
          .aliases = std::move(aliases),
          .pretty_name = name == "current_date" ? name : std::string_view(),
          .doc = doc,
          .example = example,
          .lower = Rewrite{[type](CallSite& call) {
            return make_cast(query_start(call), type, CastMode::kAnsi, true, call.origin);
          }}};
}

// ---- Windows of time
// -------------------------------------------------------------------------------

/// A constant like '5 minutes' in microseconds.
int64_t constant_duration(CallSite& call, size_t i) {
  const Value* text = call.constant(i);
  if (text != nullptr && text->type.is(kDayTimeInterval)) return text->as_int();
  if (text == nullptr || !text->type.is_string() || text->is_null()) {
    call.mismatch("NON_FOLDABLE_INPUT",
                  {{"inputName", "`windowDuration`"},
                   {"inputType", quoted_type(call.type(i))},
                   {"inputExpr", quoted_name(*call.arguments[i], call.context)}});
  }
  const types::CalendarInterval interval = types::parse_calendar_interval(text->as_string());
  if (interval.months != 0)
    throw Error::not_supported("a window of time that is measured in months");
  return interval.days * int64_t{86'400'000'000} + interval.microseconds;
}

/// window(time, length[, slide[, start]])  ->  named_struct('start', ..., 'end', start + length)
ExpressionPtr time_window(CallSite& call) {
  accept_argument(call, 0, kAnyTimestamp);
  const int64_t length = constant_duration(call, 1);
  const int64_t slide = call.size() > 2 ? constant_duration(call, 2) : length;
  const int64_t offset = call.size() > 3 ? constant_duration(call, 3) : 0;
  for (const auto& [value, name] :
       {std::pair{length, "window_duration"}, std::pair{slide, "slide_duration"}}) {
    if (value > 0) continue;
    call.mismatch("VALUE_OUT_OF_RANGE", {{"exprName", "`" + std::string(name) + "`"},
                                         {"valueRange", "(0, 9223372036854775807]"},
                                         {"currentValue", std::to_string(value) + "L"}});
  }
  if (slide != length) throw Error::not_supported("windows of time that overlap");
  const ExpressionPtr start =
      plan::function("window: start", {call.arguments[0], plan::literal(Value::bigint(length)),
                                       plan::literal(Value::bigint(offset))});
  const ExpressionPtr end =
      plan::function("+", {start, plan::literal(Value(DataType::day_time(), length))});
  plan::Expression result =
      *resolve_calls(plan::function("named_struct", {plan::literal(Value::string("start")), start,
                                                     plan::literal(Value::string("end")), end}),
                     call.context);
  result.display = "window";
  return std::make_shared<const plan::Expression>(std::move(result));
}

ExpressionPtr window_time(CallSite& call) {
  const DataType& type = call.type(0);
  const bool is_window =
      type.is(kStruct) && type.fields().size() == 2 && type.fields()[1].name == "end";
  if (!is_window) call.reject(0, "\"STRUCT\"");
  const ExpressionPtr end =
      plan::make_resolved(plan::GetField{call.arguments[0], 1, "end"}, type.fields()[1].type,
                          call.arguments[0]->nullable, call.origin);
  return plan::function("-", {end, plan::literal(Value(DataType::day_time(), int64_t{1}))});
}

// ---- Text to dates and timestamps
// ----------------------------------------------------------------

ExpressionPtr resolved(CallSite& call, std::string_view row, plan::Expressions arguments,
                       CastMode mode) {
  return resolve_call(*find_function(row), std::string(row), std::move(arguments), call.context,
                      call.origin, {.mode = mode});
}

/// The session's TIMESTAMP: with or without a time zone.
DataType session_timestamp(const CallSite& call) {
  return call.context.timestamp_ntz_default ? kTimestampNtz : kTimestamp;
}

/// f(text[, pattern]) as `type`: a cast without a pattern, or for what is not text.
ExpressionPtr parse_as(CallSite& call, const DataType& type, CastMode mode) {
  if (call.size() < 2 || !call.type(0).is_string()) {
    if (!can_cast(call.type(0), type, mode)) {
      call.reject(0, "(\"STRING\" or \"DATE\" or \"TIMESTAMP\" or \"TIMESTAMP_NTZ\")");
    }
    return make_cast(call.arguments[0], type, mode, true, call.origin);
  }
  const char* row = type.is(kDate)           ? "parse: date"
                    : type.is(kTimestampNtz) ? "parse: timestamp_ntz"
                                             : "parse: timestamp";
  return resolved(call, row, call.arguments, mode);
}

Function parse_row(std::string_view name, std::string_view doc, std::string_view example,
                   DataType (*type)(const CallSite&), bool tried = false) {
  return {.name = name,
          .min_arguments = 1,
          .max_arguments = 2,
          .doc = doc,
          .example = example,
          .lower = Rewrite{[type, tried](CallSite& call) {
            return parse_as(call, type(call), tried ? CastMode::kTry : call.mode);
          }}};
}
DataType date_type(const CallSite&) { return kDate; }
DataType ltz_type(const CallSite&) { return kTimestamp; }
DataType ntz_type(const CallSite&) { return kTimestampNtz; }

Function pattern_row(std::string_view name, DataType result) {
  return {.name = name,
          .min_arguments = 2,
          .max_arguments = 2,
          .type = args({kString, kString}).returns(result).nullable(),
          .fallible = true,
          .lower = Kernel{"parse_datetime"}};
}

/// trunc and date_trunc. A text is not read, and so raises nothing, where the unit is none: that is
/// where nothing else is truncated by it either.
Rewrite truncation(const char* row, size_t time, Value any) {
  return {[=](CallSite& call) -> ExpressionPtr {
    const auto truncated = [&](plan::Expressions arguments) {
      return resolve_call(*find_function(row), call.name, std::move(arguments), call.context,
                          call.origin, *call.options);
    };
    ExpressionPtr result = truncated(call.arguments);
    if (!call.type(time).is_string()) return result;
    plan::Expressions other = call.arguments;
    other[time] = plan::literal(any);
    return plan::function("if", {plan::function("isnotnull", {truncated(std::move(other))}), result,
                                 plan::literal(Value::null(result->type))});
  }};
}

/// unix_timestamp([text or time[, pattern]])
ExpressionPtr unix_timestamp(CallSite& call) {
  if (call.size() == 0) return plan::function("unix_seconds", {query_start(call)}, call.origin);
  if (call.type(0).is_string() || call.type(0).is(kNull)) {
    ExpressionPtr pattern = call.size() > 1
                                ? call.arguments[1]
                                : plan::literal(Value::string(kDefaultPattern), call.origin);
    return resolved(call, "parse: unix", {call.arguments[0], pattern}, call.mode);
  }
  return plan::function("unix_seconds", {make_cast(call.arguments[0], kTimestamp, call.mode, true)},
                        call.origin);
}
Function unix_timestamp_row(std::string_view name, int least, std::string_view doc,
                            std::string_view example) {
  return {.name = name,
          .min_arguments = least,
          .max_arguments = 2,
          .print = print_as([](const CallSite& call, const std::vector<std::string>& names) {
            return call.name + "(" + (names.empty() ? "current_timestamp()" : names[0]) + ", " +
                   (names.size() > 1 ? names[1] : kDefaultPattern) + ")";
          }),
          .doc = doc,
          .example = example,
          .lower = Rewrite{unix_timestamp}};
}

// ---- Parts to dates and timestamps
// -------------------------------------------------------------------

Function make_timestamp_row(std::string_view name, DataType (*type)(const CallSite&), int most,
                            std::string_view example) {
  return {.name = name,
          .min_arguments = 6,
          .max_arguments = most,
          .type =
              [type](CallSite& call) {
                for (size_t i = 0; i < 5; ++i) accept_argument(call, i, kInteger);
                accept_argument(call, 5, DataType::decimal(16, 6));
                if (call.size() > 6) accept_argument(call, 6, kString);
                call.result = type(call);
                if (call.mode != CastMode::kAnsi) call.nullable = true;
              },
          .fallible = true,
          .doc = "A timestamp of year, month, day, hour, minute and seconds.",
          .example = example,
          .lower = Kernel{"make_timestamp"}};
}
Function tried_row(std::string_view name, std::string_view row, int least, int most,
                   std::string_view example) {
  return {.name = name,
          .min_arguments = least,
          .max_arguments = most,
          .doc = "As the function without try_, but null where that raises an error.",
          .example = example,
          .lower = Rewrite{[row](CallSite& call) {
            return resolved(call, row, call.arguments, CastMode::kTry);
          }}};
}

TypeRule shifted_date() {
  return [](CallSite& call) {
    accept_argument(call, 0, kDate);
    if (call.type(1).is_string() || call.type(1).is(kNull)) call.cast(1, kInteger);
    if (!call.type(1).is(kInteger) && !call.type(1).is(kShort) && !call.type(1).is(kByte)) {
      call.reject(1, "(\"INT\" or \"SMALLINT\" or \"TINYINT\")");
    }
    call.result = kDate;
  };
}

}  // namespace

std::span<const Function> datetime_functions() {
  static const std::vector<Function> rows = [] {
    std::vector<Function> rows = {
        now_row("current_date", {"curdate"}, kDate, "The date on which the query began.",
                "SELECT current_date()"),
        now_row("current_timestamp", {}, kTimestamp, "The time at which the query began.",
                "SELECT current_timestamp()"),
        now_row("now", {}, kTimestamp, "The time at which the query began.", "SELECT now()"),
        now_row("localtimestamp", {}, kTimestampNtz, "The local time at which the query began.",
                "SELECT localtimestamp()"),
        {.name = "current_timezone",
         .doc = "The session's time zone.",
         .example = "SELECT current_timezone()",
         .lower = Rewrite{[](CallSite& call) {
           return plan::literal(Value::string(call.context.zone), call.origin);
         }}},

        of_date("year", "date_year", "The year.", "SELECT year('2016-07-30')"),
        of_date("quarter", "date_quarter", "The quarter of the year.",
                "SELECT quarter('2016-08-31')"),
        of_date("month", "date_month", "The month of the year.", "SELECT month('2016-07-30')"),
        of_date("day", "date_day", "The day of the month.", "SELECT day('2009-07-30')",
                {"dayofmonth"}),
        of_date("dayofyear", "date_dayofyear", "The day of the year.",
                "SELECT dayofyear('2016-04-09')"),
        of_date("dayofweek", "date_dayofweek", "The day of the week, Sunday is 1.",
                "SELECT dayofweek('2009-07-30')"),
        of_date("weekday", "date_weekday", "The day of the week, Monday is 0.",
                "SELECT weekday('2009-07-30')"),
        of_date("weekofyear", "date_week", "The ISO week of the year.",
                "SELECT weekofyear('2008-02-20')"),
        of_date("dayofweek: iso", "date_dayofweek_iso", {}, {}),
        of_date("yearofweek: iso", "date_yearofweek", {}, {}),
        {.name = "dayname",
         .min_arguments = 1,
         .max_arguments = 1,
         .type = args({kDate}).returns(kString),
         .doc = "The short name of the day of the week.",
         .example = "SELECT dayname(DATE('2008-02-20'))",
         .lower = Kernel{"date_dayname"}},
        {.name = "monthname",
         .min_arguments = 1,
         .max_arguments = 1,
         .type = args({kDate}).returns(kString),
         .doc = "The short name of the month.",
         .example = "SELECT monthname('2008-02-20')",
         .lower = Kernel{"date_monthname"}},
        of_time("hour", "time_hour", kInteger, "The hour.", "SELECT hour('2018-02-14 12:58:59')"),
        of_time("minute", "time_minute", kInteger, "The minute.",
                "SELECT minute('2009-07-30 12:58:59')"),
        of_time("second", "time_second", kInteger, "The second.",
                "SELECT second('2018-02-14 12:58:59')"),
        of_time("second: fraction", "time_second_fraction", DataType::decimal(8, 6), {}, {}),

        {.name = "date_add",
         .aliases = {"dateadd"},
         .min_arguments = 2,
         .max_arguments = 2,
         .type = shifted_date(),
         .pretty_name = "date_add",
         .doc = "A date some days later.",
         .example = "SELECT date_add('2016-07-30', 1)",
         .lower = Kernel{"date_add_days"}},
        {.name = "date_sub",
         .min_arguments = 2,
         .max_arguments = 2,
         .type = shifted_date(),
         .doc = "A date some days earlier.",
         .example = "SELECT date_sub('2016-07-30', 1)",
         .lower = Kernel{"date_sub_days"}},
        {.name = "datediff",
         .aliases = {"date_diff"},
         .min_arguments = 2,
         .max_arguments = 2,
         .type = args({kDate, kDate}).returns(kInteger),
         .doc = "The days from the second date to the first.",
         .example = "SELECT datediff('2009-07-31', '2009-07-30')",
         .lower = Kernel{"date_diff"}},
        {.name = "add_months",
         .min_arguments = 2,
         .max_arguments = 2,
         .type = args({kDate, kInteger}).returns(kDate),
         .doc = "A date some months later.",
         .example = "SELECT add_months('2016-08-31', 1)",
         .lower = Kernel{"date_add_months"}},
        {.name = "months_between",
         .min_arguments = 2,
         .max_arguments = 3,
         .type = args({kTimestamp, kTimestamp, kBoolean}).returns(kDouble),
         .defaults = {Value::boolean(true)},
         .doc = "The months from the second time to the first, rounded to 8 digits if the third "
                "argument says so.",
         .example = "SELECT months_between('1997-02-28 10:30:00', '1996-10-30')",
         .lower = Kernel{"months_between"}},
        {.name = "last_day",
         .min_arguments = 1,
         .max_arguments = 1,
         .type = args({kDate}).returns(kDate),
         .doc = "The last day of the date's month.",
         .example = "SELECT last_day('2009-01-12')",
         .lower = Kernel{"last_day"}},
        {.name = "next_day",
         .min_arguments = 2,
         .max_arguments = 2,
         .type = args({kDate, kString}).returns(kDate).nullable(),
         .fallible = true,
         .doc = "The next date that is the day of the week named.",
         .example = "SELECT next_day('2015-01-14', 'TU')",
         .lower = Kernel{"next_day"}},
        {.name = "trunc",
         .min_arguments = 2,
         .max_arguments = 2,
         .doc = "The first day of the date's week, month, quarter or year.",
         .example = "SELECT trunc('2019-08-04', 'week')",
         .lower = truncation("trunc: date", 0, Value(kDate, int64_t{0}))},
        {.name = "trunc: date",
         .min_arguments = 2,
         .max_arguments = 2,
         .type = args({kDate, kString}).returns(kDate).nullable(),
         .lower = Kernel{"date_truncate"}},
        {.name = "date_trunc",
         .min_arguments = 2,
         .max_arguments = 2,
         .doc = "The timestamp cut down to a unit, from microsecond to year.",
         .example = "SELECT date_trunc('YEAR', '2015-03-05T09:32:05.359')",
         .lower = truncation("date_trunc: timestamp", 1, Value(kTimestamp, int64_t{0}))},
        {.name = "date_trunc: timestamp",
         .min_arguments = 2,
         .max_arguments = 2,
         .type = args({kString, kTimestamp}).returns(kTimestamp).nullable(),
         .lower = Kernel{"timestamp_truncate"}},
        {.name = "timestampadd",
         .min_arguments = 3,
         .max_arguments = 3,
         .type = args({kString, kLong, kAnyTimestamp}).returns_argument(2),
         .fallible = true,
         .doc = "A timestamp some units later.",
         .example = "SELECT timestampadd(MONTH, 1, TIMESTAMP'2022-01-31 00:00:00')",
         .lower = Kernel{"timestamp_add_units"}},
        {.name = "timestampdiff",
         .min_arguments = 3,
         .max_arguments = 3,
         .type = args({kString, kTimestamp, kTimestamp}).returns(kLong),
         .fallible = true,
         .doc = "The whole units from one timestamp to another.",
         .example = "SELECT timestampdiff(MONTH, TIMESTAMP'2021-02-28 12:00:00', "
                    "TIMESTAMP'2021-03-28 12:00:00')",
         .lower = Kernel{"timestamp_diff_units"}},

        parse_row("to_date", "A date of text, by a pattern if there is one.",
                  "SELECT to_date('2009-07-30 04:17:52')", date_type),
        parse_row("to_timestamp", "A timestamp of text, by a pattern if there is one.",
                  "SELECT to_timestamp('2016-12-31 00:12:00')", session_timestamp),
        parse_row("to_timestamp_ltz", "A timestamp with the session's zone, of text.",
                  "SELECT to_timestamp_ltz('2016-12-31 00:12:00')", ltz_type),
        parse_row("to_timestamp_ntz", "A timestamp without a zone, of text.",
                  "SELECT to_timestamp_ntz('2016-12-31 00:12:00')", ntz_type),
        parse_row("try_to_date", "As to_date, but null for what is malformed.",
                  "SELECT try_to_date('2016-12-31')", date_type, true),
        parse_row("try_to_timestamp", "As to_timestamp, but null for what is malformed.",
                  "SELECT try_to_timestamp('2016-12-31 00:12:00')", session_timestamp, true),
        pattern_row("parse: date", kDate),
        pattern_row("parse: timestamp", kTimestamp),
        pattern_row("parse: timestamp_ntz", kTimestampNtz),
        pattern_row("parse: unix", kLong),
        unix_timestamp_row("unix_timestamp", 0, "Seconds since 1970 of a time, by default now.",
                           "SELECT unix_timestamp('2016-04-08', 'yyyy-MM-dd')"),
        unix_timestamp_row("to_unix_timestamp", 1, "Seconds since 1970 of a time.",
                           "SELECT to_unix_timestamp('2016-04-08', 'yyyy-MM-dd')"),
        {.name = "from_unixtime",
         .min_arguments = 1,
         .max_arguments = 2,
         .type = args({kLong, kString}).returns(kString),
         .defaults = {Value::string(kDefaultPattern)},
         .fallible = true,
         .doc = "Seconds since 1970 as the text of a time.",
         .example = "SELECT from_unixtime(0, 'yyyy-MM-dd HH:mm:ss')",
         .lower = Kernel{"from_unixtime"}},
        {.name = "date_format",
         .min_arguments = 2,
         .max_arguments = 2,
         .type = args({kTimestamp, kString}).returns(kString),
         .fallible = true,
         .doc = "The text of a timestamp by a pattern.",
         .example = "SELECT date_format('2016-04-08', 'y')",
         .lower = Kernel{"date_format"}},

        {.name = "make_date",
         .min_arguments = 3,
         .max_arguments = 3,
         .type =
             [](CallSite& call) {
               for (size_t i = 0; i < 3; ++i) accept_argument(call, i, kInteger);
               call.result = kDate;
               if (call.mode != CastMode::kAnsi) call.nullable = true;
             },
         .fallible = true,
         .doc = "A date of year, month and day.",
         .example = "SELECT make_date(2013, 7, 15)",
         .lower = Kernel{"make_date"}},
        make_timestamp_row("make_timestamp", session_timestamp, 7,
                           "SELECT make_timestamp(2014, 12, 28, 6, 30, 45.887)"),
        make_timestamp_row("make_timestamp_ltz", ltz_type, 7,
                           "SELECT make_timestamp_ltz(2014, 12, 28, 6, 30, 45.887)"),
        make_timestamp_row("make_timestamp_ntz", ntz_type, 6,
                           "SELECT make_timestamp_ntz(2014, 12, 28, 6, 30, 45.887)"),
        tried_row("try_make_timestamp", "make_timestamp", 6, 7,
                  "SELECT try_make_timestamp(2014, 12, 28, 6, 30, 45.887)"),
        tried_row("try_make_timestamp_ltz", "make_timestamp_ltz", 6, 7,
                  "SELECT try_make_timestamp_ltz(2014, 12, 28, 6, 30, 45.887)"),
        tried_row("try_make_timestamp_ntz", "make_timestamp_ntz", 6, 6,
                  "SELECT try_make_timestamp_ntz(2014, 12, 28, 6, 30, 45.887)"),

        {.name = "from_utc_timestamp",
         .min_arguments = 2,
         .max_arguments = 2,
         .type = args({kTimestamp, kString}).returns(kTimestamp),
         .fallible = true,
         .doc = "The time in a zone when it is that time in UTC.",
         .example = "SELECT from_utc_timestamp('2016-08-31', 'Asia/Seoul')",
         .lower = Kernel{"from_utc_timestamp"}},
        {.name = "to_utc_timestamp",
         .min_arguments = 2,
         .max_arguments = 2,
         .type = args({kTimestamp, kString}).returns(kTimestamp),
         .fallible = true,
         .doc = "The time in UTC when it is that time in a zone.",
         .example = "SELECT to_utc_timestamp('2016-08-31', 'Asia/Seoul')",
         .lower = Kernel{"to_utc_timestamp"}},
        {.name = "convert_timezone",
         .min_arguments = 2,
         .max_arguments = 3,
         .print = print_as([](const CallSite&, const std::vector<std::string>& names) {
           return "convert_timezone(" + (names.size() > 2 ? names[0] : "current_timezone()") +
                  ", " + names[names.size() - 2] + ", " + names.back() + ")";
         }),
         .doc = "A local time of one zone in another.",
         .example = "SELECT convert_timezone('Europe/Brussels', 'America/Los_Angeles', "
                    "timestamp_ntz'2021-12-06 00:00:00')",
         .lower = Rewrite{[](CallSite& call) {
           plan::Expressions arguments = call.arguments;
           if (arguments.size() == 2) {
             arguments.insert(arguments.begin(), plan::literal(Value::string(call.context.zone)));
           }
           return plan::function("convert_timezone: 3", std::move(arguments), call.origin);
         }}},
        {.name = "convert_timezone: 3",
         .min_arguments = 3,
         .max_arguments = 3,
         .type = args({kString, kString, kTimestampNtz}).returns(kTimestampNtz),
         .fallible = true,
         .lower = Kernel{"convert_timezone"}},

        {.name = "timestamp_seconds",
         .min_arguments = 1,
         .max_arguments = 1,
         .doc = "The timestamp that many seconds after 1970.",
         .example = "SELECT timestamp_seconds(1230219000)",
         .lower = Rewrite{[](CallSite& call) {
           if (!call.type(0).is_numeric() && !call.type(0).is(kNull)) call.reject(0, "\"NUMERIC\"");
           return make_cast(call.arguments[0], kTimestamp, call.mode, true, call.origin);
         }}},
        {.name = "timestamp_millis",
         .min_arguments = 1,
         .max_arguments = 1,
         .type = args({kLong}).returns(kTimestamp),
         .fallible = true,
         .doc = "The timestamp that many milliseconds after 1970.",
         .example = "SELECT timestamp_millis(1230219000123)",
         .lower = Kernel{"timestamp_millis"}},
        {.name = "timestamp_micros",
         .min_arguments = 1,
         .max_arguments = 1,
         .type = args({kLong}).returns(kTimestamp),
         .doc = "The timestamp that many microseconds after 1970.",
         .example = "SELECT timestamp_micros(1230219000123123)",
         .lower = Kernel{"retype"}},
        {.name = "unix_seconds",
         .min_arguments = 1,
         .max_arguments = 1,
         .type = args({kTimestamp}).returns(kLong),
         .doc = "Seconds since 1970.",
         .example = "SELECT unix_seconds(TIMESTAMP('1970-01-01 00:00:01Z'))",
         .lower = Kernel{"unix_seconds"}},
        {.name = "unix_millis",
         .min_arguments = 1,
         .max_arguments = 1,
         .type = args({kTimestamp}).returns(kLong),
         .doc = "Milliseconds since 1970.",
         .example = "SELECT unix_millis(TIMESTAMP('1970-01-01 00:00:01Z'))",
         .lower = Kernel{"unix_millis"}},
        {.name = "unix_micros",
         .min_arguments = 1,
         .max_arguments = 1,
         .type = args({kTimestamp}).returns(kLong),
         .doc = "Microseconds since 1970.",
         .example = "SELECT unix_micros(TIMESTAMP('1970-01-01 00:00:01Z'))",
         .lower = Kernel{"retype"}},
        {.name = "unix_date",
         .min_arguments = 1,
         .max_arguments = 1,
         .type = args({kDate}).returns(kInteger),
         .doc = "Days since 1970.",
         .example = "SELECT unix_date(DATE(\"1970-01-02\"))",
         .lower = Kernel{"retype"}},
        {.name = "date_from_unix_date",
         .min_arguments = 1,
         .max_arguments = 1,
         .type = args({kInteger}).returns(kDate),
         .doc = "The date that many days after 1970.",
         .example = "SELECT date_from_unix_date(1)",
         .lower = Kernel{"retype"}},

        {.name = "window",
         .min_arguments = 2,
         .max_arguments = 4,
         .type = nullptr,
         .parameters = {"timeColumn", "windowDuration", "slideDuration", "startTime"},
         .doc =
             "The window of time, of a fixed length, that a time lies in: its start and its end.",
         .example = "SELECT window(TIMESTAMP '2024-01-01 00:04:00', '5 minutes')",
         .lower = Rewrite{time_window, false}},
        {.name = "window: start",
         .min_arguments = 3,
         .max_arguments = 3,
         .type = args({kAnyTimestamp, kLong, kLong}).returns_argument(0),
         .lower = Kernel{"window_start"}},
        missing("session_window", "windows of time"),
        {.name = "window_time",
         .min_arguments = 1,
         .max_arguments = 1,
         .type = nullptr,
         .doc = "The last instant of a window of time.",
         .example = "SELECT window_time(window(TIMESTAMP '2024-01-01 00:04:00', '5 minutes'))",
         .lower = Rewrite{window_time}},
        missing("time_bucket", "windows of time"),
        missing("current_time", "the TIME type"),
        missing("time", "the TIME type"),
        missing("make_time", "the TIME type"),
        missing("to_time", "the TIME type"),
        missing("try_to_time", "the TIME type"),
        missing("time_diff", "the TIME type"),
        missing("time_trunc", "the TIME type"),
        missing("time_from_seconds", "the TIME type"),
        missing("time_from_millis", "the TIME type"),
        missing("time_from_micros", "the TIME type"),
        missing("time_to_seconds", "the TIME type"),
        missing("time_to_millis", "the TIME type"),
        missing("time_to_micros", "the TIME type"),
    };
    for (Function& row : date_part_rows()) rows.push_back(std::move(row));
    return rows;
  }();
  return rows;
}

}  // namespace lochan::functions
