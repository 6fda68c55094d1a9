#pragma once
#include <optional>
#include <string>

#include "engine/text/json_options.h"

namespace lochan::engine::text {

/// The texts of a JSON file that are a record each: its lines, but for blank ones, or (multiLine)
/// the file.
class JsonRecords {
 public:
  JsonRecords(duckdb::FileSystem& files, const std::string& path, const JsonOptions& options,
              Range range) {
    if (options.multi_line)
      whole_ = whole_file(files, path, options.lines.charset);
    else
      lines_.emplace(files, path, options.lines, range);
  }
  /// False at the end; `text` is UTF-8 and valid until the next call.
  bool next(std::string_view& text) {
    if (whole_) {
      if (given_ || is_blank(*whole_)) return false;
      given_ = true;
      text = well_formed(*whole_, clean_);
      return true;
    }
    while (lines_->next(text)) {
      if (is_blank(text)) continue;
      text = well_formed(text, clean_);
      return true;
    }
    return false;
  }

 private:
  static bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
  }
  std::optional<LineReader> lines_;
  std::optional<std::string> whole_;
  std::string clean_;
  bool given_ = false;
};

}  // namespace lochan::engine::text
