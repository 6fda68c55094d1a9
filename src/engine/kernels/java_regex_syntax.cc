#include "engine/kernels/java_regex_syntax.h"

#include <unicode/uniset.h>
#include <unicode/unistr.h>

#include <array>
#include <cstdio>
#include <optional>

#include "engine/kernels/utf8.h"

namespace lochan::engine {
namespace {

// What ends a line in Java.
constexpr const char* kNotLineBreak = "[^\\n\\r\\x{85}\\x{2028}\\x{2029}]";
constexpr const char* kAtEnd = "(?=(?:\\r\\n|[\\n\\r\\x{85}\\x{2028}\\x{2029}])?\\z)";
constexpr const char* kLineStart =
    "(?:\\A|(?<=[\\n\\x{85}\\x{2028}\\x{2029}])(?!\\z)|(?<=\\r)(?!\\n)(?!\\z))";
constexpr const char* kLineEnd = "(?:(?=[\\r\\x{85}\\x{2028}\\x{2029}])|(?<!\\r)(?=\\n)|\\z)";

struct Failure {
  std::string problem;
};

std::string hex(uint32_t c) {
  char out[16];
  std::snprintf(out, sizeof(out), "\\x{%X}", c);
  return out;
}

/// One character, escaped so that it stands for itself everywhere.
std::string quoted(uint32_t c) {
  if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
      c == ' ') {
    return std::string(1, static_cast<char>(c));
  }
  if (c >= 0x80) {
    std::string out;
    utf8::append_code_point(out, c);
    return out;
  }
  return hex(c);
}

icu::UnicodeSet icu_set(const std::string& pattern) {
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeSet set(icu::UnicodeString::fromUTF8(pattern), status);
  if (U_FAILURE(status)) throw Failure{"Unknown character property"};
  return set;
}

/// What \p{name} means in Java, as ICU set syntax.
std::string property(std::string name) {
  static const std::array<std::pair<const char*, const char*>, 36> kNames{{
      {"Lower", "[a-z]"},
      {"Upper", "[A-Z]"},
      {"ASCII", "[\\u0000-\\u007F]"},
      {"Alpha", "[a-zA-Z]"},
      {"Digit", "[0-9]"},
      {"Alnum", "[a-zA-Z0-9]"},
      {"Punct", "[!-/\\:-@\\[-`{-~]"},
      {"Graph", "[!-~]"},
      {"Print", "[\\ -~]"},
      {"Blank", "[\\ \\t]"},
      {"Cntrl", "[\\u0000-\\u001F\\u007F]"},
      {"XDigit", "[0-9a-fA-F]"},
      {"Space", "[\\ \\t\\n\\u000B\\f\\r]"},
      {"javaLowerCase", "[:Lowercase:]"},
      {"javaUpperCase", "[:Uppercase:]"},
      {"javaWhitespace", "[[:Z:]\\t\\n\\u000B\\f\\r\\u001C-\\u001F-[\\u00A0\\u2007\\u202F]]"},
      {"javaMirrored", "[:Bidi_Mirrored:]"},
      {"javaAlphabetic", "[:Alphabetic:]"},
      {"javaLetter", "[:L:]"},
      {"javaDigit", "[:Nd:]"},
      {"javaLetterOrDigit", "[[:L:][:Nd:]]"},
      {"javaTitleCase", "[:Lt:]"},
      {"IsAlphabetic", "[:Alphabetic:]"},
      {"IsIdeographic", "[:Ideographic:]"},
      {"IsLetter", "[:L:]"},
      {"IsLowercase", "[:Lowercase:]"},
      {"IsUppercase", "[:Uppercase:]"},
      {"IsTitlecase", "[:Lt:]"},
      {"IsPunctuation", "[:P:]"},
      {"IsControl", "[:Cc:]"},
      {"IsWhite_Space", "[:White_Space:]"},
      {"IsDigit", "[:Nd:]"},
      {"IsHex_Digit", "[:Hex_Digit:]"},
      {"L1", "[\\u0000-\\u00FF]"},
      {"all", "[\\u0000-\\U0010FFFF]"},
      {"LC", "[[:Lu:][:Ll:][:Lt:]]"},
  }};
  for (const auto& [java, icu] : kNames) {
    if (name == java) return icu;
  }
  if (name.starts_with("In")) {
    std::string block = name.substr(2);
    return "[:Block=" + block + ":]";
  }
  if (const auto equals = name.find('='); equals != std::string::npos) {
    const auto key = name.substr(0, equals);
    if (key == "script" || key == "sc") return "[:Script=" + name.substr(equals + 1) + ":]";
    if (key == "block" || key == "blk") return "[:Block=" + name.substr(equals + 1) + ":]";
    return "[:General_Category=" + name.substr(equals + 1) + ":]";
  }
  if (name.starts_with("Is")) {
    const std::string rest = name.substr(2);
    return rest.size() <= 2 ? "[:General_Category=" + rest + ":]" : "[:Script=" + rest + ":]";
  }
  return "[:General_Category=" + name + ":]";
}

class Translator {
 public:
  explicit Translator(std::string_view text) {
    for (size_t i = 0; i < text.size(); i += utf8::character_size(text, i)) {
      in_.push_back(utf8::code_point(text, i));
    }
  }

  TranslatedRegex run() {
    try {
      alternatives(0);
      if (at_ < in_.size()) throw Failure{"Unmatched closing ')'"};
    } catch (const Failure& f) {
      out_.problem = f.problem;
    }
    return std::move(out_);
  }

 private:
  struct Flags {
    bool ignore_case = false, dot_all = false, multi_line = false, comments = false,
         unix_lines = false;
  };

  bool more() const { return at_ < in_.size(); }
  uint32_t peek(size_t ahead = 0) const { return at_ + ahead < in_.size() ? in_[at_ + ahead] : 0; }
  bool looking_at(std::string_view ascii) const {
    for (size_t i = 0; i < ascii.size(); ++i) {
      if (at_ + i >= in_.size() || in_[at_ + i] != static_cast<unsigned char>(ascii[i]))
        return false;
    }
    return true;
  }
  bool take(std::string_view ascii) {
    if (!looking_at(ascii)) return false;
    at_ += ascii.size();
    return true;
  }
  void emit(std::string_view both) {
    out_.pattern += both;
    out_.simple_pattern += both;
  }
  void backtrack() { out_.needs_backtracking = true; }

  void alternatives(int depth) {
    if (depth > 500) throw Failure{"Pattern is nested too deeply"};
    const Flags outer = flags_;
    while (more() && peek() != ')') {
      if (take("|")) {
        emit("|");
        continue;
      }
      if (flags_.comments && (peek() == ' ' || (peek() >= 9 && peek() <= 13))) {
        ++at_;
        continue;
      }
      if (flags_.comments && peek() == '#') {
        while (more() && peek() != '\n') ++at_;
        continue;
      }
      const bool can_repeat = atom(depth);
      if (can_repeat) quantifier();
    }
    flags_ = outer;
  }

  void quantifier() {
    bool repeated = false;
    if (peek() == '*' || peek() == '+' || peek() == '?') {
      emit(std::string(1, static_cast<char>(in_[at_++])));
      repeated = true;
    } else if (peek() == '{') {
      ++at_;
      std::string text = "{";
      if (!(peek() >= '0' && peek() <= '9')) throw Failure{"Illegal repetition"};
      std::string low, high;
      while (peek() >= '0' && peek() <= '9') low += static_cast<char>(in_[at_++]);
      text += low;
      bool open = false;
      if (take(",")) {
        text += ",";
        open = true;
        while (peek() >= '0' && peek() <= '9') high += static_cast<char>(in_[at_++]);
        text += high;
      }
      if (!take("}")) throw Failure{"Unclosed counted closure"};
      if (low.size() > 9 || high.size() > 9) throw Failure{"Illegal repetition range"};
      if (open && !high.empty() && std::stol(high) < std::stol(low))
        throw Failure{"Illegal repetition range"};
      if (std::stol(low) > 1000 || (!high.empty() && std::stol(high) > 1000)) backtrack();
      emit(text + "}");
      repeated = true;
    }
    if (!repeated) return;
    if (take("?")) {
      emit("?");
    } else if (take("+")) {
      emit("+");
      backtrack();
    }
    if (peek() == '*' || peek() == '+' || peek() == '?') throw Failure{"Dangling meta character"};
  }

  /// Translates one atom; false if a quantifier cannot follow (flags, anchors may still be repeated
  /// in Java).
  bool atom(int depth) {
    const uint32_t c = peek();
    switch (c) {
      case '(': return group(depth);
      case '[': {
        ++at_;
        bool negated = false;
        const auto set = char_class(negated);
        emit(set_text(set, negated));
        return true;
      }
      case '.':
        ++at_;
        emit(flags_.dot_all ? "(?s:.)" : flags_.unix_lines ? "[^\\n]" : kNotLineBreak);
        return true;
      case '^':
        ++at_;
        if (flags_.multi_line) {
          emit(kLineStart);
          backtrack();
        } else {
          emit("\\A");
        }
        return true;
      case '$':
        ++at_;
        if (flags_.multi_line) {
          emit(kLineEnd);
          backtrack();
        } else {
          out_.pattern += kAtEnd;
          out_.simple_pattern += "\\z";
          out_.has_dollar = true;
        }
        return true;
      case '*':
      case '+':
      case '?':
        throw Failure{"Dangling meta character '" + std::string(1, static_cast<char>(c)) + "'"};
      case '\\': return escape();
      case '{': throw Failure{"Illegal repetition"};
      default:
        ++at_;
        emit(quoted(c));
        return true;
    }
  }

  bool group(int depth) {
    ++at_;
    if (!take("?")) {
      ++out_.groups;
      emit("(");
    } else if (take(":")) {
      emit("(?:");
    } else if (looking_at("=") || looking_at("!") || looking_at(">")) {
      emit("(?" + std::string(1, static_cast<char>(in_[at_++])));
      backtrack();
    } else if (take("<=")) {
      emit("(?<=");
      backtrack();
    } else if (take("<!")) {
      emit("(?<!");
      backtrack();
    } else if (take("<")) {
      std::string name;
      while (more() && peek() != '>') utf8::append_code_point(name, in_[at_++]);
      if (!take(">") || name.empty())
        throw Failure{"named capturing group is missing trailing '>'"};
      ++out_.groups;
      for (const auto& [other, n] : out_.names) {
        if (other == name) throw Failure{"Named capturing group <" + name + "> is already defined"};
      }
      out_.names.emplace_back(name, out_.groups);
      emit("(");
    } else {
      return inline_flags(depth);
    }
    alternatives(depth + 1);
    if (!take(")")) throw Failure{"Unclosed group"};
    emit(")");
    return true;
  }

  bool inline_flags(int depth) {
    Flags flags = flags_;
    bool on = true;
    for (; more() && peek() != ')' && peek() != ':'; ++at_) {
      switch (peek()) {
        case '-': on = false; break;
        case 'i': flags.ignore_case = on; break;
        case 's': flags.dot_all = on; break;
        case 'm': flags.multi_line = on; break;
        case 'x': flags.comments = on; break;
        case 'd': flags.unix_lines = on; break;
        case 'u':
        case 'U': break;
        default: throw Failure{"Unknown inline modifier"};
      }
    }
    const std::string prefix = flags.ignore_case ? "(?i:" : "(?-i:";
    if (take(":")) {
      const Flags outer = flags_;
      flags_ = flags;
      emit(prefix);
      alternatives(depth + 1);
      flags_ = outer;
      if (!take(")")) throw Failure{"Unclosed group"};
      emit(")");
      return true;
    }
    if (!take(")")) throw Failure{"Unclosed group"};
    // Flags hold to the end of the enclosing group, which restores its own.
    if (flags.ignore_case != flags_.ignore_case) emit(flags.ignore_case ? "(?i)" : "(?-i)");
    flags_ = flags;
    return false;
  }

  std::optional<uint32_t> number(int base, int least, int most) {
    uint32_t value = 0;
    int n = 0;
    for (; n < most && more(); ++n, ++at_) {
      const uint32_t c = peek();
      int digit = c >= '0' && c <= '9'   ? static_cast<int>(c - '0')
                  : c >= 'a' && c <= 'f' ? static_cast<int>(c - 'a' + 10)
                  : c >= 'A' && c <= 'F' ? static_cast<int>(c - 'A' + 10)
                                         : 99;
      if (digit >= base) break;
      value = value * base + digit;
    }
    return n < least ? std::nullopt : std::optional(value);
  }

  /// The character that an escape stands for, the backslash taken already; nullopt if it is no
  /// character.
  std::optional<uint32_t> escaped_character() {
    const uint32_t c = peek();
    const auto simple = [&](uint32_t value) {
      ++at_;
      return value;
    };
    switch (c) {
      case 't': return simple('\t');
      case 'n': return simple('\n');
      case 'r': return simple('\r');
      case 'f': return simple('\f');
      case 'a': return simple(7);
      case 'e': return simple(27);
      case 'c':
        ++at_;
        if (!more()) throw Failure{"Illegal control escape sequence"};
        return in_[at_++] ^ 64;
      case '0': {
        ++at_;
        auto value = number(8, 1, peek() <= '3' ? 3 : 2);
        if (!value) throw Failure{"Illegal octal escape sequence"};
        return value;
      }
      case 'x': {
        ++at_;
        std::optional<uint32_t> value;
        if (take("{")) {
          value = number(16, 1, 8);
          if (!take("}") || !value || *value > 0x10FFFF)
            throw Failure{"Illegal hexadecimal escape sequence"};
        } else {
          value = number(16, 2, 2);
        }
        if (!value) throw Failure{"Illegal hexadecimal escape sequence"};
        return value;
      }
      case 'u': {
        ++at_;
        auto value = number(16, 4, 4);
        if (!value) throw Failure{"Illegal Unicode escape sequence"};
        if (*value >= 0xD800 && *value < 0xDC00 && take("\\u")) {
          auto low = number(16, 4, 4);
          if (low) return 0x10000 + ((*value - 0xD800) << 10) + (*low - 0xDC00);
        }
        return value;
      }
      default:
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '1' && c <= '9'))
          return std::nullopt;
        return simple(c);
    }
  }

  /// The set that \d, \w, \p{...} and the like stand for; nullopt if the escape is none.
  std::optional<icu::UnicodeSet> escaped_set() {
    const uint32_t c = peek();
    icu::UnicodeSet set;
    switch (c) {
      case 'd':
      case 'D': set = icu_set("[0-9]"); break;
      case 'w':
      case 'W': set = icu_set("[a-zA-Z0-9_]"); break;
      case 's':
      case 'S': set = icu_set("[\\ \\t\\n\\u000B\\f\\r]"); break;
      case 'h':
      case 'H':
        set = icu_set("[\\ \\t\\u00A0\\u1680\\u180E\\u2000-\\u200A\\u202F\\u205F\\u3000]");
        break;
      case 'v':
      case 'V': set = icu_set("[\\n\\u000B\\f\\r\\u0085\\u2028\\u2029]"); break;
      case 'p':
      case 'P': {
        ++at_;
        std::string name;
        if (take("{")) {
          while (more() && peek() != '}') utf8::append_code_point(name, in_[at_++]);
          if (!take("}")) throw Failure{"Unclosed character family"};
        } else {
          if (!more()) throw Failure{"Illegal character family"};
          utf8::append_code_point(name, in_[at_++]);
        }
        set = icu_set(property(name));
        if (c == 'P') set.complement();
        return set;
      }
      default: return std::nullopt;
    }
    ++at_;
    if (c < 'a') set.complement();
    return set;
  }

  bool escape() {
    ++at_;
    if (!more()) throw Failure{"Unexpected internal error"};
    const uint32_t c = peek();
    switch (c) {
      case 'Q': {
        ++at_;
        // One group per character keeps a quantifier after \E on the last character, as Java does.
        while (more() && !looking_at("\\E")) emit(quoted(in_[at_++]));
        take("\\E");
        return true;
      }
      case 'E': throw Failure{"Illegal/unsupported escape sequence"};
      case 'd':
      case 'D':
      case 'w':
      case 'W':
        ++at_;
        emit(std::string("\\") + static_cast<char>(c));
        return true;
      case 's':
        ++at_;
        emit("[ \\t\\n\\x{B}\\f\\r]");
        return true;
      case 'S':
        ++at_;
        emit("[^ \\t\\n\\x{B}\\f\\r]");
        return true;
      case 'b':
      case 'B':
        ++at_;
        emit(std::string("\\") + static_cast<char>(c));
        return true;
      case 'A':
        ++at_;
        emit("\\A");
        return true;
      case 'z':
        ++at_;
        emit("\\z");
        return true;
      case 'Z':
        ++at_;
        out_.pattern += kAtEnd;
        out_.simple_pattern += "\\z";
        out_.has_dollar = true;
        return true;
      case 'G':
        ++at_;
        emit("\\G");
        backtrack();
        return true;
      case 'R':
        ++at_;
        emit("(?:\\r\\n|[\\n\\x{B}\\f\\r\\x{85}\\x{2028}\\x{2029}])");
        return true;
      case 'X':
        ++at_;
        emit("\\X");
        backtrack();
        return true;
      case 'k': {
        ++at_;
        std::string name;
        if (!take("<")) throw Failure{"\\k is not followed by '<' for named capturing group"};
        while (more() && peek() != '>') utf8::append_code_point(name, in_[at_++]);
        take(">");
        for (const auto& [known, n] : out_.names) {
          if (known == name) {
            emit("\\g{" + std::to_string(n) + "}");
            backtrack();
            return true;
          }
        }
        throw Failure{"named capturing group <" + name + "> does not exist"};
      }
      default: break;
    }
    if (c >= '1' && c <= '9') {
      int n = static_cast<int>(in_[at_++] - '0');
      while (peek() >= '0' && peek() <= '9' &&
             n * 10 + static_cast<int>(peek() - '0') <= out_.groups) {
        n = n * 10 + static_cast<int>(in_[at_++] - '0');
      }
      // A reference to a group that is not there never matches.
      emit(n > out_.groups ? std::string("(?!)") : "\\g{" + std::to_string(n) + "}");
      backtrack();
      return true;
    }
    if (auto set = escaped_set()) {
      emit(set_text(*set, false));
      return true;
    }
    if (auto character = escaped_character()) {
      emit(quoted(*character));
      return true;
    }
    throw Failure{"Illegal/unsupported escape sequence"};
  }

  /// After "[": unions, && intersections, nested classes. `negated` is set for [^...], whose set is
  /// not inverted here: under (?i) the engines must fold case before they invert.
  icu::UnicodeSet char_class(bool& negated) {
    negated = take("^");
    icu::UnicodeSet all;
    bool intersecting = false, first = true;
    icu::UnicodeSet current;
    const auto close_operand = [&] {
      if (intersecting) {
        all.retainAll(current);
      } else {
        all.addAll(current);
      }
      current.clear();
    };
    while (true) {
      if (!more()) throw Failure{"Unclosed character class"};
      if (peek() == ']' && !first) {
        ++at_;
        break;
      }
      if (take("&&")) {
        close_operand();
        intersecting = true;
        while (take("&&")) {
        }
        if (peek() == ']') {
          current = all;  // a trailing && has no operand and changes nothing
        }
        continue;
      }
      first = false;
      if (peek() == '[') {
        ++at_;
        bool inner_negated = false;
        auto inner = char_class(inner_negated);
        if (inner_negated) inner.complement();
        current.addAll(inner);
        continue;
      }
      if (looking_at("\\Q")) {
        at_ += 2;
        while (more() && !looking_at("\\E")) current.add(static_cast<UChar32>(in_[at_++]));
        take("\\E");
        continue;
      }
      if (flags_.comments && (peek() == ' ' || (peek() >= 9 && peek() <= 13))) {
        ++at_;
        continue;
      }
      uint32_t low;
      if (peek() == '\\') {
        ++at_;
        if (auto set = escaped_set()) {
          current.addAll(*set);
          continue;
        }
        low = class_escape();
      } else {
        low = in_[at_++];
      }
      if (peek() == '-' && at_ + 1 < in_.size() && peek(1) != ']' && peek(1) != '[') {
        ++at_;
        uint32_t high;
        if (peek() == '\\') {
          ++at_;
          high = class_escape();
        } else {
          high = in_[at_++];
        }
        if (high < low) throw Failure{"Illegal character range"};
        current.add(static_cast<UChar32>(low), static_cast<UChar32>(high));
      } else {
        current.add(static_cast<UChar32>(low));
      }
    }
    close_operand();
    return all;
  }

  uint32_t class_escape() {
    auto c = escaped_character();
    if (!c) throw Failure{"Illegal/unsupported escape sequence"};
    return *c;
  }

  std::string set_text(const icu::UnicodeSet& set, bool negated) {
    if (set.isEmpty()) return negated ? "(?s:.)" : "[^\\x{0}-\\x{10FFFF}]";
    std::string text = negated ? "[^" : "[";
    for (int32_t i = 0; i < set.getRangeCount(); ++i) {
      const uint32_t start = set.getRangeStart(i), end = set.getRangeEnd(i);
      // Surrogates are no characters in UTF-8; PCRE2 refuses them.
      const auto add = [&](uint32_t a, uint32_t b) {
        if (a > b) return;
        text += hex(a);
        if (b > a) text += "-" + hex(b);
      };
      if (start <= 0xDFFF && end >= 0xD800) {
        add(start, 0xD7FF);
        add(std::max<uint32_t>(start, 0xE000), end);
      } else {
        add(start, end);
      }
    }
    return text + "]";
  }

  std::vector<uint32_t> in_;
  size_t at_ = 0;
  Flags flags_;
  TranslatedRegex out_;
};

}  // namespace

TranslatedRegex translate_java_regex(std::string_view pattern) { return Translator(pattern).run(); }

}  // namespace lochan::engine
