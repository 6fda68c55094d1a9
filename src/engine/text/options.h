#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/engine.h"
#include "engine/kernels/datetime_pattern.h"
#include "engine/text/input.h"
#include "plan/plan.h"

/// Options of readers that several text formats have. Keys are in lower case.
namespace lochan::engine::text {

enum class ParseMode { kPermissive, kDropMalformed, kFailFast };

/// One format's options, asked by name; what is asked is known, and nothing else may be there.
class OptionReader {
 public:
  OptionReader(const plan::Options& options, std::string_view format)
      : options_(options), format_(format) {}

  /// Throws for options of Spark that change what is read and are not here. Others that are unknown
  /// have no effect, as in Spark.
  void refuse_missing() const;

  std::optional<std::string> text(std::string_view key) const;
  std::string text_or(std::string_view key, std::string_view fallback) const;
  /// Throws when the value is neither true nor false.
  bool flag(std::string_view key, bool fallback) const;
  /// Throws when the value is no whole number of 32 bits.
  int32_t number(std::string_view key, int32_t fallback) const;
  /// A character, none for an empty text. Throws OPTION_VALUE_EXCEEDS_ONE_CHARACTER.
  char character(std::string_view key, char fallback) const;

  ParseMode mode() const;
  /// encoding or charset, lineSep.
  LineFormat lines(std::string_view function) const;

 private:
  const plan::Options& options_;
  std::string_view format_;
};

/// How texts become dates and timestamps.
struct DateTimeFormats {
  const kernels::Zone* zone = &kernels::Zone::utc();
  std::shared_ptr<const kernels::DateTimePattern> date, timestamp,
      timestamp_ntz;  // null: as a cast

  std::optional<int32_t> parse_date(std::string_view text) const;
  std::optional<int64_t> parse_timestamp(std::string_view text) const;
  /// Null for texts with a zone.
  std::optional<int64_t> parse_timestamp_ntz(std::string_view text) const;
};
/// dateFormat, timestampFormat, timestampNTZFormat, timeZone.
DateTimeFormats date_time_formats(const OptionReader& options, const QueryOptions& query);

/// Whether a schema's corrupt record column is the only one asked: Spark refuses that.
void check_not_only_corrupt_record(const types::Schema& schema, const std::vector<size_t>& columns,
                                   const std::string& corrupt_column);
/// The place of the corrupt record column in a schema, if it has one; it must be a string.
std::optional<size_t> find_corrupt_record(const types::Schema& schema, const std::string& name);

}  // namespace lochan::engine::text
