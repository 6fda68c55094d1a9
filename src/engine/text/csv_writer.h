#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "plan/plan.h"

namespace lochan::engine::text {

/// How cells are written as CSV, by the rules of the writer that Spark uses (univocity), with
/// Spark's defaults. A character 0 is none.
struct CsvStyle {
  std::string separator = ",";
  char quote = '"', escape = '\\', escape_of_escape = '\\', comment = 0;
  bool quote_all = false;
  bool escape_quotes = true;  // a cell that holds a quote is quoted
  bool trim_leading = true, trim_trailing = true;
  std::string null_value, empty_value = "\"\"";

  /// As a text that parse() reads back.
  std::string encode() const;
  static CsvStyle parse(std::string_view text);

  /// Appends a cell and, unless it is the line's first, a separator before it.
  void append(std::string& line, std::optional<std::string_view> cell, bool first) const;

 private:
  void append_text(std::string& line, std::string_view text, bool first, bool quoted,
                   bool stands_in) const;
  bool needs_quotes(std::string_view text) const;
};

/// What a CSV writer was told. Throws Spark's errors for values that it refuses.
CsvStyle csv_style(const plan::Options& options);

}  // namespace lochan::engine::text
