// Literals: numbers, strings, typed literals, intervals.
#include <charconv>
#include <cmath>

#include "base/ascii.h"
#include "sql/parser_core.h"
#include "types/datetime_text.h"
#include "types/interval_text.h"
#include "types/number_text.h"

namespace lochan::sql {

using plan::ExpressionPtr;
using types::DataType;
using types::TypeId;
using types::Value;

namespace {

bool is_interval_unit(std::string_view upper) {
  constexpr std::string_view kUnits[] = {"YEAR",   "MONTH",  "WEEK",        "DAY",        "HOUR",
                                         "MINUTE", "SECOND", "MILLISECOND", "MICROSECOND"};
  for (const auto unit : kUnits) {
    if (upper == unit ||
        (upper.size() == unit.size() + 1 && upper.back() == 'S' && upper.starts_with(unit)))
      return true;
  }
  return false;
}

std::optional<std::string> from_hex(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (!((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'))) return std::nullopt;
    digits += c;
  }
  if (digits.size() % 2 != 0) digits.insert(0, "0");
  std::string out;
  for (size_t i = 0; i < digits.size(); i += 2) {
    int value = 0;
    std::from_chars(digits.data() + i, digits.data() + i + 2, value, 16);
    out += static_cast<char>(value);
  }
  return out;
}

}  // namespace

ExpressionPtr Parser::parse_number(bool negative, size_t first) {
  const TokenKind kind = tokens_[pos_].kind;
  std::string_view digits = tokens_.text(pos_);
  const size_t suffix =
      kind == TokenKind::kBigDecimal ? 2
      : kind == TokenKind::kInteger || kind == TokenKind::kDecimal || kind == TokenKind::kExponent
          ? 0
          : 1;
  digits.remove_suffix(suffix);
  ++pos_;
  const std::string text = (negative ? "-" : "") + std::string(digits);
  const auto out_of_range = [&](const char* type, const std::string& low, const std::string& high) {
    raise(
        "INVALID_NUMERIC_LITERAL_RANGE",
        {{"rawStrippedQualifier", text}, {"typeName", type}, {"minValue", low}, {"maxValue", high}},
        first);
  };
  const auto integral = [&](TypeId type, const char* name, int64_t low, int64_t high) {
    int64_t value = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    if (result.ec != std::errc() || value < low || value > high)
      out_of_range(name, std::to_string(low), std::to_string(high));
    return plan::literal(Value(type, value), origin(first));
  };
  const auto decimal = [&](const std::string& digits_text) {
    const auto parsed = types::parse_decimal(digits_text);
    types::ParsedDecimal number = parsed.value_or(types::ParsedDecimal{});
    if (parsed && number.scale < 0) {
      while (number.scale < 0 && number.precision <= 38) {
        number.value *= 10;
        ++number.scale;
        ++number.precision;
      }
    }
    if (!parsed || number.precision > 38) {
      raise("DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
            {{"precision",
              std::to_string(parsed ? number.precision : static_cast<int>(digits.size()))},
             {"maxPrecision", "38"}},
            first);
    }
    return plan::literal(Value(DataType::decimal(number.precision, number.scale), number.value),
                         origin(first));
  };
  switch (kind) {
    case TokenKind::kInteger: {
      int64_t value = 0;
      const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
      if (result.ec != std::errc()) return decimal(text);
      const bool small = value >= INT32_MIN && value <= INT32_MAX;
      return plan::literal(Value(small ? TypeId::kInteger : TypeId::kLong, value), origin(first));
    }
    case TokenKind::kTinyint: return integral(TypeId::kByte, "tinyint", INT8_MIN, INT8_MAX);
    case TokenKind::kSmallint: return integral(TypeId::kShort, "smallint", INT16_MIN, INT16_MAX);
    case TokenKind::kBigint: return integral(TypeId::kLong, "bigint", INT64_MIN, INT64_MAX);
    case TokenKind::kDecimal:
    case TokenKind::kBigDecimal: return decimal(text);
    case TokenKind::kFloat: {
      const float value = std::strtof(text.c_str(), nullptr);
      if (std::isinf(value))
        out_of_range("float", "-3.4028234663852886E+38", "3.4028234663852886E+38");
      return plan::literal(Value(TypeId::kFloat, value), origin(first));
    }
    default: {  // exponent, double
      const double value = std::strtod(text.c_str(), nullptr);
      if (std::isinf(value))
        out_of_range("double", "-1.7976931348623157E+308", "1.7976931348623157E+308");
      return plan::literal(Value(TypeId::kDouble, value), origin(first));
    }
  }
}

// Null if no literal begins here.
ExpressionPtr Parser::parse_literal() {
  const size_t first = pos_;
  const TokenKind kind = tokens_[pos_].kind;
  if (kind >= TokenKind::kInteger && kind <= TokenKind::kBigDecimal)
    return parse_number(false, first);
  if (at_symbol("-")) {
    ++pos_;
    return parse_number(true, first);
  }
  if (kind == TokenKind::kString) {
    std::string value = parse_string();
    return plan::literal(Value::string(std::move(value)), origin(first));
  }
  if (kind != TokenKind::kWord) return nullptr;
  if (at_interval()) return parse_interval();
  if (at_string_ahead(1) && !at_any({"AS", "CASE", "ESCAPE", "WHEN"})) return parse_typed_literal();
  if (accept("NULL")) return plan::literal(Value::null({}), origin(first));
  if (accept("TRUE")) return plan::literal(Value::boolean(true), origin(first));
  if (accept("FALSE")) return plan::literal(Value::boolean(false), origin(first));
  return nullptr;
}

ExpressionPtr Parser::parse_typed_literal() {
  const size_t first = pos_;
  const std::string type(tokens_.upper(pos_));
  ++pos_;
  const std::string value = parse_string();
  return typed_literal(type, value, first);
}

ExpressionPtr Parser::typed_literal(const std::string& type, const std::string& value,
                                    size_t first) {
  const auto constant = [&](Value v) { return plan::literal(std::move(v), origin(first)); };
  const auto invalid = [&](const char* name) {
    raise("INVALID_TYPED_LITERAL",
          {{"valueType", "\"" + std::string(name) + "\""}, {"value", Value::string(value).sql()}},
          first);
  };
  // Times that depend on the moment of the query.
  const std::string word = lower_case(value.substr(0, value.find_first_of(" \t")));
  const auto moment = [&](TypeId target) -> ExpressionPtr {
    ExpressionPtr out;
    if (word == "now") {
      out = plan::function(target == TypeId::kDate ? "current_date" : "current_timestamp", {},
                           origin(first));
    } else if (word == "today" || word == "yesterday" || word == "tomorrow") {
      out = plan::function("current_date", {}, origin(first));
      if (word != "today") {
        out = plan::function("date_add",
                             {out, plan::literal(Value::integer(word == "tomorrow" ? 1 : -1))},
                             origin(first));
      }
    } else {
      return nullptr;
    }
    return plan::make_expression(plan::Cast{std::move(out), target, std::nullopt, false},
                                 origin(first));
  };
  if (type == "DATE") {
    if (const auto days = types::parse_date(value)) return constant(Value(TypeId::kDate, *days));
    if (word == "epoch") return constant(Value(TypeId::kDate, int64_t{0}));
    if (auto now = moment(TypeId::kDate)) return now;
    invalid("DATE");
  }
  if (type == "TIMESTAMP_NTZ") {
    if (const auto micros = types::parse_timestamp_ntz(value))
      return constant(Value(TypeId::kTimestampNtz, *micros));
    if (word == "epoch") return constant(Value(TypeId::kTimestampNtz, int64_t{0}));
    if (auto now = moment(TypeId::kTimestampNtz)) return now;
    invalid("TIMESTAMP_NTZ");
  }
  if (type == "TIMESTAMP" || type == "TIMESTAMP_LTZ") {
    if (type == "TIMESTAMP" && options_.timestamp_ntz) {
      // With a zone in the text it is an instant all the same.
      if (const auto micros = types::parse_timestamp_ntz(value, false))
        return constant(Value(TypeId::kTimestampNtz, *micros));
    }
    if (const auto micros =
            types::parse_timestamp(value, types::TimeZone::get(options_.time_zone))) {
      return constant(Value(TypeId::kTimestamp, *micros));
    }
    if (word == "epoch") return constant(Value(TypeId::kTimestamp, int64_t{0}));
    if (auto now = moment(TypeId::kTimestamp)) return now;
    invalid(type == "TIMESTAMP" && options_.timestamp_ntz ? "TIMESTAMP_NTZ" : type.c_str());
  }
  if (type == "TIME") {
    if (const auto nanos = types::parse_time(value))
      return constant(Value(DataType::time(6), *nanos));
    invalid("TIME(6)");
  }
  if (type == "X") {
    if (auto bytes = from_hex(value)) return constant(Value(TypeId::kBinary, std::move(*bytes)));
    invalid("X");
  }
  if (type == "INTERVAL") {
    std::vector<std::string> units;
    std::string part;
    const auto flush = [&] {
      if (!part.empty() && part != "interval" &&
          part.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == std::string::npos) {
        units.push_back(part);
      }
      part.clear();
    };
    for (const char c : lower_case(value)) {
      if (static_cast<unsigned char>(c) <= ' ')
        flush();
      else
        part += c;
    }
    flush();
    try {
      types::parse_calendar_interval(value);
    } catch (const Error&) {
      invalid("INTERVAL");
    }
    return interval_of_units(value, units, first);
  }
  raise("UNSUPPORTED_TYPED_LITERAL",
        {{"unsupportedType", "\"" + type + "\""},
         {"supportedTypes",
          "\"DATE\", \"TIMESTAMP_NTZ\", \"TIMESTAMP_LTZ\", \"TIMESTAMP\", \"INTERVAL\", \"X\", "
          "\"TIME\""}},
        first);
}

// ---- Intervals
// -------------------------------------------------------------------------------------

// INTERVAL is also a name: it begins a literal only before a value with its unit, or a string.
bool Parser::at_interval() const {
  if (!at("INTERVAL")) return false;
  size_t n = 1;
  if (at_symbol_ahead(n, "-") || at_symbol_ahead(n, "+")) ++n;
  const TokenKind kind = tokens_[pos_ + n].kind;
  if (kind == TokenKind::kString) return true;
  return (kind == TokenKind::kInteger || kind == TokenKind::kDecimal) &&
         tokens_[pos_ + n + 1].kind == TokenKind::kWord;
}

ExpressionPtr Parser::parse_interval() {
  const size_t first = pos_;
  expect("INTERVAL");
  const size_t body_at = pos_;
  if (at_string()) {
    size_t n = 1;
    while (at_string_ahead(n)) ++n;
    const Token& behind = tokens_[pos_ + n];
    if (behind.kind != TokenKind::kWord || !is_interval_unit(tokens_.upper(pos_ + n))) {
      const std::string value = parse_string();
      return typed_literal("INTERVAL", value, first);
    }
  }
  std::string text;
  std::vector<std::string> units;
  size_t count = 0;
  while (true) {
    std::string sign;
    if (at_symbol("-") || at_symbol("+")) sign = tokens_.text(pos_++);
    const bool is_string = at_string();
    std::string value;
    if (is_string) {
      value = parse_string();
    } else if (tokens_[pos_].kind == TokenKind::kInteger ||
               tokens_[pos_].kind == TokenKind::kDecimal) {
      value = tokens_.text(pos_++);
    } else {
      fail();
    }
    if (tokens_[pos_].kind != TokenKind::kWord || !is_interval_unit(tokens_.upper(pos_))) fail();
    const std::string unit = lower_case(tokens_.text(pos_++));
    if (at("TO")) {
      // INTERVAL '1-2' YEAR TO MONTH
      ++pos_;
      if (tokens_[pos_].kind != TokenKind::kWord || !is_interval_unit(tokens_.upper(pos_))) fail();
      const std::string end = lower_case(tokens_.text(pos_++));
      bool more = false;
      while ((at_string() || tokens_[pos_].kind == TokenKind::kInteger ||
              tokens_[pos_].kind == TokenKind::kDecimal) &&
             tokens_[pos_ + 1].kind == TokenKind::kWord &&
             is_interval_unit(tokens_.upper(pos_ + 1))) {
        more = true;
        pos_ += 2;
        if (at("TO") && is_interval_unit(tokens_.upper(pos_ + 1))) pos_ += 2;
      }
      if (count > 0 || more) raise("_LEGACY_ERROR_TEMP_0024", {}, first);
      if (!is_string) raise("_LEGACY_ERROR_TEMP_0027", {}, body_at);
      const auto singular = [](std::string name) {
        if (name.back() == 's') name.pop_back();
        return name;
      };
      try {
        const DataType type =
            types::parse_ddl_type("interval " + singular(unit) + " to " + singular(end));
        std::string body = value;
        if (sign == "-")
          body = body.starts_with("-")   ? body.substr(1)
                 : body.starts_with("+") ? "-" + body.substr(1)
                                         : "-" + body;
        return plan::literal(Value(type, types::parse_ansi_interval(body, type)), origin(first));
      } catch (const Error& error) {
        if (error.condition().starts_with("INVALID_INTERVAL_FORMAT")) {
          // The input as the user wrote it.
          ErrorParameters parameters = error.parameters();
          parameters["input"] = (sign == "-" ? "-" : "") + value;
          if (parameters.contains("msg"))
            raise("_LEGACY_ERROR_TEMP_0063", {{"msg", parameters["msg"]}}, body_at);
          if (error.condition().ends_with("ARITHMETIC_EXCEPTION")) {
            raise("INVALID_INTERVAL_FORMAT.INTERVAL_PARSING",
                  {{"input", parameters["input"]},
                   {"interval", unit.starts_with("year") ? "year-month" : "day-time"}},
                  body_at);
          }
          raise(error.condition(), std::move(parameters), body_at);
        }
        raise("INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION",
              {{"input", value}, {"from", singular(unit)}, {"to", singular(end)}}, body_at);
      }
    }
    if (is_string) {
      const size_t begin = value.find_first_not_of(" \t\n");
      value = begin == std::string::npos
                  ? ""
                  : value.substr(begin, value.find_last_not_of(" \t\n") - begin + 1);
      const size_t digits_at = value.starts_with("-") || value.starts_with("+") ? 1 : 0;
      if (value.size() == digits_at ||
          value.find_first_not_of("0123456789.", digits_at) != std::string::npos) {
        raise("_LEGACY_ERROR_TEMP_0026", {{"value", value}}, body_at);
      }
      if (sign == "-" && value.starts_with("-")) {
        value.erase(0, 1);
        sign.clear();
      }
    }
    text += (text.empty() ? "" : " ") + sign + value + " " + unit;
    units.push_back(unit);
    ++count;
    // Another pair of value and unit?
    size_t n = at_symbol("-") || at_symbol("+") ? 1 : 0;
    const TokenKind kind = tokens_[pos_ + n].kind;
    const bool value_next =
        kind == TokenKind::kInteger || kind == TokenKind::kDecimal || kind == TokenKind::kString;
    const bool unit_next = tokens_[pos_ + n + 1].kind == TokenKind::kWord &&
                           is_interval_unit(tokens_.upper(pos_ + n + 1));
    if (!value_next || !unit_next) break;
  }
  return interval_of_units(text, units, first);
}

ExpressionPtr Parser::interval_of_units(const std::string& text,
                                        const std::vector<std::string>& units, size_t first) {
  types::CalendarInterval interval;
  try {
    interval = types::parse_calendar_interval(text);
  } catch (const Error& error) {
    raise(error.condition(), error.parameters(), first);
  }
  int year_month_low = 9, year_month_high = -1, day_time_low = 9, day_time_high = -1;
  for (std::string unit : units) {
    if (unit.size() > 1 && unit.back() == 's') unit.pop_back();
    const int year_month = unit == "year" ? 0 : unit == "month" ? 1 : -1;
    const int day_time = unit == "week" || unit == "day" ? 0
                         : unit == "hour"                ? 1
                         : unit == "minute"              ? 2
                                                         : 3;
    int& low = year_month >= 0 ? year_month_low : day_time_low;
    int& high = year_month >= 0 ? year_month_high : day_time_high;
    const int field = year_month >= 0 ? year_month : day_time;
    low = std::min(low, field);
    high = std::max(high, field);
  }
  if (year_month_high >= 0) {
    if (day_time_high >= 0) {
      raise("_LEGACY_ERROR_TEMP_0029", {{"literal", source(first, pos_)}}, first);
    }
    return plan::literal(
        Value(DataType::year_month(year_month_low, year_month_high), int64_t{interval.months}),
        origin(first));
  }
  if (day_time_high < 0) day_time_low = 0, day_time_high = 3;
  constexpr __int128 kDay = 86'400'000'000;
  const __int128 micros = interval.days * kDay + interval.microseconds;
  if (micros > INT64_MAX || micros < INT64_MIN) {
    throw Error("INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION");
  }
  return plan::literal(
      Value(DataType::day_time(day_time_low, day_time_high), static_cast<int64_t>(micros)),
      origin(first));
}

}  // namespace lochan::sql
