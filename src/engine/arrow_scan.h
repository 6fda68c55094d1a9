#pragma once
#include <memory>

#include "duckdb.hpp"
#include "duckdb/parser/tableref.hpp"
#include "plan/plan.h"

namespace lochan::engine {

/// Arrow record batches held in memory, which a query scans without copying them. Immutable once
/// made; any number of scans at a time.
class ArrowBatches;
using ArrowBatchesPtr = std::shared_ptr<const ArrowBatches>;

/// The rows that a client sent, as columns of the types in `output`. Throws INVALID_ARROW... (an
/// internal error) if the stream cannot be read or does not fit.
ArrowBatchesPtr read_local_relation(const plan::LocalRelation& local,
                                    const plan::Attributes& output);

/// An element of FROM that scans them. They must outlive the query.
duckdb::unique_ptr<duckdb::TableRef> arrow_table(const ArrowBatches& batches);

}  // namespace lochan::engine
