#include "types/interval_text.h"

#include <cstdio>
#include <vector>

#include "base/ascii.h"
#include "base/error.h"
#include "types/type_text.h"

namespace lochan::types {
namespace {

constexpr int64_t kSecond = 1'000'000, kMinute = 60 * kSecond, kHour = 60 * kMinute,
                  kDay = 24 * kHour;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_space(char c) { return static_cast<unsigned char>(c) <= ' '; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string two(uint64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

// Microseconds as "ss" or "ss.ffffff" without trailing zeros.
std::string seconds_text(uint64_t micros) {
  std::string out = two(micros / kSecond);
  if (const uint64_t fraction = micros % kSecond) {
    char buffer[16];
    std::snprintf(buffer, sizeof buffer, ".%06d", static_cast<int>(fraction));
    out += buffer;
    out.erase(out.find_last_not_of('0') + 1);
  }
  return out;
}

[[noreturn]] void fail(const char* reason, std::string_view input, ErrorParameters more = {}) {
  more.emplace("input", input);
  throw Error(std::string("INVALID_INTERVAL_FORMAT.") + reason, std::move(more));
}

// Exact sums that know when they leave 64 bits.
struct Sum {
  __int128 value = 0;
  void add(__int128 n) { value += n; }
  bool fits() const { return value >= INT64_MIN && value <= INT64_MAX; }
};

// Reads digits; false if there are none or more than a long holds.
bool read_number(std::string_view text, size_t& i, __int128& value) {
  const size_t begin = i;
  value = 0;
  for (; i < text.size() && is_digit(text[i]); ++i) {
    value = value * 10 + (text[i] - '0');
    if (value > INT64_MAX + __int128{1}) return false;
  }
  return i > begin;
}

std::string fields_text(const DataType& type) {
  const auto name = type.is(TypeId::kYearMonthInterval) ? year_month_field : day_time_field;
  std::string out = name(type.interval_start());
  if (type.interval_start() != type.interval_end())
    out += std::string(" to ") + name(type.interval_end());
  return out;
}

struct Pattern {
  const char* fields;
  const char* format;
};
constexpr Pattern kPatterns[] = {
    {"year", "`[+|-]y`, `INTERVAL [+|-]'[+|-]y' YEAR`"},
    {"month", "`[+|-]m`, `INTERVAL [+|-]'[+|-]m' MONTH`"},
    {"year to month", "`[+|-]y-m`, `INTERVAL [+|-]'[+|-]y-m' YEAR TO MONTH`"},
    {"day", "`[+|-]d`, `INTERVAL [+|-]'[+|-]d' DAY`"},
    {"day to hour", "`[+|-]d h`, `INTERVAL [+|-]'[+|-]d h' DAY TO HOUR`"},
    {"day to minute", "`[+|-]d h:m`, `INTERVAL [+|-]'[+|-]d h:m' DAY TO MINUTE`"},
    {"day to second", "`[+|-]d h:m:s.n`, `INTERVAL [+|-]'[+|-]d h:m:s.n' DAY TO SECOND`"},
    {"hour", "`[+|-]h`, `INTERVAL [+|-]'[+|-]h' HOUR`"},
    {"hour to minute", "`[+|-]h:m`, `INTERVAL [+|-]'[+|-]h:m' HOUR TO MINUTE`"},
    {"hour to second", "`[+|-]h:m:s.n`, `INTERVAL [+|-]'[+|-]h:m:s.n' HOUR TO SECOND`"},
    {"minute", "`[+|-]m`, `INTERVAL [+|-]'[+|-]m' MINUTE`"},
    {"minute to second", "`[+|-]m:s.n`, `INTERVAL [+|-]'[+|-]m:s.n' MINUTE TO SECOND`"},
    {"second", "`[+|-]s.n`, `INTERVAL [+|-]'[+|-]s.n' SECOND`"},
};

[[noreturn]] void mismatch(std::string_view input, const DataType& type) {
  const std::string fields = fields_text(type);
  const bool year_month = type.is(TypeId::kYearMonthInterval);
  const char* format = "";
  for (const Pattern& pattern : kPatterns) {
    if (fields == pattern.fields) format = pattern.format;
  }
  fail(year_month ? "UNMATCHED_FORMAT_STRING" : "UNMATCHED_FORMAT_STRING_WITH_NOTICE", input,
       {{"intervalStr", year_month ? "year-month" : "day-time"},
        {"supportedFormat", format},
        {"typeName", "interval " + fields}});
}

// Cuts "INTERVAL '...' UNIT" down to the text inside the quotes, when `text` is such a literal.
std::string_view inside_literal(std::string_view text, std::string_view input, const DataType& type,
                                bool& negative) {
  if (lower_case(text.substr(0, 8)) != "interval" || text.size() < 9 || !is_space(text[8]))
    return text;
  text = trimmed(text.substr(8));
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    if (text[0] == '-') negative = !negative;
    text = trimmed(text.substr(1));
  }
  const size_t close = text.rfind('\'');
  if (text.empty() || text[0] != '\'' || close == 0 || close == std::string_view::npos)
    mismatch(input, type);
  if (lower_case(trimmed(text.substr(close + 1))) != fields_text(type)) mismatch(input, type);
  return trimmed(text.substr(1, close - 1));
}

int64_t parse_year_month(std::string_view text, std::string_view input, const DataType& type,
                         bool negative) {
  size_t i = 0;
  __int128 first = 0, second = 0;
  if (!read_number(text, i, first)) mismatch(input, type);
  if (type.interval_start() != type.interval_end()) {
    if (i >= text.size() || text[i] != '-') mismatch(input, type);
    if (!read_number(text, ++i, second)) mismatch(input, type);
    if (second > 11) {
      fail("INVALID_VALUE", input, {{"value", "month " + std::to_string(int64_t(second))}});
    }
  }
  if (i != text.size()) mismatch(input, type);
  __int128 months = type.interval_start() == 0 ? first * 12 + second : first;
  if (negative) months = -months;
  if (months > INT32_MAX || months < INT32_MIN) fail("ARITHMETIC_EXCEPTION", input);
  return static_cast<int64_t>(months);
}

int64_t parse_day_time(std::string_view text, std::string_view input, const DataType& type,
                       bool negative) {
  constexpr int64_t kUnits[] = {kDay, kHour, kMinute, kSecond};
  constexpr int64_t kLimits[] = {106'751'991, 2'562'047'788, 153'722'867'280, 9'223'372'036'854};
  size_t i = 0;
  Sum sum;
  for (int field = type.interval_start(); field <= type.interval_end(); ++field) {
    if (field > type.interval_start()) {
      if (i >= text.size() || text[i] != (field == 1 ? ' ' : ':')) mismatch(input, type);
      ++i;
    }
    __int128 value = 0;
    const size_t begin = i;
    if (!read_number(text, i, value)) mismatch(input, type);
    const bool leading = field == type.interval_start();
    if (!leading && i - begin > 2) mismatch(input, type);
    const int64_t limit = leading ? kLimits[field] : field == 1 ? 23 : 59;
    if (value > limit) {
      fail("DAY_TIME_PARSING", input,
           {{"msg", std::string("requirement failed: ") + day_time_field(field) + " " +
                        std::to_string(static_cast<int64_t>(value)) + " outside range [0, " +
                        std::to_string(limit) + "]"}});
    }
    sum.add(value * kUnits[field]);
    if (field == 3 && i < text.size() && text[i] == '.') {
      const size_t from = ++i;
      int64_t fraction = 0;
      for (; i < text.size() && is_digit(text[i]); ++i) {
        if (i - from < 6) fraction = fraction * 10 + (text[i] - '0');
      }
      if (i - from > 9 || i == from) mismatch(input, type);
      for (size_t digits = i - from; digits < 6; ++digits) fraction *= 10;
      sum.add(fraction);
    }
  }
  if (i != text.size()) mismatch(input, type);
  if (negative) sum.value = -sum.value;
  if (!sum.fits()) fail("ARITHMETIC_EXCEPTION", input);
  return static_cast<int64_t>(sum.value);
}

}  // namespace

std::string year_month_to_string(int64_t months, int start, int end) {
  const std::string sign = months < 0 ? "-" : "";
  const int64_t size = months < 0 ? -months : months;
  if (start == 1) return sign + std::to_string(size);
  std::string out = sign + std::to_string(size / 12);
  if (end == 1) out += "-" + std::to_string(size % 12);
  return out;
}

std::string day_time_to_string(int64_t micros, int start, int end) {
  uint64_t rest = micros < 0 ? 0 - static_cast<uint64_t>(micros) : static_cast<uint64_t>(micros);
  std::string out = micros < 0 ? "-" : "";
  constexpr int64_t kUnits[] = {kDay, kHour, kMinute, kSecond};
  for (int field = start; field <= end; ++field) {
    if (field > start) out += field == 1 ? ' ' : ':';
    if (field == 3) {
      out += seconds_text(rest);
    } else {
      const uint64_t value = rest / kUnits[field];
      rest %= kUnits[field];
      out += field == 0 ? std::to_string(value) : two(value);
    }
  }
  return out;
}

std::string interval_literal(int64_t value, const DataType& type) {
  const std::string text =
      type.is(TypeId::kYearMonthInterval)
          ? year_month_to_string(value, type.interval_start(), type.interval_end())
          : day_time_to_string(value, type.interval_start(), type.interval_end());
  return "INTERVAL '" + text + "' " + upper_case(fields_text(type));
}

std::string calendar_interval_to_string(const CalendarInterval& interval) {
  std::string out;
  const auto append = [&](int64_t value, const char* unit) {
    if (value == 0) return;
    if (!out.empty()) out += ' ';
    out += std::to_string(value) + " " + unit;
  };
  append(interval.months / 12, "years");
  append(interval.months % 12, "months");
  append(interval.days, "days");
  append(interval.microseconds / kHour, "hours");
  append(interval.microseconds % kHour / kMinute, "minutes");
  if (const int64_t rest = interval.microseconds % kMinute) {
    if (!out.empty()) out += ' ';
    char buffer[32];
    const int64_t size = rest < 0 ? -rest : rest;
    std::snprintf(buffer, sizeof buffer, "%s%d.%06d", rest < 0 ? "-" : "",
                  static_cast<int>(size / kSecond), static_cast<int>(size % kSecond));
    std::string text = buffer;
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
    out += text + " seconds";
  }
  return out.empty() ? "0 seconds" : out;
}

CalendarInterval parse_calendar_interval(std::string_view input) {
  std::string_view text = trimmed(input);
  if (text.empty()) fail("INPUT_IS_EMPTY", input);
  size_t i = 0;
  const auto skip = [&] {
    while (i < text.size() && is_space(text[i])) ++i;
  };
  const auto word = [&] {
    size_t end = i;
    while (end < text.size() && !is_space(text[end])) ++end;
    return std::string(text.substr(i, end - i));
  };
  if (lower_case(text.substr(0, 8)) == "interval") {
    if (text.size() == 8) fail("INPUT_IS_EMPTY", input);
    if (!is_space(text[8])) fail("INVALID_PREFIX", input, {{"prefix", "'" + word() + "'"}});
    i = 8;
  }
  Sum months, days, micros;
  std::string last_word;
  while (true) {
    skip();
    if (i >= text.size()) {
      if (last_word.empty()) fail("MISSING_NUMBER", input, {{"word", "'interval'"}});
      break;
    }
    bool negative = false;
    if (text[i] == '+' || text[i] == '-') {
      negative = text[i++] == '-';
      skip();
      if (i >= text.size()) fail("MISSING_NUMBER", input, {{"word", negative ? "'-'" : "'+'"}});
    }
    const std::string number = word();
    __int128 value = 0;
    bool point = false;
    int64_t fraction_nanos = 0;
    if (!is_digit(text[i]) && text[i] != '.')
      fail("UNRECOGNIZED_NUMBER", input, {{"number", "'" + number + "'"}});
    if (is_digit(text[i]) && !read_number(text, i, value)) fail("ARITHMETIC_EXCEPTION", input);
    if (i < text.size() && text[i] == '.') {
      point = true;
      int64_t scale = 100'000'000;
      for (++i; i < text.size() && is_digit(text[i]); ++i) {
        if (scale == 0) fail("INVALID_PRECISION", input, {{"value", "'" + number + "'"}});
        fraction_nanos += (text[i] - '0') * scale;
        scale /= 10;
      }
    }
    if (i < text.size() && !is_space(text[i]))
      fail("INVALID_VALUE", input, {{"value", "'" + number + "'"}});
    skip();
    if (i >= text.size()) fail("MISSING_UNIT", input, {{"word", "'" + number + "'"}});
    const std::string unit_word = word();
    std::string unit = lower_case(unit_word);
    if (unit.size() > 1 && unit.back() == 's') unit.pop_back();
    if (point && unit != "second")
      fail("INVALID_FRACTION", input, {{"unit", "'" + unit_word + "'"}});
    if (negative) {
      value = -value;
      fraction_nanos = -fraction_nanos;
    }
    if (unit == "year")
      months.add(value * 12);
    else if (unit == "month")
      months.add(value);
    else if (unit == "week")
      days.add(value * 7);
    else if (unit == "day")
      days.add(value);
    else if (unit == "hour")
      micros.add(value * kHour);
    else if (unit == "minute")
      micros.add(value * kMinute);
    else if (unit == "second")
      micros.add(value * kSecond + fraction_nanos / 1000);
    else if (unit == "millisecond")
      micros.add(value * 1000);
    else if (unit == "microsecond")
      micros.add(value);
    else
      fail("INVALID_UNIT", input, {{"unit", "'" + unit_word + "'"}});
    i += unit_word.size();
    last_word = unit_word;
  }
  const auto int32 = [](const Sum& sum) {
    return sum.value >= INT32_MIN && sum.value <= INT32_MAX;
  };
  if (!int32(months) || !int32(days) || !micros.fits()) fail("ARITHMETIC_EXCEPTION", input);
  return {static_cast<int32_t>(months.value), static_cast<int32_t>(days.value),
          static_cast<int64_t>(micros.value)};
}

int64_t parse_ansi_interval(std::string_view input, const DataType& type) {
  bool negative = false;
  std::string_view text = inside_literal(trimmed(input), input, type, negative);
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    if (text[0] == '-') negative = !negative;
    text.remove_prefix(1);
  }
  return type.is(TypeId::kYearMonthInterval) ? parse_year_month(text, input, type, negative)
                                             : parse_day_time(text, input, type, negative);
}

}  // namespace lochan::types
