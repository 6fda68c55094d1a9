#include "engine/text/csv_parser.h"

#include <utility>

#include "base/error.h"

namespace lochan::engine::text {
namespace {

bool is_blank(int c) { return c >= 0 && c <= ' '; }

/// One record being parsed from `In`, which has peek() and take().
template <class In>
class Parse {
 public:
  Parse(In& in, const CsvDialect& dialect, CsvRecord& record)
      : in_(in), d_(dialect), record_(record) {
    record_.cells.clear();
    record_.text.clear();
  }

  void run() {
    while (true) {
      cell();
      if (in_.peek() < 0 || in_.peek() == '\n') break;
      take_separator();
    }
    in_.take();
  }

 private:
  bool at_separator() {
    if (d_.separator.size() == 1) return in_.peek() == static_cast<unsigned char>(d_.separator[0]);
    return in_.starts_with(d_.separator);
  }
  void take_separator() {
    for (size_t i = 0; i < d_.separator.size(); ++i) in_.take();
  }
  bool at_end() { return in_.peek() < 0 || in_.peek() == '\n' || at_separator(); }

  void append(int c) { record_.text += static_cast<char>(c); }

  void finish(size_t begin, bool trim) {
    auto& text = record_.text;
    if (trim)
      while (text.size() > begin && is_blank(static_cast<unsigned char>(text.back())))
        text.pop_back();
    add(begin, text.size() == begin);
  }
  void add(size_t begin, bool null) {
    if (record_.cells.size() >= d_.max_columns)
      throw Error("MALFORMED_CSV_RECORD", {{"badRecord", record_.text}});
    record_.cells.push_back(
        {static_cast<uint32_t>(begin), static_cast<uint32_t>(record_.text.size() - begin), null});
  }

  void cell() {
    if (d_.trim_leading)
      while (is_blank(in_.peek()) && !at_end()) in_.take();
    const size_t begin = record_.text.size();
    if (d_.quote && in_.peek() == static_cast<unsigned char>(d_.quote)) {
      in_.take();
      quoted(begin);
      return;
    }
    while (!at_end()) append(in_.take());
    finish(begin, d_.trim_trailing);
  }

  /// The rest of a cell whose closing quote was not its end, as it stands.
  void unescaped(size_t begin) {
    record_.text.insert(begin, 1, d_.quote);
    while (!at_end()) append(in_.take());
    finish(begin, d_.trim_trailing);
  }

  /// Behind the opening quote.
  void quoted(size_t begin) {
    while (true) {
      const int c = in_.take();
      if (c < 0) {  // never closed
        add(begin, false);
        return;
      }
      const char next = static_cast<char>(in_.peek());
      const bool more = in_.peek() >= 0;
      if (more && d_.escape_of_escape && c == static_cast<unsigned char>(d_.escape_of_escape) &&
          next == d_.escape && d_.escape != d_.quote) {
        append(in_.take());
      } else if (more && d_.escape && c == static_cast<unsigned char>(d_.escape) &&
                 next == d_.quote) {
        append(in_.take());
      } else if (c == static_cast<unsigned char>(d_.quote)) {
        if (closed(begin)) return;
      } else {
        append(c);
      }
    }
  }

  /// Behind what may be the closing quote; whether the cell has ended.
  bool closed(size_t begin) {
    std::string blanks;
    while (is_blank(in_.peek()) && !at_end()) blanks += static_cast<char>(in_.take());
    if (at_end()) {
      if (record_.text.size() == begin) record_.text += d_.empty_value;
      add(begin, false);
      return true;
    }
    append(d_.quote);
    record_.text += blanks;
    if (d_.stop_at_closing_quote) return false;
    unescaped(begin);
    return true;
  }

  In& in_;
  const CsvDialect& d_;
  CsvRecord& record_;
};

}  // namespace

bool LineCharacters::starts_with(std::string_view text) const {
  return line_.substr(at_).starts_with(text);
}

void parse_record(std::string_view line, const CsvDialect& dialect, CsvRecord& record) {
  LineCharacters in(line);
  Parse(in, dialect, record).run();
}

bool parse_record(CsvCharacters& in, const CsvDialect& dialect, CsvRecord& record) {
  while (true) {
    const int c = in.peek();
    if (c < 0) return false;
    if (dialect.comment && c == static_cast<unsigned char>(dialect.comment)) {
      while (in.peek() >= 0 && in.peek() != '\n') in.take();
    } else if (c != '\n') {
      break;
    }
    in.take();
  }
  in.take_history();
  Parse(in, dialect, record).run();
  return true;
}

int CsvCharacters::peek() {
  if (at_ >= block_.size() && !fill()) return -1;
  return static_cast<unsigned char>(block_[at_]);
}

int CsvCharacters::take() {
  const int c = peek();
  if (c < 0) return c;
  ++at_;
  history_ += static_cast<char>(c);
  return c;
}

bool CsvCharacters::starts_with(std::string_view text) {
  while (block_.size() - at_ < text.size() && fill()) {
  }
  return std::string_view(block_).substr(at_).starts_with(text);
}

std::string CsvCharacters::take_history() { return std::exchange(history_, {}); }

bool CsvCharacters::fill() {
  const auto raw = source_.next_block();
  if (raw.empty() && held_.empty()) return false;
  block_.erase(0, at_);
  at_ = 0;
  std::string text = std::exchange(held_, {}) + std::string(raw);
  if (detect_) {
    const size_t first = text.find_first_of("\r\n");
    if (first != std::string::npos) {
      separator_ = text.compare(first, 2, "\r\n") == 0 ? "\r\n" : text.substr(first, 1);
      detect_ = false;
    }
  }
  if (separator_.empty() || separator_ == "\n") {
    block_ += text;
    return true;
  }
  // A separator of two characters may be cut by the end of the block.
  if (!raw.empty() && separator_.size() == 2 && text.back() == separator_[0]) {
    held_ = text.back();
    text.pop_back();
  }
  size_t from = 0;
  for (size_t at; (at = text.find(separator_, from)) != std::string::npos;
       from = at + separator_.size()) {
    block_.append(text, from, at - from);
    block_ += '\n';
  }
  block_.append(text, from, std::string::npos);
  return true;
}

}  // namespace lochan::engine::text
