// Text as bytes: base 64, character sets, UTF-8 validity; masks and quotes.
#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <memory>

#include "engine/kernels/kernel_list.h"
#include "engine/kernels/per_row.h"
#include "engine/kernels/utf8.h"
#include "types/value.h"

namespace lochan::engine::kernels {
namespace {

using Text = std::string_view;

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// In lines of 76 characters, ended by CR LF but for the last.
std::string base64(Text bytes) {
  std::string out;
  size_t line = 0;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    if (line == 76) {
      out += "\r\n";
      line = 0;
    }
    const auto at = [&](size_t k) -> uint32_t {
      return i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0;
    };
    const uint32_t group = at(0) << 16 | at(1) << 8 | at(2);
    out += kBase64[group >> 18];
    out += kBase64[group >> 12 & 63];
    out += i + 1 < bytes.size() ? kBase64[group >> 6 & 63] : '=';
    out += i + 2 < bytes.size() ? kBase64[group & 63] : '=';
    line += 4;
  }
  return out;
}

/// MIME decoding: other characters are skipped. Null if bits are left over or padding is wrong.
std::optional<std::string> unbase64(Text text) {
  static const auto values = [] {
    std::array<int8_t, 256> table{};
    table.fill(-1);
    for (int i = 0; i < 64; ++i)
      table[static_cast<unsigned char>(kBase64[i])] = static_cast<int8_t>(i);
    return table;
  }();
  std::string out;
  uint32_t group = 0;
  int digits = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '=') {
      if (digits == 0 || digits == 1) return std::nullopt;
      break;
    }
    if (values[c] < 0) continue;
    group = group << 6 | static_cast<uint32_t>(values[c]);
    if (++digits == 4) {
      out +=
          {static_cast<char>(group >> 16), static_cast<char>(group >> 8), static_cast<char>(group)};
      group = 0;
      digits = 0;
    }
  }
  if (digits == 1) return std::nullopt;
  if (digits == 2) out += static_cast<char>(group >> 4);
  if (digits == 3) out += {static_cast<char>(group >> 10), static_cast<char>(group >> 2)};
  return out;
}

std::optional<std::string> from_hex(Text text) {
  const auto digit = [](char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
  };
  std::string out;
  size_t i = 0;
  if (text.size() % 2 == 1) {
    if (digit(text[0]) < 0) return std::nullopt;
    out += static_cast<char>(digit(text[0]));
    i = 1;
  }
  for (; i < text.size(); i += 2) {
    const int high = digit(text[i]), low = digit(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high << 4 | low);
  }
  return out;
}

// ---- Character sets
// ----------------------------------------------------------------------------------------

struct Charset {
  const char* name;       // as Spark lists them
  const char* converter;  // ICU's
  const char* byte_order_mark;
};
constexpr Charset kCharsets[] = {{"iso-8859-1", "ISO-8859-1", ""},
                                 {"us-ascii", "US-ASCII", ""},
                                 {"utf-16", "UTF-16BE", "\xFE\xFF"},
                                 {"utf-16be", "UTF-16BE", ""},
                                 {"utf-16le", "UTF-16LE", ""},
                                 {"utf-32", "UTF-32BE", ""},
                                 {"utf-8", "UTF-8", ""}};

const Charset& find_charset(const KernelSpec& spec, const char* function, Text name) {
  const auto lower = utf8::lower(name);
  for (const auto& c : kCharsets) {
    if (lower == c.name) return c;
  }
  raise(spec, "INVALID_PARAMETER_VALUE.CHARSET",
        {{"functionName", "`" + std::string(function) + "`"},
         {"parameter", "`charset`"},
         {"charset", std::string(name)},
         {"charsets", "iso-8859-1, us-ascii, utf-16, utf-16be, utf-16le, utf-32, utf-8"}});
}

struct CloseConverter {
  void operator()(UConverter* c) const { ucnv_close(c); }
};

std::unique_ptr<UConverter, CloseConverter> open_converter(const char* name) {
  UErrorCode status = U_ZERO_ERROR;
  std::unique_ptr<UConverter, CloseConverter> converter(ucnv_open(name, &status));
  ucnv_setFromUCallBack(converter.get(), UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr,
                        &status);
  ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
  return converter;
}

[[noreturn]] void malformed(const KernelSpec& spec, const char* function, Text charset) {
  raise(spec, "MALFORMED_CHARACTER_CODING",
        {{"function", "`" + std::string(function) + "`"}, {"charset", std::string(charset)}});
}

std::string encode(const KernelSpec& spec, Text text, Text name) {
  const auto& charset = find_charset(spec, "encode", name);
  if (Text(charset.name) == "utf-8") return std::string(text);
  const auto unicode = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  auto converter = open_converter(charset.converter);
  std::string out(static_cast<size_t>(unicode.length()) * 4 + 8, '\0');
  UErrorCode status = U_ZERO_ERROR;
  const auto n = ucnv_fromUChars(converter.get(), out.data(), static_cast<int32_t>(out.size()),
                                 unicode.getBuffer(), unicode.length(), &status);
  if (U_FAILURE(status)) malformed(spec, "encode", name);
  out.resize(n);
  return text.empty() ? out : charset.byte_order_mark + out;
}

std::string decode(const KernelSpec& spec, Text bytes, Text name) {
  const auto& charset = find_charset(spec, "decode", name);
  if (Text(charset.name) == "utf-8") {
    if (!utf8::is_valid(bytes)) malformed(spec, "decode", name);
    return std::string(bytes);
  }
  const char* converter_name = charset.converter;
  if (Text(charset.name) == "utf-16") {
    if (bytes.starts_with("\xFF\xFE")) converter_name = "UTF-16LE";
    if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) bytes.remove_prefix(2);
  }
  auto converter = open_converter(converter_name);
  std::u16string units(bytes.size() * 2 + 2, u'\0');
  UErrorCode status = U_ZERO_ERROR;
  const auto n = ucnv_toUChars(converter.get(), units.data(), static_cast<int32_t>(units.size()),
                               bytes.data(), static_cast<int32_t>(bytes.size()), &status);
  if (U_FAILURE(status)) malformed(spec, "decode", name);
  std::string out;
  icu::UnicodeString(units.data(), n).toUTF8String(out);
  return out;
}

// ---- The others
// ------------------------------------------------------------------------------------------------

std::string character(int64_t code) {
  std::string out;
  if (code < 0) return out;
  utf8::append_code_point(out, static_cast<uint32_t>(code & 0xFF));
  return out;
}

std::string mask(Text text, std::optional<Text> upper, std::optional<Text> lower,
                 std::optional<Text> digit, std::optional<Text> other) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const auto c = text.substr(i, utf8::character_size(text, i));
    const auto code = static_cast<UChar32>(utf8::code_point(text, i));
    const auto type = u_charType(code);
    const auto& with = type == U_UPPERCASE_LETTER       ? upper
                       : type == U_LOWERCASE_LETTER     ? lower
                       : type == U_DECIMAL_DIGIT_NUMBER ? digit
                                                        : other;
    out += with.value_or(c);
    i += c.size();
  }
  return out;
}

std::string quote(Text text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'') out += '\\';
    out += c;
  }
  return out + "'";
}

/// Invalid bytes as \xHH, as the error about them prints.
std::string with_escaped_bytes(Text text) {
  std::string out;
  for (size_t i = 0; i < text.size();) {
    const auto c = text.substr(i, utf8::character_size(text, i));
    if (utf8::is_valid(c)) {
      out += c;
      i += c.size();
    } else {
      char buffer[8];
      std::snprintf(buffer, sizeof(buffer), "\\x%02X", static_cast<unsigned char>(text[i++]));
      out += buffer;
    }
  }
  return out;
}

/// to_binary(text, format); only try_to_binary sees formats that there are not.
template <bool kTry>
ScalarBody bind_to_binary(const KernelSpec& spec) {
  return per_row<std::optional<std::string>, Text, Text>(
      [&spec](Text text, Text format) -> std::optional<std::string> {
        const auto name = utf8::lower(format);
        std::optional<std::string> bytes;
        if (name == "utf-8" || name == "utf8") {
          bytes = std::string(text);
        } else if (name == "hex") {
          bytes = from_hex(text);
        } else if (name == "base64") {
          bytes = unbase64(text);
        }
        if (!bytes && !kTry) {
          raise(spec, "CONVERSION_INVALID_INPUT",
                {{"str", types::Value::string(std::string(text)).sql()},
                 {"fmt", name == "hex" ? "'HEX'" : "'BASE64'"},
                 {"targetType", "\"BINARY\""},
                 {"suggestion", "`try_to_binary`"}});
        }
        return bytes;
      });
}

/// sentences(text, language, country): sentences as arrays of words.
ScalarBody bind_sentences(const KernelSpec&) {
  return [](duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
    const bool constant = all_constant(args);
    const auto rows = constant ? 1 : args.size();
    Column<Text> texts(args.data[0], args.size()), languages(args.data[1], args.size()),
        countries(args.data[2], args.size());
    for (duckdb::idx_t row = 0; row < rows; ++row) {
      const std::string language{languages[row]}, country{countries[row]};
      const icu::Locale locale(language.c_str(), country.c_str());
      UErrorCode status = U_ZERO_ERROR;
      std::unique_ptr<icu::BreakIterator> sentences(
          icu::BreakIterator::createSentenceInstance(locale, status));
      std::unique_ptr<icu::BreakIterator> words(
          icu::BreakIterator::createWordInstance(locale, status));
      const auto text = icu::UnicodeString::fromUTF8(
          icu::StringPiece(texts[row].data(), static_cast<int32_t>(texts[row].size())));
      duckdb::vector<duckdb::Value> lists;
      sentences->setText(text);
      for (int32_t start = sentences->first(), end = sentences->next();
           end != icu::BreakIterator::DONE; start = end, end = sentences->next()) {
        const icu::UnicodeString sentence(text, start, end - start);
        words->setText(sentence);
        duckdb::vector<duckdb::Value> list;
        for (int32_t a = words->first(), b = words->next(); b != icu::BreakIterator::DONE;
             a = b, b = words->next()) {
          if (!u_isalnum(sentence.char32At(a))) continue;
          std::string word;
          icu::UnicodeString(sentence, a, b - a).toUTF8String(word);
          list.emplace_back(std::move(word));
        }
        if (!list.empty())
          lists.push_back(duckdb::Value::LIST(duckdb::LogicalType::VARCHAR, std::move(list)));
      }
      result.SetValue(row,
                      duckdb::Value::LIST(duckdb::LogicalType::LIST(duckdb::LogicalType::VARCHAR),
                                          std::move(lists)));
    }
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

template <class R, class... A, class F>
std::function<ScalarBody(const KernelSpec&)> rows(F f) {
  return [f](const KernelSpec&) { return per_row<R, A...>(f); };
}

const ScalarKernel kKernels[] = {
    {.name = "ascii", .bind = rows<int32_t, Text>([](Text s) {
                        return s.empty() ? 0 : static_cast<int32_t>(utf8::code_point(s, 0));
                      })},
    {.name = "base64", .bind = rows<std::string, Text>(base64)},
    {.name = "unbase64",
     .bind =
         [](const KernelSpec& spec) {
           return per_row<std::string, Text>([&spec](Text text) {
             auto bytes = unbase64(text);
             if (!bytes) {
               raise(spec, "CONVERSION_INVALID_INPUT",
                     {{"str", types::Value::string(std::string(text)).sql()},
                      {"fmt", "'BASE64'"},
                      {"targetType", "\"BINARY\""},
                      {"suggestion", "`try_to_binary`"}});
             }
             return *std::move(bytes);
           });
         },
     .fallible = true},
    {.name = "char", .bind = rows<std::string, int64_t>(character)},
    {.name = "encode",
     .bind =
         [](const KernelSpec& spec) {
           return per_row<std::string, Text, Text>(
               [&spec](Text text, Text name) { return encode(spec, text, name); });
         },
     .fallible = true},
    {.name = "decode",
     .bind =
         [](const KernelSpec& spec) {
           return per_row<std::string, Text, Text>(
               [&spec](Text text, Text name) { return decode(spec, text, name); });
         },
     .fallible = true},
    {.name = "is_valid_utf8", .bind = rows<bool, Text>(utf8::is_valid)},
    {.name = "make_valid_utf8", .bind = rows<std::string, Text>(utf8::make_valid)},
    {.name = "try_validate_utf8", .bind = rows<std::optional<Text>, Text>([](Text s) {
                                    return utf8::is_valid(s) ? std::optional(s) : std::nullopt;
                                  })},
    {.name = "validate_utf8",
     .bind =
         [](const KernelSpec& spec) {
           return per_row<Text, Text>([&spec](Text s) {
             if (!utf8::is_valid(s))
               raise(spec, "INVALID_UTF8_STRING", {{"str", with_escaped_bytes(s)}});
             return s;
           });
         },
     .fallible = true},
    {.name = "mask",
     .bind =
         [](const KernelSpec&) {
           using Maybe = std::optional<Text>;
           return per_row<std::optional<std::string>, Maybe, Maybe, Maybe, Maybe, Maybe>(
               [](Maybe text, Maybe u, Maybe l, Maybe d, Maybe o) -> std::optional<std::string> {
                 if (!text) return std::nullopt;
                 return mask(*text, u, l, d, o);
               });
         },
     .handles_nulls = true},
    {.name = "quote", .bind = rows<std::string, Text>(quote)},
    {.name = "sentences", .bind = bind_sentences},
    {.name = "to_binary", .bind = bind_to_binary<false>, .fallible = true},
    {.name = "try_to_binary", .bind = bind_to_binary<true>},
};

}  // namespace

ScalarKernels string_encoding_kernels() { return pointers<ScalarKernel>(kKernels); }

}  // namespace lochan::engine::kernels
