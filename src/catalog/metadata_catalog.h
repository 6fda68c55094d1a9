#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "meta/database.h"
#include "plan/plan.h"
#include "types/data_type.h"

namespace lochan::catalog {

inline const std::string kSparkCatalog = "spark_catalog";
inline const std::string kDefaultSchema = "default";

struct SchemaRecord {
  std::string name;
  std::string location;  // URI of the folder of its managed tables
  std::optional<std::string> comment;
  plan::Options properties;
  std::string owner;
};

enum class TableKind { kManaged, kExternal, kView };

struct TableRecord {
  std::string schema, name;
  TableKind kind = TableKind::kManaged;
  std::string provider;   // "delta", "parquet", ...; empty for views
  std::string location;   // URI; empty for views
  types::Schema columns;  // tables that have no log of their own, and views
  std::vector<std::string> partition_columns;
  plan::Options options;
  std::string view_text, view_catalog, view_schema;
  std::vector<std::string> view_columns;
  plan::Options properties;
  std::optional<std::string> comment;
  std::string owner;
  int64_t created_ms = 0;
};

/// The schemas, tables and views of `spark_catalog`, kept in the metadata database; names are
/// compared without case and shown in lower case as Spark's session catalog does. Every change
/// appends an event in its own transaction. Thread-safe. `principal` is who asks; on a laptop
/// everybody is the owner.
class MetadataCatalog {
 public:
  /// `warehouse` is the folder URI under which managed tables live.
  MetadataCatalog(meta::Database& database, std::string warehouse);

  std::vector<SchemaRecord> schemas();
  std::optional<SchemaRecord> find_schema(const std::string& name);
  /// Throws SCHEMA_NOT_FOUND.
  SchemaRecord schema(const std::string& name);
  /// Throws SCHEMA_ALREADY_EXISTS unless `if_not_exists`.
  void create_schema(SchemaRecord record, bool if_not_exists, const std::string& principal);
  /// Throws SCHEMA_NOT_FOUND, SCHEMA_NOT_EMPTY. Gives the tables that went with it (cascade).
  std::vector<TableRecord> drop_schema(const std::string& name, bool if_exists, bool cascade,
                                       const std::string& principal);

  std::vector<TableRecord> tables(const std::string& schema);
  std::optional<TableRecord> find_table(const std::string& schema, const std::string& name);
  /// Throws TABLE_OR_VIEW_ALREADY_EXISTS (unless `replace`), SCHEMA_NOT_FOUND.
  void put_table(TableRecord record, bool replace, const std::string& principal);
  /// False if there was none.
  bool drop_table(const std::string& schema, const std::string& name, const std::string& principal);

  /// Where a managed table of this name belongs.
  std::string managed_location(const std::string& schema, const std::string& name);
  const std::string& warehouse() const { return warehouse_; }

 private:
  meta::Database& database_;
  const std::string warehouse_;
};

/// True if `text` matches a SHOW ... LIKE pattern: `*` any text, `|` alternatives,
/// case-insensitive.
bool matches_pattern(const std::string& text, const std::string& pattern);

}  // namespace lochan::catalog
