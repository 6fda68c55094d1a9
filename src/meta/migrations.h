#pragma once
#include <span>
#include <string_view>

namespace lochan::meta {

/// One step from version N-1 to N. Steps are never edited once released, only appended.
struct Migration {
  int version;
  std::string_view what;
  std::string_view sql;  // statements separated by semicolons
};
std::span<const Migration> migrations();

}  // namespace lochan::meta
