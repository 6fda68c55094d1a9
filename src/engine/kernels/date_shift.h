#pragma once
#include <cstdint>

#include "engine/kernels/zone.h"

namespace lochan::engine::kernels {

/// An instant moved by months and days of the local calendar, then by microseconds of real time. A
/// local time that a gap lacks moves on; within an overlap the offset stays.
int64_t add_to_timestamp(int64_t micros, int64_t months, int64_t days, int64_t rest,
                         const Zone& zone);

}  // namespace lochan::engine::kernels
