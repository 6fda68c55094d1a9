#pragma once
#include <memory>
#include <string>

namespace arrow {
class RecordBatch;
class Schema;
}  // namespace arrow

namespace lochan::session {

/// One Arrow IPC stream: the schema, the batch (null: one of no rows), the end mark. Spark Connect
/// ships each batch so.
std::string to_ipc(const arrow::Schema& schema, const arrow::RecordBatch* batch);

}  // namespace lochan::session
