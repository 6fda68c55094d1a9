// Intervals from their parts. Arithmetic on them is in datetime_arithmetic.cc, their fields in
// date_part.cc.
#include "functions/families.h"
#include "functions/type_rules.h"

namespace lochan::functions {

using types::DataType;
using types::Value;

namespace {

Value zero() { return Value::integer(0); }
Value zero_seconds() { return {DataType::decimal(18, 6), types::Int128{0}}; }

TypeRule parts(int integers, bool seconds, DataType result) {
  return [=](CallSite& call) {
    for (int i = 0; i < integers; ++i) accept_argument(call, i, kInteger);
    if (seconds) accept_argument(call, integers, DataType::decimal(18, 6));
    call.result = result;
    if (call.mode != plan::CastMode::kAnsi) call.nullable = true;
  };
}

}  // namespace

std::span<const Function> interval_functions() {
  static const std::vector<Function> rows = {
      {.name = "make_interval",
       .max_arguments = 7,
       .type = parts(6, true, kCalendarInterval),
       .parameters = {"years", "months", "weeks", "days", "hours", "mins", "secs"},
       .defaults = {zero(), zero(), zero(), zero(), zero(), zero(), zero_seconds()},
       .fallible = true,
       .doc = "An interval of years, months, weeks, days, hours, minutes and seconds.",
       .example = "SELECT make_interval(100, 11, 1, 1, 12, 30, 01.001001)",
       .lower = Kernel{"make_interval"}},
      {.name = "try_make_interval",
       .min_arguments = 1,
       .max_arguments = 7,
       .doc = "As make_interval, but null where that raises an error.",
       .example = "SELECT try_make_interval(100, 11, 1, 1, 12, 30, 01.001001)",
       .lower = Rewrite{[](CallSite& call) {
         return resolve_call(*find_function("make_interval"), "make_interval", call.arguments,
                             call.context, call.origin, {.mode = plan::CastMode::kTry});
       }}},
      {.name = "make_dt_interval",
       .max_arguments = 4,
       .type = parts(3, true, DataType::day_time()),
       .parameters = {"days", "hours", "mins", "secs"},
       .defaults = {zero(), zero(), zero(), zero_seconds()},
       .fallible = true,
       .doc = "An interval of days, hours, minutes and seconds.",
       .example = "SELECT make_dt_interval(1, 12, 30, 01.001001)",
       .lower = Kernel{"make_dt_interval"}},
      {.name = "make_ym_interval",
       .max_arguments = 2,
       .type = parts(2, false, DataType::year_month()),
       .parameters = {"years", "months"},
       .defaults = {zero(), zero()},
       .fallible = true,
       .doc = "An interval of years and months.",
       .example = "SELECT make_ym_interval(1, 2)",
       .lower = Kernel{"make_ym_interval"}},
  };
  return rows;
}

}  // namespace lochan::functions
