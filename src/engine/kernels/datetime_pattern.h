#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/kernels/zone.h"

/// Java's DateTimeFormatter patterns as Spark uses them: date_format, to_timestamp, to_date,
/// unix_timestamp, from_unixtime. A pattern is made once and used by any thread.
///   y M L d D E a h K k H m s S Q q V z O X x Z G F, 'text', '', [optional]
namespace lochan::engine::kernels {

class DateTimePattern {
 public:
  enum class Use { kFormat, kParse };
  /// Throws INVALID_DATETIME_PATTERN.* or INCONSISTENT_BEHAVIOR_CROSS_VERSION.* for a pattern Spark
  /// refuses.
  DateTimePattern(std::string_view pattern, Use use);

  /// The text of a local time; `zone` and `utc_seconds` are for zone letters.
  void format(std::string& out, int64_t local_micros, const Zone& zone, int64_t utc_seconds) const;

  /// The local time of a text, and the zone that it names, if any. Parts that the pattern lacks are
  /// those of 1970-01-01 00:00:00.
  struct Parsed {
    int64_t local_micros = 0;
    const Zone* zone = nullptr;
  };
  /// Or why not, as Java says it: "Text 'x' could not be parsed at index 0".
  std::variant<Parsed, std::string> parse(std::string_view text) const;

 private:
  struct Element {
    char letter = 0;  // 0: literal text; '[' and ']': begin and end of what is optional
    int count = 0;
    std::string text;
  };
  struct Fields;
  /// Parses elements [from, to) at `at`; -1 or the index where it failed.
  int parse_elements(std::string_view text, size_t& at, size_t from, size_t to,
                     Fields& fields) const;
  int parse_element(std::string_view text, size_t& at, size_t index, Fields& fields) const;
  void compile(std::string_view pattern, Use use);
  std::vector<Element> elements_;
  bool has_era_ = false;
};

const char* month_name(int month, bool full);
/// Monday = 0.
const char* weekday_name(int weekday, bool full);

}  // namespace lochan::engine::kernels
