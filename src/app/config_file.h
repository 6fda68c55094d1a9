#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace lochan::app {

/// A line `name = value` of the file of settings. Texts come without their quotes, numbers in
/// decimal, dates and the like as TOML has them; a list or a table is named as such.
struct ConfigEntry {
  std::string name, value;
  bool quoted = false;  // a text
  std::string where;    // file:line
};

/// The settings in the TOML file at `path`, in the order of their lines; none when there is no such
/// file. Throws INVALID_CONFIG_FILE on what cannot be read or is no TOML, with its line. `expected`
/// says what the setting of a name takes, for the message: values without quotes are the most
/// common mistake; it is empty for names that no setting has.
std::vector<ConfigEntry> read_config_file(
    const std::string& path, const std::function<std::string(std::string_view name)>& expected);

}  // namespace lochan::app
