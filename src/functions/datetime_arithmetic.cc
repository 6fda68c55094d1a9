// + - * / on dates, timestamps and intervals. Which rule applies follows from the operands' types
// alone:
//   date + INTERVAL DAY            date_add(date, days)
//   date + other day-time interval timestamp: the date is cast first
//   date or timestamp + months     months are added, the day of the month is clamped
//   date + int, date - int         date_add, date_sub
//   date - date                    INTERVAL DAY
//   a timestamp on either side of - INTERVAL DAY TO SECOND
//   interval * n, interval / n     an interval of the same kind
#include "functions/arithmetic.h"
#include "functions/coercion.h"
#include "functions/names.h"
#include "functions/type_rules.h"

namespace lochan::functions {

using plan::ExpressionPtr;
using types::DataType;

namespace {

struct Operands {
  CallSite& call;
  ExpressionPtr left, right;

  ExpressionPtr make(std::string_view row, plan::Expressions arguments) const {
    const Function* function = find_function(row);
    if (function == nullptr) throw Error::internal("no function " + std::string(row));
    return resolve_call(*function, std::string(row), std::move(arguments), call.context,
                        call.origin, {.mode = call.mode});
  }
  ExpressionPtr negated(const ExpressionPtr& interval) const {
    return make("negative: operator", {interval});
  }
  /// `expression`, printed as "left - right".
  ExpressionPtr as_difference(const ExpressionPtr& expression) const {
    plan::Expression shown = *expression;
    shown.display = display_name(*left, call.context) + " - " + display_name(*right, call.context);
    return std::make_shared<const plan::Expression>(std::move(shown));
  }
  ExpressionPtr cast(const ExpressionPtr& child, const DataType& to) const {
    return implicit_cast_to(child, to, call.context);
  }
};

bool whole_days(const DataType& type) {
  return type.is(kDayTimeInterval) && type.interval_end() == 0;
}
bool is_timestamp(const DataType& type) { return type.is(kTimestamp) || type.is(kTimestampNtz); }

/// moment + interval, where `moment` is no interval.
ExpressionPtr shift(const Operands& o, const ExpressionPtr& moment, const ExpressionPtr& interval) {
  const DataType& type = moment->type;
  const DataType& by = interval->type;
  if (type.is(kDate)) {
    if (whole_days(by)) return o.make("date_add", {moment, o.make("days: interval", {interval})});
    if (by.is(kYearMonthInterval)) return o.make("date + months", {moment, interval});
    if (by.is(kCalendarInterval)) return o.make("date + interval", {moment, interval});
    return o.make("timestamp + interval", {o.cast(moment, kTimestamp), interval});
  }
  if (is_timestamp(type)) return o.make("timestamp + interval", {moment, interval});
  if (by.is(kYearMonthInterval)) return nullptr;
  // A string is a timestamp for as long as the sum takes; anything else is refused.
  ExpressionPtr start = type.is_string() ? o.cast(moment, kTimestamp) : moment;
  return o.cast(o.make("timestamp + interval", {start, interval}), type);
}

/// A TIME moves by day-time intervals and has a distance to another TIME. Spark 4.2 knows what that
/// means, but refuses it unless its TIME type is switched on.
void refuse_time(const CallSite& call, std::string_view symbol) {
  const auto is_time = [](const DataType& type) {
    return type.is(kTime) || type.is_string() || type.is(kNull);
  };
  const DataType& l = call.type(0);
  const DataType& r = call.type(1);
  const bool moves =
      l.is(kTime) ? r.is(kDayTimeInterval) : r.is(kTime) && l.is(kDayTimeInterval) && symbol == "+";
  if (moves || (symbol == "-" && is_time(l) && is_time(r))) throw Error("UNSUPPORTED_TIME_TYPE");
}

ExpressionPtr add(const Operands& o) {
  const DataType& l = o.left->type;
  const DataType& r = o.right->type;
  if (l.is_interval() && l.id() == r.id()) return o.make("+: intervals", {o.left, o.right});
  if (l.is(kNull) && r.is_ansi_interval())
    return o.make("+: intervals", {o.cast(o.left, r), o.right});
  if (r.is(kNull) && l.is_ansi_interval())
    return o.make("+: intervals", {o.left, o.cast(o.right, l)});
  if (r.is_interval()) return shift(o, o.left, o.right);
  if (l.is_interval()) return shift(o, o.right, o.left);
  // An untyped null beside a date or a timestamp counts as an interval.
  const DataType day_time = DataType::day_time();
  if (l.is_datetime() && r.is(kNull)) return shift(o, o.left, o.cast(o.right, day_time));
  if (r.is_datetime() && l.is(kNull)) return shift(o, o.right, o.cast(o.left, day_time));
  if (l.is(kDate))
    return o.make("date_add", {o.left, r.is_string() ? o.cast(o.right, kDate) : o.right});
  if (r.is(kDate) && !l.is_string()) return o.make("date_add", {o.right, o.left});
  if (r.is(kDate)) return o.make("date_add", {o.cast(o.left, kDate), o.right});
  return nullptr;
}

ExpressionPtr subtract(const Operands& o) {
  const DataType& l = o.left->type;
  const DataType& r = o.right->type;
  if (l.is_interval() && r.is_interval()) {
    if (l.id() != r.id()) return nullptr;
    return o.make("-: intervals", {o.left, o.right});
  }
  if (l.is(kNull) && r.is_ansi_interval())
    return o.make("-: intervals", {o.cast(o.left, r), o.right});
  if (r.is(kNull) && l.is_ansi_interval())
    return o.make("-: intervals", {o.left, o.cast(o.right, l)});
  if (r.is_interval()) {
    if (l.is(kDate) && whole_days(r)) {
      return o.make("date_add", {o.left, o.negated(o.make("days: interval", {o.right}))});
    }
    ExpressionPtr earlier = shift(o, o.left, o.negated(o.right));
    return earlier ? o.as_difference(earlier) : nullptr;
  }
  if (is_timestamp(l) || is_timestamp(r)) {
    ExpressionPtr left = o.left, right = o.right;
    if (is_timestamp(l) && is_timestamp(r)) {
      if (l.id() != r.id()) {
        left = o.cast(left, kTimestampNtz);
        right = o.cast(right, kTimestampNtz);
      }
    } else {
      // What is no timestamp and cannot become one is left for the row to refuse.
      ExpressionPtr& other = is_timestamp(l) ? right : left;
      const DataType& moment = is_timestamp(l) ? l : r;
      if (implicit_cast(other->type, moment, o.call.context)) other = o.cast(other, moment);
    }
    return o.make("-: timestamps", {left, right});
  }
  if (l.is(kDate) && r.is(kNull)) return o.make("-: dates", {o.left, o.cast(o.right, kDate)});
  if (r.is(kDate)) {
    ExpressionPtr left = l.is_string() || l.is(kNull) ? o.cast(o.left, kDate) : o.left;
    return o.make("-: dates", {left, o.right});
  }
  if (l.is(kDate) && !r.is_string()) return o.make("date_sub", {o.left, o.right});
  return nullptr;
}

ExpressionPtr multiply(const Operands& o) {
  const bool left = o.left->type.is_interval();
  if (!left && !o.right->type.is_interval()) return nullptr;
  const ExpressionPtr& interval = left ? o.left : o.right;
  const ExpressionPtr& factor = left ? o.right : o.left;
  const bool calendar = interval->type.is(kCalendarInterval);
  return o.make(calendar ? "*: calendar interval" : "*: interval", {interval, factor});
}

ExpressionPtr divide(const Operands& o) {
  if (!o.left->type.is_interval()) return nullptr;
  const bool calendar = o.left->type.is(kCalendarInterval);
  return o.make(calendar ? "/: calendar interval" : "/: interval", {o.left, o.right});
}

TypeRule intervals() {
  return [](CallSite& call) {
    auto common = tightest_common_type(call.type(0), call.type(1), call.context);
    call.cast(0, *common);
    call.cast(1, *common);
    call.result = *common;
  };
}

/// interval * n and interval / n: whole numbers for months and days keep the widest fields of their
/// kind.
TypeRule scaled(bool by_zero) {
  return [by_zero](CallSite& call) {
    accept_argument(call, 1, call.type(0).is(kCalendarInterval) ? Accept(kDouble) : kNumeric);
    switch (call.type(0).id()) {
      case kYearMonthInterval: call.result = DataType::year_month(); break;
      case kDayTimeInterval: call.result = DataType::day_time(); break;
      default: call.result = kCalendarInterval;
    }
    if (by_zero || call.result.is(kCalendarInterval)) call.nullable = true;
  };
}

}  // namespace

ExpressionPtr datetime_arithmetic(CallSite& call, std::string_view symbol) {
  const DataType& l = call.type(0);
  const DataType& r = call.type(1);
  auto concerns = [](const DataType& type) { return type.is_datetime() || type.is_interval(); };
  if ((l.is(kTime) || r.is(kTime)) && (symbol == "+" || symbol == "-")) refuse_time(call, symbol);
  if (!concerns(l) && !concerns(r)) return nullptr;
  const Operands operands{call, call.arguments[0], call.arguments[1]};
  switch (symbol[0]) {
    case '+': return add(operands);
    case '-': return subtract(operands);
    case '*': return multiply(operands);
    case '/': return divide(operands);
    default: return nullptr;
  }
}

std::vector<Function> datetime_arithmetic_rows() {
  return {
      {.name = "+: intervals",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = intervals(),
       .print = infix("+"),
       .fallible = true,
       .lower = Kernel{"interval_add"}},
      {.name = "-: intervals",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = intervals(),
       .print = infix("-"),
       .fallible = true,
       .lower = Kernel{"interval_subtract"}},
      {.name = "*: interval",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = scaled(false),
       .print = infix("*"),
       .fallible = true,
       .lower = Kernel{"interval_multiply"}},
      {.name = "/: interval",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = scaled(true),
       .print = infix("/"),
       .fallible = true,
       .lower = Kernel{"interval_divide"}},
      {.name = "*: calendar interval",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = scaled(false),
       .pretty_name = "multiply_interval",
       .fallible = true,
       .lower = Kernel{"interval_multiply"}},
      {.name = "/: calendar interval",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = scaled(true),
       .pretty_name = "divide_interval",
       .fallible = true,
       .lower = Kernel{"interval_divide"}},
      {.name = "date + months",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kDate, kYearMonthInterval}).returns(kDate),
       .print = bare_infix("+"),
       .fallible = true,
       .lower = Kernel{"date_add_months"}},
      {.name = "date + interval",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kDate, kCalendarInterval}).returns(kDate),
       .print = bare_infix("+"),
       .fallible = true,
       .lower = Kernel{"date_add_interval"}},
      {.name = "timestamp + interval",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kAnyTimestamp, kAnything}).returns_argument(0),
       .print = bare_infix("+"),
       .fallible = true,
       .lower = Kernel{"timestamp_add_interval"}},
      {.name = "-: timestamps",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kAnyTimestamp, kAnyTimestamp}).returns(DataType::day_time()),
       .print = infix("-"),
       .fallible = true,
       .lower = Kernel{"timestamp_subtract"}},
      {.name = "-: dates",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kDate, kDate}).returns(DataType::day_time(0, 0)),
       .print = infix("-"),
       .lower = Template{"CAST($1 - $2 AS BIGINT) * 86400000000"}},
      {.name = "days: interval",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kDayTimeInterval}).returns(kInteger),
       .pretty_name = "extractansiintervaldays",
       .lower = Template{"CAST($1 // 86400000000 AS INTEGER)"}},
  };
}

}  // namespace lochan::functions
