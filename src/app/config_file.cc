#include "app/config_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/error.h"

namespace lochan::app {
namespace {

[[noreturn]] void fail(const std::string& where, const std::string& reason) {
  throw Error("INVALID_CONFIG_FILE", {{"where", where}, {"reason", reason}});
}

std::string text_of(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return "";
  if (error) fail(path, error.message());
  if (!fs::is_regular_file(status)) fail(path, "it is not a file");
  std::ifstream in(path, std::ios::binary);
  if (!in) fail(path, std::strerror(errno));
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string line_of(const std::string& text, toml::source_index number) {
  std::istringstream in(text);
  std::string line;
  for (toml::source_index i = 0; i < number; ++i) std::getline(in, line);
  return line;
}

/// The bare name that a line begins with, if any.
std::string name_in(std::string_view line) {
  const size_t from = std::min(line.find_first_not_of(" \t"), line.size());
  line.remove_prefix(from);
  return std::string(line.substr(0, line.find_first_of(" \t=")));
}

}  // namespace

std::vector<ConfigEntry> read_config_file(
    const std::string& path, const std::function<std::string(std::string_view name)>& expected) {
  const std::string text = text_of(path);
  const auto place = [&](toml::source_index line) { return path + ":" + std::to_string(line); };
  std::vector<std::pair<toml::source_index, ConfigEntry>> found;
  try {
    const toml::table table = toml::parse(text, path);
    for (const auto& [key, node] : table) {
      const auto line = key.source().begin.line;
      ConfigEntry entry{.name = std::string(key.str()), .value = {}, .where = place(line)};
      if (const auto* quoted = node.as_string()) {
        entry.value = quoted->get();
        entry.quoted = true;
        if (entry.value.find('\0') != std::string::npos)
          fail(entry.where, "the value of " + entry.name + " has a NUL in it");
      } else if (const auto* number = node.as_integer()) {
        entry.value = std::to_string(number->get());
      } else if (node.is_table()) {
        entry.value = "a table";
      } else if (node.is_array()) {
        entry.value = "a list";
      } else {
        std::ostringstream written;
        node.visit([&](const auto& value) { written << value; });
        entry.value = written.str();
      }
      found.emplace_back(line, std::move(entry));
    }
  } catch (const toml::parse_error& error) {
    const auto number = error.source().begin.line;
    const std::string line = line_of(text, number), name = name_in(line);
    std::string reason(error.description());
    if (const auto takes = expected(name); !takes.empty())
      reason += "; " + name + " must be " + takes;
    const bool shown = !line.empty() && std::all_of(line.begin(), line.end(), [](unsigned char c) {
      return (c >= ' ' && c <= '~') || c == '\t';
    });
    fail(place(number), (shown ? "'" + line + "': " : "") + reason);
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<ConfigEntry> entries;
  for (auto& [line, entry] : found) entries.push_back(std::move(entry));
  return entries;
}

}  // namespace lochan::app
