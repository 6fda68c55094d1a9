#include "engine/statement_run.h"

#include "base/error.h"
#include "engine/database.h"
#include "engine/errors.h"
#include "engine/lowering/lowering.h"

namespace lochan::engine {
namespace {

std::vector<std::vector<duckdb::Value>> run(duckdb::DatabaseInstance& database,
                                            duckdb::unique_ptr<duckdb::SQLStatement> statement,
                                            const QueryOptions& options) {
  // Shared with the token's callback, which may outlive this call.
  auto connection = std::make_shared<duckdb::Connection>(database);
  options.cancel->on_cancel([weak = std::weak_ptr(connection)] {
    if (auto running = weak.lock()) running->Interrupt();
  });
  try {
    auto result = connection->Query(std::move(statement));
    if (result->HasError()) throw translate(result->GetErrorObject());
    std::vector<std::vector<duckdb::Value>> rows;
    for (auto& row : result->Collection().Rows()) {
      std::vector<duckdb::Value> cells;
      for (duckdb::idx_t c = 0; c < result->ColumnCount(); ++c) cells.push_back(row.GetValue(c));
      rows.push_back(std::move(cells));
    }
    return rows;
  } catch (const Error&) {
    throw;
  } catch (const std::exception& e) {
    throw translate(duckdb::ErrorData(e));
  }
}

}  // namespace

std::vector<std::vector<duckdb::Value>> run_to_end(
    Engine& engine, duckdb::unique_ptr<duckdb::SQLStatement> statement,
    const QueryOptions& options) {
  options.cancel->throw_if_cancelled();
  return run(engine.impl().database()->instance(), std::move(statement), options);
}

std::vector<int64_t> single_row(Engine& engine, const plan::PlanPtr& resolved,
                                const QueryOptions& options) {
  auto lowered = lower(*resolved, options, engine.impl().database()->facts);
  const auto rows = run_to_end(engine, std::move(lowered.statement), options);
  std::vector<int64_t> out;
  for (const auto& cell : rows.at(0)) out.push_back(cell.GetValue<int64_t>());
  return out;
}

}  // namespace lochan::engine
