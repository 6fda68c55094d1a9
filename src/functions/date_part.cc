// extract(FIELD FROM x), date_part('FIELD', x): the function of x that the field names.
#include "functions/date_part.h"

#include "base/ascii.h"
#include "functions/names.h"
#include "functions/type_rules.h"

namespace lochan::functions {

using plan::ExpressionPtr;
using types::DataType;

namespace {

struct Field {
  std::string_view row;  // of dates and timestamps
  std::vector<std::string_view> names;
};

const std::vector<Field>& fields() {
  static const std::vector<Field> all = {
      {"yearofweek: iso", {"YEAROFWEEK"}},
      {"year", {"YEAR", "Y", "YEARS", "YR", "YRS"}},
      {"quarter", {"QUARTER", "QTR"}},
      {"month", {"MONTH", "MON", "MONS", "MONTHS"}},
      {"weekofyear", {"WEEK", "W", "WEEKS"}},
      {"day", {"DAY", "D", "DAYS"}},
      {"dayofweek", {"DAYOFWEEK", "DOW"}},
      {"dayofweek: iso", {"DAYOFWEEK_ISO", "DOW_ISO"}},
      {"dayofyear", {"DOY"}},
      {"hour", {"HOUR", "H", "HOURS", "HR", "HRS"}},
      {"minute", {"MINUTE", "M", "MIN", "MINS", "MINUTES"}},
      {"second: fraction", {"SECOND", "S", "SEC", "SECONDS", "SECS"}},
  };
  return all;
}

/// The row for `field` of a value of `type`; empty if there is none.
std::string row_of(std::string field, const DataType& type) {
  field = upper_case(field);
  for (const Field& candidate : fields()) {
    for (std::string_view name : candidate.names) {
      if (name != field) continue;
      std::string row(candidate.row);
      if (!type.is_interval()) return row;
      if (row == "second: fraction") row = "second";
      row += type.is(kYearMonthInterval) ? ": months"
             : type.is(kDayTimeInterval) ? ": micros"
                                         : ": interval";
      return find_function(row) ? row : std::string();
    }
  }
  return {};
}

ExpressionPtr part(CallSite& call) {
  const types::Value* field = call.constant(0);
  if (!field) {
    call.mismatch("NON_FOLDABLE_INPUT",
                  {{"inputName", "`field`"},
                   {"inputType", "\"STRING\""},
                   {"inputExpr", quoted_name(*call.arguments[0], call.context)}});
  }
  if (field->is_null()) return plan::literal(types::Value::null(kDouble), call.origin);
  std::string row = row_of(field->as_string(), call.type(1));
  if (row.empty()) {
    throw Error("INVALID_EXTRACT_FIELD",
                {{"field", types::quote_identifier(field->as_string())},
                 {"expr", quoted_name(*call.arguments[1], call.context)}},
                call.origin.context());
  }
  return plan::function(row, {call.arguments[1]}, call.origin);
}

std::string print_from(const CallSite& call, const std::vector<std::string>& names) {
  return call.name + "(" + names.at(0) + " FROM " + names.at(1) + ")";
}

Function part_row(std::string_view name, NameRule print, std::string_view example) {
  return {.name = name,
          .min_arguments = 2,
          .max_arguments = 2,
          .print = std::move(print),
          .doc = "A field of a date, a timestamp or an interval.",
          .example = example,
          .lower = Rewrite{part}};
}

Function interval_row(std::string_view name, types::TypeId type, DataType result,
                      std::string_view duckdb) {
  return {.name = name,
          .min_arguments = 1,
          .max_arguments = 1,
          .type = args({type}).returns(result),
          .lower = Template{duckdb}};
}

}  // namespace

std::vector<Function> date_part_rows() {
  return {
      part_row("extract", print_from,
               "SELECT extract(YEAR FROM TIMESTAMP '2019-08-12 01:00:00.123456')"),
      part_row("datepart", print_from,
               "SELECT datepart('YEAR', TIMESTAMP '2019-08-12 01:00:00.123456')"),
      part_row("date_part", nullptr,
               "SELECT date_part('YEAR', TIMESTAMP '2019-08-12 01:00:00.123456')"),
      interval_row("year: months", kYearMonthInterval, kInteger, "CAST($1 // 12 AS INTEGER)"),
      interval_row("month: months", kYearMonthInterval, kByte, "CAST($1 % 12 AS TINYINT)"),
      interval_row("day: micros", kDayTimeInterval, kInteger, "CAST($1 // 86400000000 AS INTEGER)"),
      interval_row("hour: micros", kDayTimeInterval, kByte,
                   "CAST(($1 % 86400000000) // 3600000000 AS TINYINT)"),
      interval_row("minute: micros", kDayTimeInterval, kByte,
                   "CAST(($1 % 3600000000) // 60000000 AS TINYINT)"),
      {.name = "second: micros",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kDayTimeInterval}).returns(DataType::decimal(8, 6)),
       .lower = Kernel{"time_second_fraction"}},
      interval_row("year: interval", kCalendarInterval, kInteger,
                   "CAST(struct_extract($1, 'months') // 12 AS INTEGER)"),
      interval_row("month: interval", kCalendarInterval, kByte,
                   "CAST(struct_extract($1, 'months') % 12 AS TINYINT)"),
      interval_row("day: interval", kCalendarInterval, kInteger, "struct_extract($1, 'days')"),
      interval_row(
          "hour: interval", kCalendarInterval, kByte,
          "CAST((struct_extract($1, 'microseconds') % 86400000000) // 3600000000 AS TINYINT)"),
      interval_row(
          "minute: interval", kCalendarInterval, kByte,
          "CAST((struct_extract($1, 'microseconds') % 3600000000) // 60000000 AS TINYINT)"),
      {.name = "second: interval",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kCalendarInterval}).returns(DataType::decimal(8, 6)),
       .lower = Rewrite{[](CallSite& call) {
         return plan::function("second: micros", {plan::function("interval time", call.arguments)},
                               call.origin);
       }}},
      interval_row("interval time", kCalendarInterval, DataType::day_time(),
                   "struct_extract($1, 'microseconds')"),
  };
}

}  // namespace lochan::functions
