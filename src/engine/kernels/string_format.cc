// format_string: java.util.Formatter's conversions for the types that Spark passes to it.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "engine/kernels/kernel_list.h"
#include "engine/kernels/per_row.h"
#include "engine/kernels/utf8.h"
#include "types/number_text.h"
#include "types/value.h"

namespace lochan::engine::kernels {
namespace {

using types::DataType;
using types::TypeId;

/// One %-directive: %[n$][flags][width][.precision]conversion.
struct Directive {
  int argument = 0;  // n of n$; 0: the next one, -1: the one before (%<)
  std::string flags;
  int width = -1, precision = -1;
  char conversion = 0;
  bool has(char flag) const { return flags.find(flag) != std::string::npos; }
};

[[noreturn]] void refuse(const KernelSpec& spec, const std::string& reason) {
  raise(spec, "INVALID_PARAMETER_VALUE.FORMAT",
        {{"parameter", "`strfmt`"}, {"functionName", "`format_string`"}, {"reason", reason}});
}

std::string with_groups(std::string digits) {
  for (int64_t i = static_cast<int64_t>(digits.size()) - 3; i > 0; i -= 3) digits.insert(i, ",");
  return digits;
}

std::string plain_text(const DataType& type, const duckdb::Value& value) {
  if (value.IsNull()) return "null";
  switch (type.id()) {
    case TypeId::kFloat: return types::float_to_string(value.GetValue<float>());
    case TypeId::kDouble: return types::double_to_string(value.GetValue<double>());
    case TypeId::kDate: return std::to_string(value.GetValueUnsafe<duckdb::date_t>().days);
    case TypeId::kTimestamp:
    case TypeId::kTimestampNtz:
      return std::to_string(value.GetValueUnsafe<duckdb::timestamp_t>().value);
    case TypeId::kArray: {
      std::string text = "[";
      for (const auto& e : duckdb::ListValue::GetChildren(value)) {
        text += (text.size() > 1 ? "," : "") + plain_text(type.element(), e);
      }
      return text + "]";
    }
    case TypeId::kStruct: {
      std::string text = "[";
      const auto& children = duckdb::StructValue::GetChildren(value);
      for (size_t i = 0; i < children.size(); ++i) {
        text += (i ? "," : "") + plain_text(type.fields()[i].type, children[i]);
      }
      return text + "]";
    }
    default: return value.ToString();
  }
}

/// Sign, grouping, zero filling of a number without its sign.
std::string finish_number(const Directive& d, std::string digits, bool negative) {
  if (d.has(',')) {
    const size_t point = digits.find('.');
    digits = with_groups(digits.substr(0, point)) +
             (point == std::string::npos ? "" : digits.substr(point));
  }
  std::string prefix = negative     ? (d.has('(') ? "(" : "-")
                       : d.has('+') ? "+"
                       : d.has(' ') ? " "
                                    : "";
  const std::string suffix = negative && d.has('(') ? ")" : "";
  if (d.has('0') && d.width > 0) {
    const size_t size = prefix.size() + digits.size() + suffix.size();
    if (size < static_cast<size_t>(d.width)) digits.insert(0, d.width - size, '0');
  }
  return prefix + digits + suffix;
}

std::string scientific(double value, int precision) {
  // C writes at least two digits of exponent, as Java does.
  return fmt::format("{:.{}e}", value, precision);
}

std::string convert(const KernelSpec& spec, const Directive& d, const DataType& type,
                    const duckdb::Value& value) {
  const char lower = static_cast<char>(std::tolower(d.conversion));
  const auto wrong_type = [&] {
    refuse(spec, fmt::format("%{} cannot format a value of type {}", d.conversion, type.sql()));
  };
  if (lower == 'b') {
    if (value.IsNull()) return "false";
    return type.is(TypeId::kBoolean) && !value.GetValue<bool>() ? "false" : "true";
  }
  if (lower == 's') {
    auto text = plain_text(type, value);
    return d.precision >= 0 ? std::string(utf8::left(text, d.precision)) : text;
  }
  if (value.IsNull()) return "null";
  switch (lower) {
    case 'd': {
      if (!type.is_integral()) wrong_type();
      auto digits = value.ToString();
      const bool negative = digits[0] == '-';
      return finish_number(d, negative ? digits.substr(1) : digits, negative);
    }
    case 'x':
    case 'o': {
      if (!type.is_integral()) wrong_type();
      uint64_t bits = static_cast<uint64_t>(value.GetValue<int64_t>());
      if (type.is(TypeId::kInteger)) bits &= 0xFFFFFFFF;
      if (type.is(TypeId::kShort)) bits &= 0xFFFF;
      if (type.is(TypeId::kByte)) bits &= 0xFF;
      auto digits = lower == 'x' ? fmt::format("{:x}", bits) : fmt::format("{:o}", bits);
      if (d.has('#')) digits.insert(0, lower == 'x' ? "0x" : "0");
      return finish_number(d, digits, false);
    }
    case 'c': {
      if (!type.is_integral() || type.is(TypeId::kLong)) wrong_type();
      std::string out;
      utf8::append_code_point(out, static_cast<uint32_t>(value.GetValue<int64_t>()));
      return out;
    }
    case 'f':
    case 'e':
    case 'g': {
      if (!type.is_fractional()) wrong_type();
      const double number = value.GetValue<double>();
      if (std::isnan(number)) return "NaN";
      const double magnitude = std::fabs(number);
      const bool negative = std::signbit(number);
      if (std::isinf(magnitude))
        return negative ? "-Infinity" : d.has('+') ? "+Infinity" : "Infinity";
      int precision = d.precision < 0 ? 6 : d.precision;
      if (lower == 'e') return finish_number(d, scientific(magnitude, precision), negative);
      if (lower == 'g') {
        if (precision == 0) precision = 1;
        if (magnitude != 0 && (magnitude < 1e-4 || magnitude >= std::pow(10, precision))) {
          return finish_number(d, scientific(magnitude, precision - 1), negative);
        }
        const int whole =
            magnitude < 1 ? 1 : static_cast<int>(std::floor(std::log10(magnitude))) + 1;
        return finish_number(d, fmt::format("{:.{}f}", magnitude, std::max(precision - whole, 0)),
                             negative);
      }
      // Java rounds the shortest decimal form half up, not the binary value.
      auto text = type.is(TypeId::kDecimal) ? value.ToString()
                  : type.is(TypeId::kFloat) ? types::float_to_string(value.GetValue<float>())
                                            : types::double_to_string(number);
      auto parsed = types::parse_decimal(text);
      if (!parsed || parsed->scale > 38 - 1)
        return finish_number(d, fmt::format("{:.{}f}", magnitude, precision), negative);
      auto unscaled = parsed->value < 0 ? -parsed->value : parsed->value;
      int scale = parsed->scale;
      for (; scale > precision + 1; --scale) unscaled /= 10;
      if (scale == precision + 1) {
        unscaled = (unscaled + 5) / 10;
        --scale;
      }
      auto digits = types::int128_to_string(unscaled);
      if (scale < 0) {
        digits.append(-scale, '0');
        scale = 0;
      }
      while (scale < precision) {
        digits += '0';
        ++scale;
      }
      if (digits.size() <= static_cast<size_t>(scale))
        digits.insert(0, scale + 1 - digits.size(), '0');
      if (scale > 0) digits.insert(digits.size() - scale, ".");
      return finish_number(d, digits, negative);
    }
    default: refuse(spec, fmt::format("unknown conversion %{}", d.conversion));
  }
}

std::string format(const KernelSpec& spec, std::string_view text,
                   const std::vector<duckdb::Value>& values) {
  std::string out;
  size_t next = 0, last = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    Directive d;
    const auto number = [&] {
      int n = 0;
      while (i < text.size() && text[i] >= '0' && text[i] <= '9' && n < 10'000'000)
        n = n * 10 + (text[i++] - '0');
      return n;
    };
    ++i;
    const size_t start = i;
    if (i < text.size() && text[i] >= '1' && text[i] <= '9') {
      const int n = number();
      if (i < text.size() && text[i] == '$') {
        d.argument = n;
        ++i;
      } else {
        i = start;
      }
    } else if (i < text.size() && text[i] == '<') {
      d.argument = -1;
      ++i;
    }
    while (i < text.size() && std::string_view("-#+ 0,(").find(text[i]) != std::string_view::npos)
      d.flags += text[i++];
    if (i < text.size() && text[i] >= '1' && text[i] <= '9') d.width = number();
    if (i < text.size() && text[i] == '.') {
      ++i;
      d.precision = number();
    }
    if (i >= text.size()) refuse(spec, "a conversion is missing after '%'");
    d.conversion = text[i];
    std::string piece;
    if (d.conversion == 'n') {
      out += '\n';
      continue;
    }
    if (d.conversion == '%') {
      piece = "%";
    } else {
      const size_t index = d.argument > 0 ? d.argument - 1 : d.argument < 0 ? last : next++;
      if (index >= values.size()) {
        refuse(spec,
               fmt::format("Format specifier '%{}{}' has no argument", d.flags, d.conversion));
      }
      last = index;
      piece = convert(spec, d, spec.arguments[index + 1], values[index]);
      if (d.conversion >= 'A' && d.conversion <= 'Z') piece = utf8::upper(piece);
    }
    const int size = utf8::length(piece);
    if (size < d.width) {
      const std::string fill(d.width - size, ' ');
      piece = d.has('-') ? piece + fill : fill + piece;
    }
    out += piece;
  }
  return out;
}

ScalarBody bind_format(const KernelSpec& spec) {
  return [&spec](duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
    const bool constant = all_constant(args);
    const auto rows = constant ? 1 : args.size();
    Column<std::string_view> formats(args.data[0], args.size());
    for (duckdb::idx_t row = 0; row < rows; ++row) {
      if (formats.is_null(row)) {
        duckdb::FlatVector::SetNull(result, row, true);
        continue;
      }
      std::vector<duckdb::Value> values;
      for (size_t i = 1; i < args.ColumnCount(); ++i) values.push_back(args.data[i].GetValue(row));
      store(result, row, format(spec, formats[row], values));
    }
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

const ScalarKernel kKernels[] = {
    {.name = "format_string", .bind = bind_format, .fallible = true, .handles_nulls = true},
};

}  // namespace

ScalarKernels string_format_kernels() { return pointers<ScalarKernel>(kKernels); }

}  // namespace lochan::engine::kernels
