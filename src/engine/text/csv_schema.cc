// Names and types of the columns of CSV files. A column's type grows from cell to cell:
//   void < int < bigint < decimal(p, 0) < double;  date < timestamp;  boolean;  what does not go
//   together is a string.
#include <algorithm>
#include <charconv>
#include <set>

#include "base/ascii.h"
#include "engine/kernels/datetime_text.h"
#include "engine/kernels/number_parse.h"
#include "engine/text/csv_records.h"
#include "types/number_text.h"

namespace lochan::engine::text {
namespace {

using types::DataType;
using types::TypeId;

template <class T>
bool is_integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.starts_with('+')) return false;
  T value;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

/// Columns of one file set while its types are found.
class Inference {
 public:
  explicit Inference(const CsvOptions& options) : options_(options) {
    if (options.formats.date) {
      date_ = options.formats.date;
    } else if (options.prefer_date) {
      date_ = std::make_shared<const kernels::DateTimePattern>(
          "yyyy-MM-dd", kernels::DateTimePattern::Use::kParse);
    }
  }

  /// The type of a column that was `sofar` and has one cell more.
  DataType add(const DataType& sofar, std::string_view cell) const {
    return cell.empty() ? sofar : common(sofar, type_of(cell, sofar.id()));
  }

 private:
  /// The first type of the ladder, from `from` on, that the cell has.
  DataType type_of(std::string_view cell, TypeId from) const {
    switch (from) {
      case TypeId::kNull:
      case TypeId::kInteger:
        if (is_integer<int32_t>(cell)) return TypeId::kInteger;
        [[fallthrough]];
      case TypeId::kLong:
        if (is_integer<int64_t>(cell)) return TypeId::kLong;
        [[fallthrough]];
      case TypeId::kDecimal:
        if (const auto decimal = types::parse_decimal(cell);
            decimal && decimal->scale == 0 && is_plain(cell))
          return DataType::decimal(std::max(decimal->precision, 1), 0);
        [[fallthrough]];
      case TypeId::kDouble:
        if (is_double(cell)) return TypeId::kDouble;
        if (!options_.prefer_date) return timestamp_or_less(cell);
        [[fallthrough]];
      case TypeId::kDate:
        if (date_ && std::holds_alternative<kernels::DateTimePattern::Parsed>(date_->parse(cell)))
          return TypeId::kDate;
        return timestamp_or_less(cell);
      case TypeId::kTimestamp:
      case TypeId::kTimestampNtz: return timestamp_or_less(cell);
      case TypeId::kBoolean: return is_boolean(cell) ? TypeId::kBoolean : TypeId::kString;
      default: return TypeId::kString;
    }
  }

  DataType timestamp_or_less(std::string_view cell) const {
    if (options_.formats.parse_timestamp_ntz(cell) &&
        !(options_.formats.timestamp && !options_.formats.timestamp_ntz))
      return options_.timestamp_is_ntz ? TypeId::kTimestampNtz : TypeId::kTimestamp;
    if (options_.formats.parse_timestamp(cell)) return TypeId::kTimestamp;
    return is_boolean(cell) ? TypeId::kBoolean : TypeId::kString;
  }

  /// Java's numbers have no blanks around them; doubles may.
  static bool is_plain(std::string_view cell) {
    return kernels::trim_all(cell).size() == cell.size();
  }
  bool is_double(std::string_view cell) const {
    if (cell == options_.nan_value || cell == options_.positive_infinity ||
        cell == options_.negative_infinity)
      return true;
    const auto word = kernels::trim_all(cell);
    const bool letters = word.find_first_of("iInN") != std::string_view::npos;
    if (letters)
      return word == "NaN" || word == "Infinity" || word == "+Infinity" || word == "-Infinity";
    return kernels::parse_double(cell).has_value();
  }
  static bool is_boolean(std::string_view cell) {
    const std::string word = lower_case(cell);
    return word == "true" || word == "false";
  }

  DataType common(const DataType& a, const DataType& b) const {
    if (a == b || b.is(TypeId::kNull)) return a;
    if (a.is(TypeId::kNull)) return b;
    const auto is = [&](TypeId one, TypeId other) {
      return (a.is(one) && b.is(other)) || (a.is(other) && b.is(one));
    };
    if (is(TypeId::kInteger, TypeId::kLong)) return TypeId::kLong;
    if (is(TypeId::kTimestamp, TypeId::kTimestampNtz)) return TypeId::kTimestamp;
    if (is(TypeId::kDate, TypeId::kTimestamp) || is(TypeId::kDate, TypeId::kTimestampNtz)) {
      if (!dates_are_timestamps()) return TypeId::kString;
      return a.is(TypeId::kDate) ? b : a;
    }
    const auto digits = [](const DataType& t) {
      return t.is(TypeId::kInteger)   ? 10
             : t.is(TypeId::kLong)    ? 20
             : t.is(TypeId::kDecimal) ? t.precision()
                                      : 0;
    };
    if (digits(a) && digits(b)) return DataType::decimal(std::max(digits(a), digits(b)), 0);
    if (a.is(TypeId::kDouble) && digits(b)) return TypeId::kDouble;
    if (b.is(TypeId::kDouble) && digits(a)) return TypeId::kDouble;
    return TypeId::kString;
  }

  /// Dates among timestamps are timestamps when they can be read as such.
  bool dates_are_timestamps() const {
    if (options_.formats.timestamp) return false;
    if (options_.date_pattern.empty()) return true;
    std::string sample;
    kernels::DateTimePattern(options_.date_pattern, kernels::DateTimePattern::Use::kFormat)
        .format(sample, 0, kernels::Zone::utc(), 0);
    return kernels::parse_timestamp(sample, kernels::Zone::utc()).has_value();
  }

  const CsvOptions& options_;
  std::shared_ptr<const kernels::DateTimePattern> date_;
};

/// Names as Spark makes them: from the header (empty: _c<i>; repeated: with their position), or
/// _c<i>.
std::vector<std::string> column_names(const CsvRecord& record, const CsvOptions& options) {
  std::vector<std::string> names;
  std::set<std::string> seen, repeated;
  for (size_t i = 0; i < record.cells.size(); ++i)
    if (!seen.insert(lower_case(record[i])).second) repeated.insert(lower_case(record[i]));
  for (size_t i = 0; i < record.cells.size(); ++i) {
    const auto text = cell_text(record, i, options);
    if (!options.header || !text || text->empty())
      names.push_back("_c" + std::to_string(i));
    else if (repeated.contains(lower_case(*text)))
      names.push_back(std::string(*text) + std::to_string(i));
    else
      names.push_back(std::string(*text));
  }
  return names;
}

}  // namespace

types::Schema csv_schema(duckdb::FileSystem& files, const std::vector<std::string>& paths,
                         const CsvOptions& options) {
  const Inference inference(options);
  std::vector<std::string> names;
  std::vector<DataType> found;
  for (const auto& path : paths) {
    CsvRecords records(files, path, options, {});
    if (names.empty() && records.header()) names = column_names(*records.header(), options);
    while (records.next()) {
      const auto& record = records.record();
      if (names.empty()) names = column_names(record, options);
      if (!options.infer_schema) break;
      found.resize(names.size());
      for (size_t i = 0; i < names.size() && i < record.cells.size(); ++i)
        if (!found[i].is(TypeId::kString))
          if (const auto cell = cell_text(record, i, options))
            found[i] = inference.add(found[i], *cell);
    }
    if (!options.infer_schema && !names.empty()) break;
  }
  types::Schema schema;
  found.resize(names.size());
  for (size_t i = 0; i < names.size(); ++i)
    schema.push_back(
        {names[i], found[i].is(TypeId::kNull) ? DataType(TypeId::kString) : found[i], true, "{}"});
  return schema;
}

}  // namespace lochan::engine::text
