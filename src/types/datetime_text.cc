#include "types/datetime_text.h"

#include <array>
#include <cstdio>

namespace lochan::types {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;
constexpr int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Spark trims white space and control characters.
std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= 32 || c == 127; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

void append_fraction(std::string& out, int64_t fraction, int digits) {
  if (fraction == 0) return;
  std::string text = std::to_string(fraction);
  text.insert(0, digits - text.size(), '0');
  text.erase(text.find_last_not_of('0') + 1);
  out += "." + text;
}

std::string clock(int64_t seconds) {
  char buffer[16];
  std::snprintf(buffer, sizeof buffer, "%02d:%02d:%02d", static_cast<int>(seconds / 3600),
                static_cast<int>(seconds / 60 % 60), static_cast<int>(seconds % 60));
  return buffer;
}

// The fields of a timestamp's text, in order of their separators.
enum Segment { kYear, kMonth, kDay, kHour, kMinute, kSecond, kFraction, kZone };

bool valid_digits(int segment, int digits) {
  if (segment == kFraction) return true;
  if (segment == kYear) return digits >= 4 && digits <= 6;
  return digits >= 1 && digits <= 2;
}

}  // namespace

int64_t days_from_civil(int64_t year, int month, int day) {
  // Years that begin in March, in eras of 400 years.
  year -= month <= 2;
  const int64_t era = floor_div(year, 400);
  const int64_t year_of_era = year - era * 400;
  const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
         719'468;
}

CivilDate civil_from_days(int64_t days) {
  days += 719'468;
  const int64_t era = floor_div(days, 146'097);
  const int64_t day_of_era = days - era * 146'097;
  const int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const int64_t shifted = (5 * day_of_year + 2) / 153;
  CivilDate date;
  date.day = static_cast<int>(day_of_year - (153 * shifted + 2) / 5 + 1);
  date.month = static_cast<int>(shifted + (shifted < 10 ? 3 : -9));
  date.year = year_of_era + era * 400 + (date.month <= 2);
  return date;
}

bool is_valid_date(int64_t year, int month, int day) {
  if (month < 1 || month > 12 || day < 1) return false;
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= kDays[month - 1] + (month == 2 && leap);
}

std::string date_to_string(int64_t days) {
  const CivilDate date = civil_from_days(days);
  char buffer[40];
  const char* sign = date.year < 0 ? "-" : date.year > 9999 ? "+" : "";
  std::snprintf(buffer, sizeof buffer, "%s%04lld-%02d-%02d", sign,
                static_cast<long long>(date.year < 0 ? -date.year : date.year), date.month,
                date.day);
  return buffer;
}

std::string local_timestamp_to_string(int64_t local_micros) {
  const int64_t days = floor_div(local_micros, kMicrosPerDay);
  const int64_t rest = local_micros - days * kMicrosPerDay;
  std::string out = date_to_string(days) + " " + clock(rest / kMicrosPerSecond);
  append_fraction(out, rest % kMicrosPerSecond, 6);
  return out;
}

std::string timestamp_to_string(int64_t micros, const TimeZone& zone) {
  return local_timestamp_to_string(zone.local_of(micros));
}

std::string time_to_string(int64_t nanos) {
  std::string out = clock(nanos / 1'000'000'000);
  append_fraction(out, nanos % 1'000'000'000, 9);
  return out;
}

std::optional<int64_t> parse_date(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return std::nullopt;
  int64_t segments[3] = {1, 1, 1};
  int segment = 0, digits = 0;
  int64_t current = 0, sign = 1;
  size_t i = 0;
  if (text[0] == '-' || text[0] == '+') {
    sign = text[0] == '-' ? -1 : 1;
    ++i;
  }
  const auto valid = [&] {
    return segment == 0 ? digits >= 4 && digits <= 7 : digits >= 1 && digits <= 2;
  };
  for (; i < text.size() && !(segment == 2 && (text[i] == ' ' || text[i] == 'T')); ++i) {
    if (segment < 2 && text[i] == '-') {
      if (!valid()) return std::nullopt;
      segments[segment++] = current;
      current = 0;
      digits = 0;
    } else if (is_digit(text[i]) && digits < 8) {
      current = current * 10 + (text[i] - '0');
      ++digits;
    } else {
      return std::nullopt;
    }
  }
  if (!valid()) return std::nullopt;
  segments[segment] = current;
  const int64_t year = sign * segments[0];
  if (!is_valid_date(year, static_cast<int>(segments[1]), static_cast<int>(segments[2])))
    return std::nullopt;
  const int64_t days =
      days_from_civil(year, static_cast<int>(segments[1]), static_cast<int>(segments[2]));
  if (days > INT32_MAX || days < INT32_MIN) return std::nullopt;
  return days;
}

std::optional<ParsedTimestamp> parse_timestamp_parts(std::string_view text) {
  text = trimmed(text);
  if (text.empty()) return std::nullopt;
  ParsedTimestamp result;
  std::array<int64_t, 7> segments = {1, 1, 1, 0, 0, 0, 0};
  int segment = 0, digits = 0, fraction_digits = 0;
  int64_t current = 0, sign = 1;
  bool signed_year = false;
  size_t i = 0;
  if (text[0] == '-' || text[0] == '+') {
    sign = text[0] == '-' ? -1 : 1;
    signed_year = true;
    ++i;
  }
  const auto close = [&](int at) {
    if (!valid_digits(at, digits)) return false;
    segments[at] = current;
    segment = at + 1;
    current = 0;
    digits = 0;
    return true;
  };
  std::string_view zone_text;
  bool done = false;
  for (; i < text.size() && !done; ++i) {
    const char c = text[i];
    if (is_digit(c)) {
      if (segment == kFraction) ++fraction_digits;
      if (segment != kFraction || digits < 6) current = current * 10 + (c - '0');
      if (++digits > 9 && segment != kFraction) return std::nullopt;
    } else if (i == 0 && c == 'T') {
      result.just_time = true;
      segment = kHour;
    } else if (segment == kYear && c == ':' && !signed_year) {
      result.just_time = true;
      if (!close(kHour)) return std::nullopt;
    } else if (segment < kDay) {
      if (c != '-' || !close(segment)) return std::nullopt;
    } else if (segment == kDay) {
      if ((c != ' ' && c != 'T') || !close(segment)) return std::nullopt;
    } else if (segment == kHour || segment == kMinute) {
      if (c != ':' || !close(segment)) return std::nullopt;
    } else if (segment == kSecond && c == '.') {
      if (!close(segment)) return std::nullopt;
    } else {
      if (!close(segment)) return std::nullopt;
      zone_text = text.substr(i);
      result.has_zone_text = true;
      done = true;
    }
  }
  if (!done && !close(segment)) return std::nullopt;
  for (; fraction_digits < 6; ++fraction_digits) segments[kFraction] *= 10;
  if (result.has_zone_text) {
    result.zone = TimeZone::find(zone_text);
    if (!result.zone) return std::nullopt;
  }
  if (segments[kHour] > 23 || segments[kMinute] > 59 || segments[kSecond] > 59) return std::nullopt;
  const int64_t of_day =
      (segments[kHour] * 3600 + segments[kMinute] * 60 + segments[kSecond]) * kMicrosPerSecond +
      segments[kFraction];
  if (result.just_time) {
    result.local_micros = of_day;
    return result;
  }
  const int64_t year = sign * segments[kYear];
  const int month = static_cast<int>(segments[kMonth]), day = static_cast<int>(segments[kDay]);
  if (!is_valid_date(year, month, day)) return std::nullopt;
  const int64_t days = days_from_civil(year, month, day);
  if (__builtin_mul_overflow(days, kMicrosPerDay, &result.local_micros) ||
      __builtin_add_overflow(result.local_micros, of_day, &result.local_micros)) {
    return std::nullopt;
  }
  return result;
}

std::optional<int64_t> parse_timestamp(std::string_view text, const TimeZone& zone) {
  const auto parts = parse_timestamp_parts(text);
  if (!parts || parts->just_time) return std::nullopt;
  return (parts->zone ? *parts->zone : zone).instant_of(parts->local_micros);
}

std::optional<int64_t> parse_timestamp_ntz(std::string_view text, bool allow_zone) {
  const auto parts = parse_timestamp_parts(text);
  if (!parts || parts->just_time || (parts->has_zone_text && !allow_zone)) return std::nullopt;
  return parts->local_micros;
}

std::optional<int64_t> parse_time(std::string_view text) {
  const auto parts = parse_timestamp_parts(text);
  if (!parts || !parts->just_time || parts->has_zone_text) return std::nullopt;
  return parts->local_micros * 1000;
}

}  // namespace lochan::types
