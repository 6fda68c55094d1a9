#pragma once
#include <cstdint>
#include <string>

namespace lochan::analysis {

/// The number of a version, which may not exist. Throws DELTA_TIME_TRAVEL_INVALID_BEGIN_VALUE.
int64_t parse_version(const std::string& text);

}  // namespace lochan::analysis
