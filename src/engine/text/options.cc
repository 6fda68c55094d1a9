#include "engine/text/options.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii.h"
#include "base/error.h"
#include "engine/kernels/datetime_text.h"
#include "types/datetime_text.h"

namespace lochan::engine::text {
namespace {

struct CharsetName {
  std::string_view name;
  Charset charset;
};
constexpr std::array kCharsets{
    CharsetName{"iso-8859-1", Charset::kLatin1}, CharsetName{"us-ascii", Charset::kAscii},
    CharsetName{"utf-16", Charset::kUtf16},      CharsetName{"utf-16be", Charset::kUtf16Be},
    CharsetName{"utf-16le", Charset::kUtf16Le},  CharsetName{"utf-32", Charset::kUtf32},
    CharsetName{"utf-8", Charset::kUtf8}};

Charset charset_of(const std::string& name, std::string_view function) {
  const std::string wanted = lower_case(name);
  std::string all;
  for (const auto& known : kCharsets) {
    if (known.name == wanted) return known.charset;
    all += (all.empty() ? "" : ", ") + std::string(known.name);
  }
  throw Error("INVALID_PARAMETER_VALUE.CHARSET",
              {{"functionName", "`" + std::string(function) + "`"},
               {"parameter", "`charset`"},
               {"charset", name},
               {"charsets", all}});
}

/// The number of characters in a text of UTF-8.
size_t characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

std::optional<int64_t> local_of(const kernels::DateTimePattern& pattern, std::string_view text,
                                const kernels::Zone*& zone) {
  const auto parsed = pattern.parse(text);
  const auto* value = std::get_if<kernels::DateTimePattern::Parsed>(&parsed);
  if (!value) return std::nullopt;
  zone = value->zone;
  return value->local_micros;
}

}  // namespace

void OptionReader::refuse_missing() const {
  for (const std::string key : {"singlevariantcolumn", "timeformat"})
    if (options_.contains(key))
      throw Error::not_supported(std::string(format_) + " option '" + key + "'");
}

std::optional<std::string> OptionReader::text(std::string_view key) const {
  const auto it = options_.find(lower_case(key));
  return it == options_.end() ? std::nullopt : std::optional(it->second);
}

std::string OptionReader::text_or(std::string_view key, std::string_view fallback) const {
  return text(key).value_or(std::string(fallback));
}

bool OptionReader::flag(std::string_view key, bool fallback) const {
  const auto value = text(key);
  if (!value) return fallback;
  const std::string word = lower_case(*value);
  if (word != "true" && word != "false")
    throw Error("_LEGACY_ERROR_TEMP_2147", {{"paramName", std::string(key)}});
  return word == "true";
}

int32_t OptionReader::number(std::string_view key, int32_t fallback) const {
  const auto value = text(key);
  if (!value) return fallback;
  int32_t parsed = 0;
  const auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), parsed);
  if (error != std::errc() || end != value->data() + value->size())
    throw Error("_LEGACY_ERROR_TEMP_2146", {{"paramName", std::string(key)}, {"value", *value}});
  return parsed;
}

char OptionReader::character(std::string_view key, char fallback) const {
  const auto value = text(key);
  if (!value) return fallback;
  if (value->empty()) return 0;
  if (characters(*value) > 1)
    throw Error("OPTION_VALUE_EXCEEDS_ONE_CHARACTER",
                {{"paramName", std::string(key)}, {"actualValue", *value}});
  if (value->size() > 1)
    throw Error::not_supported(std::string(format_) + " option '" + std::string(key) +
                               "' beyond ASCII");
  return (*value)[0];
}

ParseMode OptionReader::mode() const {
  const std::string mode = lower_case(text_or("mode", ""));
  return mode == "dropmalformed" ? ParseMode::kDropMalformed
         : mode == "failfast"    ? ParseMode::kFailFast
                                 : ParseMode::kPermissive;
}

LineFormat OptionReader::lines(std::string_view function) const {
  LineFormat format;
  if (const auto name = text("encoding") ? text("encoding") : text("charset"))
    format.charset = charset_of(*name, function);
  if (const auto separator = text("lineSep")) {
    if (separator->empty())
      throw Error("INVALID_OPTION_VALUE", {{"option", "lineSep"},
                                           {"value", *separator},
                                           {"reason", "it cannot be an empty string"}});
    format.separator = *separator;
  }
  return format;
}

std::optional<int32_t> DateTimeFormats::parse_date(std::string_view text) const {
  if (!date) return kernels::parse_date(text);
  const kernels::Zone* named = nullptr;
  const auto local = local_of(*date, text, named);
  if (!local) return std::nullopt;
  return static_cast<int32_t>(kernels::floor_div(*local, kernels::kMicrosPerSecond * 86400));
}

std::optional<int64_t> DateTimeFormats::parse_timestamp(std::string_view text) const {
  if (!timestamp) return kernels::parse_timestamp(text, *zone);
  const kernels::Zone* named = nullptr;
  const auto local = local_of(*timestamp, text, named);
  if (!local) return std::nullopt;
  return (named ? named : zone)->to_utc(*local);
}

std::optional<int64_t> DateTimeFormats::parse_timestamp_ntz(std::string_view text) const {
  if (!timestamp_ntz) return types::parse_timestamp_ntz(text, false);
  const kernels::Zone* named = nullptr;
  const auto local = local_of(*timestamp_ntz, text, named);
  return named ? std::nullopt : local;
}

DateTimeFormats date_time_formats(const OptionReader& options, const QueryOptions& query) {
  DateTimeFormats formats;
  formats.zone = &kernels::Zone::get(options.text_or("timeZone", query.context.zone));
  const auto pattern =
      [&](std::string_view key) -> std::shared_ptr<const kernels::DateTimePattern> {
    const auto text = options.text(key);
    return text ? std::make_shared<const kernels::DateTimePattern>(
                      *text, kernels::DateTimePattern::Use::kParse)
                : nullptr;
  };
  formats.date = pattern("dateFormat");
  formats.timestamp = pattern("timestampFormat");
  formats.timestamp_ntz = pattern("timestampNTZFormat");
  return formats;
}

void check_not_only_corrupt_record(const types::Schema& schema, const std::vector<size_t>& columns,
                                   const std::string& corrupt_column) {
  if (columns.size() == 1 && schema[columns[0]].name == corrupt_column)
    throw Error("UNSUPPORTED_FEATURE.QUERY_ONLY_CORRUPT_RECORD_COLUMN", {});
}

std::optional<size_t> find_corrupt_record(const types::Schema& schema, const std::string& name) {
  for (size_t i = 0; i < schema.size(); ++i) {
    if (schema[i].name != name) continue;
    if (!schema[i].type.is(types::TypeId::kString) || !schema[i].nullable)
      throw Error("INVALID_CORRUPT_RECORD_TYPE",
                  {{"columnName", types::quote_identifier(name)},
                   {"actualType", "\"" + schema[i].type.sql() + "\""}});
    return i;
  }
  return std::nullopt;
}

}  // namespace lochan::engine::text
