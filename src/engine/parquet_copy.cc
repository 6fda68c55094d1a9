#include "engine/parquet_copy.h"

#include <utility>

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/catalog/catalog_entry/copy_function_catalog_entry.hpp"
#include "duckdb/parser/parsed_data/create_copy_function_info.hpp"
#include "engine/kernels/utf8.h"
// This header comes without the templates that it includes; the next needs nothing of it.
#define _DUCKDB_THRIFT_PROTOCOL_TCOMPACTPROTOCOL_H_ 1
#include "ext/parquet_writer.hpp"

namespace lochan::engine {
namespace {

/// DuckDB's writer ends with the statistics as texts, which fails where they are no UTF-8. It does
/// not hand out what it knows of its row groups before that: an explicit instantiation may name
/// its private member.
using FileMetaData = duckdb_parquet::FileMetaData duckdb::ParquetWriter::*;
FileMetaData file_meta_data();
template <FileMetaData kMember>
struct FileMetaDataAccess {
  friend FileMetaData file_meta_data() { return kMember; }
};
template struct FileMetaDataAccess<&duckdb::ParquetWriter::file_meta_data>;

duckdb::copy_to_finalize_t finalize_parquet = nullptr;

/// Columns with a minimum or maximum that is no UTF-8 have none for the writer's report; in the
/// file they stay.
void finalize(duckdb::ClientContext& context, duckdb::FunctionData& bind_data,
              duckdb::GlobalFunctionData& state) {
  auto& parquet = state.Cast<duckdb::ParquetWriteGlobalState>();
  auto& writer = *parquet.writer;
  // The last row group, which DuckDB's own end would only write now.
  if (const auto rest = std::move(parquet.combine_buffer); rest && rest->Count() > 0)
    writer.Flush(*rest, parquet.transform_data);
  for (auto& group : (writer.*file_meta_data()).row_groups) {
    for (size_t c = 0; c < group.columns.size(); ++c) {
      auto& column = group.columns[c].meta_data;
      if (column.type != duckdb_parquet::Type::BYTE_ARRAY || !column.__isset.statistics) continue;
      auto& statistics = column.statistics;
      if (!statistics.__isset.min_value || !statistics.__isset.max_value) continue;
      if (utf8::is_valid(statistics.min_value) && utf8::is_valid(statistics.max_value)) continue;
      // A row group that has neither, and adds nothing to the sums.
      const auto size = std::exchange(column.total_compressed_size, 0);
      const auto nulls = std::exchange(statistics.null_count, 0);
      statistics.__isset.min_value = false;
      writer.FlushColumnStats(c, group.columns[c], nullptr);
      column.total_compressed_size = size;
      statistics.null_count = nulls;
      statistics.__isset.min_value = true;
    }
  }
  finalize_parquet(context, bind_data, state);
}

}  // namespace

void register_parquet_copy(duckdb::DatabaseInstance& database) {
  auto& catalog = duckdb::Catalog::GetSystemCatalog(database);
  duckdb::Connection connection(database);
  connection.BeginTransaction();
  auto function = catalog
                      .GetEntry<duckdb::CopyFunctionCatalogEntry>(*connection.context,
                                                                  DEFAULT_SCHEMA, "parquet")
                      .function;
  connection.Rollback();
  finalize_parquet = function.copy_to_finalize;
  function.name = kParquetCopy;
  function.copy_to_finalize = finalize;
  duckdb::CreateCopyFunctionInfo info(std::move(function));
  info.internal = true;
  catalog.CreateCopyFunction(duckdb::CatalogTransaction::GetSystemTransaction(database), info);
}

}  // namespace lochan::engine
