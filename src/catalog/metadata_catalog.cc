#include "catalog/metadata_catalog.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/fail_point.h"

namespace lochan::catalog {
namespace {

using nlohmann::json;

std::string columns_to_json(const types::Schema& columns) {
  return types::DataType::structure(columns).json();
}

constexpr std::string_view kTableColumns =
    "schema_name, name, kind, provider, location, columns_json, partition_columns, options, "
    "view_text, "
    "view_catalog, view_schema, view_columns, properties, comment, owner, created_ms";

std::string_view kind_text(TableKind kind) {
  switch (kind) {
    case TableKind::kManaged: return "MANAGED";
    case TableKind::kExternal: return "EXTERNAL";
    case TableKind::kView: return "VIEW";
  }
  return "";
}

TableRecord table_of(const meta::Row& row) {
  TableRecord t;
  t.schema = row.text(0);
  t.name = row.text(1);
  const std::string kind = row.text(2);
  t.kind = kind == "VIEW"      ? TableKind::kView
           : kind == "MANAGED" ? TableKind::kManaged
                               : TableKind::kExternal;
  t.provider = row.text(3);
  t.location = row.text(4);
  if (!row.is_null(5)) t.columns = types::parse_json_type(row.text(5)).fields();
  t.partition_columns = json::parse(row.text(6)).get<std::vector<std::string>>();
  t.options = json::parse(row.text(7)).get<plan::Options>();
  t.view_text = row.text(8);
  t.view_catalog = row.text(9);
  t.view_schema = row.text(10);
  t.view_columns = json::parse(row.text(11)).get<std::vector<std::string>>();
  t.properties = json::parse(row.text(12)).get<plan::Options>();
  t.comment = row.optional_text(13);
  t.owner = row.text(14);
  t.created_ms = row.integer(15);
  return t;
}

SchemaRecord schema_of(const meta::Row& row) {
  return {row.text(0), row.text(1), row.optional_text(2),
          json::parse(row.text(3)).get<plan::Options>(), row.text(4)};
}

meta::Cell optional_cell(const std::optional<std::string>& text) {
  return text ? meta::Cell(*text) : meta::Cell(std::monostate{});
}

std::string quoted_schema(const std::string& schema) {
  return types::quote_identifier(kSparkCatalog) + "." + types::quote_identifier(schema);
}

}  // namespace

MetadataCatalog::MetadataCatalog(meta::Database& database, std::string warehouse)
    : database_(database), warehouse_(std::move(warehouse)) {
  if (!find_schema(kDefaultSchema))
    create_schema({.name = kDefaultSchema,
                   .location = warehouse_,
                   .comment = "default database",
                   .properties = {},
                   .owner = "system"},
                  true, "system");
}

std::vector<SchemaRecord> MetadataCatalog::schemas() {
  std::vector<SchemaRecord> out;
  for (const auto& row : database_.query(
           "SELECT name, location, comment, properties, owner FROM schemas ORDER BY name"))
    out.push_back(schema_of(row));
  return out;
}

std::optional<SchemaRecord> MetadataCatalog::find_schema(const std::string& name) {
  auto rows = database_.query(
      "SELECT name, location, comment, properties, owner FROM schemas WHERE name = ?", {name});
  if (rows.empty()) return std::nullopt;
  return schema_of(rows[0]);
}

SchemaRecord MetadataCatalog::schema(const std::string& name) {
  auto found = find_schema(name);
  if (!found) throw Error("SCHEMA_NOT_FOUND", {{"schemaName", quoted_schema(name)}});
  return *found;
}

void MetadataCatalog::create_schema(SchemaRecord record, bool if_not_exists,
                                    const std::string& principal) {
  record.name = lower_case(record.name);
  if (record.location.empty()) record.location = warehouse_ + "/" + record.name + ".db";
  database_.transaction([&] {
    if (find_schema(record.name)) {
      if (if_not_exists) return;
      throw Error("SCHEMA_ALREADY_EXISTS", {{"schemaName", quoted_schema(record.name)}});
    }
    database_.execute(
        "INSERT INTO schemas(name, location, comment, properties, owner, created_ms) VALUES (?, ?, "
        "?, ?, ?, ?)",
        {record.name, record.location, optional_cell(record.comment),
         json(record.properties).dump(), principal, now_micros() / 1000});
    database_.append_event("schema.created", record.name, principal, "{}");
  });
}

std::vector<TableRecord> MetadataCatalog::drop_schema(const std::string& name, bool if_exists,
                                                      bool cascade, const std::string& principal) {
  std::vector<TableRecord> dropped;
  database_.transaction([&] {
    if (!find_schema(name)) {
      if (if_exists) return;
      throw Error("SCHEMA_NOT_FOUND", {{"schemaName", quoted_schema(name)}});
    }
    if (lower_case(name) == kDefaultSchema)
      throw Error("UNSUPPORTED_FEATURE.DROP_DATABASE", {{"database", quoted_schema(name)}});
    dropped = tables(name);
    if (!dropped.empty() && !cascade)
      throw Error("SCHEMA_NOT_EMPTY", {{"schemaName", quoted_schema(name)}});
    database_.execute("DELETE FROM tables WHERE schema_name = ?", {name});
    database_.execute("DELETE FROM schemas WHERE name = ?", {name});
    database_.append_event("schema.dropped", lower_case(name), principal, "{}");
  });
  return dropped;
}

std::vector<TableRecord> MetadataCatalog::tables(const std::string& schema) {
  std::vector<TableRecord> out;
  for (const auto& row : database_.query("SELECT " + std::string(kTableColumns) +
                                             " FROM tables WHERE schema_name = ? ORDER BY name",
                                         {schema}))
    out.push_back(table_of(row));
  return out;
}

std::optional<TableRecord> MetadataCatalog::find_table(const std::string& schema,
                                                       const std::string& name) {
  auto rows = database_.query(
      "SELECT " + std::string(kTableColumns) + " FROM tables WHERE schema_name = ? AND name = ?",
      {schema, name});
  if (rows.empty()) return std::nullopt;
  return table_of(rows[0]);
}

void MetadataCatalog::put_table(TableRecord t, bool replace, const std::string& principal) {
  t.schema = lower_case(t.schema);
  t.name = lower_case(t.name);
  LOCHAN_FAIL_POINT("catalog.put_table.before");
  database_.transaction([&] {
    schema(t.schema);
    auto old = find_table(t.schema, t.name);
    if (old && !replace)
      throw Error(
          "TABLE_OR_VIEW_ALREADY_EXISTS",
          {{"relationName", quoted_schema(t.schema) + "." + types::quote_identifier(t.name)}});
    database_.execute(
        "INSERT OR REPLACE INTO tables(" + std::string(kTableColumns) +
            ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        {t.schema, t.name, std::string(kind_text(t.kind)), t.provider, t.location,
         columns_to_json(t.columns), json(t.partition_columns).dump(), json(t.options).dump(),
         t.view_text, t.view_catalog, t.view_schema, json(t.view_columns).dump(),
         json(t.properties).dump(), optional_cell(t.comment), principal, now_micros() / 1000});
    database_.append_event(old ? "table.replaced" : "table.created", t.schema + "." + t.name,
                           principal, "{}");
    LOCHAN_FAIL_POINT("catalog.put_table.before_commit");
  });
  LOCHAN_FAIL_POINT("catalog.put_table.after");
}

bool MetadataCatalog::drop_table(const std::string& schema, const std::string& name,
                                 const std::string& principal) {
  bool found = false;
  database_.transaction([&] {
    found = database_.execute("DELETE FROM tables WHERE schema_name = ? AND name = ?",
                              {schema, name}) > 0;
    if (found)
      database_.append_event("table.dropped", lower_case(schema) + "." + lower_case(name),
                             principal, "{}");
  });
  return found;
}

std::string MetadataCatalog::managed_location(const std::string& schema_name,
                                              const std::string& name) {
  return schema(schema_name).location + "/" + lower_case(name);
}

bool matches_pattern(const std::string& text, const std::string& pattern) {
  const std::string t = lower_case(text);
  size_t start = 0;
  while (start <= pattern.size()) {
    size_t bar = pattern.find('|', start);
    std::string p = lower_case(
        pattern.substr(start, bar == std::string::npos ? std::string::npos : bar - start));
    while (!p.empty() && p.front() == ' ') p.erase(0, 1);
    while (!p.empty() && p.back() == ' ') p.pop_back();
    // Greedy match with one backtrack point per star.
    size_t i = 0, j = 0, star = std::string::npos, mark = 0;
    while (i < t.size()) {
      if (j < p.size() && (p[j] == t[i] || p[j] == '.') && p[j] != '*') {
        ++i, ++j;
      } else if (j < p.size() && p[j] == '*') {
        star = j++;
        mark = i;
      } else if (star != std::string::npos) {
        j = star + 1;
        i = ++mark;
      } else {
        break;
      }
    }
    while (j < p.size() && p[j] == '*') ++j;
    if (i == t.size() && j == p.size()) return true;
    if (bar == std::string::npos) break;
    start = bar + 1;
  }
  return false;
}

}  // namespace lochan::catalog
