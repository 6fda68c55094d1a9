#include <algorithm>
#include <fstream>
#include <set>

#include "base/ascii.h"
#include "base/error.h"
#include "duckdb/parser/expression/comparison_expression.hpp"
#include "duckdb/parser/expression/constant_expression.hpp"
#include "duckdb/parser/expression/function_expression.hpp"
#include "duckdb/parser/query_node/select_node.hpp"
#include "duckdb/parser/tableref/emptytableref.hpp"
#include "duckdb/parser/tableref/subqueryref.hpp"
#include "duckdb/parser/tableref/table_function_ref.hpp"
#include "engine/lowering/lowering.h"
#include "engine/partition_columns.h"
#include "engine/statement_run.h"
#include "engine/table_source.h"
#include "engine/text_files.h"

namespace lochan::engine {

using duckdb::make_uniq;
using duckdb::Value;
using types::TypeId;

namespace {

struct CsvOptions {
  char delimiter = ',', quote = '"', escape = '\\', comment = 0;
  bool header = false, multi_line = false, infer_schema = false;
  std::string null_text;
  enum { kPermissive, kDropMalformed, kFailFast } mode = kPermissive;
};

bool flag(const std::string& key, const std::string& value) {
  const std::string lower = lower_case(value);
  if (lower == "true" || lower == "false") return lower == "true";
  throw Error("INVALID_BOOLEAN_OPTION", {{"key", key}, {"value", value}});
}

char one_character(const std::string& key, std::string value) {
  if (value == "\\t") value = "\t";
  if (value.empty()) return 0;
  if (value.size() != 1)
    throw Error::not_supported("a csv option '" + key + "' of more than one character");
  return value[0];
}

CsvOptions parse_options(const plan::Options& options) {
  // What is harmless to leave alone, and what must not be ignored in silence.
  static const std::set<std::string> kWithoutEffect{"path",
                                                    "samplingratio",
                                                    "maxcolumns",
                                                    "maxcharspercolumn",
                                                    "enforceschema",
                                                    "recursivefilelookup",
                                                    "pathglobfilter",
                                                    "columnnameofcorruptrecord",
                                                    "unescapedquotehandling",
                                                    "locale",
                                                    "preferdate",
                                                    "versionasof"};
  CsvOptions out;
  for (const auto& [key, value] : options) {
    if (key == "header")
      out.header = flag(key, value);
    else if (key == "sep" || key == "delimiter")
      out.delimiter = one_character(key, value);
    else if (key == "quote")
      out.quote = one_character(key, value);
    else if (key == "escape")
      out.escape = one_character(key, value);
    else if (key == "comment")
      out.comment = one_character(key, value);
    else if (key == "nullvalue")
      out.null_text = value;
    else if (key == "multiline")
      out.multi_line = flag(key, value);
    else if (key == "inferschema")
      out.infer_schema = flag(key, value);
    else if (key == "mode") {
      const std::string mode = upper_case(value);
      out.mode = mode == "DROPMALFORMED" ? CsvOptions::kDropMalformed
                 : mode == "FAILFAST"    ? CsvOptions::kFailFast
                                         : CsvOptions::kPermissive;
    } else if (key == "encoding" || key == "charset") {
      if (value != "UTF-8" && value != "utf-8")
        throw Error::not_supported("csv in encoding " + value);
    } else if (!kWithoutEffect.contains(key)) {
      throw Error::not_supported("csv option '" + key + "'");
    }
  }
  return out;
}

/// The cells of the first record of a file, by the rules of the options.
std::vector<std::string> first_record(const std::string& path, const CsvOptions& options) {
  std::ifstream in(path, std::ios::binary);
  std::vector<std::string> cells;
  std::string cell;
  bool quoted = false, any = false;
  for (int c; (c = in.get()) != EOF;) {
    any = true;
    if (quoted) {
      if (c == options.escape && options.escape != options.quote &&
          (in.peek() == options.quote || in.peek() == options.escape)) {
        cell += static_cast<char>(in.get());
      } else if (c == options.quote) {
        if (options.escape == options.quote && in.peek() == options.quote)
          cell += static_cast<char>(in.get());
        else
          quoted = false;
      } else {
        cell += static_cast<char>(c);
      }
    } else if (options.quote && c == options.quote && cell.empty()) {
      quoted = true;
    } else if (c == options.delimiter) {
      cells.push_back(std::move(cell));
      cell.clear();
    } else if (c == '\n' || c == '\r') {
      if (cells.empty() && cell.empty()) continue;  // blank lines before the first record
      break;
    } else {
      cell += static_cast<char>(c);
    }
  }
  if (any && !(cells.empty() && cell.empty())) cells.push_back(std::move(cell));
  // A byte order mark is not part of the first name.
  if (!cells.empty() && cells[0].starts_with("\xEF\xBB\xBF")) cells[0].erase(0, 3);
  return cells;
}

/// Column names as Spark makes them: from the header (empty: _c<i>; repeated: with their position),
/// or _c<i>.
std::vector<std::string> column_names(const std::vector<std::string>& record,
                                      const CsvOptions& options) {
  std::vector<std::string> names;
  std::set<std::string> seen, repeated;
  for (const auto& name : record) {
    if (!seen.insert(lower_case(name)).second) repeated.insert(lower_case(name));
  }
  for (size_t i = 0; i < record.size(); ++i) {
    if (!options.header || record[i].empty() || record[i] == options.null_text)
      names.push_back("_c" + std::to_string(i));
    else if (repeated.contains(lower_case(record[i])))
      names.push_back(record[i] + std::to_string(i));
    else
      names.push_back(record[i]);
  }
  return names;
}

std::string text_of(char c) { return c ? std::string(1, c) : std::string(); }

class CsvSource final : public TableSource {
 public:
  CsvSource(TextFiles files, CsvOptions options, types::Schema columns)
      : files_(std::move(files)), options_(options), columns_(std::move(columns)) {
    schema_ = columns_;
    for (const auto& field : files_.partition_columns) schema_.push_back(field);
  }

  const types::Schema& schema() const override { return schema_; }
  std::string description() const override {
    return "csv [" + std::to_string(files_.paths.size()) + " files]";
  }
  std::vector<std::string> input_files() const override {
    std::vector<std::string> out;
    for (const auto& path : files_.paths) out.push_back("file://" + path);
    return out;
  }

  duckdb::unique_ptr<duckdb::TableRef> table(const ScanRequest& request) const override {
    auto select = make_uniq<duckdb::SelectNode>();
    if (files_.paths.empty()) {
      for (const auto& field : schema_) select->select_list.push_back(typed_null(field.type));
      select->from_table = make_uniq<duckdb::EmptyTableRef>();
      select->where_clause = constant(Value::BOOLEAN(false));
      return wrap(std::move(select));
    }
    select->from_table = reader();
    duckdb::vector<Parsed> malformed;
    for (size_t i = 0; i < columns_.size(); ++i) {
      const auto& type = columns_[i].type;
      Parsed cell = named_column(raw_name(i));
      if (type.is(TypeId::kString)) {
        select->select_list.push_back(std::move(cell));
        continue;
      }
      KernelSpec spec;
      spec.arguments = {TypeId::kString};
      spec.result = type;
      spec.zone = request.options.context.zone;
      spec.name = "cast";
      spec.mode =
          options_.mode == CsvOptions::kFailFast ? plan::CastMode::kAnsi : plan::CastMode::kTry;
      auto value = call("lochan_cast", list(std::move(cell), constant(Value(spec.encode()))));
      if (options_.mode == CsvOptions::kDropMalformed) {
        malformed.push_back(
            all_of(list(is_null(value->Copy()), is_not_null(named_column(raw_name(i))))));
      }
      select->select_list.push_back(std::move(value));
    }
    for (size_t p = 0; p < files_.partition_columns.size(); ++p)
      select->select_list.push_back(partition_value(files_, p));
    duckdb::vector<Parsed> good;
    for (auto& condition : malformed) good.push_back(negate(std::move(condition)));
    if (!good.empty()) select->where_clause = all_of(std::move(good));
    if (select->select_list.empty()) select->select_list.push_back(constant(Value::BOOLEAN(true)));
    return wrap(std::move(select));
  }

 private:
  static std::string raw_name(size_t i) { return "v" + std::to_string(i); }

  static duckdb::unique_ptr<duckdb::TableRef> wrap(duckdb::unique_ptr<duckdb::SelectNode> select) {
    return make_uniq<duckdb::SubqueryRef>(statement_of(std::move(select)));
  }

  duckdb::unique_ptr<duckdb::TableRef> reader() const {
    auto ref = make_uniq<duckdb::TableFunctionRef>();
    duckdb::vector<Value> paths;
    for (const auto& path : files_.paths) paths.push_back(Value(path));
    ParsedList arguments;
    arguments.push_back(constant(Value::LIST(duckdb::LogicalType::VARCHAR, std::move(paths))));
    const auto option = [&](const std::string& name, Value value) {
      auto expression = constant(std::move(value));
      expression->SetAlias(name);
      arguments.push_back(std::move(expression));
    };
    duckdb::child_list_t<Value> columns;
    for (size_t i = 0; i < columns_.size(); ++i)
      columns.emplace_back(raw_name(i), Value("VARCHAR"));
    option("columns", Value::STRUCT(std::move(columns)));
    option("auto_detect", Value::BOOLEAN(false));
    option("delim", Value(text_of(options_.delimiter)));
    option("quote", Value(text_of(options_.quote)));
    option("escape", Value(text_of(options_.quote ? options_.escape : 0)));
    if (options_.comment) option("comment", Value(text_of(options_.comment)));
    option("header", Value::BOOLEAN(options_.header));
    option("nullstr", Value(options_.null_text));
    option("allow_quoted_nulls", Value::BOOLEAN(false));
    // Short records are padded with nulls and long ones cut, as in Spark's PERMISSIVE mode; the
    // other modes refuse them.
    option("strict_mode", Value::BOOLEAN(options_.mode == CsvOptions::kFailFast));
    option("null_padding", Value::BOOLEAN(options_.mode == CsvOptions::kPermissive));
    option("ignore_errors", Value::BOOLEAN(options_.mode == CsvOptions::kDropMalformed));
    option("parallel",
           Value::BOOLEAN(!options_.multi_line && options_.mode != CsvOptions::kPermissive));
    if (!files_.partition_columns.empty()) option("filename", Value::BOOLEAN(true));
    ref->function = make_uniq<duckdb::FunctionExpression>("read_csv", std::move(arguments));
    return ref;
  }

  TextFiles files_;
  CsvOptions options_;
  types::Schema columns_, schema_;
};

/// The narrowest type, in Spark's order, that all cells of a column can be cast to.
constexpr TypeId kInferred[] = {TypeId::kInteger, TypeId::kLong,      TypeId::kDouble,
                                TypeId::kDate,    TypeId::kTimestamp, TypeId::kBoolean};

types::Schema infer(Engine& engine, const std::shared_ptr<const CsvSource>& strings,
                    const QueryOptions& query);

}  // namespace

plan::ScanSourcePtr open_csv(Engine& engine, TextFiles files, const plan::Options& options,
                             const types::Schema& schema, const QueryOptions& query) {
  const CsvOptions parsed = parse_options(options);
  types::Schema columns = schema;
  if (columns.empty()) {
    for (const auto& path : files.paths) {
      const auto record = first_record(path, parsed);
      if (record.empty()) continue;
      for (auto& name : column_names(record, parsed))
        columns.push_back({name, TypeId::kString, true, "{}"});
      break;
    }
    if (parsed.infer_schema && !columns.empty()) {
      TextFiles plain{files.paths, {}, {}};
      columns = infer(engine, std::make_shared<const CsvSource>(plain, parsed, columns), query);
    }
  }
  return std::make_shared<const CsvSource>(std::move(files), parsed, std::move(columns));
}

namespace {

types::Schema infer(Engine& engine, const std::shared_ptr<const CsvSource>& strings,
                    const QueryOptions& query) {
  // One pass: for each column and candidate type, whether every cell that is not null casts to it.
  plan::Attributes cells;
  for (const auto& field : strings->schema())
    cells.push_back(
        {.id = plan::new_attribute_id(), .name = field.name, .type = field.type, .nullable = true});
  auto scan = plan::make_resolved_plan(plan::Scan{strings, {}, {}}, cells);
  plan::Expressions checks;
  plan::Attributes output;
  const auto add = [&](plan::ExpressionPtr check) {
    const auto id = plan::new_attribute_id();
    const auto name = "k" + std::to_string(checks.size());
    checks.push_back(plan::make_resolved(
        plan::Alias{.child = std::move(check), .name = name, .id = id}, TypeId::kLong, false));
    output.push_back({.id = id, .name = name, .type = TypeId::kLong, .nullable = false});
  };
  const auto* count = functions::find_function("count: one");
  const auto counted = [&](plan::ExpressionPtr value) {
    return plan::make_resolved(
        plan::Call{.function = count, .name = "count", .arguments = {std::move(value)}},
        TypeId::kLong, false);
  };
  for (const auto& cell : cells) {
    auto reference =
        plan::make_resolved(plan::AttributeRef{cell.id, cell.name, {}}, cell.type, true);
    add(counted(reference));
    for (auto type : kInferred)
      add(counted(plan::make_resolved(
          plan::Cast{
              .child = reference, .target = type, .mode = plan::CastMode::kTry, .implicit = true},
          type, true)));
  }
  auto aggregate = plan::make_resolved_plan(
      plan::Aggregate{.child = scan, .grouping = {}, .aggregates = checks}, output);
  const auto counts = single_row(engine, aggregate, query);
  types::Schema inferred;
  const size_t width = 1 + std::size(kInferred);
  for (size_t c = 0; c < cells.size(); ++c) {
    const int64_t present = counts[c * width];
    TypeId type = TypeId::kString;
    for (size_t k = 0; k < std::size(kInferred) && present > 0; ++k) {
      if (counts[c * width + 1 + k] == present) {
        type = kInferred[k];
        break;
      }
    }
    inferred.push_back({cells[c].name, type, true, "{}"});
  }
  return inferred;
}

}  // namespace

}  // namespace lochan::engine
