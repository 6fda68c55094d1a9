#include "delta/table_features.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "base/error.h"
#include "delta/schema.h"
#include "delta/table_properties.h"

namespace lochan::delta {
namespace {

constexpr int kMaxReaderVersion = 3, kMaxWriterVersion = 7;
constexpr std::string_view kFeaturePrefix = "delta.feature.";

bool property_is_true(const Metadata& m, std::string_view name) {
  const auto found = m.configuration.find(name);
  return found != m.configuration.end() && found->second == "true";
}

/// Whether some column carries this metadata. Asking the text may find it in a comment as well:
/// that refuses a write too many, never one too few.
bool schema_mentions(const Metadata& m, std::string_view key) {
  return m.schema_string.find("\"" + std::string(key)) != std::string::npos;
}

bool contains_type(const types::DataType& type, types::TypeId id) {
  switch (type.id()) {
    case types::TypeId::kArray: return contains_type(type.element(), id);
    case types::TypeId::kMap:
      return contains_type(type.key(), id) || contains_type(type.value(), id);
    case types::TypeId::kStruct:
      return std::any_of(type.fields().begin(), type.fields().end(),
                         [&](const auto& field) { return contains_type(field.type, id); });
    default: return type.is(id);
  }
}

bool has_check_constraints(const Metadata& m) {
  const auto first = m.configuration.lower_bound("delta.constraints.");
  return first != m.configuration.end() && first->first.starts_with("delta.constraints.");
}

bool has_column_mapping(const Metadata& m) {
  return read_table_properties(m).column_mapping != "none";
}

const std::vector<TableFeature> kFeatures = {
    {.name = "appendOnly",
     .min_reader = 0,
     .min_writer = 2,
     .is_needed = [](const Metadata& m) { return property_is_true(m, "delta.appendOnly"); },
     .duty = "no rows may be taken away"},
    {.name = "invariants",
     .min_reader = 0,
     .min_writer = 2,
     .can_write = false,
     .is_used = [](const Metadata& m) { return schema_mentions(m, "delta.invariants"); },
     .duty = "a condition on a column holds for every row written"},
    {.name = "checkConstraints",
     .min_reader = 0,
     .min_writer = 3,
     .can_write = false,
     .is_used = has_check_constraints,
     .is_needed = has_check_constraints,
     .duty = "a condition holds for every row written"},
    {.name = "changeDataFeed",
     .min_reader = 0,
     .min_writer = 4,
     .is_needed =
         [](const Metadata& m) { return property_is_true(m, "delta.enableChangeDataFeed"); },
     .duty = "changed rows are recorded; whole files added or removed need no record of their own"},
    {.name = "generatedColumns",
     .min_reader = 0,
     .min_writer = 4,
     .can_write = false,
     .is_used = [](const Metadata& m) { return schema_mentions(m, "delta.generationExpression"); },
     .duty = "a column is computed from others"},
    {.name = "columnMapping",
     .min_reader = 2,
     .min_writer = 5,
     .can_write = false,
     .is_used = has_column_mapping,
     .is_needed = has_column_mapping,
     .duty = "columns are found by physical name or field id"},
    {.name = "identityColumns",
     .min_reader = 0,
     .min_writer = 6,
     .can_write = false,
     .is_used = [](const Metadata& m) { return schema_mentions(m, "delta.identity."); },
     .duty = "a column counts up"},
    {.name = "allowColumnDefaults",
     .min_reader = 0,
     .min_writer = 7,
     .can_write = false,
     .is_used = [](const Metadata& m) { return schema_mentions(m, "CURRENT_DEFAULT"); },
     .duty = "columns that an insert leaves out get a default"},
    {.name = "deletionVectors",
     .min_reader = 3,
     .min_writer = 7,
     .is_needed =
         [](const Metadata& m) { return property_is_true(m, "delta.enableDeletionVectors"); },
     .duty = "deleted rows are listed beside the files; we read such lists and write none"},
    {.name = "timestampNtz",
     .min_reader = 3,
     .min_writer = 7,
     .is_needed =
         [](const Metadata& m) {
           for (const auto& field : parse_table_schema(m).fields) {
             if (contains_type(field.type, types::TypeId::kTimestampNtz)) return true;
           }
           return false;
         },
     .duty = "the type timestamp_ntz"},
    {.name = "v2Checkpoint",
     .min_reader = 3,
     .min_writer = 7,
     .is_needed =
         [](const Metadata& m) {
           const auto found = m.configuration.find("delta.checkpointPolicy");
           return found != m.configuration.end() && found->second == "v2";
         },
     .duty = "checkpoints with sidecars"},
    {.name = "domainMetadata",
     .min_reader = 0,
     .min_writer = 7,
     .duty = "unknown domains are kept"},
    {.name = "vacuumProtocolCheck",
     .min_reader = 3,
     .min_writer = 7,
     .duty = "VACUUM checks the protocol first"},
    {.name = "inCommitTimestamp",
     .min_reader = 0,
     .min_writer = 7,
     .is_needed =
         [](const Metadata& m) { return property_is_true(m, "delta.enableInCommitTimestamps"); },
     .duty = "commits carry their time and it grows"},
    {.name = "checkpointProtection",
     .min_reader = 0,
     .min_writer = 7,
     .duty = "old checkpoints and commits are not cleaned up; we clean up none"},
    {.name = "rowTracking",
     .min_reader = 0,
     .min_writer = 7,
     .can_write = false,
     .is_needed = [](const Metadata& m) { return property_is_true(m, "delta.enableRowTracking"); },
     .duty = "rows keep an id"},
    {.name = "clustering",
     .min_reader = 0,
     .min_writer = 7,
     .can_write = false,
     .duty = "files are clustered by columns"},
    {.name = "typeWidening",
     .min_reader = 3,
     .min_writer = 7,
     .can_read = false,
     .can_write = false,
     .is_needed = [](const Metadata& m) { return property_is_true(m, "delta.enableTypeWidening"); },
     .duty = "older files hold narrower types"},
    {.name = "typeWidening-preview",
     .min_reader = 3,
     .min_writer = 7,
     .can_read = false,
     .can_write = false,
     .duty = "older files hold narrower types"},
    {.name = "variantType",
     .min_reader = 3,
     .min_writer = 7,
     .can_read = false,
     .can_write = false,
     .duty = "the type variant"},
    {.name = "variantType-preview",
     .min_reader = 3,
     .min_writer = 7,
     .can_read = false,
     .can_write = false,
     .duty = "the type variant"},
    {.name = "variantShredding",
     .min_reader = 3,
     .min_writer = 7,
     .can_read = false,
     .can_write = false,
     .duty = "variants stored as typed columns"},
    {.name = "variantShredding-preview",
     .min_reader = 3,
     .min_writer = 7,
     .can_read = false,
     .can_write = false,
     .duty = "variants stored as typed columns"},
    {.name = "catalogManaged",
     .min_reader = 3,
     .min_writer = 7,
     .can_read = false,
     .can_write = false,
     .duty = "commits go through a catalog"},
    {.name = "icebergCompatV1",
     .min_reader = 0,
     .min_writer = 7,
     .can_write = false,
     .is_needed =
         [](const Metadata& m) { return property_is_true(m, "delta.enableIcebergCompatV1"); },
     .duty = "files that Iceberg can read"},
    {.name = "icebergCompatV2",
     .min_reader = 0,
     .min_writer = 7,
     .can_write = false,
     .is_needed =
         [](const Metadata& m) { return property_is_true(m, "delta.enableIcebergCompatV2"); },
     .duty = "files that Iceberg can read"},
    {.name = "icebergCompatV3",
     .min_reader = 0,
     .min_writer = 7,
     .can_write = false,
     .is_needed =
         [](const Metadata& m) { return property_is_true(m, "delta.enableIcebergCompatV3"); },
     .duty = "files that Iceberg can read"},
    {.name = "materializePartitionColumns",
     .min_reader = 0,
     .min_writer = 7,
     .can_write = false,
     .duty = "files hold partition columns too"},
    {.name = "collations",
     .min_reader = 0,
     .min_writer = 7,
     .can_write = false,
     .duty = "statistics by collation"},
    {.name = "geospatial",
     .min_reader = 3,
     .min_writer = 7,
     .can_read = false,
     .can_write = false,
     .duty = "the types geometry and geography"},
    {.name = "coordinatedCommits-preview",
     .min_reader = 0,
     .min_writer = 7,
     .can_write = false,
     .duty = "commits go through a coordinator"},
};

std::vector<std::string> in_force(const std::optional<std::vector<std::string>>& listed,
                                  int version, int TableFeature::*minimum) {
  if (listed) return *listed;
  std::vector<std::string> implied;
  for (const auto& feature : kFeatures) {
    // Version 7 (3 for readers) has only what it lists; what came with it is never implied.
    const bool is_legacy = feature.min_writer < 7;
    if (is_legacy && feature.*minimum > 0 && feature.*minimum <= version) {
      implied.emplace_back(feature.name);
    }
  }
  return implied;
}

std::string join(const std::vector<std::string>& texts) {
  std::string joined;
  for (const auto& text : texts) joined += (joined.empty() ? "" : ", ") + text;
  return joined;
}

void require_known_version(const Protocol& protocol, std::string_view table) {
  const bool reader_ok = protocol.min_reader_version >= 1 &&
                         protocol.min_reader_version <= kMaxReaderVersion &&
                         (protocol.min_reader_version == 3) == protocol.reader_features.has_value();
  const bool writer_ok = protocol.min_writer_version >= 1 &&
                         protocol.min_writer_version <= kMaxWriterVersion &&
                         (protocol.min_writer_version == 7) == protocol.writer_features.has_value();
  if (reader_ok && writer_ok) return;
  throw Error("DELTA_INVALID_PROTOCOL_VERSION",
              {{"tableNameOrPath", std::string(table)},
               {"readerRequired", std::to_string(protocol.min_reader_version)},
               {"writerRequired", std::to_string(protocol.min_writer_version)},
               {"deltaVersion", "Lochan"},
               {"supportedReaders", "1, 2, 3"},
               {"supportedWriters", "1, 2, 3, 4, 5, 6, 7"}});
}

/// Honours delta.minReaderVersion and delta.minWriterVersion.
void raise_to_requested(Protocol& protocol, const Metadata& metadata) {
  const auto requested = [&](std::string_view name, int most) {
    const auto found = metadata.configuration.find(name);
    return found == metadata.configuration.end()
               ? 0
               : std::clamp(std::atoi(found->second.c_str()), 0, most);
  };
  const int reader = requested("delta.minReaderVersion", kMaxReaderVersion);
  const int writer = reader == kMaxReaderVersion
                         ? kMaxWriterVersion
                         : requested("delta.minWriterVersion", kMaxWriterVersion);
  if (writer == kMaxWriterVersion && !protocol.writer_features)
    protocol.writer_features = writer_features(protocol);
  if (reader == kMaxReaderVersion && !protocol.reader_features)
    protocol.reader_features = reader_features(protocol);
  protocol.min_reader_version = std::max(protocol.min_reader_version, reader);
  protocol.min_writer_version = std::max(protocol.min_writer_version, writer);
}

}  // namespace

const std::vector<TableFeature>& table_features() { return kFeatures; }

const TableFeature* find_table_feature(std::string_view name) {
  const auto found =
      std::find_if(kFeatures.begin(), kFeatures.end(),
                   [&](const TableFeature& feature) { return feature.name == name; });
  return found == kFeatures.end() ? nullptr : &*found;
}

std::vector<std::string> reader_features(const Protocol& protocol) {
  return in_force(protocol.reader_features, protocol.min_reader_version, &TableFeature::min_reader);
}

std::vector<std::string> writer_features(const Protocol& protocol) {
  return in_force(protocol.writer_features, protocol.min_writer_version, &TableFeature::min_writer);
}

void require_readable(const Protocol& protocol, const Metadata&, std::string_view table) {
  require_known_version(protocol, table);
  std::vector<std::string> unsupported;
  for (const auto& name : reader_features(protocol)) {
    const TableFeature* feature = find_table_feature(name);
    if (feature == nullptr || !feature->can_read) unsupported.push_back(name);
  }
  if (unsupported.empty()) return;
  throw Error("DELTA_UNSUPPORTED_FEATURES_FOR_READ", {{"tableNameOrPath", std::string(table)},
                                                      {"deltaVersion", "Lochan"},
                                                      {"unsupported", join(unsupported)}});
}

void require_writable(const Protocol& protocol, const Metadata& metadata, std::string_view table) {
  require_readable(protocol, metadata, table);
  std::vector<std::string> unsupported;
  for (const auto& name : writer_features(protocol)) {
    const TableFeature* feature = find_table_feature(name);
    const bool writable =
        feature != nullptr &&
        (feature->can_write || (feature->is_used != nullptr && !feature->is_used(metadata)));
    if (!writable) unsupported.push_back(name);
  }
  if (unsupported.empty()) return;
  throw Error("DELTA_UNSUPPORTED_FEATURES_FOR_WRITE", {{"tableNameOrPath", std::string(table)},
                                                       {"deltaVersion", "Lochan"},
                                                       {"unsupported", join(unsupported)}});
}

Protocol protocol_for(const Metadata& metadata, const Protocol* existing) {
  std::set<std::string> needed;
  for (const auto& feature : kFeatures) {
    if (feature.is_needed != nullptr && feature.is_needed(metadata)) needed.emplace(feature.name);
  }
  for (const auto& [key, value] : metadata.configuration) {
    if (key.starts_with(kFeaturePrefix)) needed.insert(key.substr(kFeaturePrefix.size()));
  }
  Protocol protocol = existing != nullptr ? *existing : Protocol{};
  raise_to_requested(protocol, metadata);
  const auto have = writer_features(protocol);
  std::erase_if(needed, [&](const std::string& name) {
    return std::find(have.begin(), have.end(), name) != have.end();
  });
  if (needed.empty()) return protocol;

  int reader = protocol.min_reader_version, writer = protocol.min_writer_version;
  for (const auto& name : needed) {
    const TableFeature* feature = find_table_feature(name);
    reader = std::max(reader, feature != nullptr ? feature->min_reader : kMaxReaderVersion);
    writer = std::max(writer, feature != nullptr ? feature->min_writer : kMaxWriterVersion);
  }
  // An old version number would bring in features that nobody asked for (version 4 brings two); a
  // list does not.
  if (writer > protocol.min_writer_version) writer = kMaxWriterVersion;
  Protocol raised{reader, writer, std::nullopt, std::nullopt};
  std::set<std::string> all(have.begin(), have.end());
  all.insert(needed.begin(), needed.end());
  raised.writer_features = std::vector<std::string>(all.begin(), all.end());
  if (reader == kMaxReaderVersion) {
    const auto had = reader_features(protocol);
    std::set<std::string> readers(had.begin(), had.end());
    for (const auto& name : all) {
      const TableFeature* feature = find_table_feature(name);
      if (feature != nullptr && feature->min_reader > 0) readers.insert(name);
    }
    raised.reader_features = std::vector<std::string>(readers.begin(), readers.end());
  }
  return raised;
}

}  // namespace lochan::delta
