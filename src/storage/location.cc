#include "storage/location.h"

#include <vector>

#include "base/error.h"

namespace lochan::storage {

std::string normalize_path(std::string_view path) {
  std::vector<std::string_view> parts;
  size_t at = 0;
  while (at <= path.size()) {
    const size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (parts.empty()) return {};
      parts.pop_back();
    } else {
      parts.push_back(part);
    }
  }
  std::string result;
  for (const auto part : parts) result.append("/").append(part);
  return result.empty() ? "/" : result;
}

Location Location::child(std::string_view relative) const {
  // Normalised on its own, so that ".." cannot climb into this location and come down elsewhere.
  const std::string below = normalize_path(relative);
  if (below.empty() || relative.find('\0') != std::string_view::npos) {
    throw Error("INSUFFICIENT_PERMISSIONS",
                {{"report", "the path " + std::string(relative) + " leaves " + uri()}});
  }
  if (below == "/") return *this;
  return {scheme, path == "/" ? below : path + below};
}

bool Location::contains(const Location& other) const {
  if (scheme != other.scheme) return false;
  if (path == "/" || path == other.path) return true;
  return other.path.starts_with(path) && other.path[path.size()] == '/';
}

std::string Location::name() const { return path.substr(path.rfind('/') + 1); }

}  // namespace lochan::storage
