#include "engine/json_schema.h"

#include <simdjson.h>

#include <fstream>
#include <map>
#include <sstream>

namespace lochan::engine {
namespace {

using types::DataType;
using types::TypeId;
namespace dom = simdjson::dom;

DataType merge(const DataType& a, const DataType& b);

DataType merge_structs(const DataType& a, const DataType& b) {
  std::map<std::string, DataType> fields;
  for (const auto& field : a.fields()) fields[field.name] = field.type;
  for (const auto& field : b.fields()) {
    auto [it, is_new] = fields.emplace(field.name, field.type);
    if (!is_new) it->second = merge(it->second, field.type);
  }
  std::vector<types::StructField> out;
  for (auto& [name, type] : fields) out.push_back({name, type, true, "{}"});
  return DataType::structure(std::move(out));
}

DataType merge(const DataType& a, const DataType& b) {
  if (a.is(TypeId::kNull)) return b;
  if (b.is(TypeId::kNull)) return a;
  if (a.is(TypeId::kStruct) && b.is(TypeId::kStruct)) return merge_structs(a, b);
  if (a.is(TypeId::kArray) && b.is(TypeId::kArray))
    return DataType::array(merge(a.element(), b.element()));
  if (a.id() == b.id()) return a;
  const auto is_number = [](const DataType& t) {
    return t.is(TypeId::kLong) || t.is(TypeId::kDouble);
  };
  if (is_number(a) && is_number(b)) return TypeId::kDouble;
  return TypeId::kString;
}

DataType type_of(const dom::element& value, bool as_string) {
  switch (value.type()) {
    case dom::element_type::NULL_VALUE: return TypeId::kNull;
    case dom::element_type::BOOL: return as_string ? TypeId::kString : TypeId::kBoolean;
    case dom::element_type::INT64: return as_string ? TypeId::kString : TypeId::kLong;
    case dom::element_type::UINT64:
      return as_string ? DataType(TypeId::kString) : DataType::decimal(20, 0);
    case dom::element_type::DOUBLE: return as_string ? TypeId::kString : TypeId::kDouble;
    case dom::element_type::STRING: return TypeId::kString;
    case dom::element_type::ARRAY: {
      DataType element;
      for (auto item : dom::array(value)) element = merge(element, type_of(item, as_string));
      return DataType::array(element);
    }
    case dom::element_type::OBJECT: {
      std::map<std::string, DataType> fields;
      for (auto [key, item] : dom::object(value)) {
        const auto type = type_of(item, as_string);
        auto [it, is_new] = fields.emplace(std::string(key), type);
        if (!is_new) it->second = merge(it->second, type);
      }
      std::vector<types::StructField> out;
      for (auto& [name, type] : fields) out.push_back({name, type, true, "{}"});
      return DataType::structure(std::move(out));
    }
  }
  return {};
}

/// Nulls that stay become strings, as in Spark.
DataType settle(const DataType& type) {
  if (type.is(TypeId::kNull)) return TypeId::kString;
  if (type.is(TypeId::kArray)) return DataType::array(settle(type.element()));
  if (!type.is(TypeId::kStruct)) return type;
  std::vector<types::StructField> fields;
  for (const auto& field : type.fields())
    fields.push_back({field.name, settle(field.type), true, "{}"});
  return DataType::structure(std::move(fields));
}

}  // namespace

types::Schema infer_json_schema(const std::vector<std::string>& paths, bool multi_line,
                                bool primitives_as_string) {
  DataType all;
  dom::parser parser;
  const auto add = [&](const std::string& text) {
    dom::element value;
    if (parser.parse(text).get(value) != simdjson::SUCCESS) return;
    if (value.is_object()) {
      all = merge(all, type_of(value, primitives_as_string));
    } else if (value.is_array()) {
      for (auto item : dom::array(value))
        if (item.is_object()) all = merge(all, type_of(item, primitives_as_string));
    }
  };
  for (const auto& path : paths) {
    std::ifstream in(path, std::ios::binary);
    if (multi_line) {
      std::stringstream text;
      text << in.rdbuf();
      add(text.str());
    } else {
      for (std::string line; std::getline(in, line);) add(line);
    }
  }
  const auto settled = settle(all);
  return settled.is(TypeId::kStruct) ? settled.fields() : types::Schema{};
}

}  // namespace lochan::engine
