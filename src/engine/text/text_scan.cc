#include "engine/text/text_scan.h"

#include <algorithm>
#include <atomic>

#include "base/ascii.h"
#include "base/error.h"
#include "duckdb/catalog/catalog.hpp"
#include "duckdb/function/partition_stats.hpp"
#include "duckdb/function/table_function.hpp"
#include "duckdb/parser/parsed_data/create_table_function_info.hpp"
#include "duckdb/parser/tableref/table_function_ref.hpp"
#include "duckdb/storage/statistics/node_statistics.hpp"
#include "engine/lowering/lowering.h"

namespace lochan::engine::text {
namespace {

using duckdb::idx_t;
using duckdb::make_uniq;

constexpr const char* kName = "lochan_text";
constexpr int64_t kPartSize = 16 << 20;

class TextSource final : public TableSource {
 public:
  TextSource(TextFiles files, std::shared_ptr<const TextFormat> format)
      : files_(std::move(files)), format_(std::move(format)) {
    const auto& partitions = files_.partition_columns;
    std::vector<bool> placed(partitions.size(), false);
    for (size_t i = 0; i < format_->columns().size(); ++i) {
      // A column that the folders have too keeps its place, but has the folder's value.
      const auto it = std::find_if(partitions.begin(), partitions.end(), [&](const auto& p) {
        return same_name(p.name, format_->columns()[i].name);
      });
      if (it != partitions.end()) placed[it - partitions.begin()] = true;
      add(it == partitions.end() ? Origin{false, i}
                                 : Origin{true, static_cast<size_t>(it - partitions.begin())});
    }
    for (size_t i = 0; i < partitions.size(); ++i)
      if (!placed[i]) add({true, i});
  }
  const types::Schema& schema() const override { return schema_; }
  std::string description() const override {
    return std::string(format_->name()) + " [" + std::to_string(files_.paths.size()) + " files]";
  }
  std::vector<std::string> input_files() const override {
    std::vector<std::string> out;
    for (const auto& path : files_.paths) out.push_back("file://" + path);
    return out;
  }
  duckdb::unique_ptr<duckdb::TableRef> table(const ScanRequest& request) const override {
    request.keep_alive.push_back(request.scan.source);
    auto ref = make_uniq<duckdb::TableFunctionRef>();
    ref->function = make_uniq<duckdb::FunctionExpression>(
        kName, list(constant(duckdb::Value::POINTER(reinterpret_cast<uintptr_t>(this)))));
    return ref;
  }

  const TextFiles& files() const { return files_; }
  const TextFormat& format() const { return *format_; }
  /// Where a column comes from: the folders' names or the format, and which of theirs it is.
  struct Origin {
    bool partition = false;
    size_t index = 0;
  };
  const Origin& origin(size_t column) const { return origins_[column]; }

 private:
  void add(Origin origin) {
    schema_.push_back(
        (origin.partition ? files_.partition_columns : format_->columns())[origin.index]);
    origins_.push_back(origin);
  }

  TextFiles files_;
  std::shared_ptr<const TextFormat> format_;
  types::Schema schema_;
  std::vector<Origin> origins_;  // parallel to schema_
};

struct Bound : public duckdb::TableFunctionData {
  const TextSource* source = nullptr;
};

struct Part {
  size_t file = 0;
  Range range;
};

struct Global : public duckdb::GlobalTableFunctionState {
  std::vector<Part> parts;
  std::vector<size_t> columns;                              // asked of the format
  std::vector<idx_t> places;                                // where each goes in the chunk
  std::vector<std::pair<size_t, idx_t>> partition_columns;  // which, and where it goes
  std::vector<idx_t> fillers;  // columns of the chunk that nobody looks at
  std::atomic<size_t> next = 0;
  idx_t MaxThreads() const override { return std::max<size_t>(parts.size(), 1); }
};

struct Local : public duckdb::LocalTableFunctionState {
  std::unique_ptr<RowReader> reader;
  size_t part = 0;
};

duckdb::unique_ptr<duckdb::FunctionData> bind(duckdb::ClientContext&,
                                              duckdb::TableFunctionBindInput& input,
                                              duckdb::vector<duckdb::LogicalType>& types,
                                              duckdb::vector<std::string>& names) {
  auto bound = make_uniq<Bound>();
  bound->source = reinterpret_cast<const TextSource*>(input.inputs.at(0).GetPointer());
  for (const auto& field : bound->source->schema()) {
    names.push_back("v" + std::to_string(names.size()));
    types.push_back(to_duckdb(field.type));
  }
  if (names.empty()) {  // DuckDB wants a column
    names.push_back("none");
    types.push_back(duckdb::LogicalType::BOOLEAN);
  }
  return bound;
}

duckdb::unique_ptr<duckdb::GlobalTableFunctionState> init_global(
    duckdb::ClientContext&, duckdb::TableFunctionInitInput& input) {
  const auto& source = *input.bind_data->Cast<Bound>().source;
  const auto& format = source.format();
  auto state = make_uniq<Global>();
  for (size_t i = 0; i < input.column_ids.size(); ++i) {
    const auto id = input.column_ids[i];
    if (id >= source.schema().size()) {
      state->fillers.push_back(i);
    } else if (const auto& origin = source.origin(id); origin.partition) {
      state->partition_columns.emplace_back(origin.index, i);
    } else {
      state->columns.push_back(origin.index);
      state->places.push_back(i);
    }
  }
  try {
    format.check(state->columns);
    for (size_t f = 0; f < source.files().paths.size(); ++f) {
      const auto& path = source.files().paths[f];
      if (!format.splits(path) || is_compressed(path)) {
        state->parts.push_back({f, {}});
        continue;
      }
      const int64_t size = source.files().sizes[f];
      for (int64_t begin = 0; begin == 0 || begin < size; begin += kPartSize)
        state->parts.push_back(
            {f, {begin, begin + kPartSize >= size ? Range{}.end : begin + kPartSize}});
    }
  } catch (const Error& error) {
    raise(error);
  }
  return state;
}

duckdb::unique_ptr<duckdb::LocalTableFunctionState> init_local(duckdb::ExecutionContext&,
                                                               duckdb::TableFunctionInitInput&,
                                                               duckdb::GlobalTableFunctionState*) {
  return make_uniq<Local>();
}

void scan(duckdb::ClientContext& context, duckdb::TableFunctionInput& input,
          duckdb::DataChunk& chunk) {
  const auto& source = *input.bind_data->Cast<Bound>().source;
  auto& global = input.global_state->Cast<Global>();
  auto& local = input.local_state->Cast<Local>();
  Output output{global.columns, {}};
  for (idx_t place : global.places) output.vectors.push_back(&chunk.data[place]);
  try {
    while (true) {
      if (!local.reader) {
        local.part = global.next++;
        if (local.part >= global.parts.size()) return;
        const auto& part = global.parts[local.part];
        local.reader =
            source.format().open(duckdb::FileSystem::GetFileSystem(context),
                                 source.files().paths[part.file], part.range, global.columns);
      }
      const idx_t rows = local.reader->read(output);
      if (rows == 0) {
        local.reader.reset();
        continue;
      }
      const auto& part = global.parts[local.part];
      for (const auto& [column, place] : global.partition_columns)
        chunk.data[place].Reference(to_duckdb(source.files().partition_values[part.file][column]));
      for (idx_t place : global.fillers)
        chunk.data[place].Reference(duckdb::Value(chunk.data[place].GetType()));
      chunk.SetCardinality(rows);
      return;
    }
  } catch (const Error& error) {
    raise(error);
  }
}

/// Rows keep the order of the files.
duckdb::OperatorPartitionData partition_of(duckdb::ClientContext&,
                                           duckdb::TableFunctionGetPartitionInput& input) {
  return duckdb::OperatorPartitionData(input.local_state->Cast<Local>().part);
}

double progress(duckdb::ClientContext&, const duckdb::FunctionData*,
                const duckdb::GlobalTableFunctionState* state) {
  const auto& global = state->Cast<Global>();
  if (global.parts.empty()) return 100;
  return 100.0 * static_cast<double>(std::min(global.next.load(), global.parts.size())) /
         static_cast<double>(global.parts.size());
}

duckdb::unique_ptr<duckdb::NodeStatistics> cardinality(duckdb::ClientContext&,
                                                       const duckdb::FunctionData* data) {
  int64_t bytes = 0;
  for (const int64_t size : data->Cast<Bound>().source->files().sizes) bytes += size;
  return make_uniq<duckdb::NodeStatistics>(static_cast<idx_t>(bytes / 100 + 1));
}

/// What DuckDB reads where no column is asked, as for count(*). Without it DuckDB asks for the
/// first column, and records would be dropped or refused for what it says.
duckdb::virtual_column_map_t virtual_columns(duckdb::ClientContext&,
                                             duckdb::optional_ptr<duckdb::FunctionData>) {
  duckdb::virtual_column_map_t columns;
  columns.insert(
      {duckdb::COLUMN_IDENTIFIER_EMPTY, duckdb::TableColumn("", duckdb::LogicalType::BOOLEAN)});
  return columns;
}

}  // namespace

plan::ScanSourcePtr text_source(TextFiles files, std::shared_ptr<const TextFormat> format) {
  return std::make_shared<const TextSource>(std::move(files), std::move(format));
}

void register_text_scan(duckdb::DatabaseInstance& database) {
  duckdb::TableFunction function(kName, {duckdb::LogicalType::POINTER}, scan, bind, init_global,
                                 init_local);
  function.projection_pushdown = true;
  function.get_partition_data = partition_of;
  function.table_scan_progress = progress;
  function.cardinality = cardinality;
  function.get_virtual_columns = virtual_columns;
  duckdb::CreateTableFunctionInfo info(std::move(function));
  info.internal = true;
  duckdb::Catalog::GetSystemCatalog(database).CreateTableFunction(
      duckdb::CatalogTransaction::GetSystemTransaction(database), info);
}

void fail_reading(const std::string& path) {
  throw Error("FAILED_READ_FILE.NO_HINT", {{"path", "file://" + path}});
}

}  // namespace lochan::engine::text
