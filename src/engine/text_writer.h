#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/text/csv_writer.h"
#include "plan/plan.h"

namespace lochan::engine {

/// How the rows of a query become text files.
struct TextWrite {
  std::string
      directory;  // local; it must exist. Files appear in it (in partition folders) as they grow
  std::string format = "csv";             // csv; json and text take one string column: the lines
  std::vector<std::string> column_names;  // one for each column of the plan's output
  std::vector<size_t>
      partition_columns;      // indexes in the output; they are in the folders, not in the files
  std::string compression;    // "" or gzip
  int64_t max_file_rows = 0;  // of one file; 0: no limit
  text::CsvStyle csv;
  bool header = false;  // csv
};

/// Runs `resolved` and writes its rows below `write.directory`, from as many threads as the engine
/// has; the files' paths below it. When it throws, files may be left there: the caller removes
/// them. Cells are as Spark prints them.
struct WrittenText {
  struct File {
    std::string path;
    std::string folder;  // of its partition, "a=1/" or empty, as DuckDB encodes it
    int64_t number = 0;  // among the files of a partition, with max_file_rows
  };
  std::vector<File> files;
  int64_t rows = 0;
};
WrittenText write_text(Engine& engine, const plan::PlanPtr& resolved, const TextWrite& write,
                       const QueryOptions& options);

}  // namespace lochan::engine
