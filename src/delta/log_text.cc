#include "delta/log_text.h"

#include <cstdio>

#include "types/datetime_text.h"
#include "types/number_text.h"

namespace lochan::delta {

std::string iso_timestamp(int64_t micros, int digits) {
  int64_t fraction = micros % 1'000'000;
  if (fraction < 0) fraction += 1'000'000;
  std::string text = types::local_timestamp_to_string(micros - fraction);
  text[text.find(' ', 1)] = 'T';
  char digits_text[16];
  std::snprintf(digits_text, sizeof digits_text, ".%06d", static_cast<int>(fraction));
  return text.append(digits_text, static_cast<size_t>(digits) + 1);
}

std::optional<types::Int128> parse_decimal_at(std::string_view text, int scale) {
  const auto parsed = types::parse_decimal(text);
  if (!parsed) return std::nullopt;
  types::Int128 value = parsed->value;
  for (int at = parsed->scale; at > scale; --at) {
    if (value % 10 != 0) return std::nullopt;
    value /= 10;
  }
  constexpr types::Int128 kLimit = (types::Int128{1} << 126) / 10;
  for (int at = parsed->scale; at < scale && value != 0; ++at) {
    if (value > kLimit || value < -kLimit) return std::nullopt;
    value *= 10;
  }
  return value;
}

}  // namespace lochan::delta
