#include "session/timestamp_text.h"

#include <charconv>

#include "base/error.h"
#include "delta/partition_values.h"
#include "types/time_zone.h"

namespace lochan::session {

int64_t parse_timestamp(const std::string& text, std::string_view zone) {
  std::string plain = text;
  if (plain.size() > 10 && plain[10] == 'T' && !plain.ends_with("Z")) plain[10] = ' ';
  if (plain.size() == 10) plain += " 00:00:00";
  delta::Column column;
  column.name = "timestampAsOf";
  column.type = types::TypeId::kTimestamp;
  try {
    const auto value = delta::parse_partition_value(column, plain, types::TimeZone::get(zone));
    if (!value.is_null()) return value.as_int();
  } catch (const Error&) {
    // The error below names the option.
  }
  throw Error("DELTA_INVALID_TIMESTAMP_FORMAT",
              {{"timestamp", text}, {"format", "yyyy-MM-dd HH:mm:ss[.S]"}});
}

int64_t parse_version(const std::string& text) {
  int64_t version = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size() || version < 0)
    throw Error("DELTA_INVALID_TIME_TRAVEL_VERSION", {{"version", text}});
  return version;
}

}  // namespace lochan::session
