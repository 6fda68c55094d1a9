// Text files as rows of one string: a line each, or a file each.
#include <optional>
#include <set>

#include "base/error.h"
#include "engine/kernels/rows.h"
#include "engine/text/options.h"
#include "engine/text/text_scan.h"

namespace lochan::engine {
namespace text {
namespace {

using duckdb::idx_t;

class LinesFormat final : public TextFormat {
 public:
  LinesFormat(LineFormat lines, bool whole, types::Schema columns)
      : lines_(std::move(lines)), whole_(whole), columns_(std::move(columns)) {}
  std::string_view name() const override { return "text"; }
  const types::Schema& columns() const override { return columns_; }
  bool splits(const std::string&) const override {
    return !whole_ && lines_.charset == Charset::kUtf8;
  }
  std::unique_ptr<RowReader> open(duckdb::FileSystem& files, const std::string& path, Range range,
                                  const std::vector<size_t>& columns) const override;

  LineFormat lines_;
  bool whole_;

 private:
  types::Schema columns_;
};

class LineRows final : public RowReader {
 public:
  LineRows(const LinesFormat& format, duckdb::FileSystem& files, const std::string& path,
           Range range) {
    if (format.whole_) {
      whole_ = whole_file(files, path, format.lines_.charset);
      given_ = whole_->empty();  // an empty file is no row
    } else
      lines_.emplace(files, path, format.lines_, range);
  }
  idx_t read(const Output& output) override {
    idx_t row = 0;
    for (std::string_view line; row < (whole_ ? 1 : STANDARD_VECTOR_SIZE) && next(line); ++row) {
      if (output.vectors.empty()) continue;
      auto& out = *output.vectors[0];
      // As they are, as in Spark: a line need not be UTF-8.
      kernels::rows_of<duckdb::string_t>(out)[row] =
          duckdb::StringVector::AddStringOrBlob(out, line.data(), line.size());
    }
    return row;
  }

 private:
  bool next(std::string_view& line) {
    if (lines_) return lines_->next(line);
    line = *whole_;
    return !std::exchange(given_, true);
  }
  std::optional<LineReader> lines_;
  std::optional<std::string> whole_;
  bool given_ = false;
};

std::unique_ptr<RowReader> LinesFormat::open(duckdb::FileSystem& files, const std::string& path,
                                             Range range, const std::vector<size_t>&) const {
  return std::make_unique<LineRows>(*this, files, path, range);
}

}  // namespace
}  // namespace text

plan::ScanSourcePtr open_text(TextFiles files, const plan::Options& options,
                              const types::Schema& schema) {
  const text::OptionReader reader(options, "text");
  types::Schema columns = schema;
  if (columns.empty()) columns.push_back({"value", types::TypeId::kString, true, "{}"});
  if (columns.size() != 1)
    throw Error("_LEGACY_ERROR_TEMP_1290", {{"schemaSize", std::to_string(columns.size())}});
  if (!columns[0].type.is_string())
    throw Error("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
                {{"columnName", types::quote_identifier(columns[0].name)},
                 {"columnType", "\"" + columns[0].type.sql() + "\""},
                 {"format", "Text"}});
  return text::text_source(
      std::move(files),
      std::make_shared<const text::LinesFormat>(
          reader.lines("TextOptions"), reader.flag("wholetext", false), std::move(columns)));
}

}  // namespace lochan::engine
