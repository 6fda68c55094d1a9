#include "engine/kernels/java_regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <re2/re2.h>

#include <array>

#include "base/error.h"
#include "engine/kernel.h"
#include "engine/kernels/java_regex_syntax.h"
#include "engine/kernels/utf8.h"

namespace lochan::engine {
namespace {

// Java has no limit and may run for ever; this is some seconds of work.
constexpr uint32_t kMatchLimit = 20'000'000;

pcre2_match_context* match_context() {
  static pcre2_match_context* const context = [] {
    auto* c = pcre2_match_context_create(nullptr);
    pcre2_set_match_limit(c, kMatchLimit);
    return c;
  }();
  return context;
}

bool ends_with_line_break(std::string_view text) {
  if (text.empty()) return false;
  return text.back() == '\n' || text.back() == '\r' || text.ends_with("\xC2\x85") ||
         text.ends_with("\xE2\x80\xA8") || text.ends_with("\xE2\x80\xA9");
}

}  // namespace

struct JavaRegex::Engines {
  TranslatedRegex source;
  std::unique_ptr<RE2> re2;
  pcre2_code* pcre = nullptr;
  ~Engines() {
    if (pcre) pcre2_code_free(pcre);
  }
};

JavaRegex::~JavaRegex() = default;

std::shared_ptr<const JavaRegex> JavaRegex::compile(std::string_view pattern,
                                                    std::string* problem) {
  auto source = translate_java_regex(pattern);
  const auto fail = [&](std::string why) {
    if (problem) *problem = std::move(why);
    return nullptr;
  };
  if (!source.problem.empty()) return fail(source.problem);
  std::shared_ptr<JavaRegex> regex(new JavaRegex);
  regex->engines_ = std::make_unique<Engines>();
  auto& engines = *regex->engines_;
  if (!source.needs_backtracking) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(64 << 20);
    options.set_never_nl(false);
    engines.re2 = std::make_unique<RE2>(source.simple_pattern, options);
    if (!engines.re2->ok()) engines.re2 = nullptr;
  }
  if (!engines.re2 || source.has_dollar) {
    int code = 0;
    size_t offset = 0;
    engines.pcre = pcre2_compile(
        reinterpret_cast<PCRE2_SPTR>(source.pattern.data()), source.pattern.size(),
        PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY, &code, &offset, nullptr);
    if (!engines.pcre) {
      std::array<PCRE2_UCHAR, 256> message{};
      pcre2_get_error_message(code, message.data(), message.size());
      return fail(reinterpret_cast<const char*>(message.data()));
    }
    pcre2_jit_compile(engines.pcre, PCRE2_JIT_COMPLETE);
  }
  regex->group_count_ = source.groups;
  regex->names_ = source.names;
  engines.source = std::move(source);
  return regex;
}

size_t JavaRegex::next_position(std::string_view text, size_t position) {
  return position >= text.size() ? text.size() + 1
                                 : position + utf8::character_size(text, position);
}

bool JavaRegex::found_in(std::string_view text) const {
  if (engines_->re2 && !(engines_->source.has_dollar && ends_with_line_break(text))) {
    return engines_->re2->Match(re2::StringPiece(text.data(), text.size()), 0, text.size(),
                                RE2::UNANCHORED, nullptr, 0);
  }
  std::vector<Span> groups;
  return find(text, 0, groups);
}

bool JavaRegex::find(std::string_view text, size_t from, std::vector<Span>& groups) const {
  check_cancelled();
  const size_t n = group_count_ + 1;
  groups.assign(n, Span{});
  if (engines_->re2 && !(engines_->source.has_dollar && ends_with_line_break(text))) {
    std::vector<re2::StringPiece> pieces(n);
    const re2::StringPiece subject(text.data(), text.size());
    if (!engines_->re2->Match(subject, from, text.size(), RE2::UNANCHORED, pieces.data(),
                              static_cast<int>(n))) {
      return false;
    }
    for (size_t i = 0; i < n; ++i) {
      if (pieces[i].data() == nullptr) continue;
      groups[i] = {pieces[i].data() - text.data(),
                   static_cast<int64_t>(pieces[i].data() - text.data() + pieces[i].size())};
    }
    return true;
  }
  std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> data(
      pcre2_match_data_create_from_pattern(engines_->pcre, nullptr), pcre2_match_data_free);
  // An empty view may have no address, which PCRE2 refuses.
  const char* subject = text.data() ? text.data() : "";
  // What follows a first match was checked with it: to check it each time would be quadratic.
  const int rc = pcre2_match(engines_->pcre, reinterpret_cast<PCRE2_SPTR>(subject), text.size(),
                             from, from > 0 ? PCRE2_NO_UTF_CHECK : 0, data.get(), match_context());
  if (rc == PCRE2_ERROR_NOMATCH) return false;
  if (rc == PCRE2_ERROR_MATCHLIMIT || rc == PCRE2_ERROR_DEPTHLIMIT || rc == PCRE2_ERROR_HEAPLIMIT ||
      rc == PCRE2_ERROR_JIT_STACKLIMIT) {
    throw Error::not_supported("a regular expression that needs more than " +
                               std::to_string(kMatchLimit) + " steps to match");
  }
  if (rc < 0) return false;  // not UTF-8
  const size_t* offsets = pcre2_get_ovector_pointer(data.get());
  for (size_t i = 0; i < n && i < static_cast<size_t>(rc); ++i) {
    if (offsets[2 * i] == PCRE2_UNSET) continue;
    groups[i] = {static_cast<int64_t>(offsets[2 * i]), static_cast<int64_t>(offsets[2 * i + 1])};
  }
  return true;
}

std::optional<JavaRegex::Replacement> JavaRegex::parse_replacement(std::string_view text) const {
  Replacement out;
  std::string literal;
  const auto flush = [&] {
    if (!literal.empty()) out.pieces.push_back({std::move(literal), -1});
    literal.clear();
  };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      if (++i == text.size()) return std::nullopt;
      literal += text[i];
    } else if (text[i] == '$') {
      if (++i == text.size()) return std::nullopt;
      int group = -1;
      if (text[i] == '{') {
        const size_t close = text.find('}', i);
        if (close == std::string_view::npos) return std::nullopt;
        const auto name = text.substr(i + 1, close - i - 1);
        for (const auto& [known, n] : names_) {
          if (known == name) group = n;
        }
        i = close;
      } else if (is_digit(text[i])) {
        group = text[i] - '0';
        // Further digits belong to the number as long as such a group exists.
        while (i + 1 < text.size() && is_digit(text[i + 1]) &&
               group * 10 + (text[i + 1] - '0') <= group_count_) {
          group = group * 10 + (text[++i] - '0');
        }
      }
      if (group < 0 || group > group_count_) return std::nullopt;
      flush();
      out.pieces.push_back({{}, group});
    } else {
      literal += text[i];
    }
  }
  flush();
  return out;
}

void JavaRegex::append(std::string& out, const Replacement& replacement, std::string_view text,
                       const std::vector<Span>& groups) {
  for (const auto& piece : replacement.pieces) {
    if (piece.group < 0) {
      out += piece.literal;
    } else if (const auto& span = groups[piece.group]; span.start >= 0) {
      out += text.substr(span.start, span.end - span.start);
    }
  }
}

}  // namespace lochan::engine
