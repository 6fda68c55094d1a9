#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace lochan::delta {

/// Z85 (ZeroMQ RFC 32): base 85 with an alphabet that JSON need not escape; 4 bytes in 5
/// characters. `text` must have a multiple of 5 characters, `bytes` a multiple of 4 bytes.
std::optional<std::string> decode_z85(std::string_view text);
std::string encode_z85(std::string_view bytes);

}  // namespace lochan::delta
