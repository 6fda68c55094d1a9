#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace lochan::session {

/// An instant in microseconds from "2024-05-06", "2024-05-06 07:08:09[.123]" or with T, read in
/// `zone`, or with a final Z or offset. Throws DELTA_INVALID_TIMESTAMP_FORMAT.
int64_t parse_timestamp(const std::string& text, std::string_view zone);
/// A version number. Throws DELTA_INVALID_VERSION.
int64_t parse_version(const std::string& text);

}  // namespace lochan::session
