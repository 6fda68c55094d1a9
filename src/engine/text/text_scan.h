#pragma once
#include <memory>
#include <string>
#include <vector>

#include "duckdb.hpp"
#include "engine/table_source.h"
#include "engine/text/input.h"
#include "engine/text_files.h"

namespace lochan::engine::text {

/// The columns that are asked of a part of a file: indexes into the format's columns, and where
/// each one goes.
struct Output {
  std::vector<size_t> columns;
  std::vector<duckdb::Vector*> vectors;
};

/// The rows of a part of a file. Used by one thread.
class RowReader {
 public:
  virtual ~RowReader() = default;
  /// Writes up to STANDARD_VECTOR_SIZE rows; their number, 0 at the end. Throws lochan::Error.
  virtual duckdb::idx_t read(const Output& output) = 0;
};

/// What a format makes of a file. Immutable.
class TextFormat {
 public:
  virtual ~TextFormat() = default;
  virtual std::string_view name() const = 0;
  virtual const types::Schema& columns() const = 0;
  /// Whether a file may be read in parts, by many threads.
  virtual bool splits(const std::string& path) const = 0;
  /// Throws when Spark refuses to read just these columns.
  virtual void check(const std::vector<size_t>& /*columns*/) const {}
  virtual std::unique_ptr<RowReader> open(duckdb::FileSystem& files, const std::string& path,
                                          Range range,
                                          const std::vector<size_t>& columns) const = 0;
};

/// Files in a format, in order, as a scan source: the format's columns, then those of the
/// partitioning.
plan::ScanSourcePtr text_source(TextFiles files, std::shared_ptr<const TextFormat> format);

/// Adds the table function behind it to a database.
void register_text_scan(duckdb::DatabaseInstance& database);

/// What Spark says of a file that it cannot read on.
[[noreturn]] void fail_reading(const std::string& path);

}  // namespace lochan::engine::text
