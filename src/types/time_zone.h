#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace date {
class time_zone;
}

namespace lochan::types {

/// A zone of time: a region of the tz database or a fixed offset. A small value; thread-safe. Built
/// from the names that Spark takes: "America/Los_Angeles", "UTC", "Z", "+01:00", "-8", "GMT+1",
/// "PST".
class TimeZone {
 public:
  TimeZone() = default;  // UTC
  static std::optional<TimeZone> find(std::string_view id);
  /// Throws Error(INVALID_TIMEZONE).
  static TimeZone get(std::string_view id);
  /// The name of this machine's zone.
  static std::string local_id();

  /// Seconds east of UTC at an instant (seconds since the epoch).
  int64_t offset_at(int64_t epoch_seconds) const;
  /// The instant of a local time, both in microseconds. As java.time has it: in a gap the time
  /// moves later by the gap, in an overlap the earlier instant is meant.
  int64_t instant_of(int64_t local_micros) const;
  /// The local time of an instant, both in microseconds.
  int64_t local_of(int64_t instant_micros) const;

 private:
  const date::time_zone* region_ = nullptr;
  int64_t offset_ = 0;
};

}  // namespace lochan::types
