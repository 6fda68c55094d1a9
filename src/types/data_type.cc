#include "types/data_type.h"

#include <algorithm>
#include <stdexcept>

#include "base/ascii.h"

namespace lochan::types {

struct DataType::Children {
  std::vector<DataType> types;      // array: element; map: key, value
  std::vector<StructField> fields;  // struct
  std::string collation;            // string
};

namespace {

const DataType& none() {
  static const DataType type;
  return type;
}

}  // namespace

DataType DataType::decimal(int precision, int scale) {
  DataType type(TypeId::kDecimal);
  type.a_ = precision;
  type.b_ = scale;
  return type;
}

DataType DataType::character(int length) {
  DataType type(TypeId::kChar);
  type.a_ = length;
  return type;
}

DataType DataType::varchar(int length) {
  DataType type(TypeId::kVarchar);
  type.a_ = length;
  return type;
}

DataType DataType::time(int precision) {
  DataType type(TypeId::kTime);
  type.a_ = precision;
  return type;
}

DataType DataType::year_month(int start, int end) {
  DataType type(TypeId::kYearMonthInterval);
  type.a_ = start;
  type.b_ = end;
  return type;
}

DataType DataType::day_time(int start, int end) {
  DataType type(TypeId::kDayTimeInterval);
  type.a_ = start;
  type.b_ = end;
  return type;
}

DataType DataType::array(DataType element, bool contains_null) {
  DataType type(TypeId::kArray);
  type.a_ = contains_null;
  type.children_ = std::make_shared<Children>(Children{{std::move(element)}, {}, {}});
  return type;
}

DataType DataType::map(DataType key, DataType value, bool value_contains_null) {
  DataType type(TypeId::kMap);
  type.a_ = value_contains_null;
  type.children_ = std::make_shared<Children>(Children{{std::move(key), std::move(value)}, {}, {}});
  return type;
}

DataType DataType::structure(std::vector<StructField> fields) {
  DataType type(TypeId::kStruct);
  type.children_ = std::make_shared<Children>(Children{{}, std::move(fields), {}});
  return type;
}

DataType DataType::string_with_collation(std::string collation) {
  DataType type(TypeId::kString);
  if (collation != "UTF8_BINARY") {
    type.children_ = std::make_shared<Children>(Children{{}, {}, std::move(collation)});
  }
  return type;
}

const std::string& DataType::collation() const {
  static const std::string binary = "UTF8_BINARY";
  return children_ && is_string() ? children_->collation : binary;
}

const DataType& DataType::element() const {
  return is(TypeId::kArray) ? children_->types[0] : none();
}
const DataType& DataType::key() const { return is(TypeId::kMap) ? children_->types[0] : none(); }
const DataType& DataType::value() const { return is(TypeId::kMap) ? children_->types[1] : none(); }

const std::vector<StructField>& DataType::fields() const {
  static const std::vector<StructField> empty;
  return is(TypeId::kStruct) && children_ ? children_->fields : empty;
}

int DataType::field_index(std::string_view name, bool case_sensitive) const {
  int found = -1;
  const auto& all = fields();
  for (size_t i = 0; i < all.size(); ++i) {
    if (case_sensitive ? all[i].name == name : same_name(all[i].name, name)) {
      if (found >= 0) return -2;
      found = static_cast<int>(i);
    }
  }
  return found;
}

bool DataType::operator==(const DataType& other) const {
  if (id_ != other.id_ || a_ != other.a_ || b_ != other.b_) return false;
  if (children_ == other.children_) return true;
  if (is_string()) return collation() == other.collation();
  if (!children_ || !other.children_) return fields().empty() && other.fields().empty();
  return children_->types == other.children_->types && children_->fields == other.children_->fields;
}

bool DataType::same_type(const DataType& other) const {
  if (id_ != other.id_) return false;
  switch (id_) {
    case TypeId::kArray: return element().same_type(other.element());
    case TypeId::kMap: return key().same_type(other.key()) && value().same_type(other.value());
    case TypeId::kStruct: {
      return std::equal(fields().begin(), fields().end(), other.fields().begin(),
                        other.fields().end(), [](const StructField& x, const StructField& y) {
                          return same_name(x.name, y.name) && x.type.same_type(y.type);
                        });
    }
    default: return *this == other;
  }
}

DataType DataType::as_nullable() const {
  switch (id_) {
    case TypeId::kArray: return array(element().as_nullable(), true);
    case TypeId::kMap: return map(key().as_nullable(), value().as_nullable(), true);
    case TypeId::kStruct: {
      std::vector<StructField> all = fields();
      for (auto& field : all) {
        field.type = field.type.as_nullable();
        field.nullable = true;
      }
      return structure(std::move(all));
    }
    default: return *this;
  }
}

std::string quote_identifier(std::string_view name) {
  std::string out = "`";
  for (const char c : name) {
    if (c == '`') out += '`';
    out += c;
  }
  return out + "`";
}

std::string quote_if_needed(std::string_view name) {
  // Spark's rule: letters, digits and _, and not digits only.
  const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (lower_case(c) >= 'a' && lower_case(c) <= 'z');
  }) && !std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; });
  return plain ? std::string(name) : quote_identifier(name);
}

}  // namespace lochan::types
