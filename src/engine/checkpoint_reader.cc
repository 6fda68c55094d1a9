#include "duckdb/main/relation.hpp"
#include "duckdb/parser/expression/columnref_expression.hpp"
#include "duckdb/parser/expression/constant_expression.hpp"
#include "duckdb/parser/expression/function_expression.hpp"
#include "duckdb/parser/query_node/select_node.hpp"
#include "duckdb/parser/statement/select_statement.hpp"
#include "duckdb/parser/tableref/table_function_ref.hpp"
#include "engine/connection.h"
#include "engine/database.h"
#include "engine/errors.h"
#include "engine/literal_path.h"
#include "engine/sources.h"

namespace lochan::engine {
namespace {

using duckdb::make_uniq;
using Parsed = duckdb::unique_ptr<duckdb::ParsedExpression>;

/// Rows of a Parquet file as JSON: SELECT to_json(struct_pack(add := add, ...)) FROM the file.
/// DuckDB's JSON of maps, lists and structs is what delta/ asks for.
class CheckpointReader final : public delta::ParquetReader {
 public:
  CheckpointReader(Engine& engine, std::shared_ptr<storage::ObjectStore> store)
      : engine_(engine), store_(std::move(store)) {}

  void read_rows(const storage::Grant& file, const std::vector<std::string>& columns,
                 const std::function<void(std::string_view)>& row) override {
    const auto path = store_->local_path(file);
    try {
      OperationConnection connection(engine_.impl().database()->instance());
      auto result = connection.SendQuery(statement(connection, path, columns));
      if (result->HasError()) throw translate(result->GetErrorObject());
      for (;;) {
        duckdb::unique_ptr<duckdb::DataChunk> chunk;
        duckdb::ErrorData error;
        if (!result->TryFetch(chunk, error)) throw translate(error);
        if (!chunk || chunk->size() == 0) return;
        chunk->Flatten();
        const auto* texts = duckdb::FlatVector::GetData<duckdb::string_t>(chunk->data[0]);
        for (duckdb::idx_t i = 0; i < chunk->size(); ++i)
          row({texts[i].GetData(), texts[i].GetSize()});
      }
    } catch (const duckdb::Exception& e) {
      throw Error("FAILED_READ_FILE.NO_HINT",
                  {{"path", path + ": " + duckdb::ErrorData(e).RawMessage()}});
    }
  }

 private:
  static duckdb::unique_ptr<duckdb::SelectStatement> statement(
      duckdb::Connection& connection, const std::string& path,
      const std::vector<std::string>& wanted) {
    auto scan = connection.TableFunction("parquet_scan", {duckdb::Value(literal_path(path))},
                                         {{"hive_partitioning", duckdb::Value::BOOLEAN(false)}});
    duckdb::vector<Parsed> fields;
    for (const auto& column : scan->Columns()) {
      if (std::find(wanted.begin(), wanted.end(), column.Name()) == wanted.end()) continue;
      Parsed field = make_uniq<duckdb::ColumnRefExpression>(column.Name());
      field->SetAlias(column.Name());
      fields.push_back(std::move(field));
    }
    auto select = make_uniq<duckdb::SelectNode>();
    if (fields.empty()) {
      select->select_list.push_back(make_uniq<duckdb::ConstantExpression>(duckdb::Value("{}")));
    } else {
      duckdb::vector<Parsed> object;
      object.push_back(make_uniq<duckdb::FunctionExpression>("struct_pack", std::move(fields)));
      select->select_list.push_back(
          make_uniq<duckdb::FunctionExpression>("to_json", std::move(object)));
    }
    auto from = make_uniq<duckdb::TableFunctionRef>();
    duckdb::vector<Parsed> arguments;
    arguments.push_back(make_uniq<duckdb::ConstantExpression>(duckdb::Value(literal_path(path))));
    from->function = make_uniq<duckdb::FunctionExpression>("parquet_scan", std::move(arguments));
    select->from_table = std::move(from);
    auto statement = make_uniq<duckdb::SelectStatement>();
    statement->node = std::move(select);
    return statement;
  }

  Engine& engine_;
  std::shared_ptr<storage::ObjectStore> store_;
};

}  // namespace

std::shared_ptr<delta::ParquetReader> parquet_reader(Engine& engine,
                                                     std::shared_ptr<storage::ObjectStore> store) {
  return std::make_shared<CheckpointReader>(engine, std::move(store));
}

}  // namespace lochan::engine
