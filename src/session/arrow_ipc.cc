#include "session/arrow_ipc.h"

#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/options.h>
#include <arrow/ipc/writer.h>
#include <arrow/record_batch.h>

#include "base/error.h"

namespace lochan::session {
namespace {

void check(const arrow::Status& status) {
  if (!status.ok()) throw Error::internal("Arrow IPC: " + status.ToString());
}

}  // namespace

std::string to_ipc(const arrow::Schema& schema, const arrow::RecordBatch* batch) {
  auto sink = arrow::io::BufferOutputStream::Create(4096);
  check(sink.status());
  // The writer keeps the schema only for as long as it lives.
  std::shared_ptr<arrow::Schema> alias(std::shared_ptr<void>{},
                                       const_cast<arrow::Schema*>(&schema));
  auto options = arrow::ipc::IpcWriteOptions::Defaults();
  options.use_threads = false;
  auto writer = arrow::ipc::MakeStreamWriter(*sink, alias, options);
  check(writer.status());
  if (batch) {
    check((*writer)->WriteRecordBatch(*batch));
  } else {
    // Clients want a batch even of no rows: it tells them the columns.
    auto empty = arrow::RecordBatch::MakeEmpty(alias);
    check(empty.status());
    check((*writer)->WriteRecordBatch(**empty));
  }
  check((*writer)->Close());
  auto buffer = (*sink)->Finish();
  check(buffer.status());
  return std::string(reinterpret_cast<const char*>((*buffer)->data()), (*buffer)->size());
}

}  // namespace lochan::session
