#pragma once
#include <optional>
#include <string>

#include "engine/kernels/utf8.h"
#include "engine/text/json_options.h"

namespace lochan::engine::text {

/// The texts of a JSON file that are a record each: its lines, but for blank ones, or (multiLine)
/// the file.
class JsonRecords {
 public:
  JsonRecords(duckdb::FileSystem& files, const std::string& path, const JsonOptions& options,
              Range range)
      : decodes_(options.decodes) {
    if (options.multi_line)
      whole_ = whole_file(files, path, options.lines.charset);
    else
      lines_.emplace(files, path, options.lines, range);
  }
  /// False at the end. Texts are valid until the next call.
  bool next() {
    if (whole_) {
      if (given_ || is_blank(*whole_)) return false;
      given_ = true;
      raw_ = *whole_;
      return true;
    }
    while (lines_->next(raw_))
      if (!is_blank(raw_)) return true;
    return false;
  }
  /// The record as UTF-8; nothing where it is none, which makes it a bad record.
  std::optional<std::string_view> text() {
    if (decodes_) return well_formed(raw_, clean_);
    if (utf8::is_valid(raw_)) return raw_;
    if (!decode_record(raw_, clean_)) return std::nullopt;
    return clean_;
  }
  /// As it stands in the file, with its bytes.
  std::string_view raw() { return decodes_ ? well_formed(raw_, clean_) : raw_; }

 private:
  static bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
  }
  std::optional<LineReader> lines_;
  std::optional<std::string> whole_;
  std::string_view raw_;
  std::string clean_;
  bool given_ = false, decodes_;
};

}  // namespace lochan::engine::text
