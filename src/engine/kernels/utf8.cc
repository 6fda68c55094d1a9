#include "engine/kernels/utf8.h"

#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <unordered_map>
#include <vector>

#include "base/ascii.h"

namespace lochan::engine::utf8 {
namespace {

size_t size_of_first_byte(unsigned char first) {
  if (first < 0xC2) return 1;
  if (first < 0xE0) return 2;
  if (first < 0xF0) return 3;
  if (first < 0xF5) return 4;
  return 1;
}

/// Bytes of the well-formed sequence at `position`, or 0; `bad` is the length of the maximal
/// ill-formed part.
size_t well_formed(std::string_view text, size_t position, size_t& bad) {
  const auto at = [&](size_t i) -> unsigned {
    return static_cast<unsigned char>(text[position + i]);
  };
  const size_t rest = text.size() - position;
  const unsigned first = at(0);
  bad = 1;
  if (first < 0x80) return 1;
  if (first < 0xC2 || first > 0xF4) return 0;
  const size_t size = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  unsigned low = 0x80, high = 0xBF;
  if (first == 0xE0) low = 0xA0;
  if (first == 0xED) high = 0x9F;
  if (first == 0xF0) low = 0x90;
  if (first == 0xF4) high = 0x8F;
  for (size_t i = 1; i < size; ++i) {
    if (i >= rest || at(i) < low || at(i) > high) {
      bad = i;
      return 0;
    }
    low = 0x80;
    high = 0xBF;
  }
  return size;
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// Whether these are the first two bytes of an encoded surrogate.
bool is_surrogate(std::string_view text) {
  return text.size() == 2 && text[0] == '\xED' && static_cast<unsigned char>(text[1]) >= 0xA0 &&
         is_continuation(text[1]);
}

std::string replace_ill_formed(std::string_view text, bool surrogates_as_one) {
  std::string out;
  size_t bad;
  for (size_t i = 0; i < text.size();) {
    const size_t n = well_formed(text, i, bad);
    if (n == 0) {
      out += "\xEF\xBF\xBD";
      if (surrogates_as_one && is_surrogate(text.substr(i, 2)))
        bad = i + 2 < text.size() && is_continuation(text[i + 2]) ? 3 : 2;
      i += bad;
    } else {
      out += text.substr(i, n);
      i += n;
    }
  }
  return out;
}

/// Byte offset of the character that ends at `end`.
size_t previous(std::string_view text, size_t end) {
  size_t start = end - 1;
  while (start > 0 && end - start < 4 && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80)
    --start;
  return start + size_of_first_byte(static_cast<unsigned char>(text[start])) == end ? start
                                                                                    : end - 1;
}

std::vector<uint32_t> code_points(std::string_view text) {
  std::vector<uint32_t> out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); i += character_size(text, i))
    out.push_back(code_point(text, i));
  return out;
}

std::string pad(std::string_view text, int32_t wanted, std::string_view padding, bool left) {
  if (wanted <= 0) return {};
  const int32_t have = length(text);
  if (have >= wanted || padding.empty())
    return std::string(text.substr(0, offset_of(text, wanted)));
  const int32_t missing = wanted - have;
  const int32_t pad_length = length(padding);
  std::string fill;
  fill.reserve(padding.size() * (static_cast<size_t>(missing) / pad_length + 1));
  for (int32_t i = 0; i < missing / pad_length; ++i) fill += padding;
  fill += padding.substr(0, offset_of(padding, missing % pad_length));
  return left ? fill.append(text) : std::string(text).append(fill);
}

}  // namespace

bool is_ascii(std::string_view text) {
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, text.data() + i, 8);
    if (word & 0x8080808080808080ULL) return false;
  }
  for (; i < text.size(); ++i) {
    if (static_cast<unsigned char>(text[i]) >= 0x80) return false;
  }
  return true;
}

bool is_valid(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

std::string make_valid(std::string_view text) { return replace_ill_formed(text, false); }

std::string decode(std::string_view text) { return replace_ill_formed(text, true); }

size_t character_size(std::string_view text, size_t position) {
  return std::min(size_of_first_byte(static_cast<unsigned char>(text[position])),
                  text.size() - position);
}

int32_t length(std::string_view text) {
  if (is_ascii(text)) return static_cast<int32_t>(text.size());
  int32_t n = 0;
  for (size_t i = 0; i < text.size(); i += character_size(text, i)) ++n;
  return n;
}

size_t offset_of(std::string_view text, int64_t index) {
  size_t i = 0;
  for (; index > 0 && i < text.size(); --index) i += character_size(text, i);
  return i;
}

uint32_t code_point(std::string_view text, size_t position) {
  const auto at = [&](size_t i) -> uint32_t {
    return static_cast<unsigned char>(text[position + i]);
  };
  size_t bad;
  switch (well_formed(text, position, bad)) {
    case 2: return (at(0) & 0x1F) << 6 | (at(1) & 0x3F);
    case 3: return (at(0) & 0x0F) << 12 | (at(1) & 0x3F) << 6 | (at(2) & 0x3F);
    case 4:
      return (at(0) & 0x07) << 18 | (at(1) & 0x3F) << 12 | (at(2) & 0x3F) << 6 | (at(3) & 0x3F);
    default: return at(0);
  }
}

void append_code_point(std::string& out, uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
  } else if (c < 0x10000) {
    out += {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
            static_cast<char>(0x80 | (c & 0x3F))};
  } else {
    out += {static_cast<char>(0xF0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3F)),
            static_cast<char>(0x80 | (c >> 6 & 0x3F)), static_cast<char>(0x80 | (c & 0x3F))};
  }
}

std::string_view substring(std::string_view text, int32_t position, int32_t count) {
  if (text.empty()) return {};
  const bool ascii = is_ascii(text);
  const int64_t size =
      ascii ? static_cast<int64_t>(text.size()) : (position < 0 ? length(text) : 0);
  const int64_t start = position > 0 ? position - 1 : position < 0 ? size + position : 0;
  // A start before the beginning eats into the length, as in Spark.
  const int64_t end = count < 0 ? start + count : start + static_cast<int64_t>(count);
  const int64_t first = std::max<int64_t>(start, 0);
  if (end <= first) return {};
  if (ascii) return first >= size ? std::string_view{} : text.substr(first, end - first);
  const size_t from = offset_of(text, first);
  const auto rest = text.substr(from);
  return rest.substr(0, offset_of(rest, end - first));
}

std::string_view left(std::string_view text, int32_t count) {
  return count <= 0 ? std::string_view{} : text.substr(0, offset_of(text, count));
}

std::string_view right(std::string_view text, int32_t count) {
  if (count <= 0) return {};
  return substring(text, count == std::numeric_limits<int32_t>::max() ? 0 : -count,
                   std::numeric_limits<int32_t>::max());
}

std::string reverse(std::string_view text) {
  std::string out(text.size(), '\0');
  size_t end = text.size();
  for (size_t i = 0; i < text.size();) {
    const size_t n = character_size(text, i);
    end -= n;
    std::memcpy(out.data() + end, text.data() + i, n);
    i += n;
  }
  return out;
}

std::string lpad(std::string_view text, int32_t wanted, std::string_view padding) {
  return pad(text, wanted, padding, true);
}
std::string rpad(std::string_view text, int32_t wanted, std::string_view padding) {
  return pad(text, wanted, padding, false);
}

std::string_view trim_left(std::string_view text, std::string_view set) {
  size_t i = 0;
  while (i < text.size()) {
    const size_t n = character_size(text, i);
    if (set.find(text.substr(i, n)) == std::string_view::npos) break;
    i += n;
  }
  return text.substr(i);
}

std::string_view trim_right(std::string_view text, std::string_view set) {
  size_t end = text.size();
  while (end > 0) {
    const size_t start = previous(text, end);
    if (set.find(text.substr(start, end - start)) == std::string_view::npos) break;
    end = start;
  }
  return text.substr(0, end);
}

int32_t locate(std::string_view needle, std::string_view text, int32_t start) {
  if (start <= 0) return 0;
  if (needle.empty()) return 1;
  const size_t from = offset_of(text, start - 1);
  const size_t found = text.find(needle, from);
  if (found == std::string_view::npos) return 0;
  return start + length(text.substr(from, found - from));
}

std::string_view substring_index(std::string_view text, std::string_view delimiter, int32_t count) {
  if (delimiter.empty() || count == 0) return {};
  if (count > 0) {
    size_t at = 0;
    for (int32_t i = 0; i < count; ++i) {
      at = text.find(delimiter, i == 0 ? 0 : at + 1);
      if (at == std::string_view::npos) return text;
    }
    return text.substr(0, at);
  }
  size_t at = text.size() - delimiter.size() + 1;
  if (delimiter.size() > text.size()) return text;
  for (int32_t i = 0; i > count; --i) {
    if (at == 0) return text;
    at = text.rfind(delimiter, at - 1);
    if (at == std::string_view::npos) return text;
  }
  return text.substr(at + delimiter.size());
}

std::string replace(std::string_view text, std::string_view search, std::string_view replacement) {
  if (search.empty()) return std::string(text);
  std::string out;
  size_t from = 0;
  for (size_t at; (at = text.find(search, from)) != std::string_view::npos;
       from = at + search.size()) {
    out.append(text, from, at - from).append(replacement);
  }
  return out.append(text.substr(from));
}

std::string translate(std::string_view text, std::string_view from, std::string_view to) {
  std::unordered_map<std::string_view, std::string_view> map;
  size_t j = 0;
  for (size_t i = 0; i < from.size(); i += character_size(from, i)) {
    std::string_view target;
    if (j < to.size()) {
      target = to.substr(j, character_size(to, j));
      j += target.size();
    }
    map.emplace(from.substr(i, character_size(from, i)), target);
  }
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const auto c = text.substr(i, character_size(text, i));
    const auto found = map.find(c);
    out += found == map.end() ? c : found->second;
    i += c.size();
  }
  return out;
}

std::string overlay(std::string_view text, std::string_view replacement, int32_t position,
                    int32_t count) {
  const int32_t skipped = count >= 0 ? count : length(replacement);
  std::string out(substring(text, 1, position - 1));
  out += replacement;
  const int64_t rest = int64_t{position} + skipped;
  return out +=
         substring(text, static_cast<int32_t>(std::min<int64_t>(rest, INT32_MAX)), INT32_MAX);
}

int32_t find_in_set(std::string_view word, std::string_view set) {
  if (word.find(',') != std::string_view::npos) return 0;
  int32_t n = 1;
  for (size_t from = 0;; ++n) {
    const size_t comma = set.find(',', from);
    if (set.substr(from, comma - from) == word) return n;
    if (comma == std::string_view::npos) return 0;
    from = comma + 1;
  }
}

std::string soundex(std::string_view text) {
  // Codes of A..Z; '7' marks H and W, which do not part equal codes; '0' the vowels, which do.
  static constexpr char kCodes[] = "01230127022455012623017202";
  if (text.empty()) return {};
  const char first = upper_case(text[0]);
  if (first < 'A' || first > 'Z') return std::string(text);
  std::string out(1, first);
  char last = kCodes[first - 'A'];
  for (size_t i = 1; i < text.size(); ++i) {
    const char c = upper_case(text[i]);
    if (c < 'A' || c > 'Z') {
      last = '0';
      continue;
    }
    const char code = kCodes[c - 'A'];
    if (code == '7') continue;
    if (code != '0' && code != last) {
      out += code;
      if (out.size() == 4) break;
    }
    last = code;
  }
  out.resize(4, '0');
  return out;
}

int32_t levenshtein(std::string_view left, std::string_view right) {
  const auto a = code_points(left), b = code_points(right);
  std::vector<int32_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = static_cast<int32_t>(j);
  for (size_t i = 1; i <= a.size(); ++i) {
    int32_t diagonal = row[0];
    row[0] = static_cast<int32_t>(i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const int32_t substitution = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitution});
    }
  }
  return row[b.size()];
}

int32_t levenshtein(std::string_view a, std::string_view b, int32_t threshold) {
  const int32_t distance = levenshtein(a, b);
  return distance > threshold ? -1 : distance;
}

bool luhn_check(std::string_view digits) {
  if (digits.empty()) return false;
  int sum = 0;
  bool doubled = false;
  for (auto it = digits.rbegin(); it != digits.rend(); ++it, doubled = !doubled) {
    if (*it < '0' || *it > '9') return false;
    int digit = *it - '0';
    if (doubled) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += digit;
  }
  return sum % 10 == 0;
}

}  // namespace lochan::engine::utf8
