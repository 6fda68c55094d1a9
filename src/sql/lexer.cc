#include "sql/lexer.h"

#include "base/ascii.h"
#include "base/error.h"
#include "base/source_text.h"

namespace lochan::sql {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}
bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
// Length of a Unicode space that starts here, or 0: no-break space, U+2000..200A, 2028, 2029, 202F,
// 205F, 3000.
size_t unicode_space(std::string_view text) {
  if (text.starts_with("\xC2\xA0")) return 2;
  if (text.size() < 3) return 0;
  const unsigned char a = text[0], b = text[1], c = text[2];
  if (a == 0xE2 && b == 0x80 && ((c >= 0x80 && c <= 0x8A) || c == 0xA8 || c == 0xA9 || c == 0xAF))
    return 3;
  if (a == 0xE2 && b == 0x81 && c == 0x9F) return 3;
  if (a == 0xE3 && b == 0x80 && c == 0x80) return 3;
  return 0;
}

// Longest first.
constexpr std::string_view kSymbols[] = {
    "/*+", "<=>", ">>>", "<=", ">=", "<>", "!=", "==", "->", "=>", "::", "||", "|>", "<<", ">>",
    "*/",  "&&",  "(",   ")",  "[",  "]",  ",",  ".",  ";",  ":",  "?",  "=",  "<",  ">",  "+",
    "-",   "*",   "/",   "%",  "~",  "&",  "|",  "^",  "!",  "@",  "{",  "}",  "$"};

class Lexer {
 public:
  Lexer(std::string_view text, size_t offset, int line, int column, bool double_quoted_identifiers)
      : text_(text),
        i_(offset),
        line_(line),
        column_(column),
        dq_names_(double_quoted_identifiers) {}

  Token next() {
    skip_blank();
    Token token;
    token.start = static_cast<uint32_t>(i_);
    token.line = line_;
    token.column = column_;
    const size_t begin = i_;
    token.kind = scan();
    token.end = static_cast<uint32_t>(i_);
    const size_t end = i_;
    i_ = begin;
    while (i_ < end) step();
    return token;
  }

 private:
  char at(size_t i) const { return i < text_.size() ? text_[i] : '\0'; }

  void step() {
    const char c = text_[i_++];
    if (c == '\n') {
      ++line_;
      column_ = 0;
    } else if ((static_cast<unsigned char>(c) & 0xC0) != 0x80) {
      ++column_;
    }
  }
  void step_to(size_t end) {
    while (i_ < end) step();
  }

  void skip_blank() {
    while (i_ < text_.size()) {
      if (is_space(text_[i_])) {
        step();
      } else if (const size_t length = unicode_space(text_.substr(i_))) {
        step_to(i_ + length);
      } else if (text_[i_] == '-' && at(i_ + 1) == '-') {
        // A backslash before the line's end continues the comment.
        while (i_ < text_.size() && text_[i_] != '\n') {
          if (text_[i_] == '\\' && at(i_ + 1) == '\n') step();
          step();
        }
      } else if (text_[i_] == '/' && at(i_ + 1) == '*' && at(i_ + 2) != '+') {
        skip_comment();
      } else {
        return;
      }
    }
  }

  void skip_comment() {
    const size_t begin = i_;
    int depth = 0;
    while (i_ < text_.size()) {
      if (text_[i_] == '/' && at(i_ + 1) == '*') {
        ++depth;
        step_to(i_ + 2);
      } else if (text_[i_] == '*' && at(i_ + 1) == '/') {
        step_to(i_ + 2);
        if (--depth == 0) return;
      } else {
        step();
      }
    }
    throw Error("UNCLOSED_BRACKETED_COMMENT", {}, syntax_context(text_, begin));
  }

  TokenKind scan() {
    if (i_ >= text_.size()) return TokenKind::kEnd;
    const char c = text_[i_];
    if (c == '\'' || c == '"') return quoted(c);
    if (c == '`') return quoted(c);
    if ((c == 'r' || c == 'R') && (at(i_ + 1) == '\'' || at(i_ + 1) == '"')) {
      if (at(i_ + 1) == '\'' || !dq_names_) return raw();
    }
    if (is_digit(c) || (c == '.' && is_digit(at(i_ + 1)))) {
      const size_t begin = i_;
      const TokenKind kind = number();
      if (i_ > begin) return kind;
      ++i_;  // the point of `db.1name`
      return TokenKind::kSymbol;
    }
    if (is_word(c)) {
      while (i_ < text_.size() && is_word(text_[i_])) ++i_;
      return TokenKind::kWord;
    }
    for (const auto symbol : kSymbols) {
      if (text_.substr(i_, symbol.size()) == symbol) {
        i_ += symbol.size();
        return TokenKind::kSymbol;
      }
    }
    throw Error("PARSE_SYNTAX_ERROR", {{"error", "'" + std::string(1, c) + "'"}, {"hint", ""}},
                syntax_context(text_, i_));
  }

  TokenKind quoted(char quote) {
    const bool is_name = quote == '`' || (quote == '"' && dq_names_);
    const size_t begin = i_;
    for (++i_; i_ < text_.size(); ++i_) {
      if (text_[i_] == quote) {
        if (at(i_ + 1) != quote) {
          ++i_;
          return is_name ? TokenKind::kQuotedName : TokenKind::kString;
        }
        ++i_;
      } else if (text_[i_] == '\\' && !is_name) {
        ++i_;
      }
    }
    throw Error("PARSE_SYNTAX_ERROR", {{"error", "'" + std::string(1, quote) + "'"}, {"hint", ""}},
                syntax_context(text_, begin));
  }

  TokenKind raw() {
    const size_t begin = i_;
    const char quote = text_[i_ + 1];
    const size_t close = text_.find(quote, i_ + 2);
    if (close == std::string_view::npos) {
      throw Error("PARSE_SYNTAX_ERROR",
                  {{"error", "'" + std::string(1, quote) + "'"}, {"hint", ""}},
                  syntax_context(text_, begin));
    }
    i_ = close + 1;
    return TokenKind::kString;
  }

  // Spark takes the longest match: `1abc` is a name, `1.x` is 1, then .x
  TokenKind number() {
    const size_t begin = i_;
    size_t p = i_;
    while (is_digit(at(p))) ++p;
    bool point = false, exponent = false;
    if (at(p) == '.') {
      size_t q = p + 1;
      while (is_digit(at(q))) ++q;
      size_t after = exponent_end(q);
      const size_t tail = suffix_end(after);
      if (!is_word(at(after)) || (tail != after && !is_word(at(tail)))) {
        point = true;
        p = q;
      }
    }
    if (const size_t q = exponent_end(p); q != p) {
      const size_t tail = suffix_end(q);
      if (!is_word(at(q)) || (tail != q && !is_word(at(tail)))) {
        exponent = true;
        p = q;
      }
    }
    const size_t tail = suffix_end(p);
    TokenKind kind = exponent ? TokenKind::kExponent
                     : point  ? TokenKind::kDecimal
                              : TokenKind::kInteger;
    if (tail != p && !is_word(at(tail))) {
      const char s = static_cast<char>(at(p) & ~0x20);
      if (s == 'B')
        kind = TokenKind::kBigDecimal;
      else if (s == 'F')
        kind = TokenKind::kFloat;
      else if (s == 'D')
        kind = TokenKind::kDouble;
      else if (!point && !exponent)
        kind = s == 'L'   ? TokenKind::kBigint
               : s == 'S' ? TokenKind::kSmallint
                          : TokenKind::kTinyint;
      else
        return word(begin);
      p = tail;
    } else if (is_word(at(p))) {
      return word(begin);
    }
    i_ = p;
    return kind;
  }

  TokenKind word(size_t begin) {
    i_ = begin;
    while (i_ < text_.size() && is_word(text_[i_])) ++i_;
    if (i_ == begin) i_ = begin + 1;
    return TokenKind::kWord;
  }

  size_t exponent_end(size_t p) const {
    if (at(p) != 'e' && at(p) != 'E') return p;
    size_t q = p + 1;
    if (at(q) == '+' || at(q) == '-') ++q;
    if (!is_digit(at(q))) return p;
    while (is_digit(at(q))) ++q;
    return q;
  }

  size_t suffix_end(size_t p) const {
    const char c = static_cast<char>(at(p) & ~0x20);
    if (c == 'B' && (at(p + 1) & ~0x20) == 'D') return p + 2;
    return c == 'L' || c == 'S' || c == 'Y' || c == 'F' || c == 'D' ? p + 1 : p;
  }

  std::string_view text_;
  size_t i_;
  int line_, column_;
  bool dq_names_;
};

void append_utf8(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

// The code point of `count` hexadecimal digits at `i`, or -1.
int64_t hex_value(std::string_view text, size_t i, size_t count) {
  if (i + count > text.size()) return -1;
  int64_t value = 0;
  for (const char c : text.substr(i, count)) {
    const int digit = is_digit(c)                              ? c - '0'
                      : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                               : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value <= 0x10FFFF ? value : -1;
}

}  // namespace

TokenStream::TokenStream(std::shared_ptr<const std::string> text, bool double_quoted_identifiers)
    : text_(std::move(text)),
      upper_(upper_case(*text_)),
      double_quoted_identifiers_(double_quoted_identifiers) {
  cut(0, 1, 0);
}

void TokenStream::cut(size_t offset, int line, int column) {
  Lexer lexer(*text_, offset, line, column, double_quoted_identifiers_);
  do tokens_.push_back(lexer.next());
  while (tokens_.back().kind != TokenKind::kEnd);
}

void TokenStream::recut(size_t i, size_t offset) {
  const Token token = tokens_[i];
  tokens_.resize(i);
  cut(offset, token.line, token.column + static_cast<int>(offset - token.start));
}

std::string quoted_name_value(std::string_view quoted) {
  const char quote = quoted[0];
  std::string out;
  for (size_t i = 1; i + 1 < quoted.size(); ++i) {
    out += quoted[i];
    if (quoted[i] == quote) ++i;
  }
  return out;
}

std::string string_value(std::string_view literal, bool escapes) {
  if (literal[0] == 'r' || literal[0] == 'R')
    return std::string(literal.substr(2, literal.size() - 3));
  const char quote = literal[0];
  const std::string_view text = literal.substr(1, literal.size() - 2);
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == quote) ++i;  // doubled
    if (c != '\\' || !escapes || i + 1 >= text.size()) {
      out += c;
      continue;
    }
    const char e = text[++i];
    if (e == 'u' || e == 'U') {
      const size_t digits = e == 'u' ? 4 : 8;
      int64_t value = hex_value(text, i + 1, digits);
      if (value >= 0) {
        i += digits;
        // A pair of surrogates is one character.
        if (value >= 0xD800 && value < 0xDC00 && text.substr(i + 1, 2) == "\\u") {
          const int64_t low = hex_value(text, i + 3, 4);
          if (low >= 0xDC00 && low < 0xE000) {
            value = 0x10000 + ((value - 0xD800) << 10) + (low - 0xDC00);
            i += 6;
          }
        }
        append_utf8(out, static_cast<uint32_t>(value));
        continue;
      }
    }
    if ((e == '0' || e == '1') && i + 2 < text.size() && text[i + 1] >= '0' && text[i + 1] <= '7' &&
        text[i + 2] >= '0' && text[i + 2] <= '7') {
      append_utf8(out, static_cast<uint32_t>((e - '0') * 64 + (text[i + 1] - '0') * 8 +
                                             (text[i + 2] - '0')));
      i += 2;
      continue;
    }
    switch (e) {
      case '0': out += '\0'; break;
      case 'b': out += '\b'; break;
      case 'n': out += '\n'; break;
      case 'r': out += '\r'; break;
      case 't': out += '\t'; break;
      case 'Z': out += '\x1A'; break;
      case '%': out += "\\%"; break;
      case '_': out += "\\_"; break;
      default: out += e;
    }
  }
  return out;
}

}  // namespace lochan::sql
