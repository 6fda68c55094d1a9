#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "types/value.h"

/// Values as the log spells them, where Spark's casts spell them otherwise.
namespace lochan::delta {

/// "2020-01-02T03:04:05.678901" with `digits` (1 to 6) of fraction, the rest cut off downwards.
std::string iso_timestamp(int64_t micros, int digits);

/// The unscaled value of a decimal text ("-12.50", "1E-7") at `scale`; nothing if it is no number,
/// has digits below the scale, or more than 38 digits.
std::optional<types::Int128> parse_decimal_at(std::string_view text, int scale);

}  // namespace lochan::delta
