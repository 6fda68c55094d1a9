#pragma once
#include <cstdint>
#include <string_view>

namespace lochan::connect {

/// CRC-32 as zlib computes it: clients check the pieces of artifacts by it.
uint32_t crc32(std::string_view data);

}  // namespace lochan::connect
