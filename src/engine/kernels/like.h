#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace lochan::engine {

/// A compiled LIKE pattern: `%` any characters, `_` one. Immutable.
class LikePattern {
 public:
  /// Throws Error INVALID_FORMAT.ESC_AT_THE_END or .ESC_IN_THE_MIDDLE for a misplaced `escape`.
  LikePattern(std::string_view pattern, std::string_view escape);
  bool matches(std::string_view text) const;

 private:
  /// Characters between two `%`; an empty piece of text stands for `_`.
  struct Segment {
    std::vector<std::string> pieces;
    size_t min_bytes = 0;
  };
  static size_t match_at(const Segment& segment, std::string_view text, size_t position);
  std::vector<Segment> segments_;  // joined by `%`
};

}  // namespace lochan::engine
