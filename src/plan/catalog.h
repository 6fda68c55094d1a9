#pragma once
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "plan/plan.h"

namespace lochan::plan {

/// A table, as far as analysis needs it.
struct CatalogTable {
  Name name;             // catalog, schema, table
  ScanSourcePtr source;  // pins one snapshot
  std::string provider;  // "delta", "csv", ...
};
/// A view: its text is parsed again and resolved in the place (catalog, schema) where it was
/// created.
struct CatalogView {
  Name name;
  PlanPtr query;  // unresolved, or resolved for temporary views of DataFrames
  std::string current_catalog, current_schema;
  std::vector<std::string> column_names;
  bool temporary = false;
};
using CatalogRelation = std::variant<std::monostate, CatalogTable, CatalogView>;

/// What analysis asks of the outside. Implemented by session/ over catalog/ and the data sources;
/// every lookup checks the principal's privileges. Thread rule: one session's thread at a time.
class Catalog {
 public:
  virtual ~Catalog() = default;
  /// The relation called `name` (1 to 3 parts; temporary views first), monostate if there is none.
  /// `version` / `timestamp_micros` for time travel.
  virtual CatalogRelation find_relation(const Name& name, std::optional<int64_t> version,
                                        std::optional<int64_t> timestamp_micros,
                                        const Options& options) = 0;
  /// Opens files or a Delta table for spark.read / format.`path`. Throws PATH_NOT_FOUND,
  /// DATA_SOURCE_NOT_FOUND...
  virtual ScanSourcePtr open(const UnresolvedRead& read) = 0;
  /// The current catalog and schema.
  virtual Name current_namespace() const = 0;
  /// Runs a resolved query of one column and returns its values, at most `limit`: the values of a
  /// PIVOT that names none.
  virtual std::vector<types::Value> collect_column(const PlanPtr&, size_t /*limit*/) {
    throw Error::not_supported("pivot without values");
  }
  /// A cached DataFrame or checkpoint by key.
  virtual PlanPtr find_cached(const std::string& key) = 0;
};

}  // namespace lochan::plan
