#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lochan::engine {

/// A regular expression with the syntax and meaning of java.util.regex. RE2 runs it where it can
/// (linear time); PCRE2, with a limit on matching steps, where the pattern needs look-around,
/// back-references, possessive quantifiers or Java's `$`. Immutable and thread-safe once compiled.
class JavaRegex {
 public:
  /// Null if the pattern is not valid; `problem` then says why.
  static std::shared_ptr<const JavaRegex> compile(std::string_view pattern,
                                                  std::string* problem = nullptr);
  ~JavaRegex();

  struct Span {
    int64_t start = -1;  // bytes; -1: the group took no part
    int64_t end = -1;
  };
  /// The leftmost match that starts at or after byte `from`: group 0 first. False if none.
  /// Throws lochan::Error when matching takes too many steps.
  bool find(std::string_view text, size_t from, std::vector<Span>& groups) const;
  bool found_in(std::string_view text) const;
  int group_count() const { return group_count_; }

  /// Walks over all matches like Matcher.find(): f(groups) returns false to stop.
  template <class F>
  void for_each(std::string_view text, F f) const {
    std::vector<Span> groups;
    size_t from = 0;
    while (from <= text.size() && find(text, from, groups)) {
      if (!f(groups)) return;
      from = groups[0].end > groups[0].start ? groups[0].end : next_position(text, groups[0].end);
    }
  }

  /// The parts of `text` between matches, as Java's split with this limit (<= 0: none): empty ones
  /// are kept.
  template <class F>
  void split(std::string_view text, int32_t limit, F add) const {
    if (limit <= 0) limit = INT32_MAX;
    size_t from = 0;
    int32_t parts = 1;
    if (parts < limit) {
      for_each(text, [&](const std::vector<Span>& groups) {
        // A match of nothing at the very beginning makes no empty part.
        if (groups[0].end == 0) return true;
        add(text.substr(from, groups[0].start - from));
        from = groups[0].end;
        return ++parts < limit;
      });
    }
    add(text.substr(from));
  }

  /// A replacement text with $1, ${name} and backslash escapes, taken apart. Nullopt if malformed
  /// or naming a group that does not exist.
  struct Replacement {
    struct Piece {
      std::string literal;
      int group = -1;  // -1: the literal
    };
    std::vector<Piece> pieces;
  };
  std::optional<Replacement> parse_replacement(std::string_view replacement) const;
  static void append(std::string& out, const Replacement& replacement, std::string_view text,
                     const std::vector<Span>& groups);

 private:
  JavaRegex() = default;
  static size_t next_position(std::string_view text, size_t position);
  struct Engines;
  std::unique_ptr<Engines> engines_;
  int group_count_ = 0;
  std::vector<std::pair<std::string, int>> names_;
};

}  // namespace lochan::engine
