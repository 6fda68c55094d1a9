#include "session/local_data.h"

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>

#include "base/error.h"
#include "engine/arrow_types.h"

namespace lochan::session {

types::Schema schema_of_ipc(const std::string& ipc) {
  arrow::io::BufferReader input(std::make_shared<arrow::Buffer>(ipc));  // a view: `ipc` outlives it
  const auto reader = arrow::ipc::RecordBatchStreamReader::Open(&input);
  if (!reader.ok())
    throw Error("CONNECT_INVALID_PLAN.ASSERTION_FAILURE",
                {{"message", "The data of a local relation is not an Arrow IPC stream: " +
                                 reader.status().message()}});
  return engine::from_arrow(*(*reader)->schema());
}

}  // namespace lochan::session
