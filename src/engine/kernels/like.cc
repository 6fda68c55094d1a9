#include "engine/kernels/like.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <bit>

#include "base/error.h"
#include "engine/kernels/utf8.h"
#include "types/value.h"

namespace lochan::engine {

namespace {

/// text.find(needle, from), faster for words in prose: looks at 16 places at once for the needle's
/// first two bytes.
size_t find(std::string_view text, std::string_view needle, size_t from) {
#ifdef __SSE2__
  if (needle.size() >= 2) {
    const auto first = _mm_set1_epi8(needle[0]), second = _mm_set1_epi8(needle[1]);
    const auto load = [&](size_t at) {
      return _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    };
    for (; from + 17 <= text.size(); from += 16) {
      auto places = static_cast<unsigned>(_mm_movemask_epi8(_mm_and_si128(
          _mm_cmpeq_epi8(load(from), first), _mm_cmpeq_epi8(load(from + 1), second))));
      for (; places != 0; places &= places - 1) {
        const size_t at = from + std::countr_zero(places);
        if (text.substr(at).starts_with(needle)) return at;
      }
    }
  }
#endif
  return text.find(needle, from);
}

}  // namespace

LikePattern::LikePattern(std::string_view pattern, std::string_view escape) {
  segments_.emplace_back();
  bool literal_open = false;
  const auto add_literal = [&](std::string_view c) {
    auto& pieces = segments_.back().pieces;
    if (!literal_open) pieces.emplace_back();
    pieces.back() += c;
    literal_open = true;
  };
  for (size_t i = 0; i < pattern.size();) {
    const auto c = pattern.substr(i, utf8::character_size(pattern, i));
    i += c.size();
    if (c == escape) {
      if (i >= pattern.size()) {
        throw Error("INVALID_FORMAT.ESC_AT_THE_END",
                    {{"format", types::Value::string(std::string(pattern)).sql()}});
      }
      const auto next = pattern.substr(i, utf8::character_size(pattern, i));
      if (next != "_" && next != "%" && next != escape) {
        throw Error("INVALID_FORMAT.ESC_IN_THE_MIDDLE",
                    {{"format", types::Value::string(std::string(pattern)).sql()},
                     {"char", types::Value::string(std::string(next)).sql()}});
      }
      i += next.size();
      add_literal(next);
    } else if (c == "%") {
      if (segments_.size() == 1 || !segments_.back().pieces.empty()) segments_.emplace_back();
      literal_open = false;
    } else if (c == "_") {
      segments_.back().pieces.emplace_back();
      literal_open = false;
    } else {
      add_literal(c);
    }
  }
  for (auto& s : segments_) {
    for (const auto& p : s.pieces) s.min_bytes += p.empty() ? 1 : p.size();
  }
}

/// Byte offset after the match, or npos.
size_t LikePattern::match_at(const Segment& segment, std::string_view text, size_t position) {
  for (const auto& piece : segment.pieces) {
    if (piece.empty()) {
      if (position >= text.size()) return std::string_view::npos;
      position += utf8::character_size(text, position);
    } else {
      if (text.compare(position, piece.size(), piece) != 0) return std::string_view::npos;
      position += piece.size();
    }
  }
  return position;
}

bool LikePattern::matches(std::string_view text) const {
  size_t position = match_at(segments_.front(), text, 0);
  if (position == std::string_view::npos) return false;
  if (segments_.size() == 1) return position == text.size();
  // The leftmost place for each middle segment leaves the most room for the rest.
  for (size_t s = 1; s + 1 < segments_.size(); ++s) {
    const auto& segment = segments_[s];
    const auto& first = segment.pieces.front();
    for (;; position += utf8::character_size(text, position)) {
      if (!first.empty()) position = find(text, first, position);
      if (position == std::string_view::npos || position >= text.size()) return false;
      const size_t end = match_at(segment, text, position);
      if (end != std::string_view::npos) {
        position = end;
        break;
      }
    }
  }
  const auto& last = segments_.back();
  if (last.pieces.empty()) return true;
  if (text.size() - position < last.min_bytes) return false;
  // The last segment must end with the text: step back its number of characters.
  size_t characters = 0;
  for (const auto& p : last.pieces) characters += p.empty() ? 1 : utf8::length(p);
  size_t start = text.size();
  for (; characters > 0; --characters) {
    if (start <= position) return false;
    do {
      --start;
    } while (start > position && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80);
  }
  return match_at(last, text, start) == text.size();
}

}  // namespace lochan::engine
