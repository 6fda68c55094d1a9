// JSON files as rows.
#include <charconv>
#include <cmath>

#include "base/error.h"
#include "engine/database.h"
#include "engine/kernels/cast.h"
#include "engine/kernels/decimal.h"
#include "engine/kernels/number_parse.h"
#include "engine/text/json_records.h"
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

/// What became of a value: kPartial has nulls where something did not fit, kBad is no value of the
/// type.
enum class Fit { kWhole, kPartial, kBad };

std::optional<std::string> decode_base64(std::string_view text) {
  std::string out;
  uint32_t bits = 0;
  int count = 0;
  for (char c : text) {
    if (c == '=') break;
    static constexpr std::string_view kDigits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(digit);
    if (++count % 4 == 0) {
      out += {static_cast<char>(bits >> 16), static_cast<char>(bits >> 8), static_cast<char>(bits)};
      bits = 0;
    }
  }
  if (count % 4 == 1) return std::nullopt;
  if (count % 4 == 2) out += static_cast<char>(bits >> 4);
  if (count % 4 == 3) out += {static_cast<char>(bits >> 10), static_cast<char>(bits >> 2)};
  return out;
}

/// Writes values that a parser stands before into vectors.
class JsonWriter {
 public:
  JsonWriter(JsonParser& parser, const JsonOptions& options) : parser_(parser), options_(options) {}

  Fit write(const DataType& type, Vector& out, idx_t row) {
    const JsonKind kind = parser_.peek();
    if (kind == JsonKind::kNull) {
      FlatVector::SetNull(out, row, true);
      return parser_.take_word() ? Fit::kWhole : Fit::kBad;
    }
    Fit fit = Fit::kBad;
    switch (type.id()) {
      case TypeId::kStruct:
        if (kind == JsonKind::kObject) return object(type, out, row);
        break;
      case TypeId::kArray:
        if (kind == JsonKind::kArray) return array(type, out, row);
        break;
      case TypeId::kMap:
        if (kind == JsonKind::kObject) return map(type, out, row);
        break;
      default:
        fit = scalar(type, kind, out, row);
        if (fit == Fit::kWhole)
          FlatVector::SetNull(out, row, false);
        else
          FlatVector::SetNull(out, row, true);
        return fit;
    }
    parser_.skip();
    FlatVector::SetNull(out, row, true);
    return fit;
  }

  /// The members of an object that are among `fields`; `out[i]` is null where nobody wants the
  /// field.
  Fit members(const types::Schema& fields, const std::vector<Vector*>& out, idx_t row) {
    for (Vector* vector : out)
      if (vector) FlatVector::SetNull(*vector, row, true);
    Fit fit = Fit::kWhole;
    std::string name;
    parser_.enter();
    while (parser_.next_member(name)) {
      size_t i = 0;
      while (i < fields.size() && (!out[i] || fields[i].name != name)) ++i;
      if (i == fields.size())
        parser_.skip();
      else if (write(fields[i].type, *out[i], row) != Fit::kWhole)
        fit = Fit::kPartial;
    }
    return fit;
  }

 private:
  Fit object(const DataType& type, Vector& out, idx_t row) {
    std::vector<Vector*> entries;
    for (auto& entry : duckdb::StructVector::GetEntries(out)) entries.push_back(entry.get());
    FlatVector::SetNull(out, row, false);
    return members(type.fields(), entries, row);
  }

  Fit array(const DataType& type, Vector& out, idx_t row) {
    const idx_t begin = duckdb::ListVector::GetListSize(out);
    idx_t count = 0;
    Fit fit = Fit::kWhole;
    parser_.enter();
    while (parser_.next_item()) {
      if (fit == Fit::kBad) {
        parser_.skip();
        continue;
      }
      grow(out, begin + count + 1);
      const Fit item = write(type.element(), duckdb::ListVector::GetEntry(out), begin + count);
      ++count;
      if (item != Fit::kWhole) fit = item;
    }
    return end_list(out, row, begin, count, fit);
  }

  Fit map(const DataType& type, Vector& out, idx_t row) {
    const idx_t begin = duckdb::ListVector::GetListSize(out);
    idx_t count = 0;
    Fit fit = Fit::kWhole;
    std::string name;
    parser_.enter();
    while (parser_.next_member(name)) {
      if (fit == Fit::kBad) {
        parser_.skip();
        continue;
      }
      grow(out, begin + count + 1);
      Vector& keys = duckdb::MapVector::GetKeys(out);
      rows_of<duckdb::string_t>(keys)[begin + count] = duckdb::StringVector::AddString(keys, name);
      const Fit item = write(type.value(), duckdb::MapVector::GetValues(out), begin + count);
      ++count;
      if (item != Fit::kWhole) fit = item;
    }
    return end_list(out, row, begin, count, fit);
  }

  static void grow(Vector& out, idx_t size) {
    duckdb::ListVector::Reserve(out, size);
    duckdb::ListVector::SetListSize(out, size);
  }
  static Fit end_list(Vector& out, idx_t row, idx_t begin, idx_t count, Fit fit) {
    auto& entry = duckdb::ListVector::GetData(out)[row];
    entry.offset = begin;
    entry.length = fit == Fit::kBad ? 0 : count;
    FlatVector::SetNull(out, row, fit == Fit::kBad);
    return fit;
  }

  Fit scalar(const DataType& type, JsonKind kind, Vector& out, idx_t row) {
    if (type.is_string()) {
      if (kind == JsonKind::kString) {
        if (!parser_.take_string(text_)) return Fit::kBad;
        return store_text(text_, out, row);
      }
      std::string_view raw;  // anything else as it is written
      return parser_.skip(&raw) ? store_text(raw, out, row) : Fit::kBad;
    }
    if (kind == JsonKind::kString)
      return parser_.take_string(text_) ? from_text(type, out, row) : Fit::kBad;
    if (kind == JsonKind::kNumber) {
      std::string_view number;
      bool is_integer = false;
      return parser_.take_number(number, is_integer)
                 ? from_number(type, number, is_integer, out, row)
                 : Fit::kBad;
    }
    if ((kind == JsonKind::kTrue || kind == JsonKind::kFalse) && type.is(TypeId::kBoolean)) {
      rows_of<bool>(out)[row] = kind == JsonKind::kTrue;
      return parser_.take_word() ? Fit::kWhole : Fit::kBad;
    }
    parser_.skip();
    return Fit::kBad;
  }

  static Fit store_text(std::string_view text, Vector& out, idx_t row) {
    rows_of<duckdb::string_t>(out)[row] =
        duckdb::StringVector::AddStringOrBlob(out, text.data(), text.size());
    return Fit::kWhole;
  }
  template <class T>
  static Fit store(const std::optional<T>& value, Vector& out, idx_t row) {
    if (value) rows_of<T>(out)[row] = *value;
    return value ? Fit::kWhole : Fit::kBad;
  }
  template <class T>
  static Fit integer(std::string_view number, Vector& out, idx_t row) {
    int64_t value;
    if (std::from_chars(number.data(), number.data() + number.size(), value).ec != std::errc())
      return Fit::kBad;
    // A byte may also be written as 128 to 255, as Jackson has it.
    const bool fits =
        value == static_cast<T>(value) || (sizeof(T) == 1 && value >= 0 && value <= 255);
    if (fits) rows_of<T>(out)[row] = static_cast<T>(value);
    return fits ? Fit::kWhole : Fit::kBad;
  }
  static Fit decimal(const DataType& type, std::string_view text, Vector& out, idx_t row) {
    kernels::Int128 value;
    if (kernels::trim_all(text).size() != text.size() ||
        kernels::parse_decimal(text, type.precision(), type.scale(), value) !=
            kernels::DecimalText::kOk)
      return Fit::kBad;
    kernels::with_decimal(type, [&](auto tag) {
      using T = typename decltype(tag)::type;
      rows_of<T>(out)[row] = static_cast<T>(value);
    });
    return Fit::kWhole;
  }
  Fit floating(const DataType& type, double value, Vector& out, idx_t row) {
    if (type.is(TypeId::kFloat))
      rows_of<float>(out)[row] = static_cast<float>(value);
    else
      rows_of<double>(out)[row] = value;
    return Fit::kWhole;
  }
  /// NaN and infinities, where they are allowed.
  std::optional<double> non_number(std::string_view text) const {
    if (!options_.dialect.non_numbers) return std::nullopt;
    if (text == "NaN") return std::nan("");
    if (text == "Infinity" || text == "+Infinity" || text == "+INF" || text == "INF")
      return HUGE_VAL;
    if (text == "-Infinity" || text == "-INF") return -HUGE_VAL;
    return std::nullopt;
  }

  Fit from_text(const DataType& type, Vector& out, idx_t row) {
    switch (type.id()) {
      case TypeId::kFloat:
      case TypeId::kDouble: {
        const auto value = non_number(text_);
        return value ? floating(type, *value, out, row) : Fit::kBad;
      }
      case TypeId::kDecimal: return decimal(type, text_, out, row);
      case TypeId::kDate: return store(options_.formats.parse_date(text_), out, row);
      case TypeId::kTimestamp: return store(options_.formats.parse_timestamp(text_), out, row);
      case TypeId::kTimestampNtz:
        return store(options_.formats.parse_timestamp_ntz(text_), out, row);
      case TypeId::kBinary: {
        const auto bytes = decode_base64(text_);
        return bytes ? store_text(*bytes, out, row) : Fit::kBad;
      }
      default: return Fit::kBad;
    }
  }

  Fit from_number(const DataType& type, std::string_view number, bool is_integer, Vector& out,
                  idx_t row) {
    switch (type.id()) {
      case TypeId::kByte: return is_integer ? integer<int8_t>(number, out, row) : Fit::kBad;
      case TypeId::kShort: return is_integer ? integer<int16_t>(number, out, row) : Fit::kBad;
      case TypeId::kInteger: return is_integer ? integer<int32_t>(number, out, row) : Fit::kBad;
      case TypeId::kLong: return is_integer ? integer<int64_t>(number, out, row) : Fit::kBad;
      case TypeId::kTimestamp: {  // seconds
        if (!is_integer || integer<int64_t>(number, out, row) != Fit::kWhole) return Fit::kBad;
        rows_of<int64_t>(out)[row] *= kernels::kMicrosPerSecond;
        return Fit::kWhole;
      }
      case TypeId::kDecimal: return decimal(type, number, out, row);
      case TypeId::kFloat:
        if (const auto value = kernels::parse_float(number)) {
          rows_of<float>(out)[row] = *value;
          return Fit::kWhole;
        }
        return Fit::kBad;
      case TypeId::kDouble: {
        auto value = non_number(number);
        if (!value) value = kernels::parse_double(number);
        return value ? floating(type, *value, out, row) : Fit::kBad;
      }
      default: return Fit::kBad;
    }
  }

  JsonParser& parser_;
  const JsonOptions& options_;
  std::string text_;
};

void check_type(const DataType& type) {
  switch (type.id()) {
    case TypeId::kStruct:
      for (const auto& field : type.fields()) check_type(field.type);
      return;
    case TypeId::kArray: check_type(type.element()); return;
    case TypeId::kMap:
      if (!type.key().is_string())
        throw Error::not_supported("json maps with keys of " + type.key().sql());
      check_type(type.value());
      return;
    case TypeId::kVariant:
    case TypeId::kTime:
    case TypeId::kCalendarInterval:
    case TypeId::kYearMonthInterval:
    case TypeId::kDayTimeInterval: throw Error::not_supported("json columns of " + type.sql());
    default: return;
  }
}

class JsonFormat final : public TextFormat {
 public:
  JsonFormat(JsonOptions options, types::Schema columns)
      : options_(std::move(options)),
        columns_(std::move(columns)),
        corrupt_(find_corrupt_record(columns_, options_.corrupt_column)) {
    for (const auto& field : columns_) check_type(field.type);
  }
  std::string_view name() const override { return "json"; }
  const types::Schema& columns() const override { return columns_; }
  bool splits(const std::string&) const override {
    return !options_.multi_line && options_.lines.charset == Charset::kUtf8;
  }
  void check(const std::vector<size_t>& columns) const override {
    check_not_only_corrupt_record(columns_, columns, options_.corrupt_column);
  }
  std::unique_ptr<RowReader> open(duckdb::FileSystem& files, const std::string& path, Range range,
                                  const std::vector<size_t>& columns) const override;
  const JsonOptions& options() const { return options_; }
  std::optional<size_t> corrupt() const { return corrupt_; }

 private:
  JsonOptions options_;
  types::Schema columns_;
  std::optional<size_t> corrupt_;
};

class JsonRows final : public RowReader {
 public:
  JsonRows(const JsonFormat& format, duckdb::FileSystem& files, const std::string& path,
           Range range, const std::vector<size_t>& columns)
      : format_(format), path_(path), records_(files, path, format.options(), range) {
    for (size_t column : columns)
      if (format.corrupt() != column) fields_.push_back(format.columns()[column]);
  }

  idx_t read(const Output& output) override {
    std::vector<Vector*> vectors;
    Vector* corrupt = nullptr;
    for (size_t i = 0; i < output.columns.size(); ++i) {
      if (format_.corrupt() == output.columns[i])
        corrupt = output.vectors[i];
      else
        vectors.push_back(output.vectors[i]);
    }
    idx_t row = 0;
    while (row < STANDARD_VECTOR_SIZE) {
      if (!parser_) {
        if (!records_.next()) break;
        const auto text = records_.text();
        if (!text) {
          if (keep_bad(vectors, corrupt, row)) ++row;
          continue;
        }
        parser_.emplace(*text, format_.options().dialect);
        if (parser_->peek() == JsonKind::kArray) {
          parser_->enter();
          in_array_ = true;
        } else {
          in_array_ = false;
        }
      }
      if (in_array_ && !parser_->next_item()) {
        const bool failed = parser_->failed();
        parser_.reset();
        if (failed && keep_bad(vectors, corrupt, row)) ++row;
        continue;
      }
      const bool object = parser_->peek() == JsonKind::kObject;
      JsonWriter writer(*parser_, format_.options());
      const Fit fit = object ? writer.members(fields_, vectors, row) : Fit::kBad;
      const bool failed = !object || parser_->failed();
      if (!in_array_ || failed) parser_.reset();
      if (failed || fit != Fit::kWhole) {
        if (format_.options().mode != ParseMode::kPermissive || failed) {
          if (keep_bad(vectors, corrupt, row)) ++row;
          continue;
        }
        set_corrupt(corrupt, row);
      } else if (corrupt) {
        FlatVector::SetNull(*corrupt, row, true);
      }
      ++row;
    }
    return row;
  }

 private:
  /// A record that is no JSON, or not an object: a row of nulls, or none, or the end.
  bool keep_bad(const std::vector<Vector*>& vectors, Vector* corrupt, idx_t row) {
    if (format_.options().mode == ParseMode::kFailFast) fail_reading(path_);
    if (format_.options().mode == ParseMode::kDropMalformed) return false;
    for (Vector* vector : vectors) FlatVector::SetNull(*vector, row, true);
    set_corrupt(corrupt, row);
    return true;
  }
  void set_corrupt(Vector* corrupt, idx_t row) {
    if (!corrupt) return;
    FlatVector::SetNull(*corrupt, row, false);
    const auto raw = records_.raw();
    rows_of<duckdb::string_t>(*corrupt)[row] =
        duckdb::StringVector::AddStringOrBlob(*corrupt, raw.data(), raw.size());
  }

  const JsonFormat& format_;
  std::string path_;
  JsonRecords records_;
  types::Schema fields_;  // asked, but for the corrupt record
  std::optional<JsonParser> parser_;
  bool in_array_ = false;
};

std::unique_ptr<RowReader> JsonFormat::open(duckdb::FileSystem& files, const std::string& path,
                                            Range range, const std::vector<size_t>& columns) const {
  return std::make_unique<JsonRows>(*this, files, path, range, columns);
}

}  // namespace
}  // namespace text

plan::ScanSourcePtr open_json(Engine& engine, TextFiles files, const plan::Options& options,
                              const types::Schema& schema, const QueryOptions& query) {
  auto parsed = text::json_options(options, query);
  const auto database = engine.impl().database();
  auto& file_system = duckdb::FileSystem::GetFileSystem(database->instance());
  auto columns = schema.empty() ? text::json_schema(file_system, files.paths, parsed) : schema;
  return text::text_source(std::move(files), std::make_shared<const text::JsonFormat>(
                                                 std::move(parsed), std::move(columns)));
}

}  // namespace lochan::engine
