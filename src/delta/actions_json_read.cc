#include <simdjson.h>

#include <optional>
#include <utility>

#include "base/error.h"
#include "delta/actions_json.h"

namespace lochan::delta {
namespace {

namespace json = simdjson::ondemand;
using Value = json::value;

/// A text that is JSON but not the action it says it is.
struct BadAction {
  std::string reason;
};

bool is_null(Value& value) { return value.type() == json::json_type::null; }

std::string text_of(Value value) { return std::string(std::string_view(value.get_string())); }

template <typename T, typename Read>
std::optional<T> optional_of(Value value, Read read) {
  if (is_null(value)) return std::nullopt;
  return read(value);
}
std::optional<std::string> optional_text(Value value) {
  return optional_of<std::string>(value, text_of);
}
std::optional<int64_t> optional_int(Value value) {
  return optional_of<int64_t>(value, [](Value v) { return int64_t(v.get_int64()); });
}
std::optional<bool> optional_bool(Value value) {
  return optional_of<bool>(value, [](Value v) { return bool(v.get_bool()); });
}

/// A string as it is, anything else as JSON text: commitInfo is free-form.
std::string loose_text(Value value) {
  switch (json::json_type(value.type())) {
    case json::json_type::string: return text_of(value);
    case json::json_type::object: {
      json::object object = value.get_object();
      return std::string(std::string_view(object.raw_json()));
    }
    case json::json_type::array: {
      json::array array = value.get_array();
      return std::string(std::string_view(array.raw_json()));
    }
    default: {
      std::string_view token = value.raw_json_token();
      while (!token.empty() && (token.back() == ' ' || token.back() == '\n'))
        token.remove_suffix(1);
      return std::string(token);
    }
  }
}

template <typename Visit>
void each_member(Value value, Visit visit) {
  for (auto field : value.get_object()) {
    const std::string key{std::string_view(field.unescaped_key())};
    visit(key, field.value().value());
  }
}

StringMap string_map(Value value) {
  StringMap map;
  if (is_null(value)) return map;
  each_member(value, [&](const std::string& key, Value member) {
    if (!is_null(member)) map[key] = loose_text(member);
  });
  return map;
}

PartitionValues partition_values(Value value) {
  PartitionValues map;
  if (is_null(value)) return map;
  each_member(value,
              [&](const std::string& key, Value member) { map[key] = optional_text(member); });
  return map;
}

std::optional<std::vector<std::string>> optional_texts(Value value) {
  if (is_null(value)) return std::nullopt;
  std::vector<std::string> texts;
  for (auto element : value.get_array()) texts.push_back(text_of(element.value()));
  return texts;
}

Metadata read_metadata(Value value) {
  Metadata m;
  bool has_schema = false;
  each_member(value, [&](const std::string& key, Value v) {
    if (key == "id")
      m.id = optional_text(v).value_or("");
    else if (key == "name")
      m.name = optional_text(v);
    else if (key == "description")
      m.description = optional_text(v);
    else if (key == "format") {
      if (is_null(v)) return;
      each_member(v, [&](const std::string& part, Value p) {
        if (part == "provider")
          m.format_provider = optional_text(p).value_or("parquet");
        else if (part == "options")
          m.format_options = string_map(p);
      });
    } else if (key == "schemaString") {
      const auto text = optional_text(v);
      has_schema = text.has_value();
      m.schema_string = text.value_or("");
    } else if (key == "partitionColumns")
      m.partition_columns = optional_texts(v).value_or(std::vector<std::string>());
    else if (key == "configuration")
      m.configuration = string_map(v);
    else if (key == "createdTime")
      m.created_time = optional_int(v);
  });
  if (!has_schema) throw BadAction{"metaData without schemaString"};
  return m;
}

Protocol read_protocol(Value value) {
  std::optional<int64_t> reader, writer;
  Protocol p;
  each_member(value, [&](const std::string& key, Value v) {
    if (key == "minReaderVersion")
      reader = optional_int(v);
    else if (key == "minWriterVersion")
      writer = optional_int(v);
    else if (key == "readerFeatures")
      p.reader_features = optional_texts(v);
    else if (key == "writerFeatures")
      p.writer_features = optional_texts(v);
  });
  if (!reader || !writer) throw BadAction{"protocol without versions"};
  // Checkpoints written by some engines have empty lists where the protocol has none.
  if (*reader < 3 && p.reader_features && p.reader_features->empty()) p.reader_features.reset();
  if (*writer < 7 && p.writer_features && p.writer_features->empty()) p.writer_features.reset();
  p.min_reader_version = static_cast<int>(*reader);
  p.min_writer_version = static_cast<int>(*writer);
  return p;
}

std::optional<DeletionVectorDescriptor> read_deletion_vector(Value value) {
  if (is_null(value)) return std::nullopt;
  DeletionVectorDescriptor d;
  std::optional<std::string> storage_type;
  each_member(value, [&](const std::string& key, Value v) {
    if (key == "storageType")
      storage_type = optional_text(v);
    else if (key == "pathOrInlineDv")
      d.path_or_inline = optional_text(v).value_or("");
    else if (key == "offset") {
      if (const auto offset = optional_int(v)) d.offset = static_cast<int32_t>(*offset);
    } else if (key == "sizeInBytes")
      d.size_in_bytes = static_cast<int32_t>(optional_int(v).value_or(0));
    else if (key == "cardinality")
      d.cardinality = optional_int(v).value_or(0);
  });
  // Some Parquet writers store an absent struct as one whose fields are all null.
  if (!storage_type) return std::nullopt;
  d.storage_type = *storage_type;
  return d;
}

/// What add and remove share. False if `key` is not among it.
template <typename File>
bool read_file_member(File& file, const std::string& key, Value v) {
  if (key == "path")
    file.path = text_of(v);
  else if (key == "partitionValues")
    file.partition_values = partition_values(v);
  else if (key == "dataChange")
    file.data_change = optional_bool(v).value_or(true);
  else if (key == "tags")
    file.tags = string_map(v);
  else if (key == "stats")
    file.stats = optional_text(v);
  else if (key == "deletionVector")
    file.deletion_vector = read_deletion_vector(v);
  else if (key == "baseRowId")
    file.base_row_id = optional_int(v);
  else if (key == "defaultRowCommitVersion")
    file.default_row_commit_version = optional_int(v);
  else
    return false;
  return true;
}

AddFile read_add(Value value) {
  AddFile f;
  std::optional<std::string> struct_stats;
  each_member(value, [&](const std::string& key, Value v) {
    if (read_file_member(f, key, v)) return;
    if (key == "size")
      f.size = optional_int(v).value_or(0);
    else if (key == "modificationTime")
      f.modification_time = optional_int(v).value_or(0);
    else if (key == "clusteringProvider")
      f.clustering_provider = optional_text(v);
    else if (key == "stats_parsed" && !is_null(v))
      struct_stats = loose_text(v);
  });
  if (f.path.empty()) throw BadAction{"add without path"};
  // A checkpoint may hold the statistics as a struct only; its JSON has the same form.
  if (!f.stats && struct_stats) f.stats = std::move(struct_stats);
  return f;
}

RemoveFile read_remove(Value value) {
  RemoveFile f;
  each_member(value, [&](const std::string& key, Value v) {
    if (read_file_member(f, key, v)) return;
    if (key == "size")
      f.size = optional_int(v);
    else if (key == "deletionTimestamp")
      f.deletion_timestamp = optional_int(v);
    else if (key == "extendedFileMetadata")
      f.extended_file_metadata = optional_bool(v).value_or(false);
  });
  if (f.path.empty()) throw BadAction{"remove without path"};
  return f;
}

CdcFile read_cdc(Value value) {
  CdcFile f;
  each_member(value, [&](const std::string& key, Value v) {
    if (key == "path")
      f.path = text_of(v);
    else if (key == "partitionValues")
      f.partition_values = partition_values(v);
    else if (key == "size")
      f.size = optional_int(v).value_or(0);
    else if (key == "tags")
      f.tags = string_map(v);
  });
  return f;
}

SetTransaction read_transaction(Value value) {
  SetTransaction t;
  each_member(value, [&](const std::string& key, Value v) {
    if (key == "appId")
      t.app_id = text_of(v);
    else if (key == "version")
      t.version = optional_int(v).value_or(0);
    else if (key == "lastUpdated")
      t.last_updated = optional_int(v);
  });
  return t;
}

DomainMetadata read_domain(Value value) {
  DomainMetadata d;
  each_member(value, [&](const std::string& key, Value v) {
    if (key == "domain")
      d.domain = text_of(v);
    else if (key == "configuration")
      d.configuration = optional_text(v).value_or("");
    else if (key == "removed")
      d.removed = optional_bool(v).value_or(false);
  });
  return d;
}

CommitInfo read_commit_info(Value value) {
  CommitInfo c;
  each_member(value, [&](const std::string& key, Value v) {
    if (is_null(v)) return;
    const auto type = json::json_type(v.type());
    const bool is_number = type == json::json_type::number;
    const bool is_object = type == json::json_type::object;
    if (key == "timestamp" && is_number)
      c.timestamp = optional_int(v);
    else if (key == "inCommitTimestamp" && is_number)
      c.in_commit_timestamp = optional_int(v);
    else if (key == "operation")
      c.operation = loose_text(v);
    else if (key == "operationParameters" && is_object)
      c.parameters = string_map(v);
    else if (key == "operationMetrics" && is_object)
      c.metrics = string_map(v);
    else if (key == "readVersion" && is_number)
      c.read_version = optional_int(v);
    else if (key == "isolationLevel")
      c.isolation_level = loose_text(v);
    else if (key == "isBlindAppend" && type == json::json_type::boolean)
      c.is_blind_append = optional_bool(v);
    else if (key == "userId")
      c.user_id = loose_text(v);
    else if (key == "userName")
      c.user_name = loose_text(v);
    else if (key == "userMetadata")
      c.user_metadata = loose_text(v);
    else if (key == "engineInfo")
      c.engine_info = loose_text(v);
    else if (key == "txnId")
      c.transaction_id = loose_text(v);
  });
  return c;
}

CheckpointMetadata read_checkpoint_metadata(Value value) {
  CheckpointMetadata c;
  each_member(value, [&](const std::string& key, Value v) {
    if (key == "version") c.version = optional_int(v).value_or(0);
  });
  return c;
}

Sidecar read_sidecar(Value value) {
  Sidecar s;
  each_member(value, [&](const std::string& key, Value v) {
    if (key == "path")
      s.path = text_of(v);
    else if (key == "sizeInBytes")
      s.size = optional_int(v).value_or(0);
    else if (key == "modificationTime")
      s.modification_time = optional_int(v).value_or(0);
  });
  if (s.path.empty()) throw BadAction{"sidecar without path"};
  return s;
}

struct ActionName {
  std::string_view name;
  Action (*read)(Value);
};

constexpr ActionName kActions[] = {
    {"add", [](Value v) -> Action { return read_add(v); }},
    {"remove", [](Value v) -> Action { return read_remove(v); }},
    {"metaData", [](Value v) -> Action { return read_metadata(v); }},
    {"protocol", [](Value v) -> Action { return read_protocol(v); }},
    {"txn", [](Value v) -> Action { return read_transaction(v); }},
    {"commitInfo", [](Value v) -> Action { return read_commit_info(v); }},
    {"domainMetadata", [](Value v) -> Action { return read_domain(v); }},
    {"cdc", [](Value v) -> Action { return read_cdc(v); }},
    {"checkpointMetadata", [](Value v) -> Action { return read_checkpoint_metadata(v); }},
    {"sidecar", [](Value v) -> Action { return read_sidecar(v); }},
};

void read_line(json::parser& parser, simdjson::padded_string_view line,
               const ActionVisitor& visit) {
  json::document document = parser.iterate(line);
  for (auto field : document.get_object()) {
    const std::string_view key = field.unescaped_key();
    for (const auto& action : kActions) {
      if (action.name != key) continue;
      Value value = field.value().value();
      if (!is_null(value)) visit(action.read(value));
      break;
    }
  }
  const char* rest = nullptr;
  if (document.current_location().get(rest) == simdjson::SUCCESS) {
    throw BadAction{"text after the action"};
  }
}

}  // namespace

void read_actions(std::string_view json_lines, const LogText& origin, const ActionVisitor& visit) {
  std::string padded;
  padded.reserve(json_lines.size() + simdjson::SIMDJSON_PADDING);
  padded = json_lines;
  json::parser parser;
  size_t at = 0;
  size_t line_number = 0;
  const auto corrupt = [&](std::string_view reason) {
    return Error("DELTA_LOG_CORRUPT",
                 {{"table", std::string(origin.table)},
                  {"file", std::string(origin.file)},
                  {"reason", "line " + std::to_string(line_number) + ": " + std::string(reason)}});
  };
  while (at < padded.size()) {
    const size_t end = std::min(padded.find('\n', at), padded.size());
    size_t length = end - at;
    if (length > 0 && padded[at + length - 1] == '\r') --length;
    ++line_number;
    try {
      if (padded.find_first_not_of(" \t\r", at) < at + length) {
        read_line(parser,
                  simdjson::padded_string_view(padded.data() + at, length, padded.capacity() - at),
                  visit);
      }
    } catch (const simdjson::simdjson_error& error) {
      throw corrupt(error.what());
    } catch (const BadAction& error) {
      throw corrupt(error.reason);
    }
    at = end + 1;
  }
}

}  // namespace lochan::delta
