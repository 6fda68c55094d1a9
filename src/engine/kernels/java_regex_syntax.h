#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lochan::engine {

/// A Java pattern translated to the syntax that RE2 and PCRE2 share.
struct TranslatedRegex {
  std::string pattern;              // for PCRE2
  std::string simple_pattern;       // for RE2: `$` means the very end
  bool needs_backtracking = false;  // RE2 cannot run it
  bool has_dollar =
      false;  // simple_pattern is right only for texts that do not end with a line break
  int groups = 0;
  std::vector<std::pair<std::string, int>> names;
  std::string problem;  // not empty: not a valid pattern
};

TranslatedRegex translate_java_regex(std::string_view pattern);

}  // namespace lochan::engine
