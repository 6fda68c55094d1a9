#include "engine/text/json_parser.h"

#include <cctype>

#include "engine/kernels/utf8.h"

namespace lochan::engine::text {
namespace {

constexpr int kDeepest = 1000;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' || c == '-' ||
         c == '@' || static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

bool JsonParser::fail() {
  failed_ = true;
  return false;
}

bool JsonParser::skip_blanks() {
  while (more()) {
    const char c = text_[at_];
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      ++at_;
    } else if (c == '/' && dialect_.comments) {
      const bool block = text_.substr(at_, 2) == "/*";
      if (!block && text_.substr(at_, 2) != "//") return fail();
      const size_t end =
          text_.find(block ? std::string_view("*/") : std::string_view("\n"), at_ + 2);
      if (end == std::string_view::npos && block) return fail();
      at_ = end == std::string_view::npos ? text_.size() : end + (block ? 2 : 1);
    } else {
      return true;
    }
  }
  return false;
}

JsonKind JsonParser::peek() {
  if (failed_) return JsonKind::kBad;
  if (!skip_blanks()) return failed_ ? JsonKind::kBad : JsonKind::kEnd;
  switch (text_[at_]) {
    case '{': return JsonKind::kObject;
    case '[': return JsonKind::kArray;
    case '"': return JsonKind::kString;
    case '\'':
      if (dialect_.single_quotes) return JsonKind::kString;
      break;
    case 't': return JsonKind::kTrue;
    case 'f': return JsonKind::kFalse;
    case 'n': return JsonKind::kNull;
    case '-': return JsonKind::kNumber;
    case 'N':
    case 'I':
    case '+':
      if (dialect_.non_numbers) return JsonKind::kNumber;
      break;
    default:
      if (is_digit(text_[at_])) return JsonKind::kNumber;
  }
  fail();
  return JsonKind::kBad;
}

void JsonParser::enter() {
  ++at_;
  first_ = true;
  if (++depth_ > kDeepest) fail();
}

bool JsonParser::next_item() {
  if (failed_ || !skip_blanks()) return fail();
  if (text_[at_] == ']') {
    ++at_;
    first_ = false;
    --depth_;
    return false;
  }
  if (!first_) {
    if (text_[at_] != ',') return fail();
    ++at_;
  }
  first_ = false;
  return peek() != JsonKind::kEnd || fail();
}

bool JsonParser::next_member(std::string& name) {
  if (failed_ || !skip_blanks()) return fail();
  if (text_[at_] == '}') {
    ++at_;
    first_ = false;
    --depth_;
    return false;
  }
  if (!first_) {
    if (text_[at_] != ',') return fail();
    ++at_;
    if (!skip_blanks()) return fail();
  }
  first_ = false;
  if (text_[at_] == '"' || (text_[at_] == '\'' && dialect_.single_quotes)) {
    if (!take_string(name)) return false;
  } else {
    const size_t begin = at_;
    while (more() && is_name_character(text_[at_])) ++at_;
    if (!dialect_.unquoted_names || at_ == begin) return fail();
    name = text_.substr(begin, at_ - begin);
  }
  if (!skip_blanks() || text_[at_] != ':') return fail();
  ++at_;
  return peek() != JsonKind::kEnd || fail();
}

bool JsonParser::take_string(std::string& out) {
  out.clear();
  const char quote = text_[at_++];
  while (more()) {
    size_t end = at_;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\\' &&
           static_cast<unsigned char>(text_[end]) >= ' ')
      ++end;
    out.append(text_, at_, end - at_);
    at_ = end;
    if (!more()) break;
    const char c = text_[at_++];
    if (c == quote) return true;
    if (c == '\\') {
      if (!take_escape(out)) return false;
    } else if (!dialect_.control_characters) {
      return fail();
    } else {
      out += c;
    }
  }
  return fail();
}

int JsonParser::hex4() {
  if (at_ + 4 > text_.size()) return -1;
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = text_[at_ + i];
    if (!std::isxdigit(static_cast<unsigned char>(c))) return -1;
    value = value * 16 + (is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  at_ += 4;
  return value;
}

bool JsonParser::take_escape(std::string& out) {
  if (!more()) return fail();
  static constexpr std::string_view kWritten = "\"\\/bfnrt", kMeant = "\"\\/\b\f\n\r\t";
  const char c = text_[at_++];
  if (const size_t known = kWritten.find(c); known != std::string_view::npos) {
    out += kMeant[known];
    return true;
  }
  if (c != 'u') {
    if (!dialect_.any_escape && !(c == '\'' && dialect_.single_quotes)) return fail();
    out += c;
    return true;
  }
  int point = hex4();
  if (point < 0) return fail();
  if (point >= 0xD800 && point < 0xDC00 && text_.substr(at_, 2) == "\\u") {
    const size_t back = at_;
    at_ += 2;
    const int low = hex4();
    if (low >= 0xDC00 && low < 0xE000)
      point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00);
    else
      at_ = back;
  }
  utf8::append_code_point(out,
                          point >= 0xD800 && point < 0xE000 ? '?' : static_cast<uint32_t>(point));
  return true;
}

bool JsonParser::take_literal(std::string_view word) {
  if (text_.substr(at_, word.size()) != word) return fail();
  at_ += word.size();
  return !more() || !is_name_character(text_[at_]) || fail();
}

bool JsonParser::take_word() {
  const char c = text_[at_];
  return take_literal(c == 't' ? "true" : c == 'f' ? "false" : "null");
}

bool JsonParser::take_number(std::string_view& out, bool& is_integer) {
  const size_t begin = at_;
  is_integer = true;
  const bool sign = text_[at_] == '-' || text_[at_] == '+';
  if (const char c = sign && at_ + 1 < text_.size() ? text_[at_ + 1] : text_[at_];
      c == 'N' || c == 'I') {
    if (!dialect_.non_numbers) return fail();
    if (sign) ++at_;
    is_integer = false;
    const bool whole = text_.substr(at_, 8) == "Infinity";
    if (!take_literal(c == 'N' ? "NaN" : whole ? "Infinity" : "INF")) return false;
    out = text_.substr(begin, at_ - begin);
    return true;
  }
  if (text_[at_] == '+') return fail();
  if (sign) ++at_;
  const size_t digits = at_;
  while (more() && is_digit(text_[at_])) ++at_;
  if (at_ == digits || (at_ > digits + 1 && text_[digits] == '0' && !dialect_.leading_zeros))
    return fail();
  if (more() && text_[at_] == '.') {
    is_integer = false;
    const size_t fraction = ++at_;
    while (more() && is_digit(text_[at_])) ++at_;
    if (at_ == fraction) return fail();
  }
  if (more() && (text_[at_] | 0x20) == 'e') {
    is_integer = false;
    ++at_;
    if (more() && (text_[at_] == '+' || text_[at_] == '-')) ++at_;
    const size_t exponent = at_;
    while (more() && is_digit(text_[at_])) ++at_;
    if (at_ == exponent) return fail();
  }
  if (more() && is_name_character(text_[at_])) return fail();
  out = text_.substr(begin, at_ - begin);
  return true;
}

bool JsonParser::skip(std::string_view* text) {
  const JsonKind kind = peek();
  const size_t begin = at_;
  bool is_integer;
  std::string_view number;
  switch (kind) {
    case JsonKind::kObject:
      enter();
      while (next_member(scratch_)) skip();
      break;
    case JsonKind::kArray:
      enter();
      while (next_item()) skip();
      break;
    case JsonKind::kString: take_string(scratch_); break;
    case JsonKind::kNumber: take_number(number, is_integer); break;
    case JsonKind::kTrue:
    case JsonKind::kFalse:
    case JsonKind::kNull: take_word(); break;
    default: fail();
  }
  if (text && !failed_) *text = text_.substr(begin, at_ - begin);
  return !failed_;
}

namespace {

/// A UTF-16 unit that belongs to no pair.
void append_unit(std::string& out, uint32_t unit) {
  if (unit >= 0xD800 && unit < 0xE000)
    out += '?';
  else
    utf8::append_code_point(out, unit);
}

}  // namespace

bool decode_record(std::string_view bytes, std::string& out) {
  out.clear();
  for (size_t i = 0; i < bytes.size();) {
    const uint32_t first = static_cast<unsigned char>(bytes[i++]);
    if (first < 0x80) {
      out += static_cast<char>(first);
      continue;
    }
    const int more = (first & 0xE0) == 0xC0   ? 1
                     : (first & 0xF0) == 0xE0 ? 2
                     : (first & 0xF8) == 0xF0 ? 3
                                              : 0;
    if (more == 0) return false;
    uint32_t point = first & (0x3F >> more);
    for (int k = 0; k < more; ++k) {
      if (i == bytes.size() || (bytes[i] & 0xC0) != 0x80) return false;
      point = point << 6 | (static_cast<unsigned char>(bytes[i++]) & 0x3F);
    }
    if (more < 3) {
      if (point >= 0xD800 && point < 0xE000) return false;
      if (point >= 0x80) {
        utf8::append_code_point(out, point);
      } else {
        static constexpr char kHex[] = "0123456789abcdef";
        out += {'\\', 'u', '0', '0', kHex[point >> 4], kHex[point & 15]};
      }
      continue;
    }
    // Two UTF-16 units, whatever the code point.
    const auto beyond = static_cast<int32_t>(point) - 0x10000;
    const uint32_t high = (0xD800 | static_cast<uint32_t>(beyond >> 10)) & 0xFFFF;
    const uint32_t low = 0xDC00 | (static_cast<uint32_t>(beyond) & 0x3FF);
    if (high >= 0xD800 && high < 0xDC00) {
      utf8::append_code_point(out, 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
    } else {
      append_unit(out, high);
      append_unit(out, low);
    }
  }
  return true;
}

}  // namespace lochan::engine::text
