#include <simdjson.h>

#include <charconv>
#include <cmath>
#include <map>

#include "delta/log_text.h"
#include "delta/stats.h"
#include "types/datetime_text.h"

namespace lochan::delta {
namespace {

namespace json = simdjson::ondemand;
using types::TypeId;
using types::Value;

/// The columns wanted, by their paths.
struct Node {
  std::map<std::string, Node, std::less<>> children;
  std::optional<size_t> column;
};

std::string_view trimmed(std::string_view token) {
  while (!token.empty() &&
         std::string_view(" \t\r\n,}]").find(token.back()) != std::string_view::npos) {
    token.remove_suffix(1);
  }
  return token;
}

template <typename Number>
std::optional<Value::Data> parse_float(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || std::isnan(number))
    return std::nullopt;
  return Value::Data(number);
}

/// What milliseconds may have cut off, in microseconds.
constexpr int64_t kLostMicros = 999;

int64_t widened(int64_t micros, bool is_max) {
  if (is_max) return micros > INT64_MAX - kLostMicros ? micros : micros + kLostMicros;
  // Some writers cut towards zero, which lifts times before 1970.
  return micros < 0 && micros > INT64_MIN + kLostMicros ? micros - kLostMicros : micros;
}

std::optional<Value::Data> parse_bound(const types::DataType& type, std::string_view text,
                                       bool is_max) {
  switch (type.id()) {
    case TypeId::kBoolean:
      if (text == "true") return Value::Data(true);
      if (text == "false") return Value::Data(false);
      return std::nullopt;
    case TypeId::kByte:
    case TypeId::kShort:
    case TypeId::kInteger:
    case TypeId::kLong: {
      int64_t number = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
      if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
      return Value::Data(number);
    }
    case TypeId::kFloat: return parse_float<float>(text);
    case TypeId::kDouble: return parse_float<double>(text);
    case TypeId::kDecimal: {
      auto unscaled = parse_decimal_at(text, type.scale());
      if (!unscaled) return std::nullopt;
      if (type.precision() > 15) {
        // Some writers go through a double, which is only good to 53 bits.
        const types::Int128 size = *unscaled < 0 ? -*unscaled : *unscaled;
        const types::Int128 slack = (size >> 51) + 1;
        *unscaled += is_max ? slack : -slack;
      }
      return Value::Data(*unscaled);
    }
    case TypeId::kDate:
      if (const auto days = types::parse_date(text)) return Value::Data(*days);
      return std::nullopt;
    case TypeId::kTimestamp: {
      const auto parts = types::parse_timestamp_parts(text);
      if (!parts || !parts->zone || parts->just_time) return std::nullopt;
      return Value::Data(widened(parts->zone->instant_of(parts->local_micros), is_max));
    }
    case TypeId::kTimestampNtz:
      if (const auto micros = types::parse_timestamp_ntz(text)) {
        return Value::Data(widened(*micros, is_max));
      }
      return std::nullopt;
    case TypeId::kString:
      // A maximum may be cut without padding; no text goes on with the byte FF.
      return Value::Data(std::string(text) + (is_max ? "\xFF" : ""));
    default: return std::nullopt;
  }
}

enum class Member { kMin, kMax, kNullCount };

class Reader {
 public:
  explicit Reader(FileStatistics& result) : result_(result) {
    for (size_t i = 0; i < result.columns.size(); ++i) {
      Node* at = &root_;
      for (const auto& name : result.columns[i].path) at = &at->children[name];
      at->column = i;
    }
  }

  void read(std::string_view text) {
    const simdjson::padded_string padded(text);
    json::parser parser;
    json::document document = parser.iterate(padded);
    for (auto field : document.get_object()) {
      const std::string_view key = field.unescaped_key();
      json::value value = field.value().value();
      if (value.type() == json::json_type::null) continue;
      if (key == "numRecords")
        result_.num_records = int64_t(value.get_int64());
      else if (key == "tightBounds")
        result_.tight_bounds = bool(value.get_bool());
      else if (key == "minValues")
        visit(value, root_, Member::kMin);
      else if (key == "maxValues")
        visit(value, root_, Member::kMax);
      else if (key == "nullCount")
        visit(value, root_, Member::kNullCount);
    }
  }

 private:
  void visit(json::value value, const Node& node, Member member) {
    const json::json_type type = value.type();
    if (node.column && type != json::json_type::object) {
      set(result_.columns[*node.column], value, type, member);
    } else if (type == json::json_type::object) {
      for (auto field : value.get_object()) {
        const auto child = node.children.find(std::string_view(field.unescaped_key()));
        if (child != node.children.end()) visit(field.value().value(), child->second, member);
      }
    }
  }

  static void set(ColumnStatistics& column, json::value value, json::json_type type,
                  Member member) {
    if (type == json::json_type::null || type == json::json_type::array) return;
    const std::string_view text = type == json::json_type::string
                                      ? std::string_view(value.get_string())
                                      : trimmed(value.raw_json_token());
    if (member == Member::kNullCount) {
      int64_t count = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
      if (error == std::errc() && end == text.data() + text.size()) column.null_count = count;
      return;
    }
    auto data = parse_bound(column.type, text, member == Member::kMax);
    if (!data) return;
    (member == Member::kMax ? column.max : column.min) = Value(column.type, std::move(*data));
  }

  Node root_;
  FileStatistics& result_;
};

}  // namespace

FileStatistics read_statistics(std::string_view json_text,
                               const std::vector<ColumnStatistics>& wanted) {
  FileStatistics result;
  for (const auto& column : wanted)
    result.columns.push_back({column.path, column.type, {}, {}, {}});
  const FileStatistics nothing = result;
  try {
    Reader(result).read(json_text);
  } catch (const simdjson::simdjson_error&) {
    return nothing;
  }
  return result;
}

}  // namespace lochan::delta
