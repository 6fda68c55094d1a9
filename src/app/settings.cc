#include "app/settings.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <utility>
#include <vector>

#include "app/config_file.h"
#include "base/ascii.h"
#include "base/error.h"

namespace lochan::app {
namespace {

constexpr Setting kSettings[] = {
    {.name = "home",
     .type = "path",
     .default_value = "~/.lochan",
     .doc = "The server's directory: metadata, DBFS root, warehouse, spill files."},
    {.name = "spark",
     .type = "address",
     .default_value = "127.0.0.1:15002",
     .doc = "HOST:PORT of the Spark Connect service."},
    {.name = "log_level",
     .type = "level",
     .default_value = "info",
     .doc = "trace, debug, info, warn, error or off."},
    {.name = "memory_limit",
     .type = "size",
     .default_value = "",
     .doc = "Memory for queries, e.g. 8GB. Empty: 80 % of the machine's."},
    {.name = "spill_directory",
     .type = "string",
     .default_value = "",
     .doc = "Where queries spill what does not fit. Empty: HOME/spill."},
    {.name = "threads",
     .type = "int",
     .default_value = "0",
     .doc = "Threads for queries. 0: all cores."},
    {.name = "allow_local_files",
     .type = "bool",
     .default_value = "true",
     .doc = "May users open local files outside the DBFS root?"},
    {.name = "durability",
     .type = "bool",
     .default_value = "true",
     .doc = "fsync data and logs before a write is acknowledged."},
    {.name = "session_timeout_minutes",
     .type = "minutes",
     .default_value = "60",
     .doc = "Sessions idle for longer are closed. 1 or more."},
};

std::string trim(std::string text) {
  const auto blank = [](unsigned char c) { return std::isspace(c); };
  text.erase(text.begin(), std::find_if_not(text.begin(), text.end(), blank));
  text.erase(std::find_if_not(text.rbegin(), text.rend(), blank).base(), text.end());
  return text;
}

bool is_whole_number(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= 0;
}

bool is_size(std::string_view text) {
  const size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  if (text.empty()) return true;
  if (digits == 0) return false;
  const std::string unit = trim(lower_case(text.substr(digits)));
  for (std::string_view known : {"b", "kb", "mb", "gb", "tb", "kib", "mib", "gib", "tib"})
    if (unit == known) return true;
  return false;
}

bool is_address(std::string_view text) {
  const size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const auto port = text.substr(colon + 1);
  return is_whole_number(port) && port.size() <= 5 && std::stoi(std::string(port)) < 65536;
}

bool is_level(std::string_view text) {
  for (std::string_view known : {"trace", "debug", "info", "warn", "error", "off"})
    if (text == known) return true;
  return false;
}

bool is_number_of_minutes(std::string_view text) {
  return is_whole_number(text) && text.find_first_not_of('0') != std::string_view::npos;
}

/// What the values of a type look like.
struct ValueType {
  std::string_view name, expected;
  bool (*accepts)(std::string_view);
  bool is_text = false;  // which TOML has in quotes
};
constexpr ValueType kTypes[] = {
    {"string", "a text", [](std::string_view) { return true; }, true},
    {"path", "the path of a directory", [](std::string_view text) { return !text.empty(); }, true},
    {"bool", "true or false",
     [](std::string_view text) { return text == "true" || text == "false"; }},
    {"int", "a whole number", is_whole_number},
    {"minutes", "a whole number of minutes, 1 or more", is_number_of_minutes},
    {"size", "a size such as 512MB or 8GB", is_size, true},
    {"address", "HOST:PORT", is_address, true},
    {"level", "trace, debug, info, warn, error or off", is_level, true},
};

const ValueType& type_of(const Setting& setting) {
  return *std::find_if(std::begin(kTypes), std::end(kTypes),
                       [&](const ValueType& type) { return type.name == setting.type; });
}

std::string expectation(const ValueType& type) {
  return std::string(type.expected) + (type.is_text ? ", in quotes" : "");
}

/// How many letters have to change to make one word of the other.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, change}));
    }
  }
  return row[b.size()];
}

const Setting* find_setting(std::string_view name) {
  auto it = std::find_if(std::begin(kSettings), std::end(kSettings),
                         [&](const Setting& s) { return s.name == name; });
  return it == std::end(kSettings) ? nullptr : it;
}

std::string expand_home(const std::string& path) {
  if (path != "~" && !path.starts_with("~/")) return path;
  const char* home = std::getenv("HOME");
  return (home ? home : "/") + path.substr(1);
}

}  // namespace

std::span<const Setting> settings() { return kSettings; }

std::string_view nearest_setting(std::string_view name) {
  return std::min_element(std::begin(kSettings), std::end(kSettings),
                          [&](const Setting& a, const Setting& b) {
                            return edit_distance(a.name, name) < edit_distance(b.name, name);
                          })
      ->name;
}

Settings::Settings(const std::map<std::string, std::string>& flags) {
  for (const auto& setting : kSettings)
    values_[std::string(setting.name)] = {std::string(setting.default_value), "default"};
  const auto read_environment = [&](const Setting& setting) {
    std::string variable = "LOCHAN_";
    for (char c : setting.name) variable += upper_case(c);
    if (const char* value = std::getenv(variable.c_str()))
      set(std::string(setting.name), value, "environment");
  };
  // The home decides which file is read, so it comes first.
  read_environment(*find_setting("home"));
  if (auto it = flags.find("home"); it != flags.end()) set("home", it->second, "flag");
  values_["home"].value = expand_home(values_["home"].value);
  read_file(values_["home"].value + "/config.toml");
  for (const auto& setting : kSettings)
    if (setting.name != "home") read_environment(setting);
  for (const auto& [name, value] : flags)
    if (name != "home") set(name, value, "flag");
}

void Settings::set(const std::string& name, const std::string& value, const std::string& source) {
  const auto refuse = [&](const std::string& reason) {
    throw Error("INVALID_SETTING",
                {{"name", name}, {"value", value}, {"source", source}, {"reason", reason}});
  };
  const auto* setting = find_setting(name);
  if (!setting)
    refuse("there is no such setting; the nearest is '" + std::string(nearest_setting(name)) + "'");
  const auto& type = type_of(*setting);
  if (!type.accepts(value)) refuse("it must be " + std::string(type.expected));
  values_[name] = {value, source};
}

void Settings::read_file(const std::string& path) {
  const auto expected = [](std::string_view name) -> std::string {
    const auto* setting = find_setting(name);
    return setting ? expectation(type_of(*setting)) : "";
  };
  for (const auto& [name, value, quoted, where] : read_config_file(path, expected)) {
    const auto refuse = [&](const std::string& reason) {
      throw Error("INVALID_SETTING",
                  {{"name", name}, {"value", value}, {"source", where}, {"reason", reason}});
    };
    if (name == "home") refuse("the home cannot name itself");
    if (const auto* setting = find_setting(name); setting && type_of(*setting).is_text && !quoted)
      refuse("it must be " + expectation(type_of(*setting)));
    set(name, value, where);
  }
}

const std::string& Settings::text(std::string_view name) const {
  return values_.find(name)->second.value;
}
bool Settings::boolean(std::string_view name) const { return text(name) == "true"; }
int Settings::integer(std::string_view name) const { return std::stoi(text(name)); }
const std::string& Settings::source(std::string_view name) const {
  return values_.find(name)->second.source;
}

}  // namespace lochan::app
