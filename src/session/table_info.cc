#include "session/table_info.h"

#include <ctime>
#include <nlohmann/json.hpp>

#include "session/data_sources.h"

namespace lochan::session {

using nlohmann::json;

std::optional<std::string> comment_of(const types::StructField& field) {
  if (field.metadata.size() <= 2) return std::nullopt;
  auto metadata = json::parse(field.metadata, nullptr, false);
  if (!metadata.is_object() || !metadata.contains("comment") || !metadata["comment"].is_string())
    return std::nullopt;
  return metadata["comment"].get<std::string>();
}

std::string comment_metadata(const std::string& comment) {
  return json{{"comment", comment}}.dump();
}

TableShape table_shape(Session& session, const catalog::TableRecord& table) {
  if (table.provider != "delta") return {table.columns, table.partition_columns};
  auto source = open_source(session,
                            plan::UnresolvedRead{.format = "delta",
                                                 .paths = {table.location},
                                                 .options = {},
                                                 .schema = {},
                                                 .predicates = {}},
                            std::nullopt);
  return {source->schema(), partition_columns_of(*source)};
}

std::string_view table_type(catalog::TableKind kind) {
  switch (kind) {
    case catalog::TableKind::kManaged: return "MANAGED";
    case catalog::TableKind::kExternal: return "EXTERNAL";
    case catalog::TableKind::kView: return "VIEW";
  }
  return "";
}

std::vector<std::pair<std::string, std::string>> table_details(const catalog::TableRecord& t) {
  const std::time_t seconds = t.created_ms / 1000;
  std::tm fields{};
  gmtime_r(&seconds, &fields);
  char created[40];
  std::strftime(created, sizeof created, "%a %b %d %H:%M:%S UTC %Y", &fields);

  std::vector<std::pair<std::string, std::string>> out{
      {"Catalog", catalog::kSparkCatalog},
      {"Database", t.schema},
      {"Table", t.name},
      {"Owner", t.owner},
      {"Created Time", created},
      {"Last Access", "UNKNOWN"},
      {"Created By", "Spark " + std::string(kSparkVersion)},
      {"Type", std::string(table_type(t.kind))}};
  if (!t.provider.empty()) out.emplace_back("Provider", t.provider);
  if (t.comment) out.emplace_back("Comment", *t.comment);
  if (t.kind == catalog::TableKind::kView) {
    out.emplace_back("View Text", t.view_text);
    out.emplace_back("View Catalog and Namespace", t.view_catalog + "." + t.view_schema);
  }
  if (!t.properties.empty()) {
    std::string text;
    for (const auto& [key, value] : t.properties)
      text += (text.empty() ? "" : ", ") + key + "=" + value;
    out.emplace_back("Table Properties", "[" + text + "]");
  }
  if (!t.location.empty()) out.emplace_back("Location", t.location);
  return out;
}

}  // namespace lochan::session
