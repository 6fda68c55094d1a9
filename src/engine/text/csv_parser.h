#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/text/input.h"

/// Records of CSV, by the rules of the parser that Spark uses (univocity):
///   record = cell (sep cell)* newline;  cell = text without sep or newline | quote ... quote
///   [blanks]
/// Within quotes, escape quote is a quote and escape escape an escape. What follows a closing quote
/// makes the whole cell text as it stands, up to the next separator (STOP_AT_DELIMITER) or up to a
/// quote before a separator (STOP_AT_CLOSING_QUOTE).
namespace lochan::engine::text {

struct CsvDialect {
  std::string separator = ",";
  char quote = '"', escape = '\\', comment = 0;  // 0: none
  char escape_of_escape = '\\';                  // before an escape it makes one escape; 0: none
  bool trim_leading = false, trim_trailing = false;
  bool stop_at_closing_quote = false;
  std::string empty_value;  // what "" stands for
  size_t max_columns = 20480;
};

/// The cells of one record; views are valid until the next record is parsed.
struct CsvRecord {
  struct Cell {
    uint32_t begin = 0, size = 0;
    bool null = true;
  };
  std::vector<Cell> cells;
  std::string text;  // the cells' characters

  std::string_view operator[](size_t i) const {
    return std::string_view(text).substr(cells[i].begin, cells[i].size);
  }
};

/// The characters of a file, with line ends made \n: the first kind of line end that appears, or
/// `separator`.
class CsvCharacters {
 public:
  CsvCharacters(CharacterSource source, std::string separator)
      : source_(std::move(source)), separator_(std::move(separator)), detect_(separator_.empty()) {}
  /// The next character without taking it, -1 at the end.
  int peek();
  int take();
  bool starts_with(std::string_view text);
  /// Characters that were taken since the last call, as they are after line ends were made \n.
  std::string take_history();

 private:
  bool fill();
  CharacterSource source_;
  std::string separator_, block_, history_, held_;
  bool detect_;
  size_t at_ = 0;
};

/// One line as characters.
class LineCharacters {
 public:
  explicit LineCharacters(std::string_view line) : line_(line) {}
  int peek() const { return at_ < line_.size() ? static_cast<unsigned char>(line_[at_]) : -1; }
  bool starts_with(std::string_view text) const;
  int take() { return at_ < line_.size() ? static_cast<unsigned char>(line_[at_++]) : -1; }

 private:
  std::string_view line_;
  size_t at_ = 0;
};

/// Parses the next record. False at the end. Throws MALFORMED_CSV_RECORD for more than max_columns
/// cells. Over many lines, empty lines and comments are left out.
bool parse_record(CsvCharacters& in, const CsvDialect& dialect, CsvRecord& record);
void parse_record(std::string_view line, const CsvDialect& dialect, CsvRecord& record);

}  // namespace lochan::engine::text
