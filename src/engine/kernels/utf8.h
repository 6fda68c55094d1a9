#pragma once
#include <cstdint>
#include <string>
#include <string_view>

/// Spark's string operations over UTF-8, counted in characters (code points). Pure; invalid bytes
/// count as one character each and nothing reads past the end. Views returned point into the
/// argument.
namespace lochan::engine::utf8 {

bool is_ascii(std::string_view text);
bool is_valid(std::string_view text);
/// `text` with every maximal ill-formed sequence replaced by U+FFFD.
std::string make_valid(std::string_view text);
/// The same as Java's decoder has it, by which readers and writers of files go: an encoded
/// surrogate is one U+FFFD, where make_valid has one for each of its bytes.
std::string decode(std::string_view text);

/// Bytes of the character that starts at `position`, never beyond the end.
size_t character_size(std::string_view text, size_t position);
int32_t length(std::string_view text);
/// Byte offset of character `index` (0-based), or text.size() if there are fewer.
size_t offset_of(std::string_view text, int64_t index);
uint32_t code_point(std::string_view text, size_t position);
void append_code_point(std::string& out, uint32_t code_point);

/// SQL substring: `position` 1-based, negative from the end, 0 as 1.
std::string_view substring(std::string_view text, int32_t position, int32_t length);
std::string_view left(std::string_view text, int32_t count);
std::string_view right(std::string_view text, int32_t count);
std::string reverse(std::string_view text);
std::string lpad(std::string_view text, int32_t length, std::string_view pad);
std::string rpad(std::string_view text, int32_t length, std::string_view pad);

/// Strips characters that occur in `set` from either side.
std::string_view trim_left(std::string_view text, std::string_view set = " ");
std::string_view trim_right(std::string_view text, std::string_view set = " ");

/// 1-based character position of `needle` in `text` at or after character `start` (1-based); 0 if
/// none.
int32_t locate(std::string_view needle, std::string_view text, int32_t start);
/// Everything before the count-th occurrence of `delimiter` (negative: after it, counted from the
/// end).
std::string_view substring_index(std::string_view text, std::string_view delimiter, int32_t count);
std::string replace(std::string_view text, std::string_view search, std::string_view replacement);
/// Characters of `from` become those of `to` at the same place; those without a counterpart
/// disappear.
std::string translate(std::string_view text, std::string_view from, std::string_view to);
/// The characters of `text` from `position` (1-based) for `length` (negative: that of
/// `replacement`) replaced.
std::string overlay(std::string_view text, std::string_view replacement, int32_t position,
                    int32_t length);
/// 1-based place of `word` in the comma-separated `set`; 0 if absent or if `word` holds a comma.
int32_t find_in_set(std::string_view word, std::string_view set);

std::string upper(std::string_view text);
std::string lower(std::string_view text);
/// First letter of each space-separated word in title case, the others in lower case.
std::string initcap(std::string_view text);

std::string soundex(std::string_view text);
int32_t levenshtein(std::string_view a, std::string_view b);
/// -1 if the distance exceeds `threshold`.
int32_t levenshtein(std::string_view a, std::string_view b, int32_t threshold);
bool luhn_check(std::string_view digits);

}  // namespace lochan::engine::utf8
