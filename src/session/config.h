#pragma once
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lochan::session {

enum class ConfigKind { kText, kBoolean, kInt, kPositiveInt, kLong, kBytes, kSeconds };

/// A Spark configuration that clients or our own code read.
struct ConfigEntry {
  std::string_view key;
  std::string_view default_value;  // none: it has no value until it is set
  bool is_static = false;          // cannot be changed at run time (CANNOT_MODIFY_STATIC_CONFIG)
  std::string_view doc = {};
  ConfigKind kind = ConfigKind::kText;
  std::string_view options = {};  // what it may be, with commas between
};
std::span<const ConfigEntry> known_configs();
const ConfigEntry* find_config(std::string_view key);

/// A session's configuration: Spark's defaults, and what the client set. Unknown keys can be set
/// and read back, as in Spark. Thread-safe.
class Config {
 public:
  /// Throws CANNOT_MODIFY_STATIC_CONFIG, INVALID_CONF_VALUE.*.
  void set(const std::string& key, const std::string& value);
  void unset(const std::string& key);
  /// The value set, or Spark's default; nullopt where neither is (SQL_CONF_NOT_FOUND is the
  /// caller's to raise).
  std::optional<std::string> get(std::string_view key) const;
  std::string get_or(std::string_view key, std::string_view fallback) const;
  bool get_bool(std::string_view key) const;
  bool is_modifiable(std::string_view key) const;
  /// What was set plus non-internal defaults that are set, with keys that begin with `prefix`.
  std::vector<std::pair<std::string, std::string>> all(std::string_view prefix = {}) const;
  void copy_from(const Config& other);

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace lochan::session
