// format_number(x, digits | pattern): java.text.DecimalFormat in the US locale, HALF_EVEN.
//   pattern    = positive [";" negative]    of the negative one only prefix and suffix count
//   positive   = prefix number suffix       a text in '...' stands for itself
//   number     = "#,##0.00##" ["E" "0"...]  "%" and "‰" in a prefix or suffix multiply
#include <charconv>
#include <cmath>
#include <optional>

#include "engine/kernels/cast.h"
#include "engine/kernels/families.h"
#include "types/number_text.h"
#include "types/shortest_digits.h"

namespace lochan::engine::kernels {

using types::DataType;
using types::TypeId;

namespace {

/// DecimalFormat writes no more digits of a double or a long than these.
constexpr int kMostWhole = 309, kMostFraction = 340;

struct NumberPattern {
  std::string prefix, suffix, negative_prefix = "-", negative_suffix;
  int least_whole = 1, most_whole = INT32_MAX, least_fraction = 0, most_fraction = 0;
  int group = 3;            // 0: no grouping
  int shift = 0;            // 2 for percent, 3 for per mille
  int exponent_digits = 0;  // 0: no exponent
  bool always_point = false;
};

/// One reading of a pattern. parse() is false for what DecimalFormat does not take.
class PatternParser {
 public:
  PatternParser(std::string_view text, NumberPattern& pattern) : text_(text), pattern_(pattern) {}

  bool parse() {
    if (!part(pattern_.prefix, pattern_.suffix, pattern_.shift, true) || !finish_number())
      return false;
    pattern_.negative_prefix = "-" + pattern_.prefix;
    pattern_.negative_suffix = pattern_.suffix;
    if (at_ < text_.size()) ++at_;  // the semicolon
    if (at_ == text_.size()) return true;
    std::string prefix, suffix;
    int shift = 0;
    if (!part(prefix, suffix, shift, false)) return false;
    if (prefix == pattern_.prefix && suffix == pattern_.suffix) return true;
    pattern_.negative_prefix = prefix;
    pattern_.negative_suffix = suffix;
    return true;
  }

 private:
  bool starts(std::string_view symbol) const { return text_.substr(at_).starts_with(symbol); }
  bool at_number() const {
    return at_ < text_.size() && std::string_view("#0,.").find(text_[at_]) != std::string::npos;
  }

  /// Up to the semicolon or the end. Only the first part's number counts.
  bool part(std::string& prefix, std::string& suffix, int& shift, bool first) {
    std::string* affix = &prefix;
    while (at_ < text_.size()) {
      if (at_number()) {
        if (!number(first)) return false;
        affix = &suffix;
      } else if (text_[at_] == ';') {
        return first && affix == &suffix;
      } else if (!affix_character(*affix, shift)) {
        return false;
      }
    }
    return true;
  }

  bool number(bool counts) {
    for (; at_number(); ++at_) {
      if (counts && !number_character(text_[at_])) return false;
    }
    if (!starts("E")) return true;
    int digits = 0;
    for (++at_; at_ < text_.size() && text_[at_] == '0'; ++at_) ++digits;
    if (!counts) return true;
    if (digits == 0 || left_ + zeros_ == 0 || pattern_.exponent_digits > 0) return false;
    pattern_.exponent_digits = digits;
    return true;
  }

  bool number_character(char c) {
    if (c == '#') {
      ++(zeros_ > 0 ? right_ : left_);
    } else if (c == '0') {
      if (right_ > 0) return false;
      ++zeros_;
    } else if (c == ',') {
      since_comma_ = 0;
      return true;
    } else {
      if (decimal_ >= 0) return false;
      decimal_ = left_ + zeros_ + right_;
      return true;
    }
    if (since_comma_ >= 0 && decimal_ < 0) ++since_comma_;
    return true;
  }

  bool affix_character(std::string& affix, int& shift) {
    if (text_[at_] == '\'') {
      if (starts("''")) {
        affix += '\'';
        at_ += 2;
        return true;
      }
      for (++at_; at_ < text_.size(); ++at_) {
        if (text_[at_] != '\'') {
          affix += text_[at_];
        } else if (starts("''")) {
          affix += '\'';
          ++at_;
        } else {
          ++at_;
          return true;
        }
      }
      return false;
    }
    if (starts("%")) {
      if (shift != 0) return false;
      shift = 2;
    } else if (starts("‰")) {
      if (shift != 0) return false;
      shift = 3;
    } else if (starts("¤")) {
      const bool doubled = starts("¤¤");
      affix += doubled ? "USD" : "$";
      at_ += std::string_view("¤").size() * (doubled ? 2 : 1);
      return true;
    }
    affix += text_[at_++];
    return true;
  }

  bool finish_number() {
    if (zeros_ == 0 && left_ > 0 && decimal_ >= 0) {
      // One # before the point, or else the first one behind it, stands for a digit all the same.
      const int whole = std::max(decimal_, 1);
      right_ = left_ - whole;
      left_ = whole - 1;
      zeros_ = 1;
    }
    if (decimal_ < 0 && right_ > 0) return false;
    if (decimal_ >= 0 && (decimal_ < left_ || decimal_ > left_ + zeros_)) return false;
    if (since_comma_ == 0) return false;
    const int all = left_ + zeros_ + right_, whole = decimal_ >= 0 ? decimal_ : all;
    pattern_.least_whole = whole - left_;
    if (pattern_.exponent_digits > 0) pattern_.most_whole = whole;
    pattern_.most_fraction = decimal_ >= 0 ? all - decimal_ : 0;
    pattern_.least_fraction = decimal_ >= 0 ? left_ + zeros_ - decimal_ : 0;
    pattern_.group = std::max(since_comma_, 0);
    pattern_.always_point = decimal_ == 0 || decimal_ == all;
    return true;
  }

  std::string_view text_;
  NumberPattern& pattern_;
  size_t at_ = 0;
  int left_ = 0, zeros_ = 0, right_ = 0, decimal_ = -1, since_comma_ = -1;
};

/// A magnitude: 0.digits times ten to the power of `point`, without zeros at either end.
struct Digits {
  std::string digits;
  int point = 0;
  bool negative = false;

  explicit Digits(double value) : negative(std::signbit(value)) {
    if (value == 0) return;
    const auto shortest = types::shortest_digits(std::fabs(value));
    digits.assign(shortest.digits, shortest.count);
    point = shortest.exponent + 1;
    trim();
  }
  /// Of plain digits with an optional point.
  explicit Digits(std::string_view text) {
    if (text.starts_with('-')) {
      negative = true;
      text.remove_prefix(1);
    }
    bool fraction = false;
    for (const char c : text) {
      if (c == '.') {
        fraction = true;
        continue;
      }
      if (!fraction) ++point;
      digits += c;
    }
    trim();
  }
  void trim() {
    const size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
    digits.erase(0, zeros);
    point -= static_cast<int>(zeros);
    while (!digits.empty() && digits.back() == '0') digits.pop_back();
    if (digits.empty()) point = 0;
  }
  /// Leaves the first `kept` digits, HALF_EVEN.
  void round(int64_t kept) {
    if (kept >= static_cast<int64_t>(digits.size())) return;
    if (kept < 0) {
      digits.clear();
      return trim();
    }
    const auto at = static_cast<size_t>(kept);
    const bool odd = at > 0 && (digits[at - 1] - '0') % 2 == 1;
    const bool up = digits[at] > '5' || (digits[at] == '5' && (digits.size() > at + 1 || odd));
    digits.resize(at);
    if (up) {
      size_t i = at;
      while (i > 0 && digits[i - 1] == '9') digits[--i] = '0';
      if (i > 0) {
        ++digits[i - 1];
      } else {
        digits.insert(0, "1");
        ++point;
      }
    }
    trim();
  }
};

/// How many of a number's digits a pattern shows.
int64_t shown_digits(const NumberPattern& pattern, int point) {
  return pattern.exponent_digits > 0 ? int64_t{pattern.most_whole} + pattern.most_fraction
                                     : int64_t{point} + pattern.most_fraction;
}

void append_plain(std::string& out, const Digits& number, const NumberPattern& pattern) {
  const auto count = static_cast<int64_t>(number.digits.size());
  const auto digit = [&](int64_t i) { return i >= 0 && i < count ? number.digits[i] : '0'; };
  const bool has_fraction = pattern.least_fraction > 0 || count > number.point;
  const int whole = std::max(pattern.least_whole, number.point);
  for (int left = whole; left > 0; --left) {
    out += digit(number.point - left);
    if (left > 1 && pattern.group > 0 && (left - 1) % pattern.group == 0) out += ',';
  }
  if (whole <= 0 && !has_fraction) out += '0';
  if (pattern.always_point || has_fraction) out += '.';
  const int64_t fraction = std::max<int64_t>(pattern.least_fraction, count - number.point);
  for (int64_t i = 0; i < fraction; ++i) out += digit(number.point + i);
}

void append_exponential(std::string& out, const Digits& number, const NumberPattern& pattern) {
  const auto count = static_cast<int>(number.digits.size());
  const int most = pattern.most_whole, least = pattern.least_whole;
  int exponent = count == 0 ? 0 : number.point, wanted = least;
  if (most > 1 && most > least) {
    exponent = (exponent >= 1 ? exponent - 1 : exponent - most) / most * most;
    wanted = 1;
  } else {
    exponent -= least;
  }
  const int whole = count == 0 ? wanted : number.point - exponent;
  if (count == 0) exponent = 0;
  const int total = std::max({count, whole, least + pattern.least_fraction});
  for (int i = 0; i < total; ++i) {
    if (i == whole) out += '.';
    out += i < count ? number.digits[i] : '0';
  }
  if (pattern.always_point && total == whole) out += '.';
  out += exponent < 0 ? "E-" : "E";
  const std::string power = std::to_string(std::abs(exponent));
  if (static_cast<int>(power.size()) < pattern.exponent_digits)
    out.append(pattern.exponent_digits - power.size(), '0');
  out += power;
}

std::string lay_out(const Digits& number, const NumberPattern& pattern) {
  std::string out = number.negative ? pattern.negative_prefix : pattern.prefix;
  if (pattern.exponent_digits > 0) {
    append_exponential(out, number, pattern);
  } else {
    append_plain(out, number, pattern);
  }
  return out + (number.negative ? pattern.negative_suffix : pattern.suffix);
}

NumberPattern capped(NumberPattern pattern) {
  pattern.least_whole = std::min(pattern.least_whole, kMostWhole);
  pattern.least_fraction = std::min(pattern.least_fraction, kMostFraction);
  pattern.most_fraction = std::min(pattern.most_fraction, kMostFraction);
  return pattern;
}

std::string format_double(double value, const NumberPattern& given) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) {
    return value < 0 ? given.negative_prefix + "∞" + given.negative_suffix
                     : given.prefix + "∞" + given.suffix;
  }
  const NumberPattern pattern = capped(given);
  if (pattern.shift != 0) value *= pattern.shift == 2 ? 100 : 1000;
  Digits number(value);
  const int64_t shown = shown_digits(pattern, number.point);
  // The shortest digits may look like a tie where the number itself is none. Java sees none in a
  // lone digit whose text has a zero behind it (5.0E-4), and rounds down.
  const bool padded = number.digits.size() == 1 && std::fabs(value) < 1e-3;
  if (!padded && shown >= 0 && number.digits.size() == static_cast<size_t>(shown) + 1 &&
      number.digits.back() == '5') {
    char exact[1400];
    const int size = snprintf(exact, sizeof exact, "%.1074f", value);
    number = Digits(std::string_view(exact, size));
  }
  number.round(shown);
  return lay_out(number, pattern);
}

std::string format_decimal(Int128 value, int scale, const NumberPattern& pattern) {
  claim_memory(pattern.least_fraction);
  Digits number(types::decimal_to_string(value, scale));
  if (!number.digits.empty()) number.point += pattern.shift;
  number.round(shown_digits(pattern, number.point));
  return lay_out(number, pattern);
}

/// The pattern of the row before, which is nearly always the same.
class PatternCache {
 public:
  explicit PatternCache(const KernelSpec& spec) : spec_(spec) {}
  const NumberPattern& get(std::string_view text) {
    if (!pattern_ || text != text_) {
      text_ = text;
      pattern_ = NumberPattern{};
      if (!text.empty() && !PatternParser(text_, *pattern_).parse()) {
        raise(spec_, "INVALID_PARAMETER_VALUE.PATTERN",
              {{"parameter", "`format`"},
               {"functionName", "`" + spec_.name + "`"},
               {"value", types::Value::string(text_).sql()}});
      }
    }
    return *pattern_;
  }

 private:
  const KernelSpec& spec_;
  std::string text_;
  std::optional<NumberPattern> pattern_;
};

template <class T>
ScalarBody format(const KernelSpec& spec) {
  const bool decimal = spec.arguments[0].is(TypeId::kDecimal);
  const int scale = decimal ? spec.arguments[0].scale() : 0;
  const auto text_of = [decimal, scale](T value, const NumberPattern& pattern) {
    if constexpr (std::is_floating_point_v<T>) {
      return format_double(value, pattern);
    } else {
      return format_decimal(value, scale, decimal ? pattern : capped(pattern));
    }
  };
  if (spec.arguments[1].is_string()) {
    return [text_of, &spec](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
      PatternCache cache(spec);
      map_rows<string_t(T, string_t)>(args, result, [&](string_t& out, T value, string_t pattern) {
        out = add_string(result, text_of(value, cache.get(view(pattern))));
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
    .fallible = true,
    .cannot_fail = [](const KernelSpec& spec) { return !spec.arguments[1].is_string(); },
    .executors_skip_nulls = true,
};

}  // namespace

ScalarKernels number_format_kernels() { return {&kFormatNumber}; }

}  // namespace lochan::engine::kernels
