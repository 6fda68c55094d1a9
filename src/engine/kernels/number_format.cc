// format_number(x, digits | pattern): java.text.DecimalFormat in the US locale, HALF_EVEN.
// Patterns: [prefix]#,##0.00##[%][suffix]; quotes and negative subpatterns are not known here.
#include <cmath>

#include "engine/kernels/cast.h"
#include "engine/kernels/families.h"

namespace lochan::engine::kernels {

using types::DataType;
using types::TypeId;

namespace {

struct NumberPattern {
  std::string prefix, suffix;
  int least_whole = 1, least_fraction = 0, most_fraction = 0;
  int group = 3;  // 0: no grouping
  bool percent = false;
};

NumberPattern parse_pattern(std::string_view text) {
  NumberPattern pattern{.least_whole = 0, .group = 0};
  size_t i = 0;
  auto is_digit = [](char c) { return c == '#' || c == '0' || c == ',' || c == '.'; };
  while (i < text.size() && !is_digit(text[i])) pattern.prefix += text[i++];
  int since_comma = -1;
  bool fraction = false;
  for (; i < text.size() && is_digit(text[i]); i++) {
    char c = text[i];
    if (c == '.') {
      fraction = true;
    } else if (c == ',') {
      since_comma = 0;
    } else if (fraction) {
      pattern.most_fraction++;
      if (c == '0') pattern.least_fraction++;
    } else {
      if (since_comma >= 0) since_comma++;
      if (c == '0') pattern.least_whole++;
    }
  }
  pattern.group = std::max(since_comma, 0);
  pattern.suffix = text.substr(i);
  pattern.percent = pattern.suffix.find('%') != std::string::npos;
  return pattern;
}

/// `digits`: the exact value as [-]whole[.fraction], rounded to the pattern already.
std::string lay_out(std::string_view digits, const NumberPattern& pattern) {
  bool negative = digits.starts_with('-');
  if (negative) digits.remove_prefix(1);
  size_t point = digits.find('.');
  std::string whole(digits.substr(0, point));
  std::string fraction(point == std::string_view::npos ? "" : digits.substr(point + 1));
  while (static_cast<int>(fraction.size()) > pattern.least_fraction && fraction.back() == '0') {
    fraction.pop_back();
  }
  while (static_cast<int>(whole.size()) > pattern.least_whole && whole.front() == '0')
    whole.erase(0, 1);
  while (static_cast<int>(whole.size()) < pattern.least_whole) whole.insert(0, "0");
  if (whole.empty() && fraction.empty()) whole = "0";
  if (negative && whole.find_first_not_of('0') == std::string::npos &&
      fraction.find_first_not_of('0') == std::string::npos) {
    // Java keeps the sign of what rounds to zero.
    negative = true;
  }
  if (pattern.group > 0) {
    for (int at = static_cast<int>(whole.size()) - pattern.group; at > 0; at -= pattern.group) {
      whole.insert(at, ",");
    }
  }
  std::string out = (negative ? "-" : "") + pattern.prefix + whole;
  if (!fraction.empty()) out += "." + fraction;
  return out + pattern.suffix;
}

std::string format_double(double value, const NumberPattern& pattern) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-∞" : "∞";
  if (pattern.percent) value *= 100;
  char text[400];
  int size = snprintf(text, sizeof text, "%.*f", std::min(pattern.most_fraction, 60), value);
  return lay_out({text, static_cast<size_t>(size)}, pattern);
}

std::string format_decimal(Int128 value, int scale, const NumberPattern& pattern) {
  if (pattern.percent) {
    if (scale >= 2)
      scale -= 2;
    else
      value *= kPowersOfTen[2 - scale], scale = 0;
  }
  int dropped = scale - pattern.most_fraction;
  if (dropped > 0) {
    Int128 unit = kPowersOfTen[dropped], quotient = value / unit;
    UInt128 rest = magnitude(value % unit), half = static_cast<UInt128>(unit) / 2;
    if (rest > half || (rest == half && quotient % 2 != 0)) quotient += value < 0 ? -1 : 1;
    value = quotient;
    scale = pattern.most_fraction;
  }
  return lay_out(types::decimal_to_string(value, scale), pattern);
}

template <class T>
ScalarBody format(const KernelSpec& spec) {
  int scale = spec.arguments[0].is(TypeId::kDecimal) ? spec.arguments[0].scale() : 0;
  auto text_of = [scale](T value, const NumberPattern& pattern) {
    if constexpr (std::is_floating_point_v<T>) {
      return format_double(value, pattern);
    } else {
      return format_decimal(value, scale, pattern);
    }
  };
  if (spec.arguments[1].is_string()) {
    return [text_of](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
      map_rows<string_t(T, string_t)>(args, result, [&](string_t& out, T value, string_t pattern) {
        NumberPattern parsed = parse_pattern(view(pattern));
        if (pattern.GetSize() == 0) parsed = {.least_whole = 1, .group = 3};
        out = add_string(result, text_of(value, parsed));
        return true;
      });
    };
  }
  return [text_of](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<string_t(T, int32_t)>(args, result, [&](string_t& out, T value, int32_t digits) {
      if (digits < 0) return false;
      NumberPattern pattern{.least_fraction = digits, .most_fraction = digits};
      out = add_string(result, text_of(value, pattern));
      return true;
    });
  };
}

const ScalarKernel kFormatNumber{
    .name = "format_number",
    .bind = [](const KernelSpec& spec) -> ScalarBody {
      const DataType& type = spec.arguments[0];
      auto bind = [&](auto tag) { return format<typename decltype(tag)::type>(spec); };
      if (type.is(TypeId::kDecimal)) return with_decimal(type, bind);
      if (type.is(TypeId::kFloat)) return bind(std::type_identity<float>());
      if (type.is(TypeId::kDouble)) return bind(std::type_identity<double>());
      return with_integral(type, bind);
    },
    .executors_skip_nulls = true,
};

}  // namespace

ScalarKernels number_format_kernels() { return {&kFormatNumber}; }

}  // namespace lochan::engine::kernels
