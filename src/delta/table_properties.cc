#include "delta/table_properties.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.h"
#include "base/error.h"

namespace lochan::delta {
namespace {

enum class Kind { kBoolean, kInteger, kText };

struct Property {
  std::string_view name;  // after "delta."
  Kind kind;
};

/// Every property that Delta knows. What we do not act on is still kept in the table for others.
constexpr auto kProperties = std::to_array<Property>({
    {"appendOnly", Kind::kBoolean},
    {"autoOptimize", Kind::kBoolean},
    {"autoOptimize.autoCompact", Kind::kText},
    {"autoOptimize.optimizeWrite", Kind::kBoolean},
    {"checkpoint.writeStatsAsJson", Kind::kBoolean},
    {"checkpoint.writeStatsAsStruct", Kind::kBoolean},
    {"checkpointInterval", Kind::kInteger},
    {"checkpointPolicy", Kind::kText},
    {"checkpointRetentionDuration", Kind::kText},
    {"columnMapping.maxColumnId", Kind::kInteger},
    {"columnMapping.mode", Kind::kText},
    {"compatibility.symlinkFormatManifest.enabled", Kind::kBoolean},
    {"dataSkippingNumIndexedCols", Kind::kInteger},
    {"dataSkippingStatsColumns", Kind::kText},
    {"dataSkippingStringPrefixLength", Kind::kInteger},
    {"deletedFileRetentionDuration", Kind::kText},
    {"dropFeatureTruncateHistory.retentionDuration", Kind::kText},
    {"enableChangeDataCapture", Kind::kBoolean},
    {"enableChangeDataFeed", Kind::kBoolean},
    {"enableDeletionVectors", Kind::kBoolean},
    {"enableExpiredLogCleanup", Kind::kBoolean},
    {"enableFullRetentionRollback", Kind::kBoolean},
    {"enableIcebergCompatV1", Kind::kBoolean},
    {"enableIcebergCompatV2", Kind::kBoolean},
    {"enableIcebergCompatV3", Kind::kBoolean},
    {"enableInCommitTimestamps", Kind::kBoolean},
    {"enableRowTracking", Kind::kBoolean},
    {"enableTypeWidening", Kind::kBoolean},
    {"enableVariantShredding", Kind::kBoolean},
    {"inCommitTimestampEnablementTimestamp", Kind::kInteger},
    {"inCommitTimestampEnablementVersion", Kind::kInteger},
    {"isolationLevel", Kind::kText},
    {"logRetentionDuration", Kind::kText},
    {"minReaderVersion", Kind::kInteger},
    {"minWriterVersion", Kind::kInteger},
    {"parquet.compression.codec", Kind::kText},
    {"parquet.format.version", Kind::kText},
    {"randomPrefixLength", Kind::kInteger},
    {"randomizeFilePrefixes", Kind::kBoolean},
    {"sampleRetentionDuration", Kind::kText},
    {"setTransactionRetentionDuration", Kind::kText},
    {"targetFileSize", Kind::kText},
    {"tuneFileSizesForRewrites", Kind::kBoolean},
    {"universalFormat.enabledFormats", Kind::kText},
});

std::optional<bool> parse_boolean(std::string_view text) {
  if (same_name(text, "true")) return true;
  if (same_name(text, "false")) return false;
  return std::nullopt;
}

std::optional<int64_t> parse_integer(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

TableProperties read_table_properties(const Metadata& metadata) {
  TableProperties p;
  const auto text = [&](std::string_view name) -> std::optional<std::string> {
    const auto found = metadata.configuration.find(name);
    if (found == metadata.configuration.end()) return std::nullopt;
    return found->second;
  };
  const auto boolean = [&](std::string_view name) {
    const auto value = text(name);
    return value && parse_boolean(*value).value_or(false);
  };
  const auto integer = [&](std::string_view name) -> std::optional<int64_t> {
    const auto value = text(name);
    return value ? parse_integer(*value) : std::nullopt;
  };
  p.append_only = boolean("delta.appendOnly");
  p.in_commit_timestamps = boolean("delta.enableInCommitTimestamps");
  p.in_commit_timestamps_since = integer("delta.inCommitTimestampEnablementVersion");
  p.in_commit_timestamps_since_ms = integer("delta.inCommitTimestampEnablementTimestamp");
  p.indexed_columns = integer("delta.dataSkippingNumIndexedCols").value_or(p.indexed_columns);
  p.stats_columns = text("delta.dataSkippingStatsColumns");
  p.column_mapping = lower_case(text("delta.columnMapping.mode").value_or(p.column_mapping));
  p.compression = lower_case(text("delta.parquet.compression.codec").value_or(p.compression));
  return p;
}

void require_valid_properties(const StringMap& properties) {
  for (const auto& [key, value] : properties) {
    if (!key.starts_with("delta.")) continue;  // the user's own
    const std::string_view name = std::string_view(key).substr(6);
    if (name.starts_with("feature.") || name.starts_with("constraints.")) continue;
    const auto* found = std::find_if(kProperties.begin(), kProperties.end(),
                                     [&](const Property& p) { return same_name(p.name, name); });
    if (found == kProperties.end()) {
      throw Error(
          "DELTA_UNKNOWN_CONFIGURATION",
          {{"config", key},
           {"disableCheckConfig", "spark.databricks.delta.allowArbitraryProperties.enabled"}});
    }
    if ((found->kind == Kind::kBoolean && !parse_boolean(value)) ||
        (found->kind == Kind::kInteger && !parse_integer(value))) {
      throw Error("DELTA_INVALID_PROPERTY_VALUE",
                  {{"property", key},
                   {"value", value},
                   {"expected", found->kind == Kind::kBoolean ? "a boolean" : "an integer"}});
    }
  }
}

}  // namespace lochan::delta
