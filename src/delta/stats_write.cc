#include <cmath>
#include <memory>

#include "delta/json_text.h"
#include "delta/log_text.h"
#include "delta/stats.h"
#include "types/datetime_text.h"
#include "types/number_text.h"

namespace lochan::delta {
namespace {

using types::TypeId;
using types::Value;

constexpr size_t kMaxStringLength = 32;  // characters

/// The columns by their paths, so that nested ones share an object.
struct Node {
  std::string name;
  const ColumnStatistics* leaf = nullptr;
  std::vector<std::unique_ptr<Node>> children;
};

Node make_tree(const std::vector<ColumnStatistics>& columns) {
  Node root;
  for (const auto& column : columns) {
    Node* at = &root;
    for (const auto& name : column.path) {
      Node* next = nullptr;
      for (const auto& child : at->children) {
        if (child->name == name) next = child.get();
      }
      if (next == nullptr) {
        at->children.push_back(std::make_unique<Node>());
        next = at->children.back().get();
        next->name = name;
      }
      at = next;
    }
    at->leaf = &column;
  }
  return root;
}

/// Bytes of the first `characters` of UTF-8 text.
size_t prefix_size(std::string_view text, size_t characters) {
  size_t at = 0;
  while (at < text.size()) {
    const bool starts_character = (static_cast<unsigned char>(text[at]) & 0xC0) != 0x80;
    if (starts_character && characters-- == 0) break;
    ++at;
  }
  return at;
}

std::optional<std::string> string_bound(std::string_view text, bool is_max) {
  const size_t size = prefix_size(text, kMaxStringLength);
  std::string bound(text.substr(0, size));
  if (size == text.size() || !is_max) return bound;
  // What was cut off must stay below the bound: one character greater than the first that is gone.
  constexpr std::string_view kGreatest = "\xF4\x8F\xBF\xBF";  // U+10FFFF
  if (text.substr(size).starts_with(kGreatest)) return std::nullopt;
  if (static_cast<unsigned char>(text[size]) < 0x7F) return bound + '\x7F';
  return bound.append(kGreatest);
}

/// Appends the JSON of a bound; false, and nothing, if there is no form for it.
bool append_bound(std::string& out, const Value& value, bool is_max) {
  if (value.is_null()) return false;
  switch (value.type.id()) {
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInteger:
    case TypeId::kLong: out += std::to_string(value.as_int()); return true;
    case TypeId::kFloat: {
      const float number = std::get<float>(value.data);
      if (!std::isfinite(number)) return false;
      types::append_float(out, number);
      return true;
    }
    case TypeId::kDouble: {
      const double number = std::get<double>(value.data);
      if (!std::isfinite(number)) return false;
      types::append_double(out, number);
      return true;
    }
    case TypeId::kDecimal:
      out += types::decimal_to_string(std::get<types::Int128>(value.data), value.type.scale());
      return true;
    case TypeId::kDate: append_json_string(out, types::date_to_string(value.as_int())); return true;
    case TypeId::kTimestamp:
      append_json_string(out, iso_timestamp(value.as_int(), 3) + "Z");
      return true;
    case TypeId::kTimestampNtz:
      append_json_string(out, iso_timestamp(value.as_int(), 3));
      return true;
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar: {
      const auto bound = string_bound(value.as_string(), is_max);
      if (bound) append_json_string(out, *bound);
      return bound.has_value();
    }
    default: return false;
  }
}

/// Appends the value of one column, or says that it has none.
using AppendLeaf = bool (*)(std::string& out, const ColumnStatistics& column);

/// Writes the object of `node`; false, and nothing, if no column below has a value.
bool write_node(std::string& out, const Node& node, AppendLeaf append) {
  if (node.leaf != nullptr) return append(out, *node.leaf);
  std::string members;
  for (const auto& child : node.children) {
    std::string value;
    if (!write_node(value, *child, append)) continue;
    if (!members.empty()) members += ',';
    append_json_string(members, child->name);
    members += ':' + value;
  }
  if (members.empty()) return false;
  out += '{' + members + '}';
  return true;
}

void write_member(JsonObject& object, std::string& out, std::string_view name, const Node& root,
                  AppendLeaf append) {
  std::string value;
  const bool has_value = write_node(value, root, append);
  object.key(name);
  out += has_value ? value : "{}";
}

}  // namespace

std::string write_statistics(const FileStatistics& statistics) {
  const Node root = make_tree(statistics.columns);
  std::string out;
  {
    JsonObject object(out);
    object.optional("numRecords", statistics.num_records);
    if (!statistics.tight_bounds) object.member("tightBounds", false);
    write_member(object, out, "minValues", root, [](std::string& to, const ColumnStatistics& c) {
      return c.min && append_bound(to, *c.min, false);
    });
    write_member(object, out, "maxValues", root, [](std::string& to, const ColumnStatistics& c) {
      return c.max && append_bound(to, *c.max, true);
    });
    write_member(object, out, "nullCount", root, [](std::string& to, const ColumnStatistics& c) {
      if (c.null_count) to += std::to_string(*c.null_count);
      return c.null_count.has_value();
    });
  }
  return out;
}

}  // namespace lochan::delta
