#include "engine/kernels/interval_text.h"

#include <charconv>
#include <cstdio>

#include "base/ascii.h"
#include "engine/kernels/calendar.h"
#include "engine/kernels/number_parse.h"

namespace lochan::engine::kernels {
namespace {

constexpr const char* kYearMonthFields[] = {"YEAR", "MONTH"};
constexpr const char* kDayTimeFields[] = {"DAY", "HOUR", "MINUTE", "SECOND"};
constexpr int64_t kFieldMicros[] = {kMicrosPerDay, kMicrosPerHour, kMicrosPerMinute,
                                    kMicrosPerSecond};

void append_seconds(std::string& out, uint64_t micros, bool pad) {
  char text[40];
  snprintf(text, sizeof text, pad ? "%02lu" : "%lu", static_cast<unsigned long>(micros / 1000000));
  out += text;
  if (micros % 1000000 == 0) return;
  snprintf(text, sizeof text, ".%06lu", static_cast<unsigned long>(micros % 1000000));
  out += text;
  while (out.back() == '0') out.pop_back();
}

/// Reads a text from the left.
struct Scanner {
  std::string_view text;
  bool done() const { return text.empty(); }
  bool take(char c) {
    if (text.empty() || text[0] != c) return false;
    text.remove_prefix(1);
    return true;
  }
  bool spaces() {
    size_t n = 0;
    while (n < text.size() && (text[n] == ' ' || (text[n] >= '\t' && text[n] <= '\r'))) n++;
    text.remove_prefix(n);
    return n > 0;
  }
  bool word(std::string_view upper) {
    if (text.size() < upper.size()) return false;
    for (size_t i = 0; i < upper.size(); i++) {
      if (upper_case(text[i]) != upper[i]) return false;
    }
    text.remove_prefix(upper.size());
    return true;
  }
  std::optional<int64_t> digits(size_t most) {
    size_t n = 0;
    while (n < text.size() && text[n] >= '0' && text[n] <= '9') n++;
    if (n == 0 || n > most) return std::nullopt;
    int64_t value;
    if (std::from_chars(text.data(), text.data() + n, value).ec != std::errc()) return std::nullopt;
    text.remove_prefix(n);
    return value;
  }
};

/// Takes INTERVAL, quotes and unit names off, if there are any; what is left is the body. False if
/// malformed.
bool unwrap(std::string_view& text, bool& negative, bool year_month, int start, int end) {
  text = trim_all(text);
  Scanner scan{text};
  if (!scan.word("INTERVAL")) return true;
  if (!scan.spaces()) return false;
  negative = scan.take('-');
  if (!negative) scan.take('+');
  if (!scan.take('\'')) return false;
  size_t quote = scan.text.find('\'');
  if (quote == std::string_view::npos) return false;
  text = scan.text.substr(0, quote);
  scan.text.remove_prefix(quote + 1);
  const char* const* names = year_month ? kYearMonthFields : kDayTimeFields;
  if (!scan.spaces() || !scan.word(names[start])) return false;
  if (start != end &&
      (!scan.spaces() || !scan.word("TO") || !scan.spaces() || !scan.word(names[end]))) {
    return false;
  }
  return scan.done();
}

bool take_sign(Scanner& scan, bool negative) {
  if (scan.take('-')) return !negative;
  scan.take('+');
  return negative;
}

}  // namespace

void append_year_month(std::string& out, int32_t months, int start, int end) {
  int64_t size = months < 0 ? -int64_t{months} : int64_t{months};
  out += months < 0 ? "INTERVAL '-" : "INTERVAL '";
  if (start == 0 && end == 1) {
    out += std::to_string(size / 12) + "-" + std::to_string(size % 12);
  } else {
    out += std::to_string(start == 0 ? size / 12 : size);
  }
  out += "' " + interval_fields(true, start, end);
}

void append_day_time(std::string& out, int64_t micros, int start, int end) {
  uint64_t rest = micros < 0 ? -static_cast<uint64_t>(micros) : static_cast<uint64_t>(micros);
  out += micros < 0 ? "INTERVAL '-" : "INTERVAL '";
  for (int field = start; field <= end; field++) {
    if (field > start) out += field == 1 ? ' ' : ':';
    uint64_t unit = kFieldMicros[field];
    if (field == 3) {
      append_seconds(out, rest, true);
    } else {
      char text[32];
      snprintf(text, sizeof text, field == 0 ? "%lu" : "%02lu",
               static_cast<unsigned long>(rest / unit));
      out += text;
      rest %= unit;
    }
  }
  out += "' " + interval_fields(false, start, end);
}

void append_calendar(std::string& out, const types::CalendarInterval& interval) {
  size_t before = out.size();
  auto part = [&](int64_t value, const char* unit) {
    if (value != 0) out += std::to_string(value) + unit;
  };
  part(interval.months / 12, " years ");
  part(interval.months % 12, " months ");
  part(interval.days, " days ");
  int64_t rest = interval.microseconds;
  part(rest / kMicrosPerHour, " hours ");
  rest %= kMicrosPerHour;
  part(rest / kMicrosPerMinute, " minutes ");
  rest %= kMicrosPerMinute;
  if (rest != 0) {
    if (rest < 0) out += '-';
    append_seconds(out, rest < 0 ? -rest : rest, false);
    out += " seconds ";
  }
  if (out.size() == before) {
    out += "0 seconds";
  } else {
    out.pop_back();
  }
}

std::optional<int32_t> parse_year_month(std::string_view text, int start, int end) {
  bool negative = false;
  if (!unwrap(text, negative, true, start, end)) return std::nullopt;
  Scanner scan{text};
  negative = take_sign(scan, negative);
  auto first = scan.digits(10);
  if (!first) return std::nullopt;
  int64_t months = start == 0 ? *first * 12 : *first;
  if (start != end) {
    if (!scan.take('-')) return std::nullopt;
    auto second = scan.digits(2);
    if (!second || *second > 11) return std::nullopt;
    months += *second;
  }
  if (negative) months = -months;
  if (!scan.done() || months != static_cast<int32_t>(months)) return std::nullopt;
  return static_cast<int32_t>(months);
}

std::optional<int64_t> parse_day_time(std::string_view text, int start, int end) {
  constexpr int64_t kMost[] = {INT64_MAX, 23, 59, 59};
  bool negative = false;
  if (!unwrap(text, negative, false, start, end)) return std::nullopt;
  Scanner scan{text};
  negative = take_sign(scan, negative);
  __int128 micros = 0;
  for (int field = start; field <= end; field++) {
    if (field > start && !scan.take(field == 1 ? ' ' : ':')) return std::nullopt;
    auto value = scan.digits(field == start ? 13 : 2);
    if (!value || (field > start && *value > kMost[field])) return std::nullopt;
    micros += __int128{*value} * kFieldMicros[field];
    if (field == 3 && scan.take('.')) {
      std::string_view digits = scan.text;
      if (digits.empty() || digits.size() > 9 || !scan.digits(9)) return std::nullopt;
      std::string fraction(digits.substr(0, digits.size() - scan.text.size()));
      fraction.resize(6, '0');
      micros += std::stoll(fraction);
    }
  }
  if (negative) micros = -micros;
  if (!scan.done() || micros != static_cast<int64_t>(micros)) return std::nullopt;
  return static_cast<int64_t>(micros);
}

std::optional<types::CalendarInterval> parse_calendar(std::string_view text) {
  struct Unit {
    std::string_view name;
    int64_t months, days, micros;
  };
  // Longer names first: a name may begin another's.
  static constexpr Unit kUnits[] = {
      {"YEAR", 12, 0, 0},
      {"MONTH", 1, 0, 0},
      {"WEEK", 0, 7, 0},
      {"DAY", 0, 1, 0},
      {"HOUR", 0, 0, kMicrosPerHour},
      {"MINUTE", 0, 0, kMicrosPerMinute},
      {"SECOND", 0, 0, kMicrosPerSecond},
      {"MILLISECOND", 0, 0, 1000},
      {"MICROSECOND", 0, 0, 1},
  };
  Scanner scan{trim_all(text)};
  if (scan.word("INTERVAL") && !scan.spaces()) return std::nullopt;
  if (scan.done()) return std::nullopt;
  __int128 months = 0, days = 0, micros = 0;
  while (!scan.done()) {
    bool negative = take_sign(scan, false);
    scan.spaces();
    bool fraction = false;
    int64_t value = 0, nanos = 0;
    if (!scan.text.starts_with('.')) {
      auto whole = scan.digits(19);
      if (!whole) return std::nullopt;
      value = *whole;
    }
    if (scan.take('.')) {
      fraction = true;
      size_t before = scan.text.size();
      std::string digits(scan.text.substr(0, 9));
      auto part = scan.digits(9);
      if (part) {
        digits.resize(before - scan.text.size());
        digits.resize(9, '0');
        nanos = std::stoll(digits);
      }
    }
    if (!scan.spaces()) return std::nullopt;
    const Unit* unit = nullptr;
    for (const Unit& candidate : kUnits) {
      if (scan.word(candidate.name)) {
        unit = &candidate;
        break;
      }
    }
    if (!unit || (fraction && unit->name != "SECOND")) return std::nullopt;
    scan.word("S");
    if (!scan.done() && !scan.spaces()) return std::nullopt;
    __int128 sign = negative ? -1 : 1;
    months += sign * value * unit->months;
    days += sign * value * unit->days;
    micros += sign * (__int128{value} * unit->micros + nanos / 1000);
  }
  types::CalendarInterval result{static_cast<int32_t>(months), static_cast<int32_t>(days),
                                 static_cast<int64_t>(micros)};
  if (result.months != months || result.days != days || result.microseconds != micros) {
    return std::nullopt;
  }
  return result;
}

std::string interval_fields(bool year_month, int start, int end) {
  const char* const* names = year_month ? kYearMonthFields : kDayTimeFields;
  std::string text = names[start];
  if (start != end) text += std::string(" TO ") + names[end];
  return text;
}

std::string interval_pattern(bool year_month, int start, int end) {
  constexpr const char* kYearMonth[] = {"y", "m"};
  constexpr const char* kDayTime[] = {"d", "h", "m", "s.n"};
  std::string text = "[+|-]";
  for (int field = start; field <= end; field++) {
    if (field > start) text += year_month ? "-" : field == 1 ? " " : ":";
    text += year_month ? kYearMonth[field] : kDayTime[field];
  }
  return text;
}

}  // namespace lochan::engine::kernels
