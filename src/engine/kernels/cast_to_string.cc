// Values as text: CAST(x AS STRING) and, with another style, df.show().
//   [1, null, 3]   {a -> 1, b -> null}   {1, x}   INTERVAL '1-2' YEAR TO MONTH   1.0E7
#include <charconv>

#include "engine/kernels/cast.h"
#include "engine/kernels/datetime_text.h"
#include "engine/kernels/interval_text.h"
#include "types/number_text.h"

namespace lochan::engine::kernels {

using duckdb::RecursiveUnifiedVectorFormat;
using types::DataType;
using types::TypeId;

namespace {

struct Style {
  const Zone* zone;
  std::string null;
  bool binary_as_hex;
  bool short_decimals;
};

template <class T>
void append_integer(std::string& out, T value) {
  char digits[24];
  auto [end, error] = std::to_chars(digits, digits + sizeof digits, value);
  out.append(digits, end);
}

void append_hex(std::string& out, std::string_view bytes) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  out += '[';
  for (size_t i = 0; i < bytes.size(); i++) {
    if (i > 0) out += ' ';
    out += kDigits[static_cast<uint8_t>(bytes[i]) >> 4];
    out += kDigits[bytes[i] & 15];
  }
  out += ']';
}

// One function per kind of value; `at` is the row in the unified data.
using Append = void (*)(std::string& out, const void* data, idx_t at, const DataType& type,
                        const Style& style);

template <class T>
T read(const void* data, idx_t at) {
  return static_cast<const Stored<T>*>(data)[at];
}
template <class T>
void append_number(std::string& out, const void* data, idx_t at, const DataType&, const Style&) {
  T value = read<T>(data, at);
  if constexpr (std::is_same_v<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::is_same_v<T, double>) {
    types::append_double(out, value);
  } else if constexpr (std::is_same_v<T, float>) {
    types::append_float(out, value);
  } else {
    append_integer(out, value);
  }
}
template <class T>
void append_decimal(std::string& out, const void* data, idx_t at, const DataType& type,
                    const Style& style) {
  const Int128 value = read<T>(data, at);
  out += style.short_decimals ? types::decimal_to_short_string(value, type.scale())
                              : types::decimal_to_string(value, type.scale());
}

Append append_for(const DataType& type) {
  switch (type.id()) {
    case TypeId::kBoolean: return append_number<bool>;
    case TypeId::kByte: return append_number<int8_t>;
    case TypeId::kShort: return append_number<int16_t>;
    case TypeId::kInteger: return append_number<int32_t>;
    case TypeId::kLong: return append_number<int64_t>;
    case TypeId::kFloat: return append_number<float>;
    case TypeId::kDouble: return append_number<double>;
    case TypeId::kDecimal:
      return with_decimal(
          type, [](auto tag) -> Append { return append_decimal<typename decltype(tag)::type>; });
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar:
      return [](std::string& out, const void* data, idx_t at, const DataType&, const Style&) {
        out += view(static_cast<const string_t*>(data)[at]);
      };
    case TypeId::kBinary:
      return [](std::string& out, const void* data, idx_t at, const DataType&, const Style& style) {
        const auto bytes = view(static_cast<const string_t*>(data)[at]);
        if (style.binary_as_hex) return append_hex(out, bytes);
        out += bytes;
      };
    case TypeId::kDate:
      return [](std::string& out, const void* data, idx_t at, const DataType&, const Style&) {
        append_date(out, read<int32_t>(data, at));
      };
    case TypeId::kTimestamp:
      return [](std::string& out, const void* data, idx_t at, const DataType&, const Style& style) {
        append_local_timestamp(out, style.zone->to_local(read<int64_t>(data, at)));
      };
    case TypeId::kTimestampNtz:
      return [](std::string& out, const void* data, idx_t at, const DataType&, const Style&) {
        append_local_timestamp(out, read<int64_t>(data, at));
      };
    case TypeId::kTime:
      return [](std::string& out, const void* data, idx_t at, const DataType&, const Style&) {
        append_time(out, read<int64_t>(data, at));
      };
    case TypeId::kYearMonthInterval:
      return [](std::string& out, const void* data, idx_t at, const DataType& type, const Style&) {
        append_year_month(out, read<int32_t>(data, at), type.interval_start(), type.interval_end());
      };
    case TypeId::kDayTimeInterval:
      return [](std::string& out, const void* data, idx_t at, const DataType& type, const Style&) {
        append_day_time(out, read<int64_t>(data, at), type.interval_start(), type.interval_end());
      };
    default: return nullptr;
  }
}

void append_value(std::string& out, const RecursiveUnifiedVectorFormat& column, idx_t row,
                  const DataType& type, const Style& style);

void append_nested(std::string& out, const RecursiveUnifiedVectorFormat& column, idx_t at,
                   const DataType& type, const Style& style) {
  const auto& children = column.children;
  if (type.is(TypeId::kCalendarInterval)) {
    auto field = [&](size_t i) {
      const auto& child = children[i].unified;
      return std::pair{child.data, child.sel->get_index(at)};
    };
    auto [months, m] = field(0);
    auto [days, d] = field(1);
    auto [micros, u] = field(2);
    return append_calendar(
        out, {read<int32_t>(months, m), read<int32_t>(days, d), read<int64_t>(micros, u)});
  }
  if (type.is(TypeId::kStruct)) {
    out += '{';
    for (size_t i = 0; i < type.fields().size(); i++) {
      if (i > 0) out += ", ";
      append_value(out, children[i], at, type.fields()[i].type, style);
    }
    out += '}';
    return;
  }
  check_cancelled();
  auto entry = rows_of<duckdb::list_entry_t>(column.unified)[at];
  bool is_map = type.is(TypeId::kMap);
  out += is_map ? '{' : '[';
  for (idx_t i = 0; i < entry.length; i++) {
    if (i > 0) out += ", ";
    if (is_map) {
      // A map is a list of structs of key and value.
      const auto& pair = children[0];
      idx_t pair_at = pair.unified.sel->get_index(entry.offset + i);
      append_value(out, pair.children[0], pair_at, type.key(), style);
      out += " -> ";
      append_value(out, pair.children[1], pair_at, type.value(), style);
    } else {
      append_value(out, children[0], entry.offset + i, type.element(), style);
    }
  }
  out += is_map ? '}' : ']';
}

void append_value(std::string& out, const RecursiveUnifiedVectorFormat& column, idx_t row,
                  const DataType& type, const Style& style) {
  idx_t at = column.unified.sel->get_index(row);
  if (type.is(TypeId::kNull) || !column.unified.validity.RowIsValid(at)) {
    out += style.null;
  } else if (auto append = append_for(type)) {
    append(out, column.unified.data, at, type, style);
  } else {
    append_nested(out, column, at, type, style);
  }
}

}  // namespace

VectorCast cast_to_string(const DataType& from, const Zone& zone, const TextStyle& text_style) {
  if (from.is(TypeId::kVariant)) throw Error::not_supported("cast from VARIANT to STRING");
  Style style{&zone, std::string(text_style.null), text_style.binary_as_hex,
              text_style.short_decimals};
  if (from.is_string() || (from.is(TypeId::kBinary) && !style.binary_as_hex)) {
    return [](Vector& input, Vector& result, idx_t) { result.Reinterpret(input); };
  }
  return [from, style](Vector& input, Vector& result, idx_t count) {
    bool constant = input.GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR;
    if (constant) count = 1;
    RecursiveUnifiedVectorFormat column;
    Append append = append_for(from);
    if (append) {
      input.ToUnifiedFormat(count, column.unified);
    } else {
      // Children of a flat vector are indexed by its own rows.
      if (!constant) input.Flatten(count);
      Vector::RecursiveToUnifiedFormat(input, count, column);
    }
    auto* out = rows_of<string_t>(result);
    std::string text;
    for (idx_t row = 0; row < count; row++) {
      idx_t at = column.unified.sel->get_index(row);
      if (from.is(TypeId::kNull) || !column.unified.validity.RowIsValid(at)) {
        duckdb::FlatVector::SetNull(result, row, true);
        continue;
      }
      text.clear();
      if (append) {
        append(text, column.unified.data, at, from, style);
      } else {
        append_nested(text, column, at, from, style);
      }
      out[row] = add_string(result, text);
    }
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

}  // namespace lochan::engine::kernels
