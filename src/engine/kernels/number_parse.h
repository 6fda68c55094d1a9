#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Numbers and booleans in strings, by the grammar of Spark's casts (UTF8String, java.lang.Double).
namespace lochan::engine::kernels {

/// Without white space and control characters at both ends.
std::string_view trim_all(std::string_view text);
/// [+-]digits; with `allow_fraction` also a fraction, which is cut off (casts outside ANSI mode).
std::optional<int64_t> parse_integer(std::string_view text, bool allow_fraction);
std::optional<double> parse_double(std::string_view text);
std::optional<float> parse_float(std::string_view text);
/// t, true, y, yes, 1 and f, false, n, no, 0 in any case.
std::optional<bool> parse_boolean(std::string_view text);
/// 'text' as Spark prints a string in an error.
std::string quote_value(std::string_view text);

}  // namespace lochan::engine::kernels
