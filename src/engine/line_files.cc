// Text and JSON files as scan sources: lines that DuckDB reads, and what our kernels make of them.
#include <algorithm>

#include "base/ascii.h"
#include "base/error.h"
#include "duckdb/parser/expression/case_expression.hpp"
#include "duckdb/parser/query_node/select_node.hpp"
#include "duckdb/parser/tableref/emptytableref.hpp"
#include "duckdb/parser/tableref/subqueryref.hpp"
#include "duckdb/parser/tableref/table_function_ref.hpp"
#include "engine/json_schema.h"
#include "engine/lowering/lowering.h"
#include "engine/partition_columns.h"
#include "engine/table_source.h"
#include "engine/text_files.h"

namespace lochan::engine {

using duckdb::make_uniq;
using duckdb::Value;
using types::TypeId;

namespace {

/// read_text(paths): filename, content.
duckdb::unique_ptr<duckdb::TableRef> whole_files(const TextFiles& files) {
  duckdb::vector<Value> paths;
  for (const auto& path : files.paths) paths.push_back(Value(path));
  auto ref = make_uniq<duckdb::TableFunctionRef>();
  ref->function = make_uniq<duckdb::FunctionExpression>(
      "read_text", list(constant(Value::LIST(duckdb::LogicalType::VARCHAR, std::move(paths)))));
  return ref;
}

/// One row a line: its text as `line`, its file as `filename`. A last line without an end counts,
/// an end without a line does not.
duckdb::unique_ptr<duckdb::TableRef> lines_of(const TextFiles& files) {
  auto select = make_uniq<duckdb::SelectNode>();
  select->from_table = whole_files(files);
  auto text = call("regexp_replace",
                   list(named_column("content"), constant(Value("\\r?\\n$")), constant(Value(""))));
  auto lines = call("string_split_regex", list(std::move(text), constant(Value("\\r?\\n"))));
  select->select_list.push_back(named(call("unnest", list(std::move(lines))), "line"));
  select->select_list.push_back(named(named_column("filename"), "filename"));
  select->where_clause = compare(duckdb::ExpressionType::COMPARE_NOTEQUAL, named_column("content"),
                                 constant(Value("")));
  return make_uniq<duckdb::SubqueryRef>(statement_of(std::move(select)), "lines");
}

class LineSource : public TableSource {
 public:
  LineSource(TextFiles files, types::Schema columns)
      : files_(std::move(files)), schema_(std::move(columns)) {
    for (const auto& field : files_.partition_columns) schema_.push_back(field);
  }
  const types::Schema& schema() const override { return schema_; }
  std::vector<std::string> input_files() const override {
    std::vector<std::string> out;
    for (const auto& path : files_.paths) out.push_back("file://" + path);
    return out;
  }

 protected:
  duckdb::unique_ptr<duckdb::TableRef> no_rows() const {
    auto select = make_uniq<duckdb::SelectNode>();
    for (const auto& field : schema_) select->select_list.push_back(typed_null(field.type));
    select->from_table = make_uniq<duckdb::EmptyTableRef>();
    select->where_clause = constant(Value::BOOLEAN(false));
    return make_uniq<duckdb::SubqueryRef>(statement_of(std::move(select)));
  }
  void add_partition_columns(duckdb::SelectNode& select) const {
    for (size_t p = 0; p < files_.partition_columns.size(); ++p)
      select.select_list.push_back(partition_value(files_, p));
  }

  TextFiles files_;
  types::Schema schema_;
};

class TextSource final : public LineSource {
 public:
  TextSource(TextFiles files, bool whole)
      : LineSource(std::move(files), {{"value", TypeId::kString, true, "{}"}}), whole_(whole) {}
  std::string description() const override {
    return "text [" + std::to_string(files_.paths.size()) + " files]";
  }

  duckdb::unique_ptr<duckdb::TableRef> table(const ScanRequest&) const override {
    if (files_.paths.empty()) return no_rows();
    auto select = make_uniq<duckdb::SelectNode>();
    select->from_table = whole_ ? whole_files(files_) : lines_of(files_);
    select->select_list.push_back(named_column(whole_ ? "content" : "line"));
    add_partition_columns(*select);
    return make_uniq<duckdb::SubqueryRef>(statement_of(std::move(select)));
  }

 private:
  bool whole_;
};

class JsonSource final : public LineSource {
 public:
  JsonSource(TextFiles files, types::Schema columns, bool multi_line, plan::CastMode mode)
      : LineSource(std::move(files), columns),
        columns_(std::move(columns)),
        multi_line_(multi_line),
        mode_(mode) {}
  std::string description() const override {
    return "json [" + std::to_string(files_.paths.size()) + " files]";
  }

  duckdb::unique_ptr<duckdb::TableRef> table(const ScanRequest& request) const override {
    if (files_.paths.empty() || columns_.empty()) return no_rows();
    KernelSpec spec;
    spec.arguments = {TypeId::kString};
    spec.result = types::DataType::structure(columns_);
    spec.zone = request.options.context.zone;
    spec.mode = mode_;
    spec.name = "from_json";
    auto parsed = make_uniq<duckdb::SelectNode>();
    parsed->from_table = multi_line_ ? whole_files(files_) : lines_of(files_);
    const std::string text = multi_line_ ? "content" : "line";
    parsed->select_list.push_back(
        named(call("lochan_from_json", list(named_column(text), constant(Value(spec.encode())))),
              "record"));
    parsed->select_list.push_back(named(named_column("filename"), "filename"));
    // Lines of white space are no records.
    parsed->where_clause = compare(
        duckdb::ExpressionType::COMPARE_NOTEQUAL,
        call("trim", list(named_column(text), constant(Value(" \t\r\n")))), constant(Value("")));
    auto select = make_uniq<duckdb::SelectNode>();
    select->from_table = make_uniq<duckdb::SubqueryRef>(statement_of(std::move(parsed)), "records");
    for (size_t i = 0; i < columns_.size(); ++i)
      select->select_list.push_back(field(named_column("record"), "f" + std::to_string(i)));
    add_partition_columns(*select);
    return make_uniq<duckdb::SubqueryRef>(statement_of(std::move(select)));
  }

 private:
  types::Schema columns_;
  bool multi_line_;
  plan::CastMode mode_;
};

bool is_true(const plan::Options& options, const std::string& key) {
  auto it = options.find(key);
  return it != options.end() && same_name(it->second, "true");
}

}  // namespace

Parsed partition_value(const TextFiles& files, size_t column) {
  auto choice = make_uniq<duckdb::CaseExpression>();
  for (size_t f = 0; f < files.paths.size(); ++f) {
    duckdb::CaseCheck check;
    check.when_expr = compare(duckdb::ExpressionType::COMPARE_EQUAL, named_column("filename"),
                              constant(Value(files.paths[f])));
    check.then_expr = constant(to_duckdb(files.partition_values[f][column]));
    choice->case_checks.push_back(std::move(check));
  }
  choice->else_expr = typed_null(files.partition_columns[column].type);
  return choice;
}

plan::ScanSourcePtr open_text(TextFiles files, const plan::Options& options) {
  return std::make_shared<const TextSource>(std::move(files), is_true(options, "wholetext"));
}

plan::ScanSourcePtr open_json(TextFiles files, const plan::Options& options,
                              const types::Schema& schema) {
  const bool multi_line = is_true(options, "multiline");
  types::Schema columns = schema;
  if (columns.empty())
    columns = infer_json_schema(files.paths, multi_line, is_true(options, "primitivesasstring"));
  auto it = options.find("mode");
  const bool fail_fast =
      it != options.end() && (it->second == "FAILFAST" || it->second == "failfast");
  return std::make_shared<const JsonSource>(
      std::move(files), std::move(columns), multi_line,
      fail_fast ? plan::CastMode::kAnsi : plan::CastMode::kLegacy);
}

}  // namespace lochan::engine
