// JSON: reading parts of a text, from_json and to_json.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/ascii.h"
#include "engine/kernels/cast.h"
#include "engine/kernels/datetime_text.h"
#include "engine/kernels/json_text.h"
#include "engine/kernels/kernel_list.h"
#include "engine/kernels/per_row.h"
#include "engine/kernels/utf8.h"
#include "types/number_text.h"
#include "types/value.h"

namespace lochan::engine::kernels {
namespace {

using duckdb::idx_t;
using json::Node;
using types::DataType;
using types::TypeId;
using Kind = Node::Kind;
using Text = std::string_view;

// ---- Parts of a text
// -----------------------------------------------------------------------------------------

ScalarBody bind_get_json_object(const KernelSpec&) {
  return per_row<std::optional<std::string>, Text, Text>(
      [](Text text, Text path) -> std::optional<std::string> {
        const auto steps = json::parse_path(path);
        if (!steps) return std::nullopt;
        const auto node = json::parse(text);
        return node ? json::get(*node, *steps) : std::nullopt;
      });
}

std::optional<int32_t> array_length(Text text) {
  const auto node = json::parse(text);
  if (!node || !node->is(Kind::kArray)) return std::nullopt;
  return static_cast<int32_t>(node->items.size());
}

/// A kernel over one text, made of values row by row.
template <class F>
ScalarBody value_per_row(F f) {
  return [f](duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
    const bool constant = all_constant(args);
    const Column<Text> texts(args.data[0], args.size());
    for (idx_t row = 0; row < (constant ? 1 : args.size()); ++row) {
      check_cancelled();
      result.SetValue(row, f(texts[row]));
    }
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

ScalarBody bind_object_keys(const KernelSpec& spec) {
  const auto type = to_duckdb(spec.result);
  return value_per_row([type](Text text) {
    const auto node = json::parse(text);
    if (!node || !node->is(Kind::kObject)) return duckdb::Value(type);
    duckdb::vector<duckdb::Value> keys;
    for (const auto& [name, value] : node->members) keys.emplace_back(name);
    return duckdb::Value::LIST(duckdb::LogicalType::VARCHAR, std::move(keys));
  });
}

/// json_tuple(text, name, ...): one row, as any generator an array of structs: the members' texts.
ScalarBody bind_json_tuple(const KernelSpec& spec) {
  const size_t n = spec.arguments.size() - 1;
  return [n, type = to_duckdb(spec.result.element())](
             duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
    const bool constant = all_constant(args);
    using Maybe = std::optional<Text>;
    const Column<Maybe> texts(args.data[0], args.size());
    std::vector<Column<Maybe>> names;
    for (size_t i = 1; i <= n; ++i) names.emplace_back(args.data[i], args.size());
    for (idx_t row = 0; row < (constant ? 1 : args.size()); ++row) {
      check_cancelled();
      const auto text = texts[row];
      const auto node = text ? json::parse(*text) : std::nullopt;
      duckdb::vector<duckdb::Value> values;
      for (const auto& name : names) {
        const auto key = name[row];
        const Node* member = node && key && node->is(Kind::kObject) ? node->member(*key) : nullptr;
        values.push_back(member && !member->is(Kind::kNull)
                             ? duckdb::Value(json::as_string(*member))
                             : duckdb::Value(duckdb::LogicalType::VARCHAR));
      }
      result.SetValue(row,
                      duckdb::Value::LIST(type, {duckdb::Value::STRUCT(type, std::move(values))}));
    }
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

// ---- from_json
// -----------------------------------------------------------------------------------------------

/// Reads nodes as values of a type. What does not fit becomes null where it stands, and `malformed`
/// is set.
class Reader {
 public:
  explicit Reader(const Zone& zone) : zone_(zone) {}
  bool malformed = false;

  duckdb::Value read(const DataType& type, const Node& node) {
    check_cancelled();  // one text may hold millions of nodes
    if (node.is(Kind::kNull)) return null(type);
    switch (type.id()) {
      case TypeId::kString:
      case TypeId::kChar:
      case TypeId::kVarchar: return duckdb::Value(json::as_string(node));
      case TypeId::kBoolean:
        return node.is(Kind::kBoolean) ? duckdb::Value::BOOLEAN(node.text == "true") : wrong(type);
      case TypeId::kByte:
      case TypeId::kShort:
      case TypeId::kInteger:
      case TypeId::kLong: return integer(type, node);
      case TypeId::kFloat:
      case TypeId::kDouble: return floating(type, node);
      case TypeId::kDecimal: return decimal(type, node);
      case TypeId::kDate: {
        const auto days = node.is(Kind::kString) ? parse_date(node.text) : std::nullopt;
        return days ? duckdb::Value::DATE(duckdb::date_t(*days)) : wrong(type);
      }
      case TypeId::kTimestamp: {
        const auto micros =
            node.is(Kind::kString) ? parse_timestamp(node.text, zone_) : std::nullopt;
        return micros ? duckdb::Value::TIMESTAMPTZ(duckdb::timestamp_tz_t(*micros)) : wrong(type);
      }
      case TypeId::kTimestampNtz: {
        const auto micros = node.is(Kind::kString) ? parse_timestamp_ntz(node.text) : std::nullopt;
        return micros ? duckdb::Value::TIMESTAMP(duckdb::timestamp_t(*micros)) : wrong(type);
      }
      case TypeId::kArray: {
        if (!node.is(Kind::kArray)) return wrong(type);
        duckdb::vector<duckdb::Value> items;
        for (const auto& item : node.items) {
          items.push_back(read(type.element(), item));
          // A struct keeps its other fields; any other element that does not fit makes the array
          // null.
          if (does_not_fit(type.element(), item, items.back())) return wrong(type);
        }
        return duckdb::Value::LIST(to_duckdb(type.element()), std::move(items));
      }
      case TypeId::kMap: {
        if (!node.is(Kind::kObject)) return wrong(type);
        duckdb::vector<duckdb::Value> keys, values;
        for (const auto& [name, member] : node.members) {
          keys.emplace_back(name);
          values.push_back(read(type.value(), member));
          if (does_not_fit(type.value(), member, values.back())) return wrong(type);
        }
        return duckdb::Value::MAP(to_duckdb(type.key()), to_duckdb(type.value()), std::move(keys),
                                  std::move(values));
      }
      case TypeId::kStruct: {
        if (!node.is(Kind::kObject)) return wrong(type);
        duckdb::vector<duckdb::Value> fields;
        for (const auto& field : type.fields()) {
          const Node* member = node.member(field.name);
          fields.push_back(member ? read(field.type, *member) : null(field.type));
        }
        return duckdb::Value::STRUCT(to_duckdb(type), std::move(fields));
      }
      default: throw Error::not_supported("from_json of " + type.sql());
    }
  }
  static duckdb::Value null(const DataType& type) { return duckdb::Value(to_duckdb(type)); }

 private:
  static bool does_not_fit(const DataType& type, const Node& node, const duckdb::Value& value) {
    return value.IsNull() && !node.is(Kind::kNull) && !type.is(TypeId::kStruct);
  }
  duckdb::Value wrong(const DataType& type) {
    malformed = true;
    return null(type);
  }
  duckdb::Value integer(const DataType& type, const Node& node) {
    if (!node.is(Kind::kNumber) || node.text.find_first_of(".eENI") != std::string::npos)
      return wrong(type);
    duckdb::Value value(node.text);
    if (!value.DefaultTryCastAs(to_duckdb(type), true)) return wrong(type);
    return value;
  }
  duckdb::Value floating(const DataType& type, const Node& node) {
    double value = 0;
    if (node.is(Kind::kNumber) || node.is(Kind::kString)) {
      const auto& t = node.text;
      if (t == "NaN") {
        value = std::nan("");
      } else if (t == "Infinity" || t == "+Infinity" || t == "INF" || t == "+INF") {
        value = HUGE_VAL;
      } else if (t == "-Infinity" || t == "-INF") {
        value = -HUGE_VAL;
      } else if (node.is(Kind::kNumber)) {
        value = std::strtod(t.c_str(), nullptr);
      } else {
        return wrong(type);
      }
      return type.is(TypeId::kFloat) ? duckdb::Value::FLOAT(static_cast<float>(value))
                                     : duckdb::Value::DOUBLE(value);
    }
    return wrong(type);
  }
  duckdb::Value decimal(const DataType& type, const Node& node) {
    if (!node.is(Kind::kNumber) && !node.is(Kind::kString)) return wrong(type);
    if (!types::parse_decimal(node.text)) return wrong(type);
    duckdb::Value value(node.text);
    if (!value.DefaultTryCastAs(to_duckdb(type), true)) return wrong(type);
    return value;
  }

  const Zone& zone_;
};

ScalarBody bind_from_json(const KernelSpec& spec) {
  const Zone& zone = Zone::get(spec.zone);
  const DataType type = spec.result;
  return [type, &zone](duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
    const bool constant = all_constant(args);
    const Column<Text> texts(args.data[0], args.size());
    for (idx_t row = 0; row < (constant ? 1 : args.size()); ++row) {
      check_cancelled();
      const auto text = texts[row];
      if (text.find_first_not_of(" \t\r\n") == Text::npos) {
        result.SetValue(row, Reader::null(type));
        continue;
      }
      const auto node = json::parse(text);
      Reader reader(zone);
      duckdb::Value value = Reader::null(type);
      try {
        if (node && type.is(TypeId::kArray) && type.element().is(TypeId::kStruct) &&
            node->is(Kind::kObject)) {
          // One object where an array of them is expected is an array of one.
          value =
              duckdb::Value::LIST(to_duckdb(type.element()), {reader.read(type.element(), *node)});
        } else if (node) {
          value = reader.read(type, *node);
        }
      } catch (const Error& e) {
        raise(e);
      }
      if (value.IsNull() && type.is(TypeId::kStruct)) {
        // A malformed record is a struct of nulls.
        duckdb::vector<duckdb::Value> fields;
        for (const auto& field : type.fields()) fields.push_back(Reader::null(field.type));
        value = duckdb::Value::STRUCT(to_duckdb(type), std::move(fields));
      }
      result.SetValue(row, value);
    }
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

// ---- to_json
// ---------------------------------------------------------------------------------------------------

/// Text of any type by the cast to string, for one vector.
std::string cast_text(const DataType& type, const duckdb::Value& value, const Zone& zone) {
  duckdb::Vector one(value), text(duckdb::LogicalType::VARCHAR, 1);
  one.Flatten(1);
  cast_to_string(type, zone, {.short_decimals = true})(one, text, 1);
  return text.GetValue(0).ToString();
}

/// yyyy-MM-ddTHH:mm:ss.SSS of a local time.
std::string iso_text(int64_t local_micros) {
  std::string text;
  append_local_timestamp(text, floor_div(local_micros, kMicrosPerSecond) * kMicrosPerSecond);
  if (const auto space = text.find(' '); space != std::string::npos) text[space] = 'T';
  char millis[8];
  std::snprintf(millis, sizeof(millis), ".%03d",
                static_cast<int>(floor_mod(local_micros, kMicrosPerSecond) / 1000));
  return text + millis;
}

std::string base64_of(Text bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const auto at = [&](size_t k) -> uint32_t {
      return i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0;
    };
    const uint32_t group = at(0) << 16 | at(1) << 8 | at(2);
    out += {kDigits[group >> 18], kDigits[group >> 12 & 63],
            i + 1 < bytes.size() ? kDigits[group >> 6 & 63] : '=',
            i + 2 < bytes.size() ? kDigits[group & 63] : '='};
  }
  return out;
}

/// How to_json writes.
struct JsonStyle {
  const Zone& zone;
  bool null_fields = false;  // fields that are null are written
  bool sort_keys = false;    // of structs and maps
  bool pretty = false, ascii = false;
};

/// The options of to_json: ignoreNullFields, sortKeys, pretty, writeNonAsciiCharacterAsCodePoint.
void read_options(const duckdb::Value& map, JsonStyle& style) {
  for (const auto& entry : duckdb::MapValue::GetChildren(map)) {
    const auto& sides = duckdb::StructValue::GetChildren(entry);
    const std::string name = lower_case(duckdb::StringValue::Get(sides[0]));
    const bool on = lower_case(duckdb::StringValue::Get(sides[1])) == "true";
    if (name == "ignorenullfields") style.null_fields = !on;
    if (name == "sortkeys") style.sort_keys = on;
    if (name == "pretty") style.pretty = on;
    if (name == "writenonasciicharacterascodepoint") style.ascii = on;
  }
}

/// The places of names, by the names.
std::vector<size_t> sorted_places(const std::vector<std::string>& names) {
  std::vector<size_t> places(names.size());
  std::iota(places.begin(), places.end(), size_t{0});
  std::ranges::stable_sort(
      places, {}, [&](size_t i) -> const auto& { return names[i]; });
  return places;
}

void write(std::string& out, const DataType& type, const duckdb::Value& value,
           const JsonStyle& style) {
  check_cancelled();
  const Zone& zone = style.zone;
  if (value.IsNull()) {
    out += "null";
    return;
  }
  switch (type.id()) {
    case TypeId::kBoolean:
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInteger:
    case TypeId::kLong: out += value.ToString(); break;
    case TypeId::kDecimal: out += cast_text(type, value, zone); break;
    case TypeId::kFloat:
    case TypeId::kDouble: {
      const double number = value.GetValue<double>();
      const auto text = type.is(TypeId::kFloat) ? types::float_to_string(value.GetValue<float>())
                                                : types::double_to_string(number);
      out += std::isfinite(number) ? text : "\"" + text + "\"";
      break;
    }
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar: json::append_quoted(out, duckdb::StringValue::Get(value)); break;
    case TypeId::kBinary:
      json::append_quoted(out, base64_of(duckdb::StringValue::Get(value)));
      break;
    case TypeId::kTimestamp: {
      const int64_t micros = value.GetValueUnsafe<int64_t>();
      const auto offset = zone.offset_at(floor_div(micros, kMicrosPerSecond));
      json::append_quoted(out, iso_text(zone.to_local(micros)) + offset_text(offset));
      break;
    }
    case TypeId::kTimestampNtz:
      json::append_quoted(out, iso_text(value.GetValueUnsafe<int64_t>()));
      break;
    case TypeId::kArray: {
      out += '[';
      bool first = true;
      for (const auto& item : duckdb::ListValue::GetChildren(value)) {
        if (!first) out += ',';
        first = false;
        write(out, type.element(), item, style);
      }
      out += ']';
      break;
    }
    case TypeId::kMap: {
      out += '{';
      bool first = true;
      const auto& entries = duckdb::ListValue::GetChildren(value);
      const auto key_of = [&](const duckdb::Value& entry) {
        return cast_text(type.key(), duckdb::StructValue::GetChildren(entry)[0], zone);
      };
      std::vector<size_t> places;
      if (style.sort_keys) {
        std::vector<std::string> keys;
        for (const auto& entry : entries) keys.push_back(key_of(entry));
        places = sorted_places(keys);
      }
      for (size_t k = 0; k < entries.size(); ++k) {
        const auto& entry = entries[style.sort_keys ? places[k] : k];
        if (!first) out += ',';
        first = false;
        json::append_quoted(out, key_of(entry));
        out += ':';
        write(out, type.value(), duckdb::StructValue::GetChildren(entry)[1], style);
      }
      out += '}';
      break;
    }
    case TypeId::kStruct: {
      out += '{';
      bool first = true;
      const auto& fields = duckdb::StructValue::GetChildren(value);
      std::vector<size_t> places;
      if (style.sort_keys) {
        std::vector<std::string> names;
        for (const auto& field : type.fields()) names.push_back(field.name);
        places = sorted_places(names);
      }
      for (size_t k = 0; k < fields.size(); ++k) {
        const size_t i = style.sort_keys ? places[k] : k;
        if (fields[i].IsNull() && !style.null_fields) continue;
        if (!first) out += ',';
        first = false;
        json::append_quoted(out, type.fields()[i].name);
        out += ':';
        write(out, type.fields()[i].type, fields[i], style);
      }
      out += '}';
      break;
    }
    default: json::append_quoted(out, cast_text(type, value, zone));
  }
}

/// Makes all texts of a vector that owns its rows UTF-8.
void make_texts_valid(duckdb::Vector& vector, idx_t count) {
  switch (vector.GetType().id()) {
    case duckdb::LogicalTypeId::VARCHAR: {
      auto* texts = duckdb::FlatVector::GetData<duckdb::string_t>(vector);
      for (idx_t i = 0; i < count; ++i) {
        if (duckdb::FlatVector::IsNull(vector, i)) continue;
        const Text text(texts[i].GetData(), texts[i].GetSize());
        if (!utf8::is_valid(text))
          texts[i] = duckdb::StringVector::AddString(vector, utf8::decode(text));
      }
      return;
    }
    case duckdb::LogicalTypeId::STRUCT:
      for (auto& child : duckdb::StructVector::GetEntries(vector)) make_texts_valid(*child, count);
      return;
    case duckdb::LogicalTypeId::LIST:
    case duckdb::LogicalTypeId::MAP:
      make_texts_valid(duckdb::ListVector::GetEntry(vector),
                       duckdb::ListVector::GetListSize(vector));
      return;
    default: return;
  }
}

ScalarBody bind_to_json(const KernelSpec& spec) {
  return [&spec](duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
    JsonStyle style{.zone = Zone::get(spec.zone)};
    if (args.ColumnCount() > 1 && args.size() > 0) read_options(args.data[1].GetValue(0), style);
    // DuckDB makes no value of a text that is not UTF-8.
    std::optional<duckdb::Vector> valid;
    const auto value_of = [&](idx_t row) {
      if (!valid) {
        try {
          return args.data[0].GetValue(row);
        } catch (const duckdb::InvalidInputException&) {
          valid.emplace(args.data[0].GetType(), args.size());
          duckdb::VectorOperations::Copy(args.data[0], *valid, args.size(), 0, 0);
          make_texts_valid(*valid, args.size());
        }
      }
      return valid->GetValue(row);
    };
    const bool constant = all_constant(args);
    for (idx_t row = 0; row < (constant ? 1 : args.size()); ++row) {
      std::string text;
      write(text, spec.arguments[0], value_of(row), style);
      if (style.ascii) text = json::as_ascii(text);
      if (style.pretty) text = json::indented(text);
      store(result, row, text);
    }
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

const ScalarKernel kKernels[] = {
    {.name = "get_json_object", .bind = bind_get_json_object},
    {.name = "json_array_length",
     .bind = [](const KernelSpec&) { return per_row<std::optional<int32_t>, Text>(array_length); }},
    {.name = "json_object_keys", .bind = bind_object_keys},
    {.name = "json_tuple", .bind = bind_json_tuple, .handles_nulls = true},
    {.name = "from_json", .bind = bind_from_json, .fallible = true},
    {.name = "to_json", .bind = bind_to_json},
};

}  // namespace

ScalarKernels json_kernels() { return pointers<ScalarKernel>(kKernels); }

}  // namespace lochan::engine::kernels
