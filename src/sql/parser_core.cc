#include "sql/parser_core.h"

#include <charconv>

#include "base/ascii.h"
#include "base/big_stack_thread.h"
#include "base/source_text.h"
#include "sql/keywords.h"
#include "types/ddl.h"

namespace lochan::sql {
namespace {

// Each level costs a handful of frames here and more in every later pass, so that this one, which
// is the first, stops at a small part of the stack.
constexpr size_t kStackParts = 1;
constexpr int kMaxLevel = 410;  // of calls and the like, in one expression
// Operators of one level: a chain nests in later passes, as deep as it is long.
constexpr size_t kMaxChain = 6000;

}  // namespace

Parser::Parser(std::shared_ptr<const std::string> text, const ParseOptions& options)
    : options_(options), tokens_(std::move(text), options.double_quoted_identifiers) {}

Parser::Level::Level(Parser& parser, int levels) : parser_(parser), levels_(levels) {
  if (parser.level_ + levels > kMaxLevel) throw Error("FAILED_TO_PARSE_TOO_COMPLEX");
  parser.level_ += levels;
}

void Parser::check_nesting() { check_stack(kStackParts); }

void Parser::check_chain(size_t length) const {
  if (length > kMaxChain) throw Error("FAILED_TO_PARSE_TOO_COMPLEX");
}

// ---- Tokens
// --------------------------------------------------------------------------------------

bool Parser::at_ahead(size_t n, std::string_view word) const {
  return tokens_[pos_ + n].kind == TokenKind::kWord && tokens_.upper(pos_ + n) == word;
}

bool Parser::at_any(std::initializer_list<std::string_view> words) const {
  for (const auto word : words) {
    if (at(word)) return true;
  }
  return false;
}

bool Parser::at_words(std::initializer_list<std::string_view> words) const {
  size_t n = 0;
  for (const auto word : words) {
    if (!at_ahead(n++, word)) return false;
  }
  return true;
}

bool Parser::at_symbol_ahead(size_t n, std::string_view symbol) const {
  return tokens_[pos_ + n].kind == TokenKind::kSymbol && tokens_.text(pos_ + n) == symbol;
}

bool Parser::at_string() const { return at_string_ahead(0); }
bool Parser::at_string_ahead(size_t n) const {
  return tokens_[pos_ + n].kind == TokenKind::kString;
}

bool Parser::accept(std::string_view word) {
  if (!at(word)) return false;
  ++pos_;
  return true;
}

bool Parser::accept_words(std::initializer_list<std::string_view> words) {
  if (!at_words(words)) return false;
  pos_ += words.size();
  return true;
}

bool Parser::accept_symbol(std::string_view symbol) {
  if (!at_symbol(symbol)) return false;
  ++pos_;
  return true;
}

void Parser::expect(std::string_view word) {
  if (accept(word)) return;
  fail();
}

void Parser::expect_symbol(std::string_view symbol) {
  if (accept_symbol(symbol)) return;
  fail();
}

void Parser::expect_end() {
  while (accept_symbol(";")) {
  }
  if (at_end()) return;
  const bool single = tokens_[pos_ + 1].kind == TokenKind::kEnd;
  fail(single ? ": extra input '" + std::string(tokens_.text(pos_)) + "'" : "");
}

void Parser::fail(std::string hint) const { fail_at(pos_, std::move(hint)); }

void Parser::fail_at(size_t token, std::string hint) const {
  const Token& t = tokens_[token];
  std::string error =
      t.kind == TokenKind::kEnd ? "end of input" : "'" + std::string(tokens_.text(token)) + "'";
  throw Error("PARSE_SYNTAX_ERROR", {{"error", std::move(error)}, {"hint", std::move(hint)}},
              syntax_context(*tokens_.source(), t.start));
}

void Parser::raise(std::string_view condition, ErrorParameters parameters, size_t first) const {
  const size_t last = pos_ > first ? pos_ - 1 : first;
  const size_t stop =
      tokens_[last].end > tokens_[first].start ? tokens_[last].end - 1 : tokens_[first].start;
  throw Error(condition, std::move(parameters),
              sql_context(*tokens_.source(), tokens_[first].start, stop));
}

void Parser::not_supported(const std::string& what) const { throw Error::not_supported(what); }

plan::Origin Parser::origin(size_t first) const {
  plan::Origin origin;
  origin.text = tokens_.source();
  const size_t last = pos_ > first ? pos_ - 1 : first;
  origin.start = static_cast<int>(tokens_[first].start);
  origin.stop = static_cast<int>(tokens_[last].end) - 1;
  origin.line = tokens_[first].line;
  origin.column = tokens_[first].column;
  return origin;
}

std::string Parser::source(size_t first_token, size_t end_token) const {
  if (end_token <= first_token) return {};
  const uint32_t start = tokens_[first_token].start;
  return tokens_.source()->substr(start, tokens_[end_token - 1].end - start);
}

// ---- Names and small things
// ------------------------------------------------------------------------

bool Parser::at_identifier_ahead(size_t n, bool strict) const {
  const TokenKind kind = tokens_[pos_ + n].kind;
  if (kind == TokenKind::kQuotedName) return true;
  if (kind != TokenKind::kWord) return false;
  const std::string_view upper = tokens_.upper(pos_ + n);
  if (options_.enforce_reserved_keywords)
    return !is_reserved(upper) && !(strict && is_strict(upper));
  return !(strict && is_strict(upper));
}

std::string Parser::identifier_text(size_t token) const {
  const std::string_view text = tokens_.text(token);
  return tokens_[token].kind == TokenKind::kQuotedName ? quoted_name_value(text)
                                                       : std::string(text);
}

std::string Parser::parse_identifier(bool strict) {
  if (!at_identifier(strict)) fail();
  if (at("IDENTIFIER") && at_symbol_ahead(1, "(") && at_string_ahead(2)) {
    const size_t first = pos_;
    plan::Name name = parse_identifier_clause();
    if (name.size() > 1) {
      std::string text;
      for (const auto& part : name)
        text += (text.empty() ? "" : ".") + types::quote_identifier(part);
      raise("IDENTIFIER_TOO_MANY_NAME_PARTS", {{"identifier", text}, {"limit", "1"}}, first);
    }
    return name[0];
  }
  return identifier_text(pos_++);
}

std::vector<std::string> Parser::parse_identifier_list() {
  std::vector<std::string> names;
  expect_symbol("(");
  do names.push_back(parse_identifier());
  while (accept_symbol(","));
  expect_symbol(")");
  return names;
}

// IDENTIFIER('a.b'), or of strings joined by ||.
plan::Name Parser::parse_identifier_clause() {
  pos_ += 2;
  if (!at_string()) not_supported("IDENTIFIER of an expression");
  std::string text = parse_string();
  while (accept_symbol("||")) {
    if (!at_string()) not_supported("IDENTIFIER of an expression");
    text += parse_string();
  }
  if (!at_symbol(")")) not_supported("IDENTIFIER of an expression");
  expect_symbol(")");
  return parse_table_name(text);
}

plan::Name Parser::parse_name() {
  if (at("IDENTIFIER") && at_symbol_ahead(1, "(")) {
    plan::Name name = parse_identifier_clause();
    while (at_symbol(".") && at_identifier_ahead(1)) {
      ++pos_;
      name.push_back(parse_identifier());
    }
    return name;
  }
  const size_t first = pos_;
  plan::Name name = {parse_identifier()};
  while (at_symbol(".") && at_identifier_ahead(1)) {
    ++pos_;
    name.push_back(parse_identifier());
  }
  if (at_symbol("-") && at_identifier_ahead(1) && tokens_[pos_].start == tokens_[pos_ - 1].end &&
      tokens_[pos_ + 1].start == tokens_[pos_].end) {
    size_t last = pos_ + 1;
    while (at_symbol_ahead(last + 1 - pos_, "-") && at_identifier_ahead(last + 2 - pos_)) last += 2;
    throw Error("INVALID_IDENTIFIER", {{"ident", source(pos_ - 1, last + 1)}},
                syntax_context(*tokens_.source(), tokens_[first].start));
  }
  return name;
}

std::string Parser::parse_string() {
  if (!at_string()) fail();
  std::string value;
  while (at_string())
    value += string_value(tokens_.text(pos_++), !options_.escaped_string_literals);
  return value;
}

int64_t Parser::parse_integer() {
  const bool negative = accept_symbol("-");
  if (tokens_[pos_].kind != TokenKind::kInteger && tokens_[pos_].kind != TokenKind::kBigint) fail();
  std::string_view text = tokens_.text(pos_);
  if (tokens_[pos_].kind == TokenKind::kBigint) text.remove_suffix(1);
  int64_t value = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) fail();
  ++pos_;
  return negative ? -value : value;
}

types::DataType Parser::parse_type() {
  const types::ParsedType parsed = types::parse_type_at(*tokens_.source(), tokens_[pos_].start);
  while (tokens_[pos_].kind != TokenKind::kEnd && tokens_[pos_].start < parsed.end) {
    if (tokens_[pos_].end > parsed.end) {
      tokens_.recut(pos_, parsed.end);
      break;
    }
    ++pos_;
  }
  return parsed.type;
}

// An alias without AS may be any name, but a word that begins a clause is one only where nothing of
// that clause can follow.
bool Parser::at_implicit_alias(bool strict) const {
  if (!at_identifier(true)) return false;
  if (tokens_[pos_].kind == TokenKind::kQuotedName) return true;
  const auto ends_after = [&] {
    return tokens_[pos_ + 1].kind == TokenKind::kEnd || at_symbol_ahead(1, ")") ||
           at_symbol_ahead(1, ",") || at_symbol_ahead(1, ";");
  };
  if (at_any({"GROUP", "ORDER", "SORT", "CLUSTER", "DISTRIBUTE"})) return !at_ahead(1, "BY");
  if (begins_clause(tokens_.upper(pos_))) return ends_after() && !at("END");
  if (at_travel() && !ends_after()) return false;
  if (at("INSERT") && (at_ahead(1, "INTO") || at_ahead(1, "OVERWRITE"))) return false;
  if (!strict) return true;
  if (at("MAP") || at("REDUCE")) return ends_after() || at_any({"AS"});
  if (at("WATERMARK") || at("OPTIONS")) return ends_after();
  return true;
}

std::string Parser::parse_property_key() {
  if (at_string()) return parse_string();
  std::string key;
  do {
    if (!key.empty()) key += '.';
    if (tokens_[pos_].kind == TokenKind::kWord || tokens_[pos_].kind == TokenKind::kInteger) {
      key += tokens_.text(pos_++);
    } else {
      key += parse_identifier();
    }
  } while (accept_symbol("."));
  return key;
}

plan::Options Parser::parse_properties(bool lower_keys) {
  plan::Options options;
  expect_symbol("(");
  if (accept_symbol(")")) return options;
  do {
    const size_t first = pos_;
    std::string key = parse_property_key();
    accept_symbol("=");
    std::string value;
    if (at_string()) {
      value = parse_string();
    } else if (!at_symbol(",") && !at_symbol(")")) {
      const bool negative = accept_symbol("-");
      const TokenKind kind = tokens_[pos_].kind;
      if (kind == TokenKind::kSymbol || kind == TokenKind::kEnd) fail();
      value = (negative ? "-" : "") + std::string(tokens_.text(pos_));
      if (kind == TokenKind::kWord) value = lower_case(value);
      ++pos_;
    }
    if (lower_keys) key = lower_case(key);
    if (!options.emplace(key, std::move(value)).second) {
      raise("DUPLICATE_KEY", {{"keyColumn", types::quote_identifier(key)}}, first);
    }
  } while (accept_symbol(","));
  expect_symbol(")");
  return options;
}

}  // namespace lochan::sql
