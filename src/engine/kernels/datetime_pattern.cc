#include "engine/kernels/datetime_pattern.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "base/error.h"
#include "engine/kernels/datetime_text.h"

namespace lochan::engine::kernels {
namespace {

constexpr const char* kMonths[] = {"January",   "February", "March",    "April",
                                   "May",       "June",     "July",     "August",
                                   "September", "October",  "November", "December"};
constexpr const char* kShortMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr const char* kUpperMonths[] = {"JANUARY",   "FEBRUARY", "MARCH",    "APRIL",
                                        "MAY",       "JUNE",     "JULY",     "AUGUST",
                                        "SEPTEMBER", "OCTOBER",  "NOVEMBER", "DECEMBER"};
constexpr const char* kWeekdays[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                     "Friday", "Saturday", "Sunday"};
constexpr const char* kShortWeekdays[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::string_view kDocs = "https://spark.apache.org/docs/latest";

struct ZoneName {
  std::string_view abbreviation, name;
};
constexpr ZoneName kZoneNames[] = {
    {"PST", "Pacific Standard Time"},
    {"PDT", "Pacific Daylight Time"},
    {"MST", "Mountain Standard Time"},
    {"MDT", "Mountain Daylight Time"},
    {"CST", "Central Standard Time"},
    {"CDT", "Central Daylight Time"},
    {"EST", "Eastern Standard Time"},
    {"EDT", "Eastern Daylight Time"},
    {"UTC", "Coordinated Universal Time"},
    {"GMT", "Greenwich Mean Time"},
    {"CET", "Central European Standard Time"},
    {"CEST", "Central European Summer Time"},
    {"JST", "Japan Standard Time"},
};

[[noreturn]] void invalid_pattern(std::string_view pattern) {
  throw Error("INVALID_DATETIME_PATTERN.WITH_SUGGESTION",
              {{"pattern", "'" + std::string(pattern) + "'"}, {"docroot", std::string(kDocs)}});
}

/// Whether java.text.SimpleDateFormat, which Spark used before 3.0, has all letters of the pattern.
bool was_pattern_before_3(std::string_view pattern) {
  bool quoted = false;
  for (size_t i = 0; i < pattern.size(); i++) {
    char c = pattern[i];
    if (c == '\'') quoted = !quoted;
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (quoted || !letter) continue;
    if (!strchr("GyYMLwWDdFEuaHkKhmsSzZX", c)) return false;
    if (c == 'X' && pattern.substr(i).starts_with("XXXX")) return false;
  }
  return !quoted;
}

void append_number(std::string& out, int64_t value, int width) {
  std::string digits = std::to_string(value < 0 ? -value : value);
  if (value < 0) out += '-';
  if (static_cast<int>(digits.size()) < width) out.append(width - digits.size(), '0');
  out += digits;
}

/// "+hhmm" with or without colon; minutes only where there are some if `hours_only`.
void append_offset(std::string& out, int32_t offset, bool colon, bool hours_only, bool seconds) {
  int32_t size = offset < 0 ? -offset : offset;
  out += offset < 0 ? '-' : '+';
  append_number(out, size / 3600, 2);
  if (!(hours_only && size / 60 % 60 == 0)) {
    if (colon) out += ':';
    append_number(out, size / 60 % 60, 2);
  }
  if (seconds && size % 60 != 0) {
    if (colon) out += ':';
    append_number(out, size % 60, 2);
  }
}

bool same_ignoring_case(std::string_view text, std::string_view other) {
  return text.size() == other.size() && strncasecmp(text.data(), other.data(), text.size()) == 0;
}

bool is_numeric(char letter, int count) {
  switch (letter) {
    case 'M':
    case 'L':
    case 'Q':
    case 'q': return count <= 2;
    case 'y':
    case 'd':
    case 'D':
    case 'h':
    case 'H':
    case 'k':
    case 'K':
    case 'm':
    case 's':
    case 'F': return true;
    default: return false;
  }
}
/// How many digits a numeric element takes at least and at most.
std::pair<int, int> digit_range(char letter, int count) {
  if (letter == 'y') {
    if (count == 2) return {2, 2};
    return {count, 19};
  }
  if (letter == 'D' && count < 3) return {count, 3};
  return count == 1 ? std::pair{1, 19} : std::pair{count, count};
}

}  // namespace

const char* month_name(int month, bool full) { return (full ? kMonths : kShortMonths)[month - 1]; }
const char* weekday_name(int weekday, bool full) {
  return (full ? kWeekdays : kShortWeekdays)[weekday];
}

DateTimePattern::DateTimePattern(std::string_view pattern, Use use) {
  try {
    compile(pattern, use);
  } catch (const Error&) {
    if (!was_pattern_before_3(pattern)) throw;
    throw Error("INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION",
                {{"pattern", "'" + std::string(pattern) + "'"},
                 {"config", "\"spark.sql.legacy.timeParserPolicy\""},
                 {"docroot", std::string(kDocs)}});
  }
}

void DateTimePattern::compile(std::string_view pattern, Use use) {
  auto literal = [&](char c) {
    if (elements_.empty() || elements_.back().letter != 0) elements_.push_back({});
    elements_.back().text += c;
  };
  int depth = 0;
  for (size_t i = 0; i < pattern.size(); i++) {
    char c = pattern[i];
    if (c == '\'') {
      if (i + 1 < pattern.size() && pattern[i + 1] == '\'') {
        literal('\'');
        i++;
        continue;
      }
      bool closed = false;
      for (i++; i < pattern.size(); i++) {
        if (pattern[i] == '\'') {
          if (i + 1 == pattern.size() || pattern[i + 1] != '\'') {
            closed = true;
            break;
          }
          i++;
        }
        literal(pattern[i]);
      }
      if (!closed) invalid_pattern(pattern);
      continue;
    }
    if (c == '[' || c == ']') {
      depth += c == '[' ? 1 : -1;
      if (depth < 0) invalid_pattern(pattern);
      elements_.push_back({c, 1, {}});
      continue;
    }
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) {
      if (c == '{' || c == '}' || c == '#') invalid_pattern(pattern);
      literal(c);
      continue;
    }
    size_t end = i;
    while (end < pattern.size() && pattern[end] == c) end++;
    int count = static_cast<int>(end - i);
    i = end - 1;
    if (strchr("YWwuec", c)) {
      throw Error("INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_WEEK_BASED_PATTERN", {{"c", {c}}});
    }
    if (strchr("ABnNp", c) || (use == Use::kParse && strchr("EFqQ", c))) {
      throw Error("INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER",
                  {{"c", {c}}, {"pattern", std::string(pattern)}});
    }
    // Narrow text would lose what it says, and so would years of many digits.
    if ((strchr("GMLEQq", c) && count == 5) || (c == 'y' && count > 6)) {
      throw Error("INVALID_DATETIME_PATTERN.LENGTH", {{"pattern", std::string(pattern)}});
    }
    int most = strchr("dhHkKms", c)   ? 2
               : strchr("GEMLQqz", c) ? 4
               : c == 'D'             ? 3
               : strchr("XxZ", c)     ? 5
               : c == 'S'             ? 9
               : c == 'y'             ? 6
               : strchr("aF", c)      ? 1
               : c == 'V'             ? 2
               : c == 'O'             ? 4
                                      : 0;
    if (count > most || (c == 'V' && count != 2) || (c == 'O' && count != 1 && count != 4)) {
      invalid_pattern(pattern);
    }
    if (c == 'G') has_era_ = true;
    elements_.push_back({c, count, {}});
  }
}

void DateTimePattern::format(std::string& out, int64_t local_micros, const Zone& zone,
                             int64_t utc_seconds) const {
  int64_t days = floor_div(local_micros, kMicrosPerDay);
  int64_t time = local_micros - days * kMicrosPerDay;
  CivilDate date = civil_from_days(days);
  int hour = static_cast<int>(time / kMicrosPerHour);
  auto offset = [&] {
    return static_cast<int32_t>(floor_div(local_micros, kMicrosPerSecond) - utc_seconds);
  };
  for (const Element& element : elements_) {
    int n = element.count;
    switch (element.letter) {
      case 0: out += element.text; break;
      case 'G':
        out += n == 4 ? (date.year > 0 ? "Anno Domini" : "Before Christ")
                      : (date.year > 0 ? "AD" : "BC");
        break;
      case 'y': {
        int64_t year = has_era_ && date.year <= 0 ? 1 - date.year : date.year;
        if (n == 2) {
          append_number(out, floor_mod(year, 100), 2);
        } else {
          if (n >= 4 && year >= (n == 4 ? 10'000 : n == 5 ? 100'000 : 1'000'000)) out += '+';
          append_number(out, year, n);
        }
        break;
      }
      case 'M':
      case 'L':
        if (n <= 2)
          append_number(out, date.month, n);
        else
          out += month_name(date.month, n == 4);
        break;
      case 'Q':
      case 'q': {
        int quarter = (date.month + 2) / 3;
        constexpr const char* kQuarters[] = {"1st quarter", "2nd quarter", "3rd quarter",
                                             "4th quarter"};
        if (n <= 2)
          append_number(out, quarter, n);
        else if (n == 3)
          out += "Q" + std::to_string(quarter);
        else
          out += kQuarters[quarter - 1];
        break;
      }
      case 'd': append_number(out, date.day, n); break;
      case 'D': append_number(out, day_of_year(days), n); break;
      case 'F': append_number(out, (date.day - 1) % 7 + 1, n); break;
      case 'E': out += weekday_name(weekday_from_days(days), n == 4); break;
      case 'a': out += hour < 12 ? "AM" : "PM"; break;
      case 'h': append_number(out, hour % 12 == 0 ? 12 : hour % 12, n); break;
      case 'K': append_number(out, hour % 12, n); break;
      case 'k': append_number(out, hour == 0 ? 24 : hour, n); break;
      case 'H': append_number(out, hour, n); break;
      case 'm': append_number(out, time / kMicrosPerMinute % 60, n); break;
      case 's': append_number(out, time / kMicrosPerSecond % 60, n); break;
      case 'S': {
        std::string digits;
        append_number(digits, time % kMicrosPerSecond, 6);
        digits.resize(n, '0');
        out += digits;
        break;
      }
      case 'V': out += zone.id(); break;
      case 'z': {
        std::string name = zone.abbreviation(utc_seconds);
        if (n == 4) {
          for (const ZoneName& row : kZoneNames) {
            if (row.abbreviation == name) name = row.name;
          }
        }
        out += name;
        break;
      }
      case 'O':
        out += "GMT";
        if (offset() == 0) break;
        if (n == 4) {
          append_offset(out, offset(), true, false, true);
        } else {
          out += offset() < 0 ? '-' : '+';
          int32_t size = std::abs(offset());
          append_number(out, size / 3600, 1);
          if (size / 60 % 60 != 0) {
            out += ':';
            append_number(out, size / 60 % 60, 2);
          }
        }
        break;
      case 'X':
        if (offset() == 0) {
          out += 'Z';
          break;
        }
        [[fallthrough]];
      case 'x': append_offset(out, offset(), n == 3 || n == 5, n == 1, n >= 4); break;
      case 'Z':
        if (n == 4) {
          out += "GMT";
          if (offset() != 0) append_offset(out, offset(), true, false, true);
        } else if (n == 5 && offset() == 0) {
          out += 'Z';
        } else {
          append_offset(out, offset(), n == 5, false, n == 5);
        }
        break;
      default: break;  // brackets: a section is always printed
    }
  }
}

/// What parsing has found so far.
struct DateTimePattern::Fields {
  std::optional<int64_t> year, month, day, day_of_year, hour, half_hour, clock_hour, half, minute,
      second;
  int64_t micros = 0;
  bool before_christ = false;
  const Zone* zone = nullptr;
};

int DateTimePattern::parse_element(std::string_view text, size_t& at, size_t index,
                                   Fields& fields) const {
  const Element& element = elements_[index];
  int failed = static_cast<int>(at);
  std::string_view rest = text.substr(at);
  auto take_name = [&](auto begin, auto end) -> int {
    // The longest name that fits.
    int best = -1;
    size_t size = 0;
    for (auto name = begin; name != end; ++name) {
      std::string_view candidate(*name);
      if (candidate.size() > size &&
          same_ignoring_case(rest.substr(0, candidate.size()), candidate)) {
        best = static_cast<int>(name - begin);
        size = candidate.size();
      }
    }
    at += size;
    return best;
  };
  if (element.letter == 0) {
    if (!same_ignoring_case(rest.substr(0, element.text.size()), element.text)) return failed;
    at += element.text.size();
    return -1;
  }
  if (is_numeric(element.letter, element.count)) {
    auto [least, most] = digit_range(element.letter, element.count);
    if (most > least) {
      // Fixed numbers that follow at once keep their digits: yyyyMMdd.
      int reserved = 0;
      for (size_t next = index + 1; next < elements_.size(); next++) {
        const Element& other = elements_[next];
        bool fixed = (is_numeric(other.letter, other.count) &&
                      digit_range(other.letter, other.count).first ==
                          digit_range(other.letter, other.count).second);
        if (other.letter == 'S') reserved += other.count;
        if (!fixed) break;
        reserved += other.count;
      }
      int available = 0;
      while (available < static_cast<int>(rest.size()) && rest[available] >= '0' &&
             rest[available] <= '9')
        available++;
      if (reserved > 0) most = std::clamp(available - reserved, least, most);
    }
    bool negative = false;
    size_t start = 0;
    if (element.letter == 'y' && element.count != 2 && !rest.empty() &&
        (rest[0] == '-' || rest[0] == '+')) {
      negative = rest[0] == '-';
      start = 1;
    }
    int digits = 0;
    int64_t value = 0;
    while (digits < most && start + digits < rest.size() && rest[start + digits] >= '0' &&
           rest[start + digits] <= '9') {
      if (digits < 18) value = value * 10 + (rest[start + digits] - '0');
      digits++;
    }
    if (digits < least || digits == 0) return failed;
    at += start + digits;
    if (negative) value = -value;
    switch (element.letter) {
      case 'y': fields.year = element.count == 2 ? 2000 + value : value; break;
      case 'M':
      case 'L': fields.month = value; break;
      case 'd': fields.day = value; break;
      case 'D': fields.day_of_year = value; break;
      case 'H': fields.hour = value; break;
      case 'k': fields.hour = value == 24 ? 0 : value; break;
      case 'h': fields.clock_hour = value; break;
      case 'K': fields.half_hour = value; break;
      case 'm': fields.minute = value; break;
      case 's': fields.second = value; break;
      default: break;
    }
    return -1;
  }
  switch (element.letter) {
    case 'M':
    case 'L': {
      auto* names = element.count == 4 ? kMonths : kShortMonths;
      int month = take_name(names, names + 12);
      if (month < 0) return failed;
      fields.month = month + 1;
      return -1;
    }
    case 'a': {
      constexpr const char* kHalves[] = {"AM", "PM"};
      int half = take_name(kHalves, kHalves + 2);
      if (half < 0) return failed;
      fields.half = half;
      return -1;
    }
    case 'G': {
      constexpr const char* kEras[] = {"BC", "AD"};
      int era = take_name(kEras, kEras + 2);
      if (era < 0) return failed;
      fields.before_christ = era == 0;
      return -1;
    }
    case 'S': {
      if (static_cast<int>(rest.size()) < element.count) {
        // Spark lets a fraction be shorter than its letters.
        if (rest.empty()) return failed;
      }
      int digits = 0;
      int64_t value = 0;
      while (digits < element.count && digits < static_cast<int>(rest.size()) &&
             rest[digits] >= '0' && rest[digits] <= '9') {
        if (digits < 6) value = value * 10 + (rest[digits] - '0');
        digits++;
      }
      if (digits == 0) return failed;
      at += digits;
      for (; digits < 6; digits++) value *= 10;
      fields.micros = value;
      return -1;
    }
    case 'X':
    case 'x':
    case 'Z':
    case 'O':
    case 'V':
    case 'z': {
      // The longest text that names a zone.
      size_t size = 0;
      while (size < rest.size() &&
             (isalnum(static_cast<unsigned char>(rest[size])) || strchr("/_+-:", rest[size])))
        size++;
      for (; size > 0; size--) {
        if (const Zone* zone = Zone::find(rest.substr(0, size))) {
          bool offset =
              rest[0] == '+' || rest[0] == '-' || rest[0] == 'Z' || rest.starts_with("GMT");
          if (strchr("XxZO", element.letter) && !offset) return failed;
          fields.zone = zone;
          at += size;
          return -1;
        }
      }
      return failed;
    }
    default: return failed;
  }
}

int DateTimePattern::parse_elements(std::string_view text, size_t& at, size_t from, size_t to,
                                    Fields& fields) const {
  for (size_t i = from; i < to; i++) {
    if (elements_[i].letter == ']') continue;
    if (elements_[i].letter == '[') {
      size_t end = i + 1;
      for (int depth = 1; end < to; end++) {
        if (elements_[end].letter == '[') depth++;
        if (elements_[end].letter == ']' && --depth == 0) break;
      }
      Fields tried = fields;
      size_t position = at;
      if (parse_elements(text, position, i + 1, end, tried) < 0) {
        fields = tried;
        at = position;
      }
      i = end;
      continue;
    }
    int failed = parse_element(text, at, i, fields);
    if (failed >= 0) return failed;
  }
  return -1;
}

std::variant<DateTimePattern::Parsed, std::string> DateTimePattern::parse(
    std::string_view text) const {
  Fields fields;
  size_t at = 0;
  std::string prefix = "Text '" + std::string(text) + "' could not be parsed";
  int failed = parse_elements(text, at, 0, elements_.size(), fields);
  if (failed >= 0) return prefix + " at index " + std::to_string(failed);
  if (at < text.size()) return prefix + ", unparsed text found at index " + std::to_string(at);
  auto out_of_range = [&](const char* field, int64_t least, const std::string& most,
                          int64_t value) {
    return prefix + ": Invalid value for " + field + " (valid values " + std::to_string(least) +
           " - " + most + "): " + std::to_string(value);
  };
  struct Range {
    std::optional<int64_t> value;
    const char* field;
    int64_t least, most;
    const char* most_text;
  };
  const Range ranges[] = {
      {fields.month, "MonthOfYear", 1, 12, "12"},
      {fields.day, "DayOfMonth", 1, 31, "28/31"},
      {fields.day_of_year, "DayOfYear", 1, 366, "365/366"},
      {fields.hour, "HourOfDay", 0, 23, "23"},
      {fields.half_hour, "HourOfAmPm", 0, 11, "11"},
      {fields.clock_hour, "ClockHourOfAmPm", 1, 12, "12"},
      {fields.minute, "MinuteOfHour", 0, 59, "59"},
      {fields.second, "SecondOfMinute", 0, 59, "59"},
  };
  for (const Range& range : ranges) {
    if (range.value && (*range.value < range.least || *range.value > range.most)) {
      return out_of_range(range.field, range.least, range.most_text, *range.value);
    }
  }
  int64_t year = fields.year.value_or(1970);
  if (fields.before_christ) year = 1 - year;
  int64_t month = fields.month.value_or(1), day = fields.day.value_or(1);
  std::optional<int32_t> days;
  if (fields.day_of_year) {
    const auto last = make_days(year, 12, 31), first = make_days(year, 1, 1);
    if (first && last && *first + *fields.day_of_year - 1 > *last) {
      return (fields.year ? prefix + ": " : "") + "Invalid date 'DayOfYear 366' as '" +
             std::to_string(year) + "' is not a leap year";
    }
    days = first;
    if (days) {
      *days += static_cast<int32_t>(*fields.day_of_year) - 1;
      const CivilDate date = civil_from_days(*days);
      const auto conflict = [&](const char* field, int64_t given, int64_t derived) {
        char text[16];
        std::snprintf(text, sizeof text, "%04d-%02d-%02d", static_cast<int>(date.year),
                      static_cast<int>(date.month), static_cast<int>(date.day));
        const std::string message = std::string("Conflict found: Field ") + field + " " +
                                    std::to_string(given) + " differs from " + field + " " +
                                    std::to_string(derived) + " derived from " + text + ".";
        return fields.year ? prefix + ": " + message : message;
      };
      if (fields.month && *fields.month != date.month)
        return conflict("MonthOfYear", *fields.month, date.month);
      if (fields.day && *fields.day != date.day)
        return conflict("DayOfMonth", *fields.day, date.day);
    }
  } else {
    days = make_days(year, month, day);
  }
  if (!days) {
    if (month == 2 && day == 29) {
      return fields.year ? prefix + ": Invalid date 'February 29' as '" + std::to_string(year) +
                               "' is not a leap year"
                         : "Invalid date 'February 29' as '" + std::to_string(year) +
                               "' is not a leap year";
    }
    return prefix + ": Invalid date '" + kUpperMonths[month - 1] + " " + std::to_string(day) + "'";
  }
  int64_t hour = 0;
  if (fields.hour) {
    hour = *fields.hour;
  } else if (fields.clock_hour || fields.half_hour || fields.half) {
    hour = (fields.clock_hour ? *fields.clock_hour % 12 : fields.half_hour.value_or(0)) +
           12 * fields.half.value_or(0);
  }
  Parsed parsed;
  parsed.zone = fields.zone;
  __int128 local = __int128{*days} * kMicrosPerDay + hour * kMicrosPerHour +
                   fields.minute.value_or(0) * kMicrosPerMinute +
                   fields.second.value_or(0) * kMicrosPerSecond + fields.micros;
  if (local != static_cast<int64_t>(local)) return prefix + ": long overflow";
  parsed.local_micros = static_cast<int64_t>(local);
  return parsed;
}

}  // namespace lochan::engine::kernels
