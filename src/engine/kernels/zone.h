#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/kernels/calendar.h"

/// Time zones: Spark's zone ids (regions, "UTC+8", "+08:00", "Z", Java's short ids) over the `date`
/// library's database.
namespace lochan::engine::kernels {

/// One zone. Immutable; instances live as long as the process, so pointers are kept freely by any
/// thread.
class Zone {
 public:
  /// The zone called `id`, or null if there is none.
  static const Zone* find(std::string_view id);
  /// The same; throws INVALID_TIMEZONE.
  static const Zone& get(std::string_view id);
  static const Zone& utc();

  const std::string& id() const { return id_; }  // as Java prints the ZoneId
  bool is_fixed() const { return starts_.empty(); }
  /// Seconds east of UTC at an instant.
  int32_t offset_at(int64_t utc_seconds) const {
    return starts_.empty() ? fixed_offset_ : offset_in_table(utc_seconds);
  }
  int64_t to_local(int64_t utc_micros) const {
    return utc_micros + offset_at(floor_div(utc_micros, kMicrosPerSecond)) * kMicrosPerSecond;
  }
  /// The instant of a local time. As Java: within an overlap the earlier instant, within a gap the
  /// time moved on by the gap's length.
  int64_t to_utc(int64_t local_micros) const;
  /// The same, within an overlap the instant that has `preferred` as its offset, if one has.
  int64_t to_utc(int64_t local_micros, int32_t preferred) const;
  /// Abbreviation ("PST") at an instant; the id itself for fixed offsets.
  std::string abbreviation(int64_t utc_seconds, bool full = false) const;
  bool is_daylight(int64_t utc_seconds) const;

 private:
  friend class ZoneTable;
  int32_t offset_in_table(int64_t utc_seconds) const;
  std::string id_;
  int32_t fixed_offset_ = 0;
  // Transitions: from starts_[i] (UTC seconds) on, offsets_[i] holds. Empty for fixed offsets.
  std::vector<int64_t> starts_;
  std::vector<int32_t> offsets_;
  const void* region_ = nullptr;  // date::time_zone
};

/// "+05:30", "-07:52:58", "Z" for zero as Java prints a ZoneOffset.
std::string offset_text(int32_t seconds, bool zulu = true);

}  // namespace lochan::engine::kernels
