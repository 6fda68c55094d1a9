#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/kernels/zone.h"

/// Dates and timestamps in strings, by the grammar of Spark's casts:
///   [+-]y{4,7}[-m[m][-d[d]]]           then anything after ' ' or 'T' (dates)
///   <date>[ T][h]h[:[m]m[:[s]s[.fraction]]][zone]    and  T<time>, <h>:<m>... of today
///   (timestamps)
/// Digits of the fraction beyond the sixth are cut off.
namespace lochan::engine::kernels {

std::optional<int32_t> parse_date(std::string_view text);
/// Instant in µs; a time without a zone is in `zone`, a time without a date is of `zone`'s today.
std::optional<int64_t> parse_timestamp(std::string_view text, const Zone& zone);
/// Local time in µs; a zone in the text is checked and left out.
std::optional<int64_t> parse_timestamp_ntz(std::string_view text);
/// Time of the day in µs: [T][h]h:[m]m[:[s]s[.fraction]].
std::optional<int64_t> parse_time(std::string_view text);

void append_date(std::string& out, int32_t days);
/// yyyy-MM-dd HH:mm:ss[.ffffff without trailing zeros]
void append_local_timestamp(std::string& out, int64_t local_micros);
void append_time(std::string& out, int64_t micros_of_day);
std::string date_text(int32_t days);
std::string timestamp_text(int64_t utc_micros, const Zone& zone);

/// Days of a civil date, or nullopt if there is no such day or it leaves 32 bits.
std::optional<int32_t> make_days(int64_t year, int64_t month, int64_t day);

}  // namespace lochan::engine::kernels
