#include "delta/actions_json.h"
#include "delta/json_text.h"

// Members come in the order in which Spark writes them; absent ones are left out, never null,
// because some readers refuse nulls (delta-rs #3055).
namespace lochan::delta {
namespace {

void write_map(std::string& out, const StringMap& map) {
  JsonObject object(out);
  for (const auto& [key, value] : map) object.member(key, value);
}

void write_texts(std::string& out, const std::vector<std::string>& texts) {
  out += '[';
  for (size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) out += ',';
    append_json_string(out, texts[i]);
  }
  out += ']';
}

void write_partition_values(JsonObject& object, std::string& out, const PartitionValues& values) {
  object.key("partitionValues");
  JsonObject members(out);
  for (const auto& [name, value] : values) {
    members.key(name);
    if (value)
      append_json_string(out, *value);
    else
      out += "null";
  }
}

void write_tags(JsonObject& object, std::string& out, const StringMap& tags) {
  if (tags.empty()) return;
  object.key("tags");
  write_map(out, tags);
}

void write_deletion_vector(JsonObject& object, std::string& out,
                           const std::optional<DeletionVectorDescriptor>& vector) {
  if (!vector) return;
  object.key("deletionVector");
  JsonObject members(out);
  members.member("storageType", vector->storage_type);
  members.member("pathOrInlineDv", vector->path_or_inline);
  members.optional("offset", vector->offset);
  members.member("sizeInBytes", vector->size_in_bytes);
  members.member("cardinality", vector->cardinality);
}

struct Writer {
  std::string& out;

  void operator()(const Metadata& m) const {
    JsonObject action(out);
    action.key("metaData");
    JsonObject object(out);
    object.member("id", m.id);
    object.optional("name", m.name);
    object.optional("description", m.description);
    object.key("format");
    {
      JsonObject format(out);
      format.member("provider", m.format_provider);
      format.key("options");
      write_map(out, m.format_options);
    }
    object.member("schemaString", m.schema_string);
    object.key("partitionColumns");
    write_texts(out, m.partition_columns);
    object.key("configuration");
    write_map(out, m.configuration);
    object.optional("createdTime", m.created_time);
  }

  void operator()(const Protocol& p) const {
    JsonObject action(out);
    action.key("protocol");
    JsonObject object(out);
    object.member("minReaderVersion", p.min_reader_version);
    object.member("minWriterVersion", p.min_writer_version);
    if (p.reader_features) {
      object.key("readerFeatures");
      write_texts(out, *p.reader_features);
    }
    if (p.writer_features) {
      object.key("writerFeatures");
      write_texts(out, *p.writer_features);
    }
  }

  void operator()(const AddFile& f) const {
    JsonObject action(out);
    action.key("add");
    JsonObject object(out);
    object.member("path", f.path);
    write_partition_values(object, out, f.partition_values);
    object.member("size", f.size);
    object.member("modificationTime", f.modification_time);
    object.member("dataChange", f.data_change);
    object.optional("stats", f.stats);
    write_tags(object, out, f.tags);
    write_deletion_vector(object, out, f.deletion_vector);
    object.optional("baseRowId", f.base_row_id);
    object.optional("defaultRowCommitVersion", f.default_row_commit_version);
    object.optional("clusteringProvider", f.clustering_provider);
  }

  void operator()(const RemoveFile& f) const {
    JsonObject action(out);
    action.key("remove");
    JsonObject object(out);
    object.member("path", f.path);
    object.optional("deletionTimestamp", f.deletion_timestamp);
    object.member("dataChange", f.data_change);
    object.member("extendedFileMetadata", f.extended_file_metadata);
    if (f.extended_file_metadata) {
      write_partition_values(object, out, f.partition_values);
      object.optional("size", f.size);
    }
    object.optional("stats", f.stats);
    write_tags(object, out, f.tags);
    write_deletion_vector(object, out, f.deletion_vector);
    object.optional("baseRowId", f.base_row_id);
    object.optional("defaultRowCommitVersion", f.default_row_commit_version);
  }

  void operator()(const CdcFile& f) const {
    JsonObject action(out);
    action.key("cdc");
    JsonObject object(out);
    object.member("path", f.path);
    write_partition_values(object, out, f.partition_values);
    object.member("size", f.size);
    object.member("dataChange", false);
    write_tags(object, out, f.tags);
  }

  void operator()(const SetTransaction& t) const {
    JsonObject action(out);
    action.key("txn");
    JsonObject object(out);
    object.member("appId", t.app_id);
    object.member("version", t.version);
    object.optional("lastUpdated", t.last_updated);
  }

  void operator()(const DomainMetadata& d) const {
    JsonObject action(out);
    action.key("domainMetadata");
    JsonObject object(out);
    object.member("domain", d.domain);
    object.member("configuration", d.configuration);
    object.member("removed", d.removed);
  }

  void operator()(const CommitInfo& c) const {
    JsonObject action(out);
    action.key("commitInfo");
    JsonObject object(out);
    object.optional("inCommitTimestamp", c.in_commit_timestamp);
    object.optional("timestamp", c.timestamp);
    object.optional("userId", c.user_id);
    object.optional("userName", c.user_name);
    object.member("operation", c.operation);
    object.key("operationParameters");
    write_map(out, c.parameters);
    object.optional("readVersion", c.read_version);
    object.optional("isolationLevel", c.isolation_level);
    object.optional("isBlindAppend", c.is_blind_append);
    if (!c.metrics.empty()) {
      object.key("operationMetrics");
      write_map(out, c.metrics);
    }
    object.optional("userMetadata", c.user_metadata);
    object.optional("engineInfo", c.engine_info);
    object.optional("txnId", c.transaction_id);
  }

  void operator()(const CheckpointMetadata& c) const {
    JsonObject action(out);
    action.key("checkpointMetadata");
    JsonObject object(out);
    object.member("version", c.version);
  }

  void operator()(const Sidecar& s) const {
    JsonObject action(out);
    action.key("sidecar");
    JsonObject object(out);
    object.member("path", s.path);
    object.member("sizeInBytes", s.size);
    object.member("modificationTime", s.modification_time);
  }
};

}  // namespace

void append_action(std::string& out, const Action& action) { std::visit(Writer{out}, action); }

}  // namespace lochan::delta
