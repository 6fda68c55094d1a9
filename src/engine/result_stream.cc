#include "engine/result_stream.h"

#include <arrow/record_batch.h>
#include <arrow/type.h>

#include <numeric>

#include "duckdb/main/client_context.hpp"
#include "duckdb/main/pending_query_result.hpp"
#include "duckdb/main/query_result.hpp"
#include "engine/arrow_types.h"
#include "engine/connection.h"
#include "engine/errors.h"

namespace lochan::engine {
namespace {

/// Adds what each row of `vector` takes; elements of one list count as much as those of the others.
void add_sizes(duckdb::Vector& vector, duckdb::idx_t count, std::vector<double>& sizes) {
  const auto type = vector.GetType().InternalType();
  if (type == duckdb::PhysicalType::STRUCT) {
    vector.Flatten(count);
    for (auto& field : duckdb::StructVector::GetEntries(vector)) add_sizes(*field, count, sizes);
    return;
  }
  if (type != duckdb::PhysicalType::VARCHAR && type != duckdb::PhysicalType::LIST) {
    const auto width = static_cast<double>(duckdb::GetTypeIdSize(type));
    for (duckdb::idx_t row = 0; row < count; ++row) sizes[row] += width;
    return;
  }
  duckdb::UnifiedVectorFormat format;
  vector.ToUnifiedFormat(count, format);
  const auto add = [&](auto size) {
    for (duckdb::idx_t row = 0; row < count; ++row) {
      const auto at = format.sel->get_index(row);
      if (format.validity.RowIsValid(at)) sizes[row] += size(at);
    }
  };
  if (type == duckdb::PhysicalType::VARCHAR) {
    const auto* texts = duckdb::UnifiedVectorFormat::GetData<duckdb::string_t>(format);
    return add([&](auto at) { return static_cast<double>(texts[at].GetSize()) + sizeof(int32_t); });
  }
  const auto elements = duckdb::ListVector::GetListSize(vector);
  std::vector<double> element_sizes(elements);
  add_sizes(duckdb::ListVector::GetEntry(vector), elements, element_sizes);
  const double mean =
      elements == 0 ? 0
                    : std::accumulate(element_sizes.begin(), element_sizes.end(), 0.0) / elements;
  const auto* lists = duckdb::UnifiedVectorFormat::GetData<duckdb::list_entry_t>(format);
  add([&](auto at) { return mean * static_cast<double>(lists[at].length) + sizeof(int32_t); });
}

std::vector<double> sizes_of_rows(duckdb::DataChunk& chunk) {
  std::vector<double> sizes(chunk.size());
  for (auto& column : chunk.data) add_sizes(column, chunk.size(), sizes);
  return sizes;
}

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
    auto pending = connection_.start(std::move(lowered.statement),
                                     duckdb::QueryResultOutputType::ALLOW_STREAMING, cancel_);
    check_types(pending->types, output);
    export_ =
        std::make_unique<ArrowExport>(schema_, options.context.zone, pending->types, max_rows_);
    result_ = execute(*pending, *cancel_);
  }

  ~Stream() override {
    // The result holds the context; both must be gone before what the query read.
    result_.reset();
    chunk_.reset();
  }

  const types::Schema& schema() const override { return schema_; }
  std::shared_ptr<arrow::Schema> arrow_schema() const override { return export_->schema(); }

  std::shared_ptr<arrow::RecordBatch> next() override {
    double bytes = 0;
    while (export_->rows() < max_rows_ && bytes < max_bytes_) {
      if (!chunk_ && !fetch()) break;
      const auto last = std::min<int64_t>(chunk_->size(), used_ + max_rows_ - export_->rows());
      auto to = used_;
      while (to < last && bytes < max_bytes_) bytes += row_bytes_[to++];
      export_->append(*chunk_, used_, to);
      used_ = to;
      if (used_ == static_cast<int64_t>(chunk_->size())) chunk_.reset();
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
  bool fetch() {
    if (done_) return false;
    used_ = 0;
    duckdb::ErrorData error;
    if (!result_->TryFetch(chunk_, error)) fail(error, *cancel_);
    if (chunk_ && chunk_->size() > 0) {
      row_bytes_ = sizes_of_rows(*chunk_);
      return true;
    }
    chunk_.reset();
    done_ = true;
    // An interrupted stream may just end.
    cancel_->throw_if_cancelled();
    return false;
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
  duckdb::unique_ptr<duckdb::QueryResult> result_;
  duckdb::unique_ptr<duckdb::DataChunk> chunk_;
  int64_t used_ = 0;
  std::vector<double> row_bytes_;  // of chunk_
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
