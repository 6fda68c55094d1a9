#include "session/file_listing.h"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "base/ascii.h"
#include "base/error.h"
#include "delta/partition_values.h"
#include "session/session_state.h"
#include "storage/object_store.h"
#include "storage/path_resolver.h"

namespace lochan::session {
namespace {

using types::TypeId;
using types::Value;

constexpr std::string_view kNullPartition = "__HIVE_DEFAULT_PARTITION__";

struct FoundFile {
  std::string path;                                            // local
  std::vector<std::pair<std::string, std::string>> partition;  // column, unescaped text
};

std::string unescape(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    int byte = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr ==
            text.data() + i + 3) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool is_hidden(const std::string& relative) {
  size_t start = 0;
  while (start < relative.size()) {
    size_t end = std::min(relative.find('/', start), relative.size());
    const char first = relative[start];
    const bool is_partition = relative.substr(start, end - start).find('=') != std::string::npos;
    if (first == '.' || (first == '_' && !is_partition)) return true;
    start = end + 1;
  }
  return false;
}

FoundFile found(const std::string& root, const std::string& relative) {
  FoundFile file{root + "/" + relative, {}};
  size_t start = 0;
  for (size_t end; (end = relative.find('/', start)) != std::string::npos; start = end + 1) {
    const std::string part = relative.substr(start, end - start);
    const size_t equals = part.find('=');
    if (equals != std::string::npos && equals > 0)
      file.partition.emplace_back(unescape(part.substr(0, equals)),
                                  unescape(part.substr(equals + 1)));
  }
  return file;
}

/// A pattern's matches: the longest folder without a wildcard is listed, the rest is matched.
std::vector<std::string> expand_pattern(Session& session, const std::string& pattern) {
  auto& paths = *session.services().paths;
  auto& store = *session.services().store;
  const size_t wild = pattern.find_first_of("*?[{");
  const size_t slash = pattern.rfind('/', wild);
  const std::string folder = slash == std::string::npos ? "." : pattern.substr(0, slash);
  const std::string rest = pattern.substr(slash == std::string::npos ? 0 : slash + 1);
  const size_t levels = std::count(rest.begin(), rest.end(), '/') + 1;
  std::vector<std::string> out;
  std::vector<std::pair<std::string, size_t>> open{{"", 0}};
  const auto grant = paths.resolve(session.principal(), folder, storage::Access::kRead);
  while (!open.empty()) {
    auto [relative, depth] = open.back();
    open.pop_back();
    for (const auto& entry : store.list(relative.empty() ? grant : grant.child(relative))) {
      const std::string name = relative.empty() ? entry.name : relative + "/" + entry.name;
      if (depth + 1 < levels) {
        if (entry.is_directory) open.emplace_back(name, depth + 1);
      } else if (fnmatch(rest.c_str(), name.c_str(), FNM_PATHNAME) == 0) {
        out.push_back(folder + "/" + name);
      }
    }
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::optional<Value> as_type(const std::string& text, const types::DataType& type) {
  if (type.is(TypeId::kString)) return Value::string(text);
  try {
    delta::Column column;
    column.name = "partition";
    column.type = type;
    return delta::parse_partition_value(column, text, types::TimeZone{});
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// The first type in Spark's order that all values have.
types::DataType infer(const std::vector<std::string>& values) {
  for (TypeId type :
       {TypeId::kInteger, TypeId::kLong, TypeId::kDouble, TypeId::kDate, TypeId::kTimestamp}) {
    const bool fits = std::all_of(values.begin(), values.end(), [&](const std::string& text) {
      return text == kNullPartition || as_type(text, type).has_value();
    });
    if (fits) return type;
  }
  return TypeId::kString;
}

}  // namespace

engine::TextFiles list_files(Session& session, const std::vector<std::string>& written,
                             const types::Schema& schema) {
  auto& paths = *session.services().paths;
  auto& store = *session.services().store;
  std::vector<std::string> roots;
  for (const auto& path : written) {
    if (path.find_first_of("*?[{") == std::string::npos) {
      roots.push_back(path);
      continue;
    }
    const auto matches = expand_pattern(session, path);
    if (matches.empty()) throw Error("PATH_NOT_FOUND", {{"path", path}});
    roots.insert(roots.end(), matches.begin(), matches.end());
  }
  std::vector<FoundFile> files;
  for (const auto& root : roots) {
    const auto grant = paths.resolve(session.principal(), root, storage::Access::kRead);
    const auto info = store.head(grant);
    if (!info) throw Error("PATH_NOT_FOUND", {{"path", grant.location().uri()}});
    if (!info->is_directory) {
      files.push_back({store.local_path(grant), {}});
      continue;
    }
    const std::string local = store.local_path(grant);
    for (const auto& entry : store.list(grant, {}, true))
      if (!is_hidden(entry.name) && entry.size > 0) files.push_back(found(local, entry.name));
  }

  engine::TextFiles out;
  std::vector<std::string> columns;
  if (!files.empty())
    for (const auto& [name, value] : files[0].partition) columns.push_back(name);
  for (const auto& file : files) {
    std::vector<std::string> own;
    for (const auto& [name, value] : file.partition) own.push_back(name);
    if (own != columns)
      throw Error("CONFLICTING_DIRECTORY_STRUCTURES", {{"discoveredBasePaths", file.path}});
  }
  for (size_t c = 0; c < columns.size(); ++c) {
    std::vector<std::string> texts;
    for (const auto& file : files) texts.push_back(file.partition[c].second);
    types::StructField field{columns[c], infer(texts), true, "{}"};
    for (const auto& given : schema)
      if (lower_case(given.name) == lower_case(columns[c])) field = given;
    out.partition_columns.push_back(field);
  }
  for (auto& file : files) {
    std::vector<Value> values;
    for (size_t c = 0; c < columns.size(); ++c) {
      const auto& text = file.partition[c].second;
      const auto& type = out.partition_columns[c].type;
      values.push_back(text == kNullPartition ? Value::null(type)
                                              : as_type(text, type).value_or(Value::null(type)));
    }
    out.paths.push_back(std::move(file.path));
    out.partition_values.push_back(std::move(values));
  }
  return out;
}

}  // namespace lochan::session
