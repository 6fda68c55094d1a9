#include "base/source_text.h"

#include <algorithm>

namespace lochan {
namespace {

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

// Spark shows at most this many characters before and behind the piece on its lines.
constexpr int kMaxExtraCharacters = 32;

std::string underlined(std::string_view text, size_t start, size_t stop) {
  size_t first = start;
  int extra = 0;
  while (first > 0 && text[first - 1] != '\n' && extra < kMaxExtraCharacters) {
    --first;
    if (!is_continuation(text[first])) ++extra;
  }
  const bool cut_before = first > 0 && text[first - 1] != '\n';
  size_t last = stop + 1;
  extra = 0;
  while (last < text.size() && text[last] != '\n' && extra < kMaxExtraCharacters) {
    ++last;
    if (last == text.size() || !is_continuation(text[last])) ++extra;
  }
  const bool cut_behind = last < text.size() && text[last] != '\n';

  std::string out, line = cut_before ? "..." : "", marks = cut_before ? "   " : "";
  const auto flush = [&] {
    out += line + "\n" + marks + "\n";
    line.clear();
    marks.clear();
  };
  for (size_t i = first; i < last; ++i) {
    if (text[i] == '\n') {
      flush();
      continue;
    }
    line += text[i];
    if (!is_continuation(text[i])) {
      if (i >= start && i <= stop)
        marks += '^';
      else if (i < start)
        marks += ' ';
    }
  }
  if (cut_behind) line += "...";
  flush();
  return out;
}

}  // namespace

TextPosition text_position(std::string_view text, size_t offset) {
  TextPosition position;
  for (size_t i = 0; i < std::min(offset, text.size()); ++i) {
    if (text[i] == '\n') {
      ++position.line;
      position.column = 0;
    } else if (!is_continuation(text[i])) {
      ++position.column;
    }
  }
  return position;
}

int character_count(std::string_view text, size_t offset) {
  return static_cast<int>(std::count_if(text.begin(), text.begin() + std::min(offset, text.size()),
                                        [](char c) { return !is_continuation(c); }));
}

QueryContext sql_context(std::string_view text, size_t start, size_t stop, std::string object_type,
                         std::string object_name) {
  QueryContext context;
  if (text.empty()) return context;
  start = std::min(start, text.size() - 1);
  stop = std::clamp(stop, start, text.size() - 1);
  const TextPosition position = text_position(text, start);
  context.start = character_count(text, start);
  context.stop = character_count(text, stop + 1) - 1;
  context.fragment = std::string(text.substr(start, stop + 1 - start));
  context.summary = "== SQL";
  if (!object_type.empty()) context.summary += " of " + object_type + " " + object_name;
  context.summary += " (line " + std::to_string(position.line) + ", position " +
                     std::to_string(position.column + 1) + ") ==\n" + underlined(text, start, stop);
  context.object_type = std::move(object_type);
  context.object_name = std::move(object_name);
  return context;
}

QueryContext syntax_context(std::string_view text, size_t offset) {
  const TextPosition position = text_position(text, offset);
  QueryContext context;
  std::string& out = context.summary;
  out = " (line " + std::to_string(position.line) + ", pos " + std::to_string(position.column) +
        ")\n\n== SQL ==\n";
  const size_t line_end = std::min(text.find('\n', std::min(offset, text.size())), text.size());
  out += text.substr(0, line_end);
  out += "\n" + std::string(position.column, '-') + "^^^\n";
  if (line_end < text.size()) out += std::string(text.substr(line_end + 1)) + "\n";
  return context;
}

}  // namespace lochan
