#pragma once
#include <cstdint>

/// Proleptic Gregorian calendar arithmetic on days since 1970-01-01. Pure, total on int32 days.
namespace lochan::engine::kernels {

inline constexpr int64_t kMicrosPerSecond = 1'000'000;
inline constexpr int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
inline constexpr int64_t kMicrosPerHour = 60 * kMicrosPerMinute;
inline constexpr int64_t kMicrosPerDay = 24 * kMicrosPerHour;

struct CivilDate {
  int64_t year = 1970;
  int month = 1;  // 1..12
  int day = 1;    // 1..31
  bool operator==(const CivilDate&) const = default;
};

constexpr int64_t floor_div(int64_t a, int64_t b) {
  int64_t q = a / b;
  return (a % b != 0 && ((a < 0) != (b < 0))) ? q - 1 : q;
}
constexpr int64_t floor_mod(int64_t a, int64_t b) { return a - floor_div(a, b) * b; }

constexpr bool is_leap_year(int64_t year) {
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}
constexpr int days_in_month(int64_t year, int month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap_year(year) ? 29 : kDays[month - 1];
}

// The calendar repeats every 400 years ("era") of 146,097 days; years start in March so that a leap
// day is a year's last day.
constexpr int64_t days_from_civil(int64_t year, int month, int day) {
  year -= month <= 2;
  int64_t era = floor_div(year, 400);
  int64_t year_of_era = year - era * 400;
  int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146097 + day_of_era - 719468;
}
constexpr CivilDate civil_from_days(int64_t days) {
  days += 719468;
  int64_t era = floor_div(days, 146097);
  int64_t day_of_era = days - era * 146097;
  int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  int64_t month_index = (5 * day_of_year + 2) / 153;
  CivilDate date;
  date.day = static_cast<int>(day_of_year - (153 * month_index + 2) / 5 + 1);
  date.month = static_cast<int>(month_index + (month_index < 10 ? 3 : -9));
  date.year = year_of_era + era * 400 + (date.month <= 2);
  return date;
}
/// Monday = 0 ... Sunday = 6.
constexpr int weekday_from_days(int64_t days) { return static_cast<int>(floor_mod(days + 3, 7)); }

constexpr int day_of_year(int64_t days) {
  return static_cast<int>(days - days_from_civil(civil_from_days(days).year, 1, 1)) + 1;
}
/// ISO 8601: the year of the week's Thursday.
constexpr int64_t iso_week_year(int64_t days) {
  return civil_from_days(days - weekday_from_days(days) + 3).year;
}
constexpr int iso_week(int64_t days) {
  int64_t thursday = days - weekday_from_days(days) + 3;
  return (day_of_year(thursday) - 1) / 7 + 1;
}
/// `days` moved by `months`; a day that the month lacks becomes its last.
constexpr int64_t add_months(int64_t days, int64_t months) {
  CivilDate date = civil_from_days(days);
  int64_t total = date.year * 12 + (date.month - 1) + months;
  int64_t year = floor_div(total, 12);
  int month = static_cast<int>(floor_mod(total, 12)) + 1;
  int last = days_in_month(year, month);
  return days_from_civil(year, month, date.day < last ? date.day : last);
}

}  // namespace lochan::engine::kernels
