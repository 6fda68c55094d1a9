#pragma once
#include <spark/connect/common.pb.h>

#include <string>
#include <string_view>

namespace lochan::connect {

/// A storage level as the session keeps it: "disk,memory,off heap,deserialized,replication".
std::string to_text(const spark::connect::StorageLevel& level);
/// The level of that text; an empty text is Spark's NONE.
spark::connect::StorageLevel parse_storage_level(std::string_view text);

/// What df.cache() asks for: MEMORY_AND_DISK, deserialized.
inline constexpr std::string_view kMemoryAndDisk = "true,true,false,true,1";

}  // namespace lochan::connect
