#include "session/show_plan.h"

#include <arrow/array/array_binary.h>
#include <arrow/buffer.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/writer.h>
#include <arrow/record_batch.h>

#include "analysis/analyzer.h"
#include "base/error.h"
#include "session/rows.h"
#include "session/show_string.h"
#include "session/sql_text.h"

namespace lochan::session {
namespace {

Rows one_text(const plan::ShowString& show, std::string text) {
  Rows rows;
  rows.column(show.html ? "html_string" : "show_string", types::TypeId::kString, false);
  rows.row({types::Value::string(std::move(text))});
  return rows;
}

/// Hands on what Arrow writes.
class ArrowOutput final : public arrow::io::OutputStream {
 public:
  explicit ArrowOutput(const std::function<void(std::string_view)>& write) : write_(write) {}
  arrow::Status Write(const void* data, int64_t size) override {
    write_({static_cast<const char*>(data), static_cast<size_t>(size)});
    written_ += size;
    return arrow::Status::OK();
  }
  arrow::Result<int64_t> Tell() const override { return written_; }
  arrow::Status Close() override { return arrow::Status::OK(); }
  bool closed() const override { return false; }

 private:
  const std::function<void(std::string_view)>& write_;
  int64_t written_ = 0;
};

void check(const arrow::Status& status) {
  if (!status.ok()) throw Error::internal("Arrow IPC: " + status.ToString());
}

}  // namespace

plan::PlanPtr analyze_show(Session& session, const plan::ShowString& show) {
  session.analyze(show.child);
  return to_plan(one_text(show, ""));
}

plan::PlanPtr run_show(Session& session, const plan::ShowString& show, EventSink& sink) {
  auto child = session.analyze(show.child);
  engine::QueryOptions options{.context = session.resolve_context(), .cancel = sink.cancel()};
  auto rows =
      collect_text(*session.services().engine, as_shown_text(child, show.rows), options, "NULL");
  std::vector<std::string> header;
  for (const auto& attribute : child->output) header.push_back(attribute.name);
  const int limit = std::max(0, show.rows);
  const bool has_more = static_cast<int>(rows.size()) > limit;
  const auto layout = show.html ? format_html : show.vertical ? format_vertical : format_table;
  return to_plan(one_text(show, layout(header, std::move(rows), limit, show.truncate, has_more)));
}

void write_arrow(engine::Engine& engine, const plan::PlanPtr& resolved,
                 const engine::QueryOptions& options,
                 const std::function<void(std::string_view)>& write) {
  ArrowOutput out(write);
  auto stream = engine.run(resolved, options);
  auto writer = arrow::ipc::MakeStreamWriter(&out, stream->arrow_schema());
  check(writer.status());
  while (auto batch = stream->next()) check((*writer)->WriteRecordBatch(*batch));
  check((*writer)->Close());
}

std::string collect(engine::Engine& engine, const plan::PlanPtr& resolved,
                    const engine::QueryOptions& options) {
  std::string bytes;
  write_arrow(engine, resolved, options, [&](std::string_view more) { bytes += more; });
  return bytes;
}

void each_text_batch(engine::Engine& engine, const plan::PlanPtr& resolved,
                     const engine::QueryOptions& options, const std::string& null_text,
                     const std::function<void(TextRows)>& take) {
  auto stream = engine.run(resolved, options);
  while (auto batch = stream->next()) {
    TextRows rows(batch->num_rows());
    for (int c = 0; c < batch->num_columns(); ++c) {
      const auto& column = static_cast<const arrow::StringArray&>(*batch->column(c));
      for (int64_t r = 0; r < batch->num_rows(); ++r)
        rows[r].push_back(column.IsNull(r) ? null_text : column.GetString(r));
    }
    take(std::move(rows));
  }
}

TextRows collect_text(engine::Engine& engine, const plan::PlanPtr& resolved,
                      const engine::QueryOptions& options, const std::string& null_text) {
  TextRows all;
  each_text_batch(engine, resolved, options, null_text, [&](TextRows rows) {
    all.insert(all.end(), std::make_move_iterator(rows.begin()),
               std::make_move_iterator(rows.end()));
  });
  return all;
}

}  // namespace lochan::session
