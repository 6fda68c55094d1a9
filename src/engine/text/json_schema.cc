// The schema of JSON records: each record has a type, and types are merged.
#include <algorithm>
#include <charconv>
#include <set>

#include "base/ascii.h"
#include "base/error.h"
#include "engine/text/json_records.h"
#include "types/number_text.h"

namespace lochan::engine::text {
namespace {

using types::DataType;
using types::TypeId;

int whole_digits(const DataType& t) { return t.is(TypeId::kLong) ? 20 : t.precision() - t.scale(); }
int fraction_digits(const DataType& t) { return t.is(TypeId::kLong) ? 0 : t.scale(); }

class Inference {
 public:
  explicit Inference(const JsonOptions& options) : options_(options) {}

  void add_record(const std::optional<std::string_view>& text) {
    if (!text) {
      bad_record();
      return;
    }
    JsonParser parser(*text, options_.dialect);
    if (parser.peek() == JsonKind::kEnd) return;
    const DataType type = value(parser);
    if (parser.failed()) {
      bad_record();
      return;
    }
    add_root(type);
  }

  types::Schema schema() {
    if (corrupt_ && options_.mode == ParseMode::kPermissive)
      root_ = merge(root_,
                    DataType::structure({{options_.corrupt_column, TypeId::kString, true, "{}"}}));
    const auto settled = settle(root_);
    if (!settled || !settled->is(TypeId::kStruct)) return {};
    check_names(*settled);
    return settled->fields();
  }

 private:
  void check_names(const DataType& type) const {
    if (type.is(TypeId::kArray)) check_names(type.element());
    if (!type.is(TypeId::kStruct)) return;
    std::set<std::string> names, twice;
    for (const auto& field : type.fields()) {
      const std::string name = options_.case_sensitive ? field.name : lower_case(field.name);
      if (!names.insert(name).second) twice.insert(name);
      check_names(field.type);
    }
    if (!twice.empty())
      throw Error("COLUMN_ALREADY_EXISTS",
                  {{"columnName", types::quote_identifier(*twice.begin())}});
  }

  void add_root(const DataType& type) {
    if (type.is(TypeId::kArray))
      add_root(type.element());
    else if (type.is(TypeId::kStruct))
      root_ = merge(root_, type);
    else if (!type.is(TypeId::kNull))
      bad_record();
  }

  void bad_record() {
    if (options_.mode == ParseMode::kFailFast)
      throw Error("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
                  {{"badRecord", options_.corrupt_column}, {"failFastMode", "FAILFAST"}});
    corrupt_ = true;
  }

  DataType value(JsonParser& parser) {
    switch (parser.peek()) {
      case JsonKind::kObject: {
        types::Schema fields;
        parser.enter();
        for (std::string name; parser.next_member(name);)
          fields.push_back({name, value(parser), true, "{}"});
        std::stable_sort(fields.begin(), fields.end(),
                         [](const auto& a, const auto& b) { return a.name < b.name; });
        return DataType::structure(std::move(fields));
      }
      case JsonKind::kArray: {
        DataType element;
        parser.enter();
        while (parser.next_item()) element = merge(element, value(parser));
        return DataType::array(element);
      }
      case JsonKind::kString: {
        std::string text;
        parser.take_string(text);
        return text_type(text);
      }
      case JsonKind::kNumber: {
        std::string_view text;
        bool is_integer = false;
        if (!parser.take_number(text, is_integer)) return {};
        return options_.primitives_as_string ? DataType(TypeId::kString)
                                             : number_type(text, is_integer);
      }
      case JsonKind::kTrue:
      case JsonKind::kFalse:
        parser.take_word();
        return options_.primitives_as_string ? TypeId::kString : TypeId::kBoolean;
      default: parser.skip(); return {};
    }
  }

  DataType text_type(const std::string& text) const {
    if (text.empty()) return {};
    if (options_.prefers_decimal) {
      if (const auto decimal = types::parse_decimal(text)) return decimal_type(*decimal);
    }
    if (options_.infer_timestamp) {
      if (options_.formats.parse_timestamp_ntz(text) &&
          !(options_.formats.timestamp && !options_.formats.timestamp_ntz))
        return options_.timestamp_is_ntz ? TypeId::kTimestampNtz : TypeId::kTimestamp;
      if (options_.formats.parse_timestamp(text)) return TypeId::kTimestamp;
    }
    return TypeId::kString;
  }

  static DataType decimal_type(const types::ParsedDecimal& decimal) {
    const int precision = std::max({decimal.precision, decimal.scale, 1});
    return precision <= 38 && decimal.scale >= 0 ? DataType::decimal(precision, decimal.scale)
                                                 : DataType(TypeId::kDouble);
  }
  DataType number_type(std::string_view text, bool is_integer) const {
    if (is_integer) {
      int64_t value;
      if (std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc())
        return TypeId::kLong;
    }
    if (is_integer || options_.prefers_decimal)
      if (const auto decimal = types::parse_decimal(text)) return decimal_type(*decimal);
    return TypeId::kDouble;
  }

  static DataType merge(const DataType& a, const DataType& b) {
    if (a.is(TypeId::kNull) || a == b) return b;
    if (b.is(TypeId::kNull)) return a;
    if (a.is(TypeId::kStruct) && b.is(TypeId::kStruct)) return merge_structs(a, b);
    if (a.is(TypeId::kArray) && b.is(TypeId::kArray))
      return DataType::array(merge(a.element(), b.element()));
    const auto exact = [](const DataType& t) {
      return t.is(TypeId::kLong) || t.is(TypeId::kDecimal);
    };
    if (exact(a) && exact(b)) {
      const int scale = std::max(fraction_digits(a), fraction_digits(b));
      const int whole = std::max(whole_digits(a), whole_digits(b));
      return whole + scale > 38 ? DataType(TypeId::kDouble)
                                : DataType::decimal(whole + scale, scale);
    }
    if ((a.is(TypeId::kDouble) && exact(b)) || (b.is(TypeId::kDouble) && exact(a)))
      return TypeId::kDouble;
    const auto instant = [](const DataType& t) {
      return t.is(TypeId::kTimestamp) || t.is(TypeId::kTimestampNtz);
    };
    if (instant(a) && instant(b)) return TypeId::kTimestamp;
    return TypeId::kString;
  }

  /// Both sorted by name; a name that a record has twice stays twice.
  static DataType merge_structs(const DataType& a, const DataType& b) {
    types::Schema out;
    const auto &left = a.fields(), &right = b.fields();
    size_t l = 0, r = 0;
    while (l < left.size() || r < right.size()) {
      if (r == right.size() || (l < left.size() && left[l].name < right[r].name)) {
        out.push_back(left[l++]);
      } else if (l == left.size() || right[r].name < left[l].name) {
        out.push_back(right[r++]);
      } else {
        out.push_back({left[l].name, merge(left[l].type, right[r].type), true, "{}"});
        ++l;
        ++r;
      }
    }
    return DataType::structure(std::move(out));
  }

  /// Nulls that stay become strings (or go), objects without members go.
  std::optional<DataType> settle(const DataType& type) const {
    if (type.is(TypeId::kNull))
      return options_.drop_nulls ? std::nullopt : std::optional(DataType(TypeId::kString));
    if (type.is(TypeId::kArray)) {
      const auto element = settle(type.element());
      return element ? std::optional(DataType::array(*element)) : std::nullopt;
    }
    if (!type.is(TypeId::kStruct)) return type;
    types::Schema fields;
    for (const auto& field : type.fields())
      if (const auto settled = field.name.empty() ? std::nullopt : settle(field.type))
        fields.push_back({field.name, *settled, true, "{}"});
    return fields.empty() ? std::nullopt : std::optional(DataType::structure(std::move(fields)));
  }

  const JsonOptions& options_;
  DataType root_ = DataType::structure({});
  bool corrupt_ = false;
};

}  // namespace

types::Schema json_schema(duckdb::FileSystem& files, const std::vector<std::string>& paths,
                          const JsonOptions& options) {
  Inference inference(options);
  for (const auto& path : paths) {
    JsonRecords records(files, path, options, {});
    while (records.next()) inference.add_record(records.text());
  }
  return inference.schema();
}

}  // namespace lochan::engine::text
