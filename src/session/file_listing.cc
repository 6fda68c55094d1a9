#include "session/file_listing.h"

#include <fnmatch.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>

#include "base/ascii.h"
#include "base/error.h"
#include "delta/partition_values.h"
#include "session/session_state.h"
#include "session/timestamp_text.h"
#include "storage/object_store.h"
#include "storage/path_resolver.h"
#include "types/number_text.h"
#include "types/time_zone.h"

namespace lochan::session {
namespace {

using types::TypeId;
using types::Value;

using delta::kNullPartition;

using Partition = std::vector<std::pair<std::string, std::string>>;  // column, unescaped text

struct FoundFile {
  std::string path;    // local
  std::string folder;  // below the base, without slashes at its ends
  int64_t size = 0;
  bool at_root = true;  // directly in a folder that was asked for, or asked for itself
  Partition partition;
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

/// The innermost unbroken run of column=value folders.
Partition partition_of(const std::string& folder) {
  Partition found;
  std::string_view rest = folder;
  while (!rest.empty()) {
    const size_t slash = rest.rfind('/');
    const std::string part(rest.substr(slash == std::string_view::npos ? 0 : slash + 1));
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(0, slash);
    const size_t equals = part.find('=');
    if (equals != std::string::npos && equals > 0)
      found.emplace_back(unescape(part.substr(0, equals)), unescape(part.substr(equals + 1)));
    else if (!found.empty())
      break;
  }
  std::reverse(found.begin(), found.end());
  return found;
}

/// A pattern without {a,b}: one for each alternative.
std::vector<std::string> without_braces(const std::string& pattern) {
  const size_t open = pattern.find('{');
  if (open == std::string::npos) return {pattern};
  int depth = 0;
  std::vector<std::string> choices(1);
  for (size_t i = open; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (c == '{' && depth++ == 0) continue;
    if (c == '}' && --depth == 0) {
      std::vector<std::string> out;
      for (const auto& choice : choices)
        for (auto& one : without_braces(pattern.substr(0, open) + choice + pattern.substr(i + 1)))
          out.push_back(std::move(one));
      return out;
    }
    if (c == ',' && depth == 1)
      choices.emplace_back();
    else
      choices.back() += c;
  }
  return {pattern};
}

bool matches(const std::string& pattern, const std::string& text, int flags) {
  for (const auto& one : without_braces(pattern))
    if (fnmatch(one.c_str(), text.c_str(), flags) == 0) return true;
  return false;
}

/// A pattern's matches: the longest folder without a wildcard is listed, the rest is matched.
std::vector<std::string> expand_pattern(Session& session, const std::string& pattern) {
  auto& paths = *session.services().paths;
  auto& store = *session.services().store;
  const size_t wild = pattern.find_first_of("*?[{");
  const size_t slash = pattern.rfind('/', wild);
  const std::string folder = slash == std::string::npos ? "." : pattern.substr(0, slash);
  const std::string rest = pattern.substr(slash == std::string::npos ? 0 : slash + 1);
  std::set<std::string> out;
  const auto grant =
      paths.resolve(session.principal(), folder.empty() ? "/" : folder, storage::Access::kRead);
  for (const auto& one : without_braces(rest)) {
    const size_t levels = std::count(one.begin(), one.end(), '/') + 1;
    std::vector<std::pair<std::string, size_t>> open{{"", 0}};
    while (!open.empty()) {
      auto [relative, depth] = open.back();
      open.pop_back();
      for (const auto& entry : store.list(relative.empty() ? grant : grant.child(relative))) {
        const std::string name = relative.empty() ? entry.name : relative + "/" + entry.name;
        if (depth + 1 < levels) {
          if (entry.is_directory) open.emplace_back(name, depth + 1);
        } else if (fnmatch(one.c_str(), name.c_str(), FNM_PATHNAME) == 0 &&
                   !is_hidden(entry.name)) {
          out.insert(folder + "/" + name);
        }
      }
    }
  }
  return {out.begin(), out.end()};
}

std::optional<Value> as_type(const std::string& text, const types::DataType& type,
                             const types::TimeZone& zone) {
  if (type.is(TypeId::kString)) return Value::string(text);
  try {
    delta::Column column;
    column.name = "partition";
    column.type = type;
    return delta::parse_partition_value(column, text, zone);
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// Whether a text has a pattern's form: a digit where the pattern has one, else the same character.
bool has_form(std::string_view text, std::string_view form) {
  return text.size() == form.size() &&
         std::equal(text.begin(), text.end(), form.begin(),
                    [](char c, char f) { return f == '0' ? c >= '0' && c <= '9' : c == f; });
}
bool is_written_as(const std::string& text, TypeId type) {
  if (type == TypeId::kDouble || has_form(text, "0000-00-00")) return true;
  return type == TypeId::kTimestamp &&
         (has_form(text, "0000-00-00 00:00:00") || has_form(text, "0000-00-00 00:00:00.0"));
}

/// The first type in Spark's order that all values have.
types::DataType infer(const std::vector<std::string>& values, const types::TimeZone& zone) {
  if (std::all_of(values.begin(), values.end(),
                  [](const auto& text) { return text == kNullPartition; }))
    return TypeId::kNull;
  const auto all = [&](auto fits) {
    return std::all_of(values.begin(), values.end(), [&](const std::string& text) {
      return text == kNullPartition || fits(text);
    });
  };
  const auto all_are = [&](const types::DataType& type) {
    return all([&](const std::string& text) { return as_type(text, type, zone).has_value(); });
  };
  if (all_are(TypeId::kInteger)) return TypeId::kInteger;
  if (all_are(TypeId::kLong)) return TypeId::kLong;
  int digits = 10;
  const bool whole = all([&](const std::string& text) {
    const auto parsed = types::parse_decimal(text);
    if (!parsed || parsed->scale != 0) return false;
    digits = std::max(digits, parsed->precision);
    return true;
  });
  if (whole) return types::DataType::decimal(std::max(digits, 20), 0);
  for (TypeId type : {TypeId::kDouble, TypeId::kDate, TypeId::kTimestamp})
    if (all([&](const std::string& text) { return is_written_as(text, type); }) && all_are(type))
      return type;
  return TypeId::kString;
}

std::optional<std::string> option(const plan::Options& options, const std::string& key) {
  const auto it = options.find(key);
  return it == options.end() ? std::nullopt : std::optional(it->second);
}

/// Which files of a folder a reader's options let through.
struct FileFilter {
  FileFilter(Session& session, const plan::Options& options)
      : name(option(options, "pathglobfilter")) {
    const std::string zone = session.resolve_context().zone;
    if (const auto text = option(options, "modifiedbefore")) before = parse_timestamp(*text, zone);
    if (const auto text = option(options, "modifiedafter")) after = parse_timestamp(*text, zone);
  }
  bool operator()(const std::string& path, int64_t modified_ms) const {
    if (name && !matches(*name, path.substr(path.rfind('/') + 1), 0)) return false;
    if (before && modified_ms * 1000 >= *before) return false;
    return !after || modified_ms * 1000 > *after;
  }
  std::optional<std::string> name;
  std::optional<int64_t> before, after;  // µs
};

[[noreturn]] void fail_conflict(const std::vector<FoundFile>& files) {
  std::vector<std::string> lists, folders;
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    std::string names;
    for (const auto& [column, value] : file->partition)
      names += (names.empty() ? "" : ", ") + column;
    if (std::find(lists.begin(), lists.end(), names) == lists.end()) lists.push_back(names);
    const std::string folder = "file:" + file->path.substr(0, file->path.rfind('/'));
    if (std::find(folders.begin(), folders.end(), folder) == folders.end())
      folders.push_back(folder);
  }
  std::string columns, suspicious;
  for (size_t i = 0; i < lists.size(); ++i)
    columns += "\n\tPartition column name list #" + std::to_string(i) + ": " + lists[i];
  for (const auto& folder : folders) suspicious += "\n\t" + folder;
  throw Error("CONFLICTING_PARTITION_COLUMN_NAMES",
              {{"distinctPartColLists", columns + "\n"}, {"suspiciousPaths", suspicious}});
}

/// All files below the paths that the options let through.
std::vector<FoundFile> find_files(Session& session, const std::vector<std::string>& written,
                                  const plan::Options& options) {
  auto& paths = *session.services().paths;
  auto& store = *session.services().store;
  std::vector<std::string> roots;
  for (const auto& path : written) {
    if (path.find_first_of("*?[{") == std::string::npos) {
      roots.push_back(path);
      continue;
    }
    const auto found = expand_pattern(session, path);
    if (found.empty()) throw Error("PATH_NOT_FOUND", {{"path", path}});
    roots.insert(roots.end(), found.begin(), found.end());
  }
  const FileFilter wanted(session, options);
  std::optional<std::string> base;
  if (const auto path = option(options, "basepath"))
    base = store.local_path(paths.resolve(session.principal(), *path, storage::Access::kRead));
  std::vector<FoundFile> files;
  for (const auto& root : roots) {
    const auto grant = paths.resolve(session.principal(), root, storage::Access::kRead);
    const auto info = store.head(grant);
    if (!info) throw Error("PATH_NOT_FOUND", {{"path", grant.location().uri()}});
    const std::string local = store.local_path(grant);
    const std::string own = info->is_directory ? local : local.substr(0, local.rfind('/'));
    if (base && own != *base && !own.starts_with(*base + "/"))
      throw Error(
          "INVALID_OPTION_VALUE",
          {{"option", "basePath"}, {"value", *base}, {"reason", "it is not above " + root}});
    const auto add = [&](const std::string& path, int64_t size, int64_t modified_ms) {
      if (!wanted(path, modified_ms)) return;
      const std::string folder = path.substr(0, path.rfind('/'));
      const std::string& from = base ? *base : own;
      files.push_back({path,
                       folder.size() > from.size() ? folder.substr(from.size() + 1) : "",
                       size,
                       folder == own,
                       {}});
    };
    if (!info->is_directory) {
      add(local, info->size, info->modified_ms);
      continue;
    }
    for (const auto& entry : store.list(grant, {}, true)) {
      if (is_hidden(entry.name)) continue;
      // Each by itself: it may be a link to where its folder's grant does not reach.
      store.local_path(grant.child(entry.name));
      add(local + "/" + entry.name, entry.size, entry.modified_ms);
    }
  }
  return files;
}

}  // namespace

engine::TextFiles list_files(Session& session, const std::vector<std::string>& written,
                             const plan::Options& options, const types::Schema& schema) {
  auto files = find_files(session, written, options);
  if (lower_case(option(options, "recursivefilelookup").value_or("false")) != "true") {
    bool partitioned = false;
    for (auto& file : files) {
      file.partition = partition_of(file.folder);
      partitioned |= !file.partition.empty();
    }
    // Beside partitions, and without any, what lies in other folders is not read.
    std::erase_if(files, [&](const FoundFile& file) {
      return partitioned ? file.partition.empty() : !file.at_root;
    });
  }
  engine::TextFiles out;
  const size_t count = files.empty() ? 0 : files[0].partition.size();
  for (const auto& file : files) {
    bool same = file.partition.size() == count;
    for (size_t c = 0; same && c < count; ++c)
      same = file.partition[c].first == files[0].partition[c].first;
    if (!same) fail_conflict(files);
  }
  const auto zone =
      types::TimeZone::get(option(options, "timezone").value_or(session.resolve_context().zone));
  const bool inferred =
      session.config().get_or("spark.sql.sources.partitionColumnTypeInference.enabled", "true") ==
      "true";
  for (size_t c = 0; c < count; ++c) {
    std::vector<std::string> texts;
    for (const auto& file : files) texts.push_back(file.partition[c].second);
    types::StructField field{files[0].partition[c].first,
                             inferred ? infer(texts, zone) : types::DataType(TypeId::kString), true,
                             "{}"};
    for (const auto& given : schema)
      if (same_name(given.name, field.name)) field = given;
    out.partition_columns.push_back(field);
  }
  for (auto& file : files) {
    std::vector<Value> values;
    for (size_t c = 0; c < count; ++c) {
      const auto& text = file.partition[c].second;
      const auto& type = out.partition_columns[c].type;
      values.push_back(text == kNullPartition
                           ? Value::null(type)
                           : as_type(text, type, zone).value_or(Value::null(type)));
    }
    out.paths.push_back(std::move(file.path));
    out.sizes.push_back(file.size);
    out.partition_values.push_back(std::move(values));
  }
  return out;
}

}  // namespace lochan::session
