// The encoded form of a KernelSpec: fields in order, each a type, a number ending in ';' or a
// string as
// "<length>:<bytes>". A type is its id as a number, then what its kind needs:
//   decimal p s | char, varchar n | time p | intervals start end | string collation
//   array contains_null element | map contains_null key value | struct n (name nullable metadata
//   type)*
#include <charconv>

#include "engine/kernel.h"

namespace lochan::engine {
namespace {

using types::DataType;
using types::TypeId;

struct Writer {
  std::string text;
  void number(int64_t n) { text += std::to_string(n) + ";"; }
  void string(std::string_view s) { text.append(std::to_string(s.size()) + ":").append(s); }

  void type(const DataType& t) {
    number(static_cast<int>(t.id()));
    switch (t.id()) {
      case TypeId::kDecimal:
        number(t.precision());
        number(t.scale());
        break;
      case TypeId::kChar:
      case TypeId::kVarchar: number(t.length()); break;
      case TypeId::kTime: number(t.precision()); break;
      case TypeId::kYearMonthInterval:
      case TypeId::kDayTimeInterval:
        number(t.interval_start());
        number(t.interval_end());
        break;
      case TypeId::kString: string(t.collation()); break;
      case TypeId::kArray:
        number(t.contains_null());
        type(t.element());
        break;
      case TypeId::kMap:
        number(t.value_contains_null());
        type(t.key());
        type(t.value());
        break;
      case TypeId::kStruct:
        number(t.fields().size());
        for (const auto& f : t.fields()) {
          string(f.name);
          number(f.nullable);
          string(f.metadata);
          type(f.type);
        }
        break;
      default: break;
    }
  }
};

struct Reader {
  std::string_view text;
  int64_t number(char end = ';') {
    int64_t n = 0;
    auto [rest, ec] = std::from_chars(text.data(), text.data() + text.size(), n);
    if (ec != std::errc() || rest == text.data() + text.size() || *rest != end) {
      throw Error::internal("kernel specification is damaged");
    }
    text.remove_prefix(rest - text.data() + 1);
    return n;
  }
  std::string string() {
    const auto n = static_cast<size_t>(number(':'));
    if (n > text.size()) throw Error::internal("kernel specification is damaged");
    std::string s(text.substr(0, n));
    text.remove_prefix(n);
    return s;
  }

  DataType type() {
    const auto id = static_cast<TypeId>(number());
    switch (id) {
      case TypeId::kDecimal: {
        const int p = number();
        return DataType::decimal(p, number());
      }
      case TypeId::kChar: return DataType::character(number());
      case TypeId::kVarchar: return DataType::varchar(number());
      case TypeId::kTime: return DataType::time(number());
      case TypeId::kYearMonthInterval: {
        const int start = number();
        return DataType::year_month(start, number());
      }
      case TypeId::kDayTimeInterval: {
        const int start = number();
        return DataType::day_time(start, number());
      }
      case TypeId::kString: {
        auto collation = string();
        if (collation == "UTF8_BINARY") return TypeId::kString;
        return DataType::string_with_collation(std::move(collation));
      }
      case TypeId::kArray: {
        const bool null = number();
        return DataType::array(type(), null);
      }
      case TypeId::kMap: {
        const bool null = number();
        auto key = type();
        return DataType::map(std::move(key), type(), null);
      }
      case TypeId::kStruct: {
        std::vector<types::StructField> fields(number());
        for (auto& f : fields) {
          f.name = string();
          f.nullable = number();
          f.metadata = string();
          f.type = type();
        }
        return DataType::structure(std::move(fields));
      }
      default: return id;
    }
  }
};

}  // namespace

std::string KernelSpec::encode() const {
  Writer w;
  w.type(result);
  w.number(arguments.size());
  for (const auto& a : arguments) w.type(a);
  w.number(static_cast<int>(mode));
  w.string(zone);
  w.string(name);
  w.number(context.has_value());
  if (context) {
    w.string(context->object_type);
    w.string(context->object_name);
    w.number(context->start);
    w.number(context->stop);
    w.string(context->fragment);
    w.string(context->call_site);
    w.string(context->summary);
  }
  return std::move(w.text);
}

KernelSpec KernelSpec::decode(std::string_view text) {
  Reader r{text};
  KernelSpec spec;
  spec.result = r.type();
  spec.arguments.resize(r.number());
  for (auto& a : spec.arguments) a = r.type();
  spec.mode = static_cast<plan::CastMode>(r.number());
  spec.zone = r.string();
  spec.name = r.string();
  if (r.number()) {
    QueryContext c;
    c.object_type = r.string();
    c.object_name = r.string();
    c.start = r.number();
    c.stop = r.number();
    c.fragment = r.string();
    c.call_site = r.string();
    c.summary = r.string();
    spec.context = std::move(c);
  }
  return spec;
}

}  // namespace lochan::engine
