#include "engine/text/csv_writer.h"

#include <algorithm>

#include "base/error.h"

namespace lochan::engine::text {
namespace {

bool is_blank(char c) { return static_cast<unsigned char>(c) <= ' '; }

}  // namespace

std::string CsvStyle::encode() const {
  std::string out;
  for (const std::string& part :
       {std::string{quote}, std::string{escape}, std::string{escape_of_escape},
        std::string{comment}, std::string(quote_all, 'x'), std::string(escape_quotes, 'x'),
        std::string(trim_leading, 'x'), std::string(trim_trailing, 'x'), separator, null_value,
        empty_value})
    out.append(std::to_string(part.size())).append(":").append(part);
  return out;
}

CsvStyle CsvStyle::parse(std::string_view text) {
  const auto part = [&] {
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos) throw Error::internal("a damaged style of CSV");
    const size_t size = std::stoul(std::string(text.substr(0, colon)));
    const std::string found(text.substr(colon + 1, size));
    text.remove_prefix(std::min(text.size(), colon + 1 + size));
    return found;
  };
  CsvStyle out;
  for (char* character : {&out.quote, &out.escape, &out.escape_of_escape, &out.comment})
    *character = part().at(0);
  for (bool* flag : {&out.quote_all, &out.escape_quotes, &out.trim_leading, &out.trim_trailing})
    *flag = !part().empty();
  for (std::string* string : {&out.separator, &out.null_value, &out.empty_value}) *string = part();
  return out;
}

void CsvStyle::append(std::string& line, std::optional<std::string_view> cell, bool first) const {
  if (!first) line += separator;
  const size_t before = line.size();
  append_text(line, cell ? *cell : std::string_view(null_value), first, quote_all, !cell);
  const bool wrote_nothing = line.size() == before || (quote_all && line.size() == before + 2);
  if (!wrote_nothing || !cell) return;
  line.resize(before);
  append_text(line, empty_value, first, quote_all, true);
}

bool CsvStyle::needs_quotes(std::string_view text) const {
  for (const char c : text)
    if (c == '\n' || c == '\r' || (escape_quotes && quote && c == quote)) return true;
  return text.find(separator) != std::string_view::npos;
}

/// `stands_in`: for a null or an empty text; one that has its quotes already is left as it is.
void CsvStyle::append_text(std::string& line, std::string_view text, bool first, bool quoted,
                           bool stands_in) const {
  if (trim_leading)
    while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  if (!text.empty())
    quoted |= (quote && text.front() == quote) || (first && comment && text.front() == comment);
  quoted |= needs_quotes(text);
  if (trim_trailing)
    while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  const bool has_quotes =
      quote && text.size() >= 2 && text.front() == quote && text.back() == quote;
  if (!quoted || (stands_in && has_quotes)) {
    line += text;
    return;
  }
  if (quote) line += quote;
  for (const char c : text) {
    if (quote && c == quote) {
      if (escape) line += escape;
    } else if (escape && c == escape && escape_of_escape) {
      line += escape_of_escape;
    }
    line += c;
  }
  if (quote) line += quote;
}

}  // namespace lochan::engine::text
