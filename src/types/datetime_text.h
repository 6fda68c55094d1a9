#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "types/time_zone.h"

/// Dates and times as text, in the forms that Spark's casts and literals take and print. Proleptic
/// Gregorian calendar; a year below 1 prints with a sign ("-0044"), above 9999 with a plus.
namespace lochan::types {

struct CivilDate {
  int64_t year = 1970;
  int month = 1, day = 1;
};
CivilDate civil_from_days(int64_t days);
int64_t days_from_civil(int64_t year, int month, int day);
bool is_valid_date(int64_t year, int month, int day);

std::string date_to_string(int64_t days);
/// "2020-01-01 00:00:00.12": a fraction without trailing zeros, if any. `local_micros` are of no
/// zone.
std::string local_timestamp_to_string(int64_t local_micros);
std::string timestamp_to_string(int64_t micros, const TimeZone& zone);
/// "10:00:00.12" from nanoseconds of the day.
std::string time_to_string(int64_t nanos);

/// Spark's cast of a string to a date: "2020", "2020-3", "2020-03-05", then anything behind a space
/// or 'T'. Spaces around are cut off. Null if malformed.
std::optional<int64_t> parse_date(std::string_view text);

/// Spark's cast of a string to a timestamp: a date, a time, a zone; digits of the fraction behind
/// the sixth are dropped. A missing date is `today` (days).
struct ParsedTimestamp {
  int64_t local_micros = 0;
  std::optional<TimeZone> zone;
  bool has_zone_text = false;
  bool just_time = false;  // local_micros are of the day only
};
std::optional<ParsedTimestamp> parse_timestamp_parts(std::string_view text);
/// As an instant; `zone` where the text has none. Null if malformed or only a time.
std::optional<int64_t> parse_timestamp(std::string_view text, const TimeZone& zone);
/// As a timestamp without zone; null if the text has a zone and `allow_zone` is false.
std::optional<int64_t> parse_timestamp_ntz(std::string_view text, bool allow_zone = true);
/// Nanoseconds of the day.
std::optional<int64_t> parse_time(std::string_view text);

}  // namespace lochan::types
