#pragma once
#include <chrono>
#include <cstdint>
#include <string>

namespace lochan {

/// Wall-clock time in microseconds since 1970-01-01T00:00:00Z. The only place that asks the system
/// for it.
int64_t now_micros();
/// The wall-clock time `delay` from now, for interfaces that take a deadline.
std::chrono::system_clock::time_point deadline_after(std::chrono::microseconds delay);
/// A random (version 4) UUID in lower case.
std::string random_uuid();
/// 64 random bits.
uint64_t random_bits();

}  // namespace lochan
