#include "session/timestamp_text.h"

#include <charconv>

#include "base/error.h"
#include "types/datetime_text.h"
#include "types/time_zone.h"
#include "types/value.h"

namespace lochan::session {

int64_t parse_timestamp(const std::string& text, std::string_view zone) {
  if (const auto micros = types::parse_timestamp(text, types::TimeZone::get(zone))) return *micros;
  throw Error("DELTA_TIMESTAMP_INVALID", {{"expr", types::Value::string(text).sql()}});
}

int64_t parse_version(const std::string& text) {
  const char* first = text.data() + (text.starts_with("+") ? 1 : 0);
  const char* end = text.data() + text.size();
  int64_t version = 0;
  const auto [stop, error] = std::from_chars(first, end, version);
  if (error != std::errc() || stop != end)
    throw Error("DELTA_TIME_TRAVEL_INVALID_BEGIN_VALUE", {{"timeTravelKey", "versionAsOf"}});
  return version;
}

}  // namespace lochan::session
