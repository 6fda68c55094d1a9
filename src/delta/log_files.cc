#include "delta/log_files.h"

#include <charconv>
#include <cstdio>
#include <vector>

namespace lochan::delta {
namespace {

constexpr size_t kVersionDigits = 20, kPartDigits = 10, kUuidLength = 36;

template <typename Number>
std::optional<Number> parse_digits(std::string_view text, size_t count) {
  if (text.size() != count || text.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

std::vector<std::string_view> split(std::string_view name) {
  std::vector<std::string_view> parts;
  while (true) {
    const size_t dot = name.find('.');
    parts.push_back(name.substr(0, dot));
    if (dot == std::string_view::npos) return parts;
    name.remove_prefix(dot + 1);
  }
}

}  // namespace

std::optional<LogFile> parse_log_file(std::string_view name) {
  const auto parts = split(name);
  const auto version = parse_digits<Version>(parts[0], kVersionDigits);
  if (!version) return std::nullopt;
  LogFile file{.version = *version, .name = std::string(name)};
  if (parts.size() == 2 && parts[1] == "json") return file;
  if (parts.size() < 3 || parts[1] != "checkpoint") return std::nullopt;
  if (parts.size() == 3 && parts[2] == "parquet") {
    file.kind = LogFileKind::kCheckpoint;
    return file;
  }
  if (parts.size() == 4 && parts[2].size() == kUuidLength &&
      (parts[3] == "parquet" || parts[3] == "json")) {
    file.kind = LogFileKind::kV2Checkpoint;
    return file;
  }
  if (parts.size() == 5 && parts[4] == "parquet") {
    const auto part = parse_digits<int>(parts[2], kPartDigits);
    const auto count = parse_digits<int>(parts[3], kPartDigits);
    if (part && count && *part >= 1 && *part <= *count) {
      file.kind = LogFileKind::kCheckpointPart;
      file.part = *part;
      file.parts = *count;
      return file;
    }
  }
  return std::nullopt;
}

std::string version_prefix(Version version) {
  char text[32];
  std::snprintf(text, sizeof text, "%020lld", static_cast<long long>(version));
  return text;
}

std::string commit_file_name(Version version) { return version_prefix(version) + ".json"; }

}  // namespace lochan::delta
