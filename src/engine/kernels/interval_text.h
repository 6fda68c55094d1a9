#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "types/value.h"

/// Intervals in strings. Fields of interval types are those of types::DataType: year=0, month=1;
/// day=0, hour=1, minute=2, second=3.
namespace lochan::engine::kernels {

/// INTERVAL '1-2' YEAR TO MONTH
void append_year_month(std::string& out, int32_t months, int start, int end);
/// INTERVAL '1 02:03:04.5' DAY TO SECOND
void append_day_time(std::string& out, int64_t micros, int start, int end);
/// 1 years 2 months 3 days 4 hours 5 minutes 6.5 seconds
void append_calendar(std::string& out, const types::CalendarInterval& interval);

/// Either the literal as printed above (its fields must be the type's) or only what stands in its
/// quotes.
std::optional<int32_t> parse_year_month(std::string_view text, int start, int end);
std::optional<int64_t> parse_day_time(std::string_view text, int start, int end);
/// [interval] (number unit)+
std::optional<types::CalendarInterval> parse_calendar(std::string_view text);

/// "[+|-]y-m": the pattern of such a type, for errors.
std::string interval_pattern(bool year_month, int start, int end);
/// "YEAR TO MONTH", "DAY".
std::string interval_fields(bool year_month, int start, int end);

}  // namespace lochan::engine::kernels
