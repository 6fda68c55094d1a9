#include "engine/result_stream.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <chrono>

#include "duckdb/main/client_context.hpp"
#include "duckdb/main/pending_query_result.hpp"
#include "duckdb/main/prepared_statement_data.hpp"
#include "duckdb/main/settings.hpp"
#include "engine/arrow_types.h"
#include "engine/connection.h"
#include "engine/errors.h"
#include "engine/result_buffer.h"

namespace lochan::engine {
namespace {

constexpr auto kPause = std::chrono::microseconds(20);
/// Up to so many values of a key, each thread counts in an array instead of a hash table: 2 MB a
/// count. DuckDB's 12 bits are for aggregates of any size.
constexpr duckdb::idx_t kDenseKeyBits = 18;

/// A stack that planning can use up without harm is the caller's business; DuckDB only counts
/// levels.
class Stream : public ResultStream {
 public:
  Stream(duckdb::DatabaseInstance& database, Lowered lowered, const plan::Attributes& output,
         const QueryOptions& options)
      : keep_alive_(std::move(lowered.keep_alive)),
        schema_(plan::schema_of(output)),
        cancel_(options.cancel),
        max_rows_(options.max_batch_rows),
        max_bytes_(static_cast<double>(options.max_batch_bytes)),
        connection_(database) {
    auto& context = *connection_.context;
    context.config.enable_progress_bar = true;
    context.config.print_progress_bar = false;
    if (lowered.counts_early) {
      context.config.user_settings.SetUserSetting(duckdb::PerfectHtThresholdSetting::SettingIndex,
                                                  duckdb::Value::UBIGINT(kDenseKeyBits));
    }
    pending_ = connection_.start(
        std::move(lowered.statement), cancel_,
        [buffer = buffer_](duckdb::ClientContext& c, duckdb::PreparedStatementData& statement) {
          return collect_into(buffer, c, statement);
        });
    check_types(pending_->types, output);
    export_ =
        std::make_unique<ArrowExport>(schema_, options.context.zone, pending_->types, max_rows_);
    fetch();
  }

  ~Stream() override {
    // It holds the context; both must be gone before what the query read.
    pending_.reset();
  }

  const types::Schema& schema() const override { return schema_; }
  std::shared_ptr<arrow::Schema> arrow_schema() const override { return export_->schema(); }

  std::shared_ptr<arrow::RecordBatch> next() override {
    double bytes = 0;
    while (export_->rows() < max_rows_ && bytes < max_bytes_) {
      if (!fetch()) break;
      const auto size = static_cast<int64_t>(fetched_.chunk->size());
      const auto last = std::min(size, used_ + max_rows_ - export_->rows());
      auto to = used_;
      while (to < last && bytes < max_bytes_) bytes += fetched_.row_bytes[to++];
      export_->append(*fetched_.chunk, used_, to);
      used_ = to;
      if (used_ == size) fetched_.chunk.reset();
    }
    if (export_->rows() == 0) return nullptr;
    rows_ += export_->rows();
    return export_->take();
  }

  Progress progress() const override {
    Progress p;
    const auto percent = const_cast<OperationConnection&>(connection_).GetQueryProgress();
    p.fraction = percent < 0 ? -1 : percent / 100;
    p.rows = rows_.load();
    return p;
  }

 private:
  /// False at the end; what was fetched before is used up first.
  bool fetch() {
    using duckdb::PendingExecutionResult;
    if (fetched_.chunk) return true;
    used_ = 0;
    while (!buffer_->take(fetched_)) {
      if (done_) return false;
      switch (pending_->ExecuteTask()) {
        case PendingExecutionResult::EXECUTION_ERROR: fail(pending_->GetErrorObject(), *cancel_);
        case PendingExecutionResult::EXECUTION_FINISHED:
          done_ = true;
          buffer_->close();
          break;
        case PendingExecutionResult::RESULT_NOT_READY: break;
        default:  // other threads have all the work
          cancel_->throw_if_cancelled();
          buffer_->wait(kPause);
      }
    }
    return true;
  }

  static void check_types(const duckdb::vector<duckdb::LogicalType>& types,
                          const plan::Attributes& output) {
    if (types.size() < output.size()) throw Error::internal("the engine lost a column");
    for (size_t i = 0; i < output.size(); ++i) {
      const auto expected = to_duckdb(output[i].type);
      if (types[i] != expected) {
        throw Error::internal("column " + output[i].name + " is " + types[i].ToString() +
                              " in DuckDB, " + expected.ToString() + " was expected for " +
                              output[i].type.sql());
      }
    }
  }

  std::vector<std::shared_ptr<const void>> keep_alive_;
  types::Schema schema_;
  CancelTokenPtr cancel_;
  int64_t max_rows_;
  double max_bytes_;
  OperationConnection connection_;
  std::unique_ptr<ArrowExport> export_;
  std::shared_ptr<ResultBuffer> buffer_ = std::make_shared<ResultBuffer>();
  duckdb::unique_ptr<duckdb::PendingQueryResult> pending_;
  ResultRows fetched_;
  int64_t used_ = 0;  // rows of it
  std::atomic<int64_t> rows_{0};
  bool done_ = false;
};

}  // namespace

std::unique_ptr<ResultStream> start_stream(duckdb::DatabaseInstance& database, Lowered lowered,
                                           const plan::Attributes& output,
                                           const QueryOptions& options) {
  try {
    return std::make_unique<Stream>(database, std::move(lowered), output, options);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& e) {
    throw translate(duckdb::ErrorData(e));
  }
}

}  // namespace lochan::engine
