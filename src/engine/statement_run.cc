#include "engine/statement_run.h"

#include "base/error.h"
#include "engine/connection.h"
#include "engine/database.h"
#include "engine/errors.h"
#include "engine/lowering/lowering.h"

namespace lochan::engine {
namespace {

std::vector<std::vector<duckdb::Value>> run(duckdb::DatabaseInstance& database,
                                            duckdb::unique_ptr<duckdb::SQLStatement> statement,
                                            const QueryOptions& options) {
  OperationConnection connection(database);
  try {
    auto pending = connection.start(std::move(statement), options.cancel);
    auto result = execute(*pending, *options.cancel);
    std::vector<std::vector<duckdb::Value>> rows;
    while (auto chunk = result->Fetch()) {
      for (duckdb::idx_t row = 0; row < chunk->size(); ++row) {
        auto& cells = rows.emplace_back();
        for (duckdb::idx_t c = 0; c < chunk->ColumnCount(); ++c)
          cells.push_back(chunk->GetValue(c, row));
      }
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
