#include "engine/kernels/zone.h"

#include <date/tz.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>

#include "base/error.h"

namespace lochan::engine::kernels {
namespace {

// Regions' tables reach this far; later years repeat a 28-year cycle of the last rules.
constexpr int64_t kLastTableYear = 2037;

struct ShortId {
  std::string_view name, zone;
};
// java.time.ZoneId.SHORT_IDS
constexpr ShortId kShortIds[] = {
    {"ACT", "Australia/Darwin"},
    {"AET", "Australia/Sydney"},
    {"AGT", "America/Argentina/Buenos_Aires"},
    {"ART", "Africa/Cairo"},
    {"AST", "America/Anchorage"},
    {"BET", "America/Sao_Paulo"},
    {"BST", "Asia/Dhaka"},
    {"CAT", "Africa/Harare"},
    {"CNT", "America/St_Johns"},
    {"CST", "America/Chicago"},
    {"CTT", "Asia/Shanghai"},
    {"EAT", "Africa/Addis_Ababa"},
    {"ECT", "Europe/Paris"},
    {"IET", "America/Indiana/Indianapolis"},
    {"IST", "Asia/Kolkata"},
    {"JST", "Asia/Tokyo"},
    {"MIT", "Pacific/Apia"},
    {"NET", "Asia/Yerevan"},
    {"NST", "Pacific/Auckland"},
    {"PLT", "Asia/Karachi"},
    {"PNT", "America/Phoenix"},
    {"PRT", "America/Puerto_Rico"},
    {"PST", "America/Los_Angeles"},
    {"SST", "Pacific/Guadalcanal"},
    {"VST", "Asia/Ho_Chi_Minh"},
    {"EST", "-05:00"},
    {"MST", "-07:00"},
    {"HST", "-10:00"},
};

// [+-]h, hh, hh:mm, h:mm, hh:m, hhmm, hh:mm:ss, hhmmss; at most 18 hours.
std::optional<int32_t> parse_offset(std::string_view text) {
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  bool negative = text[0] == '-';
  text.remove_prefix(1);
  int parts[3] = {0, 0, 0};
  int count = 0;
  if (text.find(':') == std::string_view::npos) {
    if (text.size() != 1 && text.size() != 2 && text.size() != 4 && text.size() != 6) {
      return std::nullopt;
    }
    size_t width = text.size() == 1 ? 1 : 2;
    for (size_t i = 0; i < text.size(); i += width) {
      for (size_t k = i; k < i + width; k++) {
        if (text[k] < '0' || text[k] > '9') return std::nullopt;
        parts[count] = parts[count] * 10 + (text[k] - '0');
      }
      count++;
    }
  } else {
    int digits = 0;
    for (size_t i = 0; i <= text.size(); i++) {
      if (i == text.size() || text[i] == ':') {
        if (digits == 0 || (count == 2 && digits != 2)) return std::nullopt;
        count++;
        digits = 0;
      } else if (text[i] >= '0' && text[i] <= '9' && digits < 2 && count < 3) {
        parts[count] = parts[count] * 10 + (text[i] - '0');
        digits++;
      } else {
        return std::nullopt;
      }
    }
    if (count > 3) return std::nullopt;
  }
  int32_t seconds = parts[0] * 3600 + parts[1] * 60 + parts[2];
  if (parts[1] > 59 || parts[2] > 59 || seconds > 18 * 3600) return std::nullopt;
  return negative ? -seconds : seconds;
}

// An instant of the table's last years with the same calendar (weekday of 1 January, leap day) as
// `utc_seconds`.
int64_t into_table(int64_t utc_seconds) {
  int64_t days = floor_div(utc_seconds, 86400);
  int64_t year = civil_from_days(days).year;
  if (year <= kLastTableYear) return utc_seconds;
  int weekday = weekday_from_days(days_from_civil(year, 1, 1));
  for (int64_t candidate = kLastTableYear; candidate > kLastTableYear - 28; candidate--) {
    if (is_leap_year(candidate) == is_leap_year(year) &&
        weekday_from_days(days_from_civil(candidate, 1, 1)) == weekday) {
      return utc_seconds + (days_from_civil(candidate, 1, 1) - days_from_civil(year, 1, 1)) * 86400;
    }
  }
  return utc_seconds;
}

}  // namespace

std::string offset_text(int32_t seconds, bool zulu) {
  if (seconds == 0 && zulu) return "Z";
  char text[16];
  int32_t magnitude = seconds < 0 ? -seconds : seconds;
  int length = snprintf(text, sizeof text, "%c%02d:%02d", seconds < 0 ? '-' : '+', magnitude / 3600,
                        magnitude / 60 % 60);
  std::string result(text, length);
  if (magnitude % 60 != 0) {
    snprintf(text, sizeof text, ":%02d", magnitude % 60);
    result += text;
  }
  return result;
}

/// Makes zones, each once.
class ZoneTable {
 public:
  static ZoneTable& instance() {
    static ZoneTable* table = new ZoneTable;  // outlives every thread
    return *table;
  }

  const Zone* find(std::string_view id) {
    std::lock_guard lock(mutex_);
    auto found = zones_.find(id);
    if (found != zones_.end()) return found->second.get();
    // Unknown ids are not remembered: they may come from data, without bound.
    std::unique_ptr<Zone> zone = make(std::string(id));
    if (!zone) return nullptr;
    return zones_.emplace(std::string(id), std::move(zone)).first->second.get();
  }

 private:
  static std::unique_ptr<Zone> fixed(std::string id, int32_t seconds) {
    auto zone = std::make_unique<Zone>();
    zone->id_ = std::move(id);
    zone->fixed_offset_ = seconds;
    return zone;
  }

  static std::unique_ptr<Zone> make(std::string id) {
    for (const ShortId& row : kShortIds) {
      if (row.name == id) return make(std::string(row.zone));
    }
    if (id == "Z") return fixed("Z", 0);
    if (auto offset = parse_offset(id)) return fixed(offset_text(*offset), *offset);
    for (std::string_view prefix : {"UTC", "GMT", "UT"}) {
      if (!id.starts_with(prefix)) continue;
      std::string_view rest = std::string_view(id).substr(prefix.size());
      if (rest.empty()) return fixed(id, 0);
      if (auto offset = parse_offset(rest)) {
        return fixed(std::string(prefix) + (*offset == 0 ? "" : offset_text(*offset)), *offset);
      }
    }
    return region(id);
  }

  static std::unique_ptr<Zone> region(const std::string& id) {
    const date::time_zone* region = nullptr;
    try {
      region = date::locate_zone(id);
    } catch (const std::exception&) {
      return nullptr;
    }
    auto zone = std::make_unique<Zone>();
    zone->id_ = id;
    zone->region_ = region;
    date::sys_seconds at = date::sys_days(date::year(1700) / 1 / 1);
    const date::sys_seconds end = date::sys_days(date::year(kLastTableYear + 1) / 1 / 1);
    zone->starts_.push_back(INT64_MIN);
    zone->offsets_.push_back(static_cast<int32_t>(region->get_info(at).offset.count()));
    while (true) {
      date::sys_info info = region->get_info(at);
      if (info.end >= end || info.end <= at) break;
      at = info.end;
      auto offset = static_cast<int32_t>(region->get_info(at).offset.count());
      if (offset == zone->offsets_.back()) continue;
      zone->starts_.push_back(at.time_since_epoch().count());
      zone->offsets_.push_back(offset);
    }
    if (zone->starts_.size() == 1) {
      zone->fixed_offset_ = zone->offsets_[0];
      zone->starts_.clear();
      zone->offsets_.clear();
    }
    return zone;
  }

  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Zone>, std::less<>> zones_;
};

const Zone* Zone::find(std::string_view id) {
  // Data that name zones repeat them: the last one is at hand without the table's lock.
  thread_local std::pair<std::string, const Zone*> last{"UTC", &utc()};
  if (last.first == id) return last.second;
  const Zone* zone = ZoneTable::instance().find(id);
  if (zone) last = {std::string(id), zone};
  return zone;
}

const Zone& Zone::get(std::string_view id) {
  const Zone* zone = find(id);
  if (!zone) throw Error("INVALID_TIMEZONE", {{"timeZone", std::string(id)}});
  return *zone;
}

const Zone& Zone::utc() {
  static const Zone* zone = ZoneTable::instance().find("UTC");
  return *zone;
}

int32_t Zone::offset_in_table(int64_t utc_seconds) const {
  // 2037-12-31: the table's end
  if (utc_seconds >= 2145916800) utc_seconds = into_table(utc_seconds);
  // Neighbouring rows tend to share a range between two transitions.
  thread_local const Zone* last_zone = nullptr;
  thread_local size_t last_index = 0;
  if (last_zone == this && starts_[last_index] <= utc_seconds &&
      (last_index + 1 == starts_.size() || utc_seconds < starts_[last_index + 1])) {
    return offsets_[last_index];
  }
  size_t index =
      std::upper_bound(starts_.begin(), starts_.end(), utc_seconds) - starts_.begin() - 1;
  last_zone = this;
  last_index = index;
  return offsets_[index];
}

int64_t Zone::to_utc(int64_t local_micros) const { return to_utc(local_micros, INT32_MIN); }

int64_t Zone::to_utc(int64_t local_micros, int32_t preferred) const {
  if (starts_.empty()) return local_micros - int64_t{fixed_offset_} * kMicrosPerSecond;
  int64_t local = floor_div(local_micros, kMicrosPerSecond);
  // A day before and after no transition can be in doubt: what holds there are the only candidates.
  int32_t before = offset_at(local - 86400), after = offset_at(local + 86400);
  int32_t chosen = before;
  if (before != after) {
    bool before_holds = offset_at(local - before) == before;
    bool after_holds = offset_at(local - after) == after;
    if (before_holds && after_holds) {
      chosen = after == preferred ? after : before;
    } else if (after_holds) {
      chosen = after;
    }  // neither: a gap, and the offset before it moves the time on by the gap's length
  }
  return local_micros - int64_t{chosen} * kMicrosPerSecond;
}

std::string Zone::abbreviation(int64_t utc_seconds, bool) const {
  if (!region_) return id_;
  std::chrono::seconds at(into_table(utc_seconds));
  return static_cast<const date::time_zone*>(region_)->get_info(date::sys_seconds(at)).abbrev;
}

bool Zone::is_daylight(int64_t utc_seconds) const {
  if (!region_) return false;
  std::chrono::seconds at(into_table(utc_seconds));
  return static_cast<const date::time_zone*>(region_)
             ->get_info(date::sys_seconds(at))
             .save.count() != 0;
}

}  // namespace lochan::engine::kernels
