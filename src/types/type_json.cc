#include <functional>
#include <map>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "types/data_type.h"
#include "types/ddl.h"
#include "types/type_text.h"

/// Spark's JSON form of types. A scalar is its name; nested types are objects:
///   {"type":"array","elementType":T,"containsNull":b}
///   {"type":"map","keyType":T,"valueType":T,"valueContainsNull":b}
///   {"type":"struct","fields":[{"name":s,"type":T,"nullable":b,"metadata":{}}]}
///   {"type":"udt",...,"sqlType":T}   read as its sqlType
/// A collated string is written "string"; the nearest field's metadata says which collation, by
/// path:
///   "__COLLATIONS":{"a.element":"icu.UNICODE"}
namespace lochan::types {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kCollations = "__COLLATIONS";

using Collations = std::vector<std::pair<std::string, std::string>>;

Json type_to_json(const DataType& type, const std::string& path, Collations& collations);

Json fields_to_json(const DataType& type) {
  Json fields = Json::array();
  for (const auto& field : type.fields()) {
    Collations collations;
    Json json;
    json["name"] = field.name;
    json["type"] = type_to_json(field.type, field.name, collations);
    json["nullable"] = field.nullable;
    Json metadata = Json::parse(field.metadata, nullptr, false);
    if (!metadata.is_object()) metadata = Json::object();
    for (auto& [where, name] : collations) metadata[kCollations][where] = name;
    json["metadata"] = std::move(metadata);
    fields.push_back(std::move(json));
  }
  return fields;
}

Json type_to_json(const DataType& type, const std::string& path, Collations& collations) {
  switch (type.id()) {
    case TypeId::kString: {
      const std::string& name = type.collation();
      if (name != "UTF8_BINARY") {
        collations.emplace_back(path, (name.starts_with("UTF8_") ? "spark." : "icu.") + name);
      }
      return "string";
    }
    case TypeId::kArray: {
      Json json;
      json["type"] = "array";
      json["elementType"] = type_to_json(type.element(), path + ".element", collations);
      json["containsNull"] = type.contains_null();
      return json;
    }
    case TypeId::kMap: {
      Json json;
      json["type"] = "map";
      json["keyType"] = type_to_json(type.key(), path + ".key", collations);
      json["valueType"] = type_to_json(type.value(), path + ".value", collations);
      json["valueContainsNull"] = type.value_contains_null();
      return json;
    }
    case TypeId::kStruct: {
      Json json;
      json["type"] = "struct";
      json["fields"] = fields_to_json(type);
      return json;
    }
    default: return type_name(type);
  }
}

[[noreturn]] void invalid(const Json& json) {
  throw Error("INVALID_JSON_DATA_TYPE",
              {{"invalidType", json.is_string() ? json.get<std::string>() : json.dump()}});
}

using CollationMap = std::map<std::string, std::string>;

DataType type_from_json(const Json& json, const std::string& path, const CollationMap& collations) {
  if (json.is_string()) {
    const std::string& name = json.get_ref<const std::string&>();
    if (name == "string") {
      const auto found = collations.find(path);
      if (found != collations.end()) {
        return DataType::string_with_collation(found->second.substr(found->second.find('.') + 1));
      }
      return TypeId::kString;
    }
    if (const auto type = scalar_type_by_json_name(name)) return *type;
    invalid(json);
  }
  if (!json.is_object() || !json.contains("type")) invalid(json);
  const Json& kind = json["type"];
  if (kind == "array" && json.contains("elementType")) {
    return DataType::array(type_from_json(json["elementType"], path + ".element", collations),
                           json.value("containsNull", true));
  }
  if (kind == "map" && json.contains("keyType") && json.contains("valueType")) {
    return DataType::map(type_from_json(json["keyType"], path + ".key", collations),
                         type_from_json(json["valueType"], path + ".value", collations),
                         json.value("valueContainsNull", true));
  }
  if (kind == "udt" && json.contains("sqlType"))
    return type_from_json(json["sqlType"], path, collations);
  if (kind != "struct" || !json.contains("fields") || !json["fields"].is_array()) invalid(json);
  std::vector<StructField> fields;
  for (const Json& item : json["fields"]) {
    if (!item.is_object() || !item.contains("name") || !item["name"].is_string() ||
        !item.contains("type")) {
      invalid(item);
    }
    StructField field;
    field.name = item["name"];
    field.nullable = item.value("nullable", true);
    Json metadata = item.value("metadata", Json::object());
    CollationMap inside;
    if (metadata.is_object() && metadata.contains(kCollations)) {
      for (const auto& [where, name] : metadata[kCollations].items()) {
        if (name.is_string()) inside[where] = name;
      }
      metadata.erase(kCollations);
    }
    field.metadata = metadata.is_object() ? metadata.dump() : "{}";
    field.type = type_from_json(item["type"], field.name, inside);
    fields.push_back(std::move(field));
  }
  return DataType::structure(std::move(fields));
}

}  // namespace

std::string DataType::json() const {
  Collations collations;
  return type_to_json(*this, "", collations).dump(-1, ' ', false, Json::error_handler_t::replace);
}

DataType parse_json_type(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) {
    throw Error("INVALID_JSON_DATA_TYPE", {{"invalidType", std::string(text)}});
  }
  return type_from_json(json, "", {});
}

}  // namespace lochan::types
