#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>

namespace lochan::app {

/// One setting of the server. Read, in falling precedence, from the command line (--name), the
/// environment (LOCHAN_NAME), HOME/config.toml (TOML: name = value), and its default.
struct Setting {
  std::string_view name;  // snake_case
  std::string_view type;  // "string", "path", "bool", "int", "minutes", "size", "address", "level"
  std::string_view default_value;
  std::string_view doc;
};
std::span<const Setting> settings();
/// The setting whose name is most like `name`.
std::string_view nearest_setting(std::string_view name);

/// The settings' values and where each came from.
class Settings {
 public:
  /// `flags`: what the command line gave. Throws INVALID_SETTING on unknown names in config.toml
  /// and on values of the wrong type, and INVALID_CONFIG_FILE on what is no TOML, naming file and
  /// line.
  explicit Settings(const std::map<std::string, std::string>& flags);

  const std::string& text(std::string_view name) const;
  bool boolean(std::string_view name) const;
  int integer(std::string_view name) const;
  /// "default", "environment", "flag", or the line of config.toml as file:line.
  const std::string& source(std::string_view name) const;

 private:
  struct Entry {
    std::string value, source;
  };
  void set(const std::string& name, const std::string& value, const std::string& source);
  void read_file(const std::string& path);
  std::map<std::string, Entry, std::less<>> values_;
};

}  // namespace lochan::app
