#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "delta/parquet_reader.h"
#include "storage/grant.h"
#include "storage/object_store.h"

namespace lochan::delta {

/// A table's place and what the protocol needs from outside to work there. A value; copies share the store.
struct TableAccess {
  storage::Grant root;                            // the table's directory; kWrite for transactions
  std::shared_ptr<storage::ObjectStore> store;
  std::shared_ptr<ParquetReader> parquet;         // null: a table with a Parquet checkpoint cannot be read
  std::string name;                               // as the user knows it, for errors: "`/mnt/t`" or "db.t"

  /// Opens the absolute paths that shallow clones have in their logs; through the resolver. Null: refused.
  std::function<storage::Grant(const std::string& uri)> resolve;

  /// Turns a wall-clock time (µs) into UTC in the zone that partition timestamps without a zone are meant in. Null: UTC.
  std::function<int64_t(int64_t)> local_to_utc;

  /// "lochan/<version>", for commitInfo.engineInfo.
  std::string engine_info = "Lochan";

  storage::Grant log() const { return root.child("_delta_log"); }
};

}  // namespace lochan::delta
