#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace lochan::sql {

enum class TokenKind : uint8_t {
  kEnd,
  kWord,        // identifier or keyword
  kQuotedName,  // `name`, or "name" where double quotes mean identifiers
  kString,      // '...' "..." r'...'
  kInteger,     // 12
  kDecimal,     // 1.5
  kExponent,    // 1e5
  kTinyint,
  kSmallint,
  kBigint,
  kFloat,
  kDouble,
  kBigDecimal,  // 1Y 1S 1L 1F 1D 1BD
  kSymbol,      // operators and punctuation; /*+ and the */ that ends a hint
};

/// A token's kind and place; its text is read from the source. `line` counts from 1, `column` from
/// 0, in characters.
struct Token {
  TokenKind kind = TokenKind::kEnd;
  uint32_t start = 0, end = 0;  // bytes
  int32_t line = 1, column = 0;
};

/// A text cut into tokens, with a kEnd token at its end. Comments and spaces are left out.
class TokenStream {
 public:
  /// Throws UNCLOSED_BRACKETED_COMMENT and PARSE_SYNTAX_ERROR (unclosed quotes, foreign
  /// characters).
  TokenStream(std::shared_ptr<const std::string> text, bool double_quoted_identifiers);

  const Token& operator[](size_t i) const {
    return tokens_[i < tokens_.size() ? i : tokens_.size() - 1];
  }
  size_t size() const { return tokens_.size(); }
  const std::shared_ptr<const std::string>& source() const { return text_; }
  std::string_view text(size_t i) const { return slice(*text_, (*this)[i]); }
  /// The text with ASCII letters in upper case, for keywords.
  std::string_view upper(size_t i) const { return slice(upper_, (*this)[i]); }
  /// Cuts the text again from byte `offset`, which lies inside token `i`: `array<int>=` ends in `>`
  /// and `=`.
  void recut(size_t i, size_t offset);

 private:
  static std::string_view slice(const std::string& text, const Token& token) {
    return std::string_view(text).substr(token.start, token.end - token.start);
  }
  void cut(size_t offset, int line, int column);

  std::shared_ptr<const std::string> text_;
  std::string upper_;
  bool double_quoted_identifiers_;
  std::vector<Token> tokens_;
};

/// The value of a string literal's text, quotes included. `escapes`: backslash escapes are read.
std::string string_value(std::string_view literal, bool escapes);
/// The name inside backticks (or double quotes).
std::string quoted_name_value(std::string_view quoted);

}  // namespace lochan::sql
