#pragma once
#include <string>

#include "engine/text/csv_parser.h"
#include "engine/text/csv_writer.h"
#include "engine/text/options.h"

namespace lochan::engine::text {

/// What a CSV reader was told, with Spark's defaults.
struct CsvOptions {
  CsvDialect dialect;
  LineFormat lines;
  ParseMode mode = ParseMode::kPermissive;
  DateTimeFormats formats;
  bool header = false, multi_line = false, infer_schema = false, enforce_schema = true,
       prefer_date = true;
  bool prunes_columns = true;     // columns that are not asked are not looked at
  bool timestamp_is_ntz = false;  // what an inferred timestamp without a zone is
  std::string null_value, nan_value = "NaN", positive_infinity = "Inf", negative_infinity = "-Inf";
  std::string corrupt_column;
  std::string date_pattern;  // as written; empty: none
  double sampling_ratio = 1;
};

/// Throws Spark's errors for values that it refuses, and not-supported by name for options that
/// change the meaning and are not here.
CsvOptions csv_options(const plan::Options& options, const QueryOptions& query);

/// What a cell stands for; null for an empty cell and for the null value.
std::optional<std::string_view> cell_text(const CsvRecord& record, size_t i,
                                          const CsvOptions& options);

/// Whether a line has no record: blank, or a comment.
bool is_no_record(std::string_view line, const CsvOptions& options);

}  // namespace lochan::engine::text
