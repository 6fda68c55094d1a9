#include "types/time_zone.h"

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <date/tz.h>

#include "base/error.h"

namespace lochan::types {
namespace {

constexpr int64_t kMicrosPerSecond = 1'000'000;

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b != 0 && (a < 0) != (b < 0)); }

// [+-]h, hh, h:mm, hh:m, hh:mm, hhmm, hh:mm:ss, hhmmss; up to 18 hours.
std::optional<int64_t> parse_offset(std::string_view text) {
  if (text.size() < 2 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  int parts[3] = {0, 0, 0};
  int count = 0;
  const bool colons = text.find(':') != std::string_view::npos;
  while (!text.empty()) {
    if (count == 3) return std::nullopt;
    size_t length =
        colons ? std::min(text.find(':'), text.size()) : std::min<size_t>(2, text.size());
    if (length == 0 || length > 2) return std::nullopt;
    const auto result = std::from_chars(text.data(), text.data() + length, parts[count++]);
    if (result.ec != std::errc() || result.ptr != text.data() + length) return std::nullopt;
    text.remove_prefix(length);
    if (colons && !text.empty()) {
      text.remove_prefix(1);
      if (text.empty()) return std::nullopt;
    }
  }
  const int64_t seconds = parts[0] * 3600 + parts[1] * 60 + parts[2];
  if (parts[1] > 59 || parts[2] > 59 || seconds > 18 * 3600) return std::nullopt;
  return sign * seconds;
}

// Java's short ids that are not in the tz database.
std::string_view short_id(std::string_view id) {
  constexpr std::pair<std::string_view, std::string_view> kIds[] = {
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
      {"VST", "Asia/Ho_Chi_Minh"}};
  for (const auto& [from, to] : kIds) {
    if (from == id) return to;
  }
  return id;
}

}  // namespace

std::optional<TimeZone> TimeZone::find(std::string_view id) {
  while (!id.empty() && id.front() == ' ') id.remove_prefix(1);
  while (!id.empty() && id.back() == ' ') id.remove_suffix(1);
  TimeZone zone;
  if (id == "Z" || id == "UTC" || id == "GMT" || id == "UT") return zone;
  for (const std::string_view prefix : {"UTC", "GMT", "UT", ""}) {
    if (!id.starts_with(prefix)) continue;
    if (const auto offset = parse_offset(id.substr(prefix.size()))) {
      zone.offset_ = *offset;
      return zone;
    }
  }
  if (id == "EST" || id == "MST" || id == "HST") {
    zone.offset_ = (id == "EST" ? -5 : id == "MST" ? -7 : -10) * 3600;
    return zone;
  }
  try {
    zone.region_ = date::locate_zone(std::string(short_id(id)));
  } catch (const std::exception&) {
    return std::nullopt;
  }
  return zone;
}

TimeZone TimeZone::get(std::string_view id) {
  if (auto zone = find(id)) return *zone;
  throw Error("INVALID_TIMEZONE", {{"timeZone", std::string(id)}});
}

std::string TimeZone::local_id() {
  // As Java finds its default zone: TZ, /etc/timezone, what /etc/localtime links to.
  if (const char* name = std::getenv("TZ"); name != nullptr && *name != '\0') {
    const std::string_view id = *name == ':' ? name + 1 : name;
    if (find(id)) return std::string(id);
  }
  std::string id;
  if (std::ifstream file("/etc/timezone"); std::getline(file, id) && find(id)) return id;
  std::error_code error;
  const std::string target = std::filesystem::canonical("/etc/localtime", error).string();
  constexpr std::string_view kFolder = "/zoneinfo/";
  if (const size_t at = target.find(kFolder); !error && at != std::string::npos) {
    id = target.substr(at + kFolder.size());
    if (find(id)) return id;
  }
  return "UTC";
}

int64_t TimeZone::offset_at(int64_t epoch_seconds) const {
  if (!region_) return offset_;
  return region_->get_info(date::sys_seconds(std::chrono::seconds(epoch_seconds))).offset.count();
}

int64_t TimeZone::instant_of(int64_t local_micros) const {
  int64_t offset = offset_;
  if (region_) {
    const std::chrono::seconds local(floor_div(local_micros, kMicrosPerSecond));
    offset = region_->get_info(date::local_seconds(local)).first.offset.count();
  }
  return local_micros - offset * kMicrosPerSecond;
}

int64_t TimeZone::local_of(int64_t instant_micros) const {
  return instant_micros + offset_at(floor_div(instant_micros, kMicrosPerSecond)) * kMicrosPerSecond;
}

}  // namespace lochan::types
