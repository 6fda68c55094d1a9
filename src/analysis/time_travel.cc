#include "analysis/time_travel.h"

#include <charconv>

#include "base/error.h"

namespace lochan::analysis {

int64_t parse_version(const std::string& text) {
  const char* first = text.data() + (text.starts_with("+") ? 1 : 0);
  const char* end = text.data() + text.size();
  int64_t version = 0;
  const auto [stop, error] = std::from_chars(first, end, version);
  if (error != std::errc() || stop != end)
    throw Error("DELTA_TIME_TRAVEL_INVALID_BEGIN_VALUE", {{"timeTravelKey", "versionAsOf"}});
  return version;
}

}  // namespace lochan::analysis
