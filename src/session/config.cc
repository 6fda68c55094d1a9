#include "session/config.h"

#include <algorithm>
#include <unordered_map>

#include "base/ascii.h"
#include "base/error.h"
#include "types/time_zone.h"

namespace lochan::session {

const ConfigEntry* find_config(std::string_view key) {
  static const auto* index = [] {
    auto* map = new std::unordered_map<std::string_view, const ConfigEntry*>;
    for (const auto& entry : known_configs()) map->emplace(entry.key, &entry);
    return map;
  }();
  auto it = index->find(key);
  return it == index->end() ? nullptr : it->second;
}

void Config::set(const std::string& key, const std::string& value) {
  if (const auto* entry = find_config(key)) {
    if (entry->is_static) throw Error("CANNOT_MODIFY_STATIC_CONFIG", {{"key", "\"" + key + "\""}});
    if (entry->is_boolean) {
      if (!same_name(value, "true") && !same_name(value, "false"))
        throw Error("INVALID_CONF_VALUE.TYPE_MISMATCH",
                    {{"confName", key}, {"confValue", value}, {"confType", "boolean"}});
    }
  }
  if (key == "spark.sql.session.timeZone" && !types::TimeZone::find(value))
    throw Error("INVALID_CONF_VALUE.TIME_ZONE", {{"confName", key}, {"confValue", value}});
  std::lock_guard lock(mutex_);
  values_[key] = value;
}

void Config::unset(const std::string& key) {
  if (const auto* entry = find_config(key); entry && entry->is_static)
    throw Error("CANNOT_MODIFY_STATIC_CONFIG", {{"key", "\"" + key + "\""}});
  std::lock_guard lock(mutex_);
  values_.erase(key);
}

std::optional<std::string> Config::get(std::string_view key) const {
  {
    std::lock_guard lock(mutex_);
    auto it = values_.find(key);
    if (it != values_.end()) return it->second;
  }
  if (const auto* entry = find_config(key); entry && entry->default_value.data())
    return std::string(entry->default_value);
  return std::nullopt;
}

std::string Config::get_or(std::string_view key, std::string_view fallback) const {
  return get(key).value_or(std::string(fallback));
}

bool Config::get_bool(std::string_view key) const {
  return same_name(get_or(key, "false"), "true");
}

bool Config::is_modifiable(std::string_view key) const {
  const auto* entry = find_config(key);
  return entry && !entry->is_static;
}

std::vector<std::pair<std::string, std::string>> Config::all(std::string_view prefix) const {
  std::lock_guard lock(mutex_);
  std::vector<std::pair<std::string, std::string>> out;
  for (const auto& [key, value] : values_)
    if (key.starts_with(prefix)) out.emplace_back(key, value);
  return out;
}

void Config::copy_from(const Config& other) {
  std::map<std::string, std::string, std::less<>> values;
  {
    std::lock_guard lock(other.mutex_);
    values = other.values_;
  }
  std::lock_guard lock(mutex_);
  values_ = std::move(values);
}

}  // namespace lochan::session
