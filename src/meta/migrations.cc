#include "meta/migrations.h"

namespace lochan::meta {
namespace {

constexpr Migration kMigrations[] = {
    {.version = 1, .what = "event feed, schemas, tables and views of spark_catalog", .sql = R"(
CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  object TEXT NOT NULL,
  principal TEXT NOT NULL,
  payload TEXT NOT NULL
);
CREATE TABLE schemas (
  name TEXT PRIMARY KEY COLLATE NOCASE,
  location TEXT NOT NULL,
  comment TEXT,
  properties TEXT NOT NULL DEFAULT '{}',
  owner TEXT NOT NULL,
  created_ms INTEGER NOT NULL
);
CREATE TABLE tables (
  schema_name TEXT NOT NULL COLLATE NOCASE REFERENCES schemas(name),
  name TEXT NOT NULL COLLATE NOCASE,
  kind TEXT NOT NULL CHECK (kind IN ('MANAGED', 'EXTERNAL', 'VIEW')),
  provider TEXT,
  location TEXT,
  columns_json TEXT,
  partition_columns TEXT NOT NULL DEFAULT '[]',
  options TEXT NOT NULL DEFAULT '{}',
  view_text TEXT,
  view_catalog TEXT,
  view_schema TEXT,
  view_columns TEXT NOT NULL DEFAULT '[]',
  properties TEXT NOT NULL DEFAULT '{}',
  comment TEXT,
  owner TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  PRIMARY KEY (schema_name, name)
);
)"},
};

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

}  // namespace lochan::meta
