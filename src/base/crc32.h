#pragma once
#include <cstdint>
#include <string_view>

namespace lochan {

/// CRC-32 as zlib computes it: pieces of artifacts, deletion vectors, SQL's crc32.
uint32_t crc32(std::string_view data);

}  // namespace lochan
