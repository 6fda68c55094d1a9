#include "session/timestamp_text.h"

#include "base/error.h"
#include "types/datetime_text.h"
#include "types/time_zone.h"
#include "types/value.h"

namespace lochan::session {

int64_t parse_timestamp(const std::string& text, std::string_view zone) {
  if (const auto micros = types::parse_timestamp(text, types::TimeZone::get(zone))) return *micros;
  throw Error("DELTA_TIMESTAMP_INVALID", {{"expr", types::Value::string(text).sql()}});
}

}  // namespace lochan::session
