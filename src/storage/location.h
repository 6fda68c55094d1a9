#pragma once
#include <string>
#include <string_view>

namespace lochan::storage {

/// Where an object or a directory lies: the scheme of its store and the absolute, normalised path
/// there (no "." or "..", no doubled or trailing slash). A plain value; having one permits nothing,
/// see Grant.
struct Location {
  std::string scheme = "file";
  std::string path = "/";

  /// This location followed by `relative` ("a/b.parquet"), which must stay below it: throws
  /// Error(INSUFFICIENT_PERMISSIONS) when ".." leaves it.
  Location child(std::string_view relative) const;
  /// True for this location itself and everything below it.
  bool contains(const Location& other) const;
  /// The last part of the path.
  std::string name() const;
  /// "file:/a/b", as Spark prints paths.
  std::string uri() const { return scheme + ":" + path; }

  bool operator==(const Location&) const = default;
};

/// Resolves ".", ".." and repeated slashes of an absolute path by its text alone. Empty when ".."
/// climbs above the root.
std::string normalize_path(std::string_view path);

}  // namespace lochan::storage
