#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace lochan::session {

/// An instant in microseconds from a text that Spark casts to a timestamp, read in `zone` where it
/// names no other. Throws DELTA_TIMESTAMP_INVALID.
int64_t parse_timestamp(const std::string& text, std::string_view zone);

}  // namespace lochan::session
