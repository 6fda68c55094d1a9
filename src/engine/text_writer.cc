#include "engine/text_writer.h"

#include <algorithm>

#include "base/error.h"
#include "duckdb/parser/parsed_data/copy_info.hpp"
#include "duckdb/parser/statement/copy_statement.hpp"
#include "duckdb/parser/tableref/subqueryref.hpp"
#include "engine/database.h"
#include "engine/file_number.h"
#include "engine/lowering/lowering.h"
#include "engine/statement_run.h"

namespace lochan::engine {

using duckdb::Value;
using types::TypeId;

namespace {

Parsed as_text(Parsed value, const types::DataType& from, const QueryOptions& options) {
  if (from.is(TypeId::kString)) return value;
  KernelSpec spec;
  spec.arguments = {from};
  spec.result = TypeId::kString;
  spec.zone = options.context.zone;
  spec.name = "cast";
  return call("lochan_cast", list(std::move(value), constant(Value(spec.encode()))));
}

/// The rows with every cell as text.
duckdb::unique_ptr<duckdb::QueryNode> shape(const plan::Plan& plan, Node rows,
                                            const TextWrite& write, const QueryOptions& options) {
  auto select = duckdb::make_uniq<duckdb::SelectNode>();
  select->from_table =
      duckdb::make_uniq<duckdb::SubqueryRef>(statement_of(std::move(rows)), "rows");
  ParsedList cells, partitions, partition_by;
  std::string header;
  KernelSpec spec;
  spec.result = TypeId::kString;
  spec.name = write.csv.encode();
  for (size_t i = 0; i < plan.output.size(); ++i) {
    const auto& attribute = plan.output[i];
    Parsed cell = as_text(column(attribute.id), attribute.type, options);
    const auto& parts = write.partition_columns;
    if (std::find(parts.begin(), parts.end(), i) != parts.end()) {
      // An empty string is no value in a folder's name.
      cell = call("nullif", list(std::move(cell), constant(Value(""))));
      partition_by.push_back(cell->Copy());
      partitions.push_back(named(std::move(cell), write.column_names[i]));
      continue;
    }
    write.csv.append(header, write.column_names[i], cells.empty());
    const bool bytes = write.format == "csv" && attribute.type.is(TypeId::kBinary);
    spec.arguments.push_back(bytes ? TypeId::kBinary : TypeId::kString);
    cells.push_back(bytes ? column(attribute.id) : std::move(cell));
  }
  Parsed line;
  if (write.format == "csv") {
    const bool can_be_blank = cells.size() == 1;
    cells.push_back(constant(Value(spec.encode())));
    line = call("lochan_csv_line", std::move(cells));
    // As Spark's writer, which leaves out lines without a character.
    if (can_be_blank)
      select->where_clause =
          compare(duckdb::ExpressionType::COMPARE_NOTEQUAL, line->Copy(), constant(Value("")));
  } else {
    line = std::move(cells.at(0));
  }
  select->select_list.push_back(named(std::move(line), header));
  for (auto& partition : partitions) select->select_list.push_back(std::move(partition));
  if (write.max_file_rows > 0)
    select->select_list.push_back(
        named(file_number(std::move(partition_by), write.max_file_rows), kFileNumber));
  return select;
}

}  // namespace

WrittenText write_text(Engine& engine, const plan::PlanPtr& resolved, const TextWrite& write,
                       const QueryOptions& options) {
  auto lowered = lower(*resolved, options, engine.impl().database()->facts);
  const bool csv = write.format == "csv";
  auto info = duckdb::make_uniq<duckdb::CopyInfo>();
  info->is_from = false;
  info->is_format_auto_detected = false;
  info->format = "csv";
  const std::string extension = csv ? "csv" : write.format == "json" ? "json" : "txt";
  duckdb::vector<Value> partition_by;
  for (size_t i : write.partition_columns) partition_by.push_back(Value(write.column_names[i]));
  if (write.max_file_rows > 0) partition_by.push_back(Value(kFileNumber));
  // One file, unless there are partitions: the rows keep their order.
  info->file_path = write.directory;
  if (partition_by.empty()) info->file_path += "/part-0." + extension;
  info->select_statement = shape(*resolved, std::move(lowered.statement->node), write, options);
  auto& settings = info->options;
  const auto set = [&](const std::string& name, Value value) {
    settings[name] = {std::move(value)};
  };
  set("return_files", Value::BOOLEAN(true));
  // Lines are written as they are: a delimiter that is never needed, and no quotes.
  set("delimiter", Value("\x02"));
  set("quote", Value(""));
  set("escape", Value(""));
  set("header", Value::BOOLEAN(csv && write.header));
  set("nullstr", Value(""));
  if (!write.compression.empty() && write.compression != "none")
    set("compression", Value(write.compression));
  if (!partition_by.empty()) {
    set("filename_pattern", Value("part-{i}-{uuid}"));
    set("append", Value::BOOLEAN(true));
    set("file_extension", Value(extension));
    settings["partition_by"] = std::move(partition_by);
  }
  auto statement = duckdb::make_uniq<duckdb::CopyStatement>();
  statement->info = std::move(info);

  WrittenText written;
  std::string prefix = write.directory;
  if (!prefix.ends_with("/")) prefix += "/";
  for (const auto& row : run_to_end(engine, std::move(statement), options)) {
    written.rows += row[0].GetValue<int64_t>();
    for (const auto& path : duckdb::ListValue::GetChildren(row[1])) {
      std::string text = path.ToString();
      if (text.starts_with(prefix)) text.erase(0, prefix.size());
      WrittenText::File file{.path = text, .folder = text.substr(0, text.rfind('/') + 1)};
      if (write.max_file_rows > 0) {  // the innermost folder: "file%20number=3/"
        file.number = std::stoll(file.folder.substr(file.folder.rfind('=') + 1));
        file.folder.pop_back();
        file.folder.resize(file.folder.rfind('/') + 1);
      }
      written.files.push_back(std::move(file));
    }
  }
  return written;
}

}  // namespace lochan::engine
