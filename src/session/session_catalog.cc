#include "session/session_catalog.h"

#include <arrow/record_batch.h>
#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/error.h"
#include "engine/engine.h"
#include "session/column_values.h"
#include "session/data_sources.h"
#include "session/session_state.h"
#include "session/sql_text.h"

namespace lochan::session {
namespace {

bool is_file_format(const std::string& name) {
  static constexpr std::array kFormats{"delta", "parquet", "csv", "json", "text", "orc", "avro"};
  return std::find(kFormats.begin(), kFormats.end(), lower_case(name)) != kFormats.end();
}

}  // namespace

std::string TableName::quoted() const {
  return types::quote_identifier(catalog::kSparkCatalog) + "." + types::quote_identifier(schema) +
         "." + types::quote_identifier(table);
}

TableName SessionCatalog::table_name(const plan::Name& name) const {
  if (name.size() == 1) return {current_namespace().back(), lower_case(name[0])};
  if (name.size() == 2) return {lower_case(name[0]), lower_case(name[1])};
  if (name.size() == 3) {
    if (lower_case(name[0]) != catalog::kSparkCatalog)
      throw Error("CATALOG_NOT_FOUND", {{"catalogName", types::quote_identifier(name[0])},
                                        {"config", "\"spark.sql.catalog." + name[0] + "\""}});
    return {lower_case(name[1]), lower_case(name[2])};
  }
  std::string space;
  for (size_t i = 0; i + 1 < name.size(); ++i)
    space += (i ? "." : "") + types::quote_identifier(name[i]);
  throw Error("REQUIRES_SINGLE_PART_NAMESPACE",
              {{"sessionCatalog", catalog::kSparkCatalog}, {"namespace", space}});
}

std::string SessionCatalog::search_path() const {
  return "[`system`.`builtin`, `system`.`session`, `" + catalog::kSparkCatalog + "`." +
         types::quote_identifier(current_namespace().back()) + "]";
}

std::string SessionCatalog::schema_name(const plan::Name& name) const {
  if (name.empty()) return current_namespace().back();
  plan::Name with_table = name;
  with_table.push_back("t");
  return table_name(with_table).schema;
}

bool SessionCatalog::is_temporary(const plan::Name& name) const {
  if (name.size() == 2 && lower_case(name[0]) == "global_temp")
    return session_.services_.global_views->find(lower_case(name[1])).has_value();
  std::lock_guard lock(session_.state_->mutex);
  return name.size() == 1 && session_.state_->temp_views.contains(lower_case(name[0]));
}

plan::CatalogRelation SessionCatalog::find_relation(const plan::Name& name,
                                                    std::optional<int64_t> version,
                                                    std::optional<int64_t> timestamp_micros,
                                                    const plan::Options& options) {
  if (name.size() == 1) {
    std::lock_guard lock(session_.state_->mutex);
    auto it = session_.state_->temp_views.find(lower_case(name[0]));
    if (it != session_.state_->temp_views.end()) return it->second;
  }
  if (name.size() == 2 && lower_case(name[0]) == "global_temp") {
    if (auto view = session_.services_.global_views->find(lower_case(name[1]))) return *view;
    return std::monostate{};
  }
  if (name.size() > 3) return std::monostate{};
  if (name.size() == 3 && lower_case(name[0]) != catalog::kSparkCatalog) return std::monostate{};
  const TableName table = table_name(name);
  auto record = session_.services_.catalog->find_table(table.schema, table.table);
  if (record) {
    if (record->kind == catalog::TableKind::kView) return stored_view(*record);
    for (const auto& [key, value] : options) record->options[key] = value;
    return plan::CatalogTable{{catalog::kSparkCatalog, table.schema, table.table},
                              open_table(*record, version, timestamp_micros),
                              record->provider};
  }
  if (name.size() == 2 && is_file_format(name[0])) {
    plan::UnresolvedRead read;
    read.format = lower_case(name[0]);
    read.paths = {name[1]};
    read.options = options;
    if (version) read.options["versionasof"] = std::to_string(*version);
    return plan::CatalogTable{name, open_source(session_, read, timestamp_micros), read.format};
  }
  return std::monostate{};
}

plan::CatalogView SessionCatalog::stored_view(const catalog::TableRecord& table) {
  plan::CatalogView view;
  view.name = {catalog::kSparkCatalog, table.schema, table.name};
  view.query =
      parse_sql({.text = table.view_text, .named_arguments = {}, .positional_arguments = {}},
                session_.config_);
  view.current_catalog = table.view_catalog;
  view.current_schema = table.view_schema;
  view.column_names = table.view_columns;
  return view;
}

plan::ScanSourcePtr SessionCatalog::open_table(const catalog::TableRecord& table,
                                               std::optional<int64_t> version,
                                               std::optional<int64_t> timestamp_micros) {
  plan::UnresolvedRead read;
  read.format = table.provider;
  read.paths = {table.location};
  read.options = table.options;
  if (table.provider != "delta" && !table.columns.empty())
    read.schema = types::DataType::structure(table.columns).json();
  if (version) read.options["versionasof"] = std::to_string(*version);
  return open_source(session_, read, timestamp_micros);
}

plan::ScanSourcePtr SessionCatalog::open(const plan::UnresolvedRead& read) {
  return open_source(session_, read, std::nullopt);
}

plan::Name SessionCatalog::current_namespace() const {
  std::lock_guard lock(session_.state_->mutex);
  return {catalog::kSparkCatalog, session_.state_->current_schema};
}

plan::PlanPtr SessionCatalog::find_cached(const std::string& key) {
  std::lock_guard lock(session_.state_->mutex);
  auto it = session_.state_->cached.find(key);
  return it == session_.state_->cached.end() ? nullptr : it->second;
}

std::vector<types::Value> SessionCatalog::collect_column(const plan::PlanPtr& resolved,
                                                         size_t limit) {
  engine::QueryOptions options{.context = session_.resolve_context(),
                               .cancel = std::make_shared<CancelToken>()};
  auto stream = session_.services_.engine->run(resolved, options);
  std::vector<types::Value> values;
  while (auto batch = stream->next()) {
    append_values(*batch->column(0), resolved->output.at(0).type, values);
    if (values.size() >= limit) break;
  }
  if (values.size() > limit) values.resize(limit);
  return values;
}

}  // namespace lochan::session
