// Upper, lower and title case. ASCII by hand; the rest by ICU in the root locale, so that no
// setting of the machine changes a result.
#include <unicode/stringoptions.h>
#include <unicode/ucasemap.h>

#include "base/ascii.h"
#include "engine/kernels/utf8.h"

namespace lochan::engine::utf8 {
namespace {

using Mapping = int32_t (*)(const UCaseMap*, char*, int32_t, const char*, int32_t, UErrorCode*);

std::string map_case(std::string_view text, Mapping mapping) {
  UErrorCode status = U_ZERO_ERROR;
  static const UCaseMap* const map = [] {
    UErrorCode opened = U_ZERO_ERROR;
    return ucasemap_open("", 0, &opened);
  }();
  std::string out(text.size() + 16, '\0');
  auto n = mapping(map, out.data(), static_cast<int32_t>(out.size()), text.data(),
                   static_cast<int32_t>(text.size()), &status);
  if (status == U_BUFFER_OVERFLOW_ERROR) {
    status = U_ZERO_ERROR;
    out.resize(n);
    n = mapping(map, out.data(), n, text.data(), static_cast<int32_t>(text.size()), &status);
  }
  out.resize(n);
  return out;
}

/// Title case of one character, which may become several.
std::string title(std::string_view character) {
  static const UCaseMap* const map = [] {
    UErrorCode opened = U_ZERO_ERROR;
    return ucasemap_open("", U_TITLECASE_WHOLE_STRING | U_TITLECASE_NO_BREAK_ADJUSTMENT, &opened);
  }();
  UErrorCode status = U_ZERO_ERROR;
  char out[16];
  // The map is only written to when it needs a break iterator, which these options do without.
  const auto n =
      ucasemap_utf8ToTitle(const_cast<UCaseMap*>(map), out, sizeof(out), character.data(),
                           static_cast<int32_t>(character.size()), &status);
  return {out, static_cast<size_t>(n)};
}

}  // namespace

std::string upper(std::string_view text) {
  if (!is_ascii(text)) return map_case(text, ucasemap_utf8ToUpper);
  return upper_case(text);
}

std::string lower(std::string_view text) {
  if (!is_ascii(text)) return map_case(text, ucasemap_utf8ToLower);
  return lower_case(text);
}

std::string initcap(std::string_view text) {
  const std::string low = lower(text);
  std::string out;
  out.reserve(low.size());
  bool at_start = true;
  for (size_t i = 0; i < low.size();) {
    const auto c = std::string_view(low).substr(i, character_size(low, i));
    if (!at_start) {
      out += c;
    } else if (static_cast<unsigned char>(c[0]) < 0x80) {
      out += upper_case(c[0]);
    } else {
      out += title(c);
    }
    at_start = c == " ";
    i += c.size();
  }
  return out;
}

}  // namespace lochan::engine::utf8
