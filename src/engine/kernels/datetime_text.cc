#include "engine/kernels/datetime_text.h"

#include "base/clock.h"
#include "engine/kernels/number_parse.h"

namespace lochan::engine::kernels {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_padded(std::string& out, int64_t value, int width) {
  char digits[24];
  int count = 0;
  uint64_t rest = value < 0 ? -static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  do {
    digits[count++] = static_cast<char>('0' + rest % 10);
    rest /= 10;
  } while (rest != 0);
  while (count < width) digits[count++] = '0';
  while (count > 0) out += digits[--count];
}

/// The parts of a timestamp's text.
struct TimestampParts {
  // year, month, day, hour, minute, second, µs
  int64_t fields[7] = {1, 1, 1, 0, 0, 0, 0};
  bool only_time = false;
  std::string_view zone;
  bool has_zone = false;
};

bool enough_digits(int field, int digits) {
  if (field == 6) return true;
  if (field == 0) return digits >= 4 && digits <= 6;
  return digits > 0 && digits <= 2;
}

std::optional<TimestampParts> split_timestamp(std::string_view text) {
  text = trim_all(text);
  if (text.empty()) return std::nullopt;
  TimestampParts parts;
  size_t at = 0;
  bool negative = false, has_sign = false;
  if (text[0] == '-' || text[0] == '+') {
    has_sign = true;
    negative = text[at++] == '-';
  }
  int field = 0, digits = 0, fraction_digits = 0;
  int64_t current = 0;
  auto close = [&] {
    if (!enough_digits(field, digits)) return false;
    parts.fields[field] = current;
    current = 0;
    digits = 0;
    return true;
  };
  for (; at < text.size(); at++) {
    char c = text[at];
    if (is_digit(c)) {
      if (field == 6) fraction_digits++;
      if (field != 6 || digits < 6) current = current * 10 + (c - '0');
      if (++digits > 6 && field != 6) return std::nullopt;
      continue;
    }
    if (at == 0 && c == 'T') {
      parts.only_time = true;
      field = 3;
    } else if (field < 2) {
      if (c == '-') {
        if (!close()) return std::nullopt;
        field++;
      } else if (field == 0 && c == ':' && !has_sign) {
        parts.only_time = true;
        field = 3;
        if (!close()) return std::nullopt;
        field = 4;
      } else {
        return std::nullopt;
      }
    } else if (field == 2) {
      if ((c != ' ' && c != 'T') || !close()) return std::nullopt;
      field++;
    } else if (field < 5) {
      if (c != ':' || !close()) return std::nullopt;
      field++;
    } else if (c == '.' && field == 5) {
      if (!close()) return std::nullopt;
      field++;
    } else {
      parts.zone = text.substr(at);
      parts.has_zone = true;
      break;
    }
  }
  if (!close()) return std::nullopt;
  for (; fraction_digits < 6; fraction_digits++) parts.fields[6] *= 10;
  if (negative) parts.fields[0] = -parts.fields[0];
  return parts;
}

std::optional<int64_t> time_of_day(const TimestampParts& parts) {
  const int64_t* f = parts.fields;
  if (f[3] > 23 || f[4] > 59 || f[5] > 59) return std::nullopt;
  return ((f[3] * 60 + f[4]) * 60 + f[5]) * kMicrosPerSecond + f[6];
}

std::optional<int64_t> local_micros(const TimestampParts& parts) {
  auto days = make_days(parts.fields[0], parts.fields[1], parts.fields[2]);
  auto time = time_of_day(parts);
  if (!days || !time) return std::nullopt;
  int64_t result;
  if (__builtin_mul_overflow(int64_t{*days}, kMicrosPerDay, &result) ||
      __builtin_add_overflow(result, *time, &result)) {
    return std::nullopt;
  }
  return result;
}

const Zone* find_zone(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return Zone::find(text);
}

}  // namespace

std::optional<int32_t> make_days(int64_t year, int64_t month, int64_t day) {
  if (month < 1 || month > 12 || day < 1 || year > 999'999'999 || year < -999'999'999 ||
      day > days_in_month(year, static_cast<int>(month))) {
    return std::nullopt;
  }
  int64_t days = days_from_civil(year, static_cast<int>(month), static_cast<int>(day));
  if (days != static_cast<int32_t>(days)) return std::nullopt;
  return static_cast<int32_t>(days);
}

std::optional<int32_t> parse_date(std::string_view text) {
  text = trim_all(text);
  if (text.empty()) return std::nullopt;
  int64_t fields[3] = {1, 1, 1};
  int field = 0, digits = 0;
  int64_t current = 0;
  size_t at = 0;
  bool negative = text[0] == '-';
  if (text[0] == '-' || text[0] == '+') at++;
  auto valid = [&] { return field == 0 ? digits >= 4 && digits <= 7 : digits > 0 && digits <= 2; };
  for (; at < text.size() && text[at] != ' ' && text[at] != 'T'; at++) {
    char c = text[at];
    if (field < 2 && c == '-') {
      if (!valid()) return std::nullopt;
      fields[field++] = current;
      current = digits = 0;
    } else if (is_digit(c) && digits < 7) {
      current = current * 10 + (c - '0');
      digits++;
    } else {
      return std::nullopt;
    }
  }
  if (!valid() || (field < 2 && at < text.size())) return std::nullopt;
  fields[field] = current;
  return make_days(negative ? -fields[0] : fields[0], fields[1], fields[2]);
}

std::optional<int64_t> parse_timestamp(std::string_view text, const Zone& session_zone) {
  auto parts = split_timestamp(text);
  if (!parts) return std::nullopt;
  const Zone* zone = parts->has_zone ? find_zone(parts->zone) : &session_zone;
  if (!zone) return std::nullopt;
  if (parts->only_time) {
    CivilDate today = civil_from_days(floor_div(zone->to_local(now_micros()), kMicrosPerDay));
    parts->fields[0] = today.year;
    parts->fields[1] = today.month;
    parts->fields[2] = today.day;
  }
  auto local = local_micros(*parts);
  if (!local) return std::nullopt;
  return zone->to_utc(*local);
}

std::optional<int64_t> parse_timestamp_ntz(std::string_view text) {
  auto parts = split_timestamp(text);
  if (!parts || parts->only_time || (parts->has_zone && !find_zone(parts->zone)))
    return std::nullopt;
  return local_micros(*parts);
}

std::optional<int64_t> parse_time(std::string_view text) {
  auto parts = split_timestamp(text);
  if (!parts || !parts->only_time || parts->has_zone) return std::nullopt;
  return time_of_day(*parts);
}

void append_date(std::string& out, int32_t days) {
  CivilDate date = civil_from_days(days);
  if (date.year < 0) out += '-';
  if (date.year > 9999) out += '+';
  append_padded(out, date.year, 4);
  out += '-';
  append_padded(out, date.month, 2);
  out += '-';
  append_padded(out, date.day, 2);
}

void append_time(std::string& out, int64_t micros) {
  append_padded(out, micros / kMicrosPerHour, 2);
  out += ':';
  append_padded(out, micros / kMicrosPerMinute % 60, 2);
  out += ':';
  append_padded(out, micros / kMicrosPerSecond % 60, 2);
  int64_t fraction = micros % kMicrosPerSecond;
  if (fraction == 0) return;
  out += '.';
  append_padded(out, fraction, 6);
  while (out.back() == '0') out.pop_back();
}

void append_local_timestamp(std::string& out, int64_t micros) {
  int64_t days = floor_div(micros, kMicrosPerDay);
  append_date(out, static_cast<int32_t>(days));
  out += ' ';
  append_time(out, micros - days * kMicrosPerDay);
}

std::string date_text(int32_t days) {
  std::string out;
  append_date(out, days);
  return out;
}

std::string timestamp_text(int64_t utc_micros, const Zone& zone) {
  std::string out;
  append_local_timestamp(out, zone.to_local(utc_micros));
  return out;
}

}  // namespace lochan::engine::kernels
