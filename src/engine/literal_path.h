#pragma once
#include <string>

namespace lochan::engine {

/// A path for DuckDB's readers, which take * ? and [ for a pattern: it comes to mean the file of
/// exactly this name.
inline std::string literal_path(const std::string& path) {
  std::string literal;
  for (const char c : path) {
    if (c == '*' || c == '?' || c == '[')
      literal.append("[").append(1, c).append("]");
    else
      literal += c;
  }
  return literal;
}

}  // namespace lochan::engine
