#pragma once
#include <string>

#include "engine/text/json_parser.h"
#include "engine/text/options.h"

namespace lochan::engine::text {

/// What a JSON reader was told, with Spark's defaults.
struct JsonOptions {
  JsonDialect dialect;
  LineFormat lines;
  ParseMode mode = ParseMode::kPermissive;
  DateTimeFormats formats;
  bool multi_line = false, primitives_as_string = false, prefers_decimal = false,
       drop_nulls = false, infer_timestamp = false;
  bool case_sensitive = false;    // whether an object may have `a` and `A`
  bool timestamp_is_ntz = false;  // what an inferred timestamp without a zone is
  /// An encoding was named: bytes are decoded as Java does, which replaces what is ill-formed. Else
  /// the parser looks at the bytes, and refuses it.
  bool decodes = false;
  std::string corrupt_column;
};

JsonOptions json_options(const plan::Options& options, const QueryOptions& query);

/// The columns that the records of files need, by name; reads the files once.
types::Schema json_schema(duckdb::FileSystem& files, const std::vector<std::string>& paths,
                          const JsonOptions& options);

}  // namespace lochan::engine::text
