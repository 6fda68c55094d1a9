// CSV files as rows.
#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/ascii.h"
#include "base/error.h"
#include "engine/database.h"
#include "engine/kernels/cast.h"
#include "engine/kernels/decimal.h"
#include "engine/kernels/number_parse.h"
#include "engine/text/csv_records.h"
#include "engine/text/text_scan.h"

namespace lochan::engine {
namespace text {
namespace {

using duckdb::FlatVector;
using duckdb::idx_t;
using duckdb::Vector;
using kernels::rows_of;
using types::DataType;
using types::TypeId;

template <class T>
bool write_integer(std::string_view text, Vector& out, idx_t row) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  T value;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  rows_of<T>(out)[row] = value;
  return true;
}

template <class T>
bool write_floating(std::string_view text, const CsvOptions& options, Vector& out, idx_t row) {
  std::optional<T> value;
  if (text == options.nan_value)
    value = std::numeric_limits<T>::quiet_NaN();
  else if (text == options.positive_infinity)
    value = std::numeric_limits<T>::infinity();
  else if (text == options.negative_infinity)
    value = -std::numeric_limits<T>::infinity();
  else if constexpr (sizeof(T) == 4)
    value = kernels::parse_float(text);
  else
    value = kernels::parse_double(text);
  if (value) rows_of<T>(out)[row] = *value;
  return value.has_value();
}

template <class T>
bool store(const std::optional<T>& value, Vector& out, idx_t row) {
  if (value) rows_of<T>(out)[row] = *value;
  return value.has_value();
}

/// Writes what a cell says; false if it is no value of the type.
bool write_cell(std::string_view text, const DataType& type, const CsvOptions& options, Vector& out,
                idx_t row) {
  switch (type.id()) {
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar:
      rows_of<duckdb::string_t>(out)[row] =
          duckdb::StringVector::AddString(out, text.data(), text.size());
      return true;
    case TypeId::kBinary:
      rows_of<duckdb::string_t>(out)[row] =
          duckdb::StringVector::AddStringOrBlob(out, text.data(), text.size());
      return true;
    case TypeId::kBoolean:
      if (!same_name(text, "true") && !same_name(text, "false")) return false;
      rows_of<bool>(out)[row] = text.size() == 4;
      return true;
    case TypeId::kByte: return write_integer<int8_t>(text, out, row);
    case TypeId::kShort: return write_integer<int16_t>(text, out, row);
    case TypeId::kInteger: return write_integer<int32_t>(text, out, row);
    case TypeId::kLong: return write_integer<int64_t>(text, out, row);
    case TypeId::kFloat: return write_floating<float>(text, options, out, row);
    case TypeId::kDouble: return write_floating<double>(text, options, out, row);
    case TypeId::kDecimal: {
      kernels::Int128 value;
      if (kernels::trim_all(text).size() != text.size() ||
          kernels::parse_decimal(text, type.precision(), type.scale(), value) !=
              kernels::DecimalText::kOk)
        return false;
      kernels::with_decimal(type, [&](auto tag) {
        using T = typename decltype(tag)::type;
        rows_of<T>(out)[row] = static_cast<T>(value);
      });
      return true;
    }
    case TypeId::kDate: return store(options.formats.parse_date(text), out, row);
    case TypeId::kTimestamp: return store(options.formats.parse_timestamp(text), out, row);
    case TypeId::kTimestampNtz: return store(options.formats.parse_timestamp_ntz(text), out, row);
    default: throw Error::not_supported("csv columns of " + type.sql());
  }
}

class CsvFormat final : public TextFormat {
 public:
  CsvFormat(CsvOptions options, types::Schema columns)
      : options_(std::move(options)),
        columns_(std::move(columns)),
        corrupt_(find_corrupt_record(columns_, options_.corrupt_column)) {
    for (const auto& field : columns_)
      if (field.type.is_nested() || field.type.is(TypeId::kNull) || field.type.is(TypeId::kVariant))
        throw Error("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
                    {{"columnName", types::quote_identifier(field.name)},
                     {"columnType", "\"" + field.type.sql() + "\""},
                     {"format", "CSV"}});
  }
  std::string_view name() const override { return "csv"; }
  const types::Schema& columns() const override { return columns_; }
  bool splits(const std::string&) const override {
    return !options_.multi_line && options_.lines.charset == Charset::kUtf8;
  }
  void check(const std::vector<size_t>& columns) const override {
    check_not_only_corrupt_record(columns_, columns, options_.corrupt_column);
  }
  std::unique_ptr<RowReader> open(duckdb::FileSystem& files, const std::string& path, Range range,
                                  const std::vector<size_t>& columns) const override;

  /// The place of a column among the cells of a record.
  size_t cell_of(size_t column) const { return column - (corrupt_ && *corrupt_ < column ? 1 : 0); }
  const CsvOptions& options() const { return options_; }
  std::optional<size_t> corrupt() const { return corrupt_; }

 private:
  CsvOptions options_;
  types::Schema columns_;
  std::optional<size_t> corrupt_;
};

class CsvRows final : public RowReader {
 public:
  CsvRows(const CsvFormat& format, duckdb::FileSystem& files, const std::string& path, Range range,
          const std::vector<size_t>& columns)
      : format_(format), path_(path), records_(files, path, format.options(), range) {
    const size_t cells = format.columns().size() - (format.corrupt() ? 1 : 0);
    bool wants_corrupt = false;
    for (size_t column : columns) wants_corrupt |= format.corrupt() == column;
    // Where only some columns are asked, records of any length will do: the others are not looked
    // at.
    const bool prunes = format.options().prunes_columns && !wants_corrupt;
    if (!prunes || columns.size() == cells) expected_cells_ = cells;
    nothing_asked_ = prunes && columns.empty();
    for (size_t c = 0; !format.options().prunes_columns && c < format.columns().size(); ++c) {
      const auto& type = format.columns()[c].type;
      const bool any_text_fits = type.is_string() || type.is(TypeId::kBinary);
      if (format.corrupt() != c && !any_text_fits &&
          std::find(columns.begin(), columns.end(), c) == columns.end())
        only_checked_.emplace_back(c, Vector(to_duckdb(type)));
    }
    if (!format.options().enforce_schema && records_.header()) check_header();
  }

  idx_t read(const Output& output) override {
    idx_t row = 0;
    while (row < STANDARD_VECTOR_SIZE && records_.next()) {
      if (nothing_asked_ || add(output, row)) ++row;
    }
    return row;
  }

 private:
  /// Writes the record as a row; false if it is left out.
  bool add(const Output& output, idx_t row) {
    const auto& options = format_.options();
    const auto& record = records_.record();
    bool good = !expected_cells_ || record.cells.size() == *expected_cells_;
    Vector* corrupt = nullptr;
    for (size_t i = 0; i < output.columns.size(); ++i) {
      const size_t column = output.columns[i];
      Vector& out = *output.vectors[i];
      if (format_.corrupt() == column) {
        corrupt = &out;
        continue;
      }
      const auto text = cell_text(record, format_.cell_of(column), options);
      const bool written =
          text && write_cell(*text, format_.columns()[column].type, options, out, row);
      FlatVector::SetNull(out, row, !written);
      good &= written || !text;
    }
    for (auto& [column, scratch] : only_checked_) {
      const auto text = cell_text(record, format_.cell_of(column), options);
      good &= !text || write_cell(*text, format_.columns()[column].type, options, scratch, 0);
    }
    if (!good && options.mode == ParseMode::kDropMalformed) return false;
    if (!good && options.mode == ParseMode::kFailFast) fail_reading(path_);
    if (corrupt) {
      FlatVector::SetNull(*corrupt, row, good);
      if (!good)
        rows_of<duckdb::string_t>(*corrupt)[row] =
            duckdb::StringVector::AddString(*corrupt, records_.text());
    }
    return true;
  }

  /// With enforceSchema off, the header's names must be the schema's.
  void check_header() {
    const auto& header = *records_.header();
    const size_t cells = format_.columns().size() - (format_.corrupt() ? 1 : 0);
    bool same = header.cells.size() == cells;
    for (size_t c = 0; same && c < format_.columns().size(); ++c)
      if (format_.corrupt() != c)
        same = same_name(header[format_.cell_of(c)], format_.columns()[c].name);
    if (!same) fail_reading(path_);
  }

  const CsvFormat& format_;
  std::string path_;
  CsvRecords records_;
  std::optional<size_t> expected_cells_;
  bool nothing_asked_ = false;
  std::vector<std::pair<size_t, Vector>> only_checked_;  // columns that are not asked
};

std::unique_ptr<RowReader> CsvFormat::open(duckdb::FileSystem& files, const std::string& path,
                                           Range range, const std::vector<size_t>& columns) const {
  return std::make_unique<CsvRows>(*this, files, path, range, columns);
}

}  // namespace
}  // namespace text

plan::ScanSourcePtr open_csv(Engine& engine, TextFiles files, const plan::Options& options,
                             const types::Schema& schema, const QueryOptions& query) {
  auto parsed = text::csv_options(options, query);
  const auto database = engine.impl().database();
  auto& file_system = duckdb::FileSystem::GetFileSystem(database->instance());
  auto columns = schema.empty() ? text::csv_schema(file_system, files.paths, parsed) : schema;
  return text::text_source(std::move(files), std::make_shared<const text::CsvFormat>(
                                                 std::move(parsed), std::move(columns)));
}

}  // namespace lochan::engine
