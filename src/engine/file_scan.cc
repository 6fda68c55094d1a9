#include "engine/file_scan.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/catalog/catalog_entry/table_function_catalog_entry.hpp"
#include "duckdb/common/multi_file/multi_file_reader.hpp"
#include "duckdb/common/string_util.hpp"
#include "duckdb/function/function_set.hpp"
#include "duckdb/function/partition_stats.hpp"
#include "duckdb/parser/expression/constant_expression.hpp"
#include "duckdb/parser/expression/function_expression.hpp"
#include "duckdb/parser/parsed_data/create_table_function_info.hpp"
#include "duckdb/parser/tableref/table_function_ref.hpp"
#include "duckdb/planner/expression/bound_cast_expression.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"
#include "duckdb/storage/statistics/base_statistics.hpp"
#include "duckdb/storage/statistics/node_statistics.hpp"
#include "engine/kernel.h"
#include "engine/lowering/lowering.h"

namespace lochan::engine {
namespace {

using duckdb::LogicalType;
using duckdb::LogicalTypeId;
using duckdb::make_uniq;
using duckdb::MultiFileColumnDefinition;

constexpr const char* kName = "lochan_files";

/// A name that no file has: what a missing column is looked up by.
const std::string kMissing("\x01missing", 8);

bool contains_struct(const types::DataType& type) {
  switch (type.id()) {
    case types::TypeId::kStruct:
    case types::TypeId::kVariant: return true;
    case types::TypeId::kArray: return contains_struct(type.element());
    case types::TypeId::kMap: return contains_struct(type.key()) || contains_struct(type.value());
    default: return false;
  }
}

/// The part of `local` that `column` is stored in; null if the file does not have it.
const MultiFileColumnDefinition* find_local(
    const delta::Column& column, delta::ColumnMapping mapping,
    const duckdb::vector<MultiFileColumnDefinition>& local) {
  for (const auto& c : local) {
    if (mapping == delta::ColumnMapping::kId && column.field_id) {
      if (!c.identifier.IsNull() && c.identifier.type().id() == LogicalTypeId::INTEGER &&
          c.identifier.GetValue<int32_t>() == *column.field_id) {
        return &c;
      }
    } else if (duckdb::StringUtil::CIEquals(c.name, column.physical_name)) {
      return &c;
    }
  }
  return nullptr;
}

/// `column` as DuckDB's mapper is to look for it in one file: by the names that the file itself
/// uses.
MultiFileColumnDefinition definition(const delta::Column& column, const std::string& name,
                                     delta::ColumnMapping mapping,
                                     const MultiFileColumnDefinition* local) {
  const auto type = to_duckdb(column.type);
  MultiFileColumnDefinition result(name, type);
  result.identifier = duckdb::Value(local ? local->name : kMissing);
  result.default_expression = make_uniq<duckdb::ConstantExpression>(duckdb::Value(type));
  if (!contains_struct(column.type)) return result;
  switch (column.type.id()) {
    case types::TypeId::kStruct:
      for (size_t i = 0; i < column.children.size(); ++i) {
        const auto& child = column.children[i];
        result.children.push_back(
            definition(child, "f" + std::to_string(i), mapping,
                       local ? find_local(child, mapping, local->children) : nullptr));
      }
      break;
    case types::TypeId::kVariant:
      for (const char* part : {"value", "metadata"}) {
        delta::Column child{.name = part, .physical_name = part, .type = types::TypeId::kBinary};
        result.children.push_back(definition(
            child, part, delta::ColumnMapping::kName,
            local ? find_local(child, delta::ColumnMapping::kName, local->children) : nullptr));
      }
      break;
    case types::TypeId::kArray:
      result.children.push_back(
          definition(column.children.at(0), "list", mapping,
                     local && !local->children.empty() ? &local->children[0] : nullptr));
      break;
    default: {  // a map: the file has key and value below one entry
      const auto* entry = local && !local->children.empty() ? &local->children[0] : nullptr;
      for (size_t i = 0; i < 2; ++i) {
        const bool has = entry && entry->children.size() == 2;
        result.children.push_back(definition(column.children.at(i), i ? "value" : "key", mapping,
                                             has ? &entry->children[i] : nullptr));
      }
    }
  }
  return result;
}

/// Old writers call the parts of lists and maps "bag", "array" and the like; DuckDB's mapping only
/// knows today's names.
void use_standard_names(MultiFileColumnDefinition& column) {
  if (column.type.id() == LogicalTypeId::LIST && column.children.size() == 1) {
    column.children[0].name = "list";
  } else if (column.type.id() == LogicalTypeId::MAP && column.children.size() == 1) {
    auto& entry = column.children[0];
    entry.name = "key_value";
    if (entry.children.size() == 2) {
      entry.children[0].name = "key";
      entry.children[1].name = "value";
    }
  }
  for (auto& child : column.children) use_standard_names(child);
}

/// Leaves out what is deleted (null: nothing is) or outside of the file's part.
class DeletedRows : public duckdb::DeleteFilter {
 public:
  DeletedRows(std::optional<RowRange> part, IsDeleted is_deleted)
      : part_(part), is_deleted_(std::move(is_deleted)) {}
  duckdb::idx_t Filter(duckdb::row_t start, duckdb::idx_t count,
                       duckdb::SelectionVector& kept) override {
    kept.Initialize(STANDARD_VECTOR_SIZE);
    int64_t first = 0, last = static_cast<int64_t>(count);
    if (part_) {
      first = std::clamp<int64_t>(part_->first - start, 0, last);
      last = std::clamp<int64_t>(part_->last - start, first, last);
    }
    duckdb::idx_t n = 0;
    for (int64_t i = first; i < last; ++i) {
      if (!is_deleted_ || !is_deleted_(static_cast<uint64_t>(start + i))) kept.set_index(n++, i);
    }
    return n;
  }

 private:
  std::optional<RowRange> part_;
  IsDeleted is_deleted_;
};

class FileList : public duckdb::SimpleMultiFileList {
 public:
  explicit FileList(const FileScan& scan) : SimpleMultiFileList(files_of(scan)), scan_(scan) {}
  /// Never a "single file": DuckDB would then ask a reader that was opened at binding for its row
  /// groups.
  duckdb::FileExpandResult GetExpandResult() const override {
    return paths.empty() ? duckdb::FileExpandResult::NO_FILES
                         : duckdb::FileExpandResult::MULTIPLE_FILES;
  }
  duckdb::unique_ptr<duckdb::NodeStatistics> GetCardinality(duckdb::ClientContext&) const override {
    int64_t rows = 0;
    for (const auto& f : scan_.files) {
      // Without statistics: some 100 bytes a row.
      rows += f.rows ? *f.rows : std::max<int64_t>(f.size / 100, 1000);
    }
    return make_uniq<duckdb::NodeStatistics>(static_cast<duckdb::idx_t>(rows));
  }
  duckdb::unique_ptr<duckdb::MultiFileList> Copy() const override {
    return make_uniq<FileList>(scan_);
  }
  const FileScan& scan() const { return scan_; }

 private:
  static duckdb::vector<duckdb::OpenFileInfo> files_of(const FileScan& scan) {
    duckdb::vector<duckdb::OpenFileInfo> files;
    for (const auto& f : scan.files) {
      duckdb::OpenFileInfo info(f.path);
      info.extended_info = duckdb::make_shared_ptr<duckdb::ExtendedOpenFileInfo>();
      if (f.deleted || f.part)
        info.extended_info->options["has_deletes"] = duckdb::Value::BOOLEAN(true);
      files.push_back(std::move(info));
    }
    return files;
  }
  const FileScan& scan_;
};

/// Casts that reading a file may put in: those that widen. Anything else would change values
/// silently.
bool is_widening(const LogicalType& from, const LogicalType& to) {
  if (from == to) return true;
  if (from.id() == LogicalTypeId::LIST && to.id() == LogicalTypeId::LIST) {
    return is_widening(duckdb::ListType::GetChildType(from), duckdb::ListType::GetChildType(to));
  }
  if (from.id() == LogicalTypeId::MAP && to.id() == LogicalTypeId::MAP) {
    return is_widening(duckdb::MapType::KeyType(from), duckdb::MapType::KeyType(to)) &&
           is_widening(duckdb::MapType::ValueType(from), duckdb::MapType::ValueType(to));
  }
  if (from.id() == LogicalTypeId::STRUCT && to.id() == LogicalTypeId::STRUCT) {
    const auto &a = duckdb::StructType::GetChildTypes(from),
               &b = duckdb::StructType::GetChildTypes(to);
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i) {
      if (!is_widening(a[i].second, b[i].second)) return false;
    }
    return true;
  }
  auto bits = [](const LogicalType& t) {
    return static_cast<int>(duckdb::GetTypeIdSize(t.InternalType()) * 8);
  };
  switch (from.id()) {
    case LogicalTypeId::TINYINT:
    case LogicalTypeId::SMALLINT:
    case LogicalTypeId::INTEGER:
    case LogicalTypeId::BIGINT:
      // Spark writes bytes and shorts as INT32: narrower targets are checked by the cast itself.
      if (to.IsIntegral() && to.id() <= LogicalTypeId::BIGINT) return true;
      if (to.id() == LogicalTypeId::DOUBLE) return bits(from) <= 32;
      return to.id() == LogicalTypeId::DECIMAL;
    case LogicalTypeId::UTINYINT:
    case LogicalTypeId::USMALLINT:
    case LogicalTypeId::UINTEGER:
    case LogicalTypeId::UBIGINT: return to.IsIntegral() || to.id() == LogicalTypeId::DECIMAL;
    case LogicalTypeId::FLOAT: return to.id() == LogicalTypeId::DOUBLE;
    case LogicalTypeId::DECIMAL:
      return to.id() == LogicalTypeId::DECIMAL &&
             duckdb::DecimalType::GetScale(from) <= duckdb::DecimalType::GetScale(to);
    case LogicalTypeId::DATE: return to.id() == LogicalTypeId::TIMESTAMP;
    case LogicalTypeId::TIMESTAMP:
    case LogicalTypeId::TIMESTAMP_NS:
    case LogicalTypeId::TIMESTAMP_MS:
    case LogicalTypeId::TIMESTAMP_TZ:
      return to.id() == LogicalTypeId::TIMESTAMP || to.id() == LogicalTypeId::TIMESTAMP_TZ;
    case LogicalTypeId::TIME_NS: return to.id() == LogicalTypeId::TIME;
    case LogicalTypeId::VARCHAR:
    case LogicalTypeId::BLOB:
      return to.id() == LogicalTypeId::VARCHAR || to.id() == LogicalTypeId::BLOB;
    case LogicalTypeId::UUID: return to.id() == LogicalTypeId::VARCHAR;
    default: return false;
  }
}

/// Same bytes under another type.
duckdb::unique_ptr<duckdb::Expression> reinterpret(duckdb::unique_ptr<duckdb::Expression> child,
                                                   LogicalType type) {
  duckdb::ScalarFunction f("lochan_reinterpret", {child->return_type}, type,
                           [](duckdb::DataChunk& args, duckdb::ExpressionState&,
                              duckdb::Vector& result) { result.Reinterpret(args.data[0]); });
  duckdb::vector<duckdb::unique_ptr<duckdb::Expression>> children;
  children.push_back(std::move(child));
  return make_uniq<duckdb::BoundFunctionExpression>(type, std::move(f), std::move(children),
                                                    nullptr);
}

class FileReader : public duckdb::MultiFileReader {
 public:
  FileReader() = default;
  explicit FileReader(const FileScan* scan) : scan_(scan) {}

  duckdb::shared_ptr<duckdb::MultiFileList> CreateFileList(duckdb::ClientContext&,
                                                           const duckdb::vector<std::string>& paths,
                                                           const duckdb::FileGlobInput&) override {
    // The "path" is the address of the scan, put there by file_scan_table().
    uintptr_t address = 0;
    std::from_chars(paths.at(0).data(), paths[0].data() + paths[0].size(), address);
    scan_ = reinterpret_cast<const FileScan*>(address);
    return duckdb::make_shared_ptr<FileList>(*scan_);
  }

  bool Bind(duckdb::MultiFileOptions& options, duckdb::MultiFileList&,
            duckdb::vector<LogicalType>& types, duckdb::vector<std::string>& names,
            duckdb::MultiFileReaderBindData& bind_data) override {
    options.auto_detect_hive_partitioning = false;
    for (size_t i = 0; i < scan_->columns.size(); ++i) {
      auto name = "c" + std::to_string(i);
      bind_data.schema.push_back(definition(scan_->columns[i], name, scan_->mapping, nullptr));
      types.push_back(bind_data.schema.back().type);
      names.push_back(std::move(name));
    }
    bind_data.mapping = duckdb::MultiFileColumnMappingMode::BY_NAME;
    return true;
  }

  void FinalizeBind(duckdb::MultiFileReaderData& data, const duckdb::MultiFileOptions&,
                    const duckdb::MultiFileReaderBindData&,
                    const duckdb::vector<MultiFileColumnDefinition>&,
                    const duckdb::vector<duckdb::ColumnIndex>& ids, duckdb::ClientContext&,
                    duckdb::optional_ptr<duckdb::MultiFileReaderGlobalState>) override {
    const auto& file = scan_->files.at(data.reader->file_list_idx.GetIndex());
    for (size_t i = 0; i < ids.size(); ++i) {
      const auto id = ids[i].GetPrimaryIndex();
      if (id == COLUMN_IDENTIFIER_FILENAME) {
        data.constant_map.Add(duckdb::MultiFileGlobalIndex(i), duckdb::Value(file.path));
        continue;
      }
      if (id == COLUMN_IDENTIFIER_FILE_INDEX) {
        data.constant_map.Add(duckdb::MultiFileGlobalIndex(i),
                              duckdb::Value::UBIGINT(data.reader->file_list_idx.GetIndex()));
        continue;
      }
      for (size_t p = 0; p < scan_->partition_columns.size(); ++p) {
        if (scan_->partition_columns[p] == id) {
          data.constant_map.Add(duckdb::MultiFileGlobalIndex(i),
                                to_duckdb(file.partition_values.at(p)));
        }
      }
    }
    if (file.deleted || file.part) {
      data.reader->deletion_filter =
          make_uniq<DeletedRows>(file.part, file.deleted ? file.deleted() : nullptr);
    }
  }

  duckdb::ReaderInitializeType CreateMapping(duckdb::ClientContext& context,
                                             duckdb::MultiFileReaderData& data,
                                             const duckdb::vector<MultiFileColumnDefinition>&,
                                             const duckdb::vector<duckdb::ColumnIndex>& ids,
                                             duckdb::optional_ptr<duckdb::TableFilterSet> filters,
                                             duckdb::MultiFileList& list,
                                             const duckdb::MultiFileReaderBindData& bind_data,
                                             const duckdb::virtual_column_map_t& virtual_columns,
                                             duckdb::MultiFileColumnMappingMode) override {
    for (auto& column : data.reader->columns) use_standard_names(column);
    const auto& local = data.reader->GetColumns();
    duckdb::vector<MultiFileColumnDefinition> wanted;
    for (size_t i = 0; i < scan_->columns.size(); ++i) {
      const auto& column = scan_->columns[i];
      wanted.push_back(definition(column, "c" + std::to_string(i), scan_->mapping,
                                  find_local(column, scan_->mapping, local)));
    }
    const auto result = MultiFileReader::CreateMapping(context, data, wanted, ids, filters, list,
                                                       bind_data, virtual_columns,
                                                       duckdb::MultiFileColumnMappingMode::BY_NAME);
    for (auto& e : data.expressions) {
      if (e) e = checked(std::move(e), data);
    }
    for (auto& [id, e] : data.reader->expression_map) {
      if (e) e = checked(std::move(e), data);
    }
    return result;
  }

  using MultiFileReader::CreateMapping;
  duckdb::unique_ptr<duckdb::MultiFileReader> Copy() const override {
    return make_uniq<FileReader>(scan_);
  }

 private:
  duckdb::unique_ptr<duckdb::Expression> checked(duckdb::unique_ptr<duckdb::Expression> e,
                                                 const duckdb::MultiFileReaderData& data) {
    if (e->GetExpressionClass() != duckdb::ExpressionClass::BOUND_CAST) return e;
    auto& cast = e->Cast<duckdb::BoundCastExpression>();
    const auto &from = cast.child->return_type, &to = cast.return_type;
    if (!is_widening(from, to)) {
      raise(Error("FAILED_READ_FILE.PARQUET_COLUMN_DATA_TYPE_MISMATCH",
                  {{"path", data.reader->GetFileName()},
                   {"column", cast.child->GetName()},
                   {"expectedType", to.ToString()},
                   {"actualType", from.ToString()}}));
    }
    // DuckDB would write bytes as text, and read an instant in a zone.
    const bool bytes = from.InternalType() == duckdb::PhysicalType::VARCHAR &&
                       to.InternalType() == from.InternalType();
    const bool micros =
        (from.id() == LogicalTypeId::TIMESTAMP || from.id() == LogicalTypeId::TIMESTAMP_TZ) &&
        (to.id() == LogicalTypeId::TIMESTAMP || to.id() == LogicalTypeId::TIMESTAMP_TZ);
    if (bytes || micros) return reinterpret(std::move(cast.child), to);
    if (to.id() == LogicalTypeId::TIMESTAMP_TZ) {
      auto child = duckdb::BoundCastExpression::AddDefaultCastToType(std::move(cast.child),
                                                                     LogicalType::TIMESTAMP);
      return reinterpret(std::move(child), to);
    }
    return e;
  }

  const FileScan* scan_ = nullptr;
};

duckdb::unique_ptr<duckdb::MultiFileReader> make_reader(const duckdb::TableFunction&) {
  return make_uniq<FileReader>();
}

/// The exact number of rows, which answers count(*) without opening a file.
duckdb::vector<duckdb::PartitionStatistics> row_counts(duckdb::ClientContext&,
                                                       duckdb::GetPartitionStatsInput& input) {
  duckdb::vector<duckdb::PartitionStatistics> result;
  const auto& data = input.bind_data->Cast<duckdb::MultiFileBindData>();
  const auto* list = dynamic_cast<const FileList*>(data.file_list.get());
  if (!list) return result;
  for (const auto& f : list->scan().files) {
    if (!f.rows || f.deleted) return {};
    duckdb::PartitionStatistics one;
    one.count = static_cast<duckdb::idx_t>(*f.rows);
    one.count_type = duckdb::CountType::COUNT_EXACT;
    result.push_back(std::move(one));
  }
  return result;
}

/// Bounds of one column, for the join order, and for hash tables and keys of the right width.
duckdb::unique_ptr<duckdb::BaseStatistics> statistics(duckdb::ClientContext&,
                                                      const duckdb::FunctionData* bind_data,
                                                      duckdb::column_t column) {
  const auto* list =
      dynamic_cast<const FileList*>(bind_data->Cast<duckdb::MultiFileBindData>().file_list.get());
  if (!list || column >= list->scan().bounds.size()) return nullptr;
  const auto& bounds = list->scan().bounds[column];
  auto result =
      duckdb::BaseStatistics::CreateUnknown(to_duckdb(list->scan().columns.at(column).type));
  if (!bounds.may_be_null) result.Set(duckdb::StatsInfo::CANNOT_HAVE_NULL_VALUES);
  if (bounds.min && bounds.max) {
    duckdb::NumericStats::SetMin(result, to_duckdb(*bounds.min));
    duckdb::NumericStats::SetMax(result, to_duckdb(*bounds.max));
  }
  return result.ToUnique();
}

}  // namespace

std::vector<delta::Column> plain_columns(const types::Schema& schema) {
  std::vector<delta::Column> columns;
  for (const auto& f : schema) {
    delta::Column c{.name = f.name,
                    .physical_name = f.name,
                    .field_id = {},
                    .type = f.type,
                    .nullable = f.nullable};
    switch (f.type.id()) {
      case types::TypeId::kStruct: c.children = plain_columns(f.type.fields()); break;
      case types::TypeId::kArray:
        c.children = plain_columns({{"element", f.type.element(), f.type.contains_null(), "{}"}});
        break;
      case types::TypeId::kMap:
        c.children = plain_columns(
            {{"key", f.type.key(), false, "{}"}, {"value", f.type.value(), true, "{}"}});
        break;
      default: break;
    }
    columns.push_back(std::move(c));
  }
  return columns;
}

void split_single_file(FileScan& scan) {
  constexpr int64_t kFewestRows = 100'000;
  if (scan.files.size() != 1) return;
  auto& file = scan.files[0];
  if (!file.rows || *file.rows < kFewestRows || file.part) return;
  const int64_t middle = *file.rows / 9 * 5;  // the second half has pages to leap over
  auto rest = file;
  rest.part = {middle, std::numeric_limits<int64_t>::max()};
  rest.rows = *file.rows - middle;
  file.part = {0, middle};
  file.rows = middle;
  scan.files.push_back(std::move(rest));
}

duckdb::unique_ptr<duckdb::TableRef> file_scan_table(const FileScan& scan) {
  duckdb::vector<duckdb::unique_ptr<duckdb::ParsedExpression>> arguments;
  arguments.push_back(make_uniq<duckdb::ConstantExpression>(
      duckdb::Value(std::to_string(reinterpret_cast<uintptr_t>(&scan)))));
  auto ref = make_uniq<duckdb::TableFunctionRef>();
  ref->function = make_uniq<duckdb::FunctionExpression>(kName, std::move(arguments));
  return ref;
}

void register_file_scan(duckdb::DatabaseInstance& database) {
  auto& catalog = duckdb::Catalog::GetSystemCatalog(database);
  duckdb::Connection connection(database);
  connection.BeginTransaction();
  auto& entry = catalog.GetEntry<duckdb::TableFunctionCatalogEntry>(*connection.context,
                                                                    DEFAULT_SCHEMA, "parquet_scan");
  duckdb::TableFunctionSet functions(kName);
  for (auto f : entry.functions.functions) {
    f.name = kName;
    f.get_multi_file_reader = make_reader;
    f.get_partition_stats = row_counts;
    f.statistics = statistics;
    f.serialize = nullptr;
    f.deserialize = nullptr;
    functions.AddFunction(std::move(f));
  }
  connection.Rollback();
  duckdb::CreateTableFunctionInfo info(std::move(functions));
  info.internal = true;
  catalog.CreateTableFunction(duckdb::CatalogTransaction::GetSystemTransaction(database), info);
}

}  // namespace lochan::engine
