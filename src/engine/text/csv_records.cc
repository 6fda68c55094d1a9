#include "engine/text/csv_records.h"

namespace lochan::engine::text {

CsvRecords::CsvRecords(duckdb::FileSystem& files, const std::string& path,
                       const CsvOptions& options, Range range)
    : options_(options) {
  if (options.multi_line)
    characters_.emplace(CharacterSource(files, path, options.lines.charset, 0, true),
                        options.lines.separator);
  else
    lines_.emplace(files, path, options.lines, range);
  if (options.header && range.begin == 0 && next()) header_ = record();
}

bool CsvRecords::next() {
  parsed_ = false;
  if (characters_) {
    parsed_ = true;
    return parse_record(*characters_, options_.dialect, record_);
  }
  while (lines_->next(line_))
    if (!is_no_record(line_, options_)) return true;
  return false;
}

const CsvRecord& CsvRecords::record() {
  if (!parsed_) parse_record(well_formed(line_, clean_), options_.dialect, record_);
  parsed_ = true;
  return record_;
}

std::string CsvRecords::text() {
  if (!characters_) {
    std::string storage;
    return std::string(well_formed(line_, storage));
  }
  std::string text = characters_->take_history();
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

}  // namespace lochan::engine::text
