#pragma once
#include <optional>
#include <string>

#include "catalog/metadata_catalog.h"
#include "plan/catalog.h"

namespace lochan::session {

class Session;

/// A table's full place in spark_catalog.
struct TableName {
  std::string schema, table;
  /// "`spark_catalog`.`default`.`t`", as errors name it.
  std::string quoted() const;
};

/// What analysis asks of one session: temporary views, the catalog, and files by path. Thread rule:
/// as plan::Catalog.
class SessionCatalog final : public plan::Catalog {
 public:
  explicit SessionCatalog(Session& session) : session_(session) {}

  plan::CatalogRelation find_relation(const plan::Name& name, std::optional<int64_t> version,
                                      std::optional<int64_t> timestamp_micros,
                                      const plan::Options& options) override;
  plan::ScanSourcePtr open(const plan::UnresolvedRead& read) override;
  plan::Name current_namespace() const override;
  plan::PlanPtr find_cached(const std::string& key) override;
  std::vector<types::Value> collect_column(const plan::PlanPtr& resolved, size_t limit) override;

  /// Whether `name` is a temporary view's.
  bool is_temporary(const plan::Name& name) const;
  /// `name` (1 to 3 parts) in the session's current schema. Throws for another catalog than
  /// spark_catalog (CATALOG_NOT_FOUND) and for more parts (REQUIRES_SINGLE_PART_NAMESPACE).
  TableName table_name(const plan::Name& name) const;
  /// Where unqualified names are looked for, as errors print it.
  std::string search_path() const;
  /// A schema name of one or two parts.
  std::string schema_name(const plan::Name& name) const;
  /// The table's rows, at a version if one is asked for.
  plan::ScanSourcePtr open_table(const catalog::TableRecord& table, std::optional<int64_t> version,
                                 std::optional<int64_t> timestamp_micros);

 private:
  plan::CatalogView stored_view(const catalog::TableRecord& table);
  Session& session_;
};

}  // namespace lochan::session
