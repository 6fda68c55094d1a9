#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "types/value.h"

/// Intervals as text.
namespace lochan::types {

/// The value inside the quotes of `INTERVAL '1 02:03:04.5' DAY TO SECOND`.
std::string year_month_to_string(int64_t months, int start, int end);
std::string day_time_to_string(int64_t micros, int start, int end);
/// The whole literal: "INTERVAL '1-2' YEAR TO MONTH"; also what a cast to string gives.
std::string interval_literal(int64_t value, const DataType& type);
/// "1 years 2 days 3 hours 4.5 seconds", "0 seconds".
std::string calendar_interval_to_string(const CalendarInterval& interval);

/// "1 day 2 hours", "interval -3 months": units in any order and number. Throws
/// Error(INVALID_INTERVAL_FORMAT.*).
CalendarInterval parse_calendar_interval(std::string_view text);
/// The text inside the quotes of a literal with the fields of `type` (year-month or day-time), as
/// months or microseconds; also a whole literal (a cast from string). Throws
/// INVALID_INTERVAL_FORMAT.*.
int64_t parse_ansi_interval(std::string_view text, const DataType& type);

}  // namespace lochan::types
