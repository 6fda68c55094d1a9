#pragma once
#include <memory>
#include <optional>
#include <string>

#include "engine/text/csv_options.h"

namespace lochan::engine::text {

/// The records of a part of a CSV file: blank lines and comments left out. Used by one thread.
class CsvRecords {
 public:
  /// `begins` says whether the part starts with the file's header; it is left out then, and kept as
  /// header().
  CsvRecords(duckdb::FileSystem& files, const std::string& path, const CsvOptions& options,
             Range range);

  /// Moves to the next record without parsing it. False at the end.
  bool next();
  /// The record moved to.
  const CsvRecord& record();
  /// Its text as it stands in the file, as UTF-8.
  std::string text();
  const std::optional<CsvRecord>& header() const { return header_; }

 private:
  const CsvOptions& options_;
  std::optional<LineReader> lines_;
  std::optional<CsvCharacters> characters_;
  std::string_view line_;
  std::string clean_;
  CsvRecord record_;
  std::optional<CsvRecord> header_;
  bool parsed_ = false;
};

/// The columns of CSV files without a schema. Reads the files once when types are to be inferred.
types::Schema csv_schema(duckdb::FileSystem& files, const std::vector<std::string>& paths,
                         const CsvOptions& options);

}  // namespace lochan::engine::text
