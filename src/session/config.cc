#include "session/config.h"

#include <algorithm>
#include <charconv>
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

namespace {

/// A number that `units` may follow, as Spark writes sizes and times ("10MB", "5 min").
bool is_quantity(std::string_view value, std::initializer_list<std::string_view> units) {
  int64_t number = 0;
  const auto [rest, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc()) return false;
  std::string_view unit(rest, static_cast<size_t>(value.data() + value.size() - rest));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  return unit.empty() || std::any_of(units.begin(), units.end(), [&](std::string_view known) {
           return same_name(unit, known);
         });
}

template <class Number>
std::optional<Number> number_of(std::string_view value) {
  Number number = 0;
  const char* end = value.data() + value.size();
  const auto [rest, error] = std::from_chars(value.data(), end, number);
  return error == std::errc() && rest == end ? std::optional(number) : std::nullopt;
}

/// Throws INVALID_CONF_VALUE.* for what `entry` cannot be.
void check_value(const ConfigEntry& entry, const std::string& value) {
  const ErrorParameters parameters = {{"confName", std::string(entry.key)}, {"confValue", value}};
  const auto require = [&](bool fits, const char* type) {
    if (fits) return;
    ErrorParameters with_type = parameters;
    with_type.emplace("confType", type);
    throw Error("INVALID_CONF_VALUE.TYPE_MISMATCH", std::move(with_type));
  };
  switch (entry.kind) {
    case ConfigKind::kText: break;
    case ConfigKind::kBoolean:
      require(same_name(value, "true") || same_name(value, "false"), "boolean");
      break;
    case ConfigKind::kInt:
    case ConfigKind::kPositiveInt:
      require(number_of<int32_t>(value).has_value(), "int");
      if (entry.kind == ConfigKind::kPositiveInt && *number_of<int32_t>(value) <= 0) {
        ErrorParameters with_reason = parameters;
        with_reason.emplace("confRequirement",
                            "The value of " + std::string(entry.key) + " must be positive");
        throw Error("INVALID_CONF_VALUE.REQUIREMENT", std::move(with_reason));
      }
      break;
    case ConfigKind::kLong: require(number_of<int64_t>(value).has_value(), "long"); break;
    case ConfigKind::kBytes:
      require(is_quantity(value, {"b", "k", "kb", "m", "mb", "g", "gb", "t", "tb", "p", "pb"}),
              "bytes in BYTE");
      break;
    case ConfigKind::kSeconds:
      require(is_quantity(value, {"us", "ms", "s", "m", "min", "h", "d"}), "time in SECONDS");
      break;
  }
  if (entry.options.empty()) return;
  std::string_view rest = entry.options;
  while (!rest.empty()) {
    const std::string_view option = rest.substr(0, rest.find(", "));
    if (same_name(option, value)) return;
    rest.remove_prefix(std::min(rest.size(), option.size() + 2));
  }
  ErrorParameters with_options = parameters;
  with_options.emplace("confOptions", entry.options);
  throw Error("INVALID_CONF_VALUE.OUT_OF_RANGE_OF_OPTIONS", std::move(with_options));
}

}  // namespace

void Config::set(const std::string& key, const std::string& value) {
  if (const auto* entry = find_config(key)) {
    if (entry->is_static) throw Error("CANNOT_MODIFY_STATIC_CONFIG", {{"key", "\"" + key + "\""}});
    check_value(*entry, value);
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
