#include "engine/kernels/cast.h"
#include "engine/kernels/datetime_text.h"
#include "engine/kernels/interval_text.h"
#include "engine/kernels/number_parse.h"

namespace lochan::engine::kernels {

using types::DataType;
using types::TypeId;

namespace {

/// A cast whose only failure is text that `parse` refuses.
template <class To, class Parse>
VectorCast parsed(const CastSite& site, Parse parse) {
  return [site, parse](Vector& input, Vector& result, idx_t count) {
    map_vector<To(string_t)>(input, result, count, [&](To& out, string_t text) {
      auto value = parse(view(text));
      if (!value) return site.invalid_input(quote_value(view(text)));
      out = static_cast<To>(*value);
      return true;
    });
  };
}

template <class To>
VectorCast to_integer(const CastSite& site) {
  bool legacy = site.legacy();
  return parsed<To>(site, [legacy](std::string_view text) -> std::optional<To> {
    auto value = parse_integer(text, legacy);
    if (!value || *value != static_cast<To>(*value)) return std::nullopt;
    return static_cast<To>(*value);
  });
}

template <class To>
VectorCast to_decimal(const CastSite& site) {
  return [site](Vector& input, Vector& result, idx_t count) {
    map_vector<To(string_t)>(input, result, count, [&](To& out, string_t text) {
      Int128 value;
      switch (parse_decimal(view(text), site.to.precision(), site.to.scale(), value)) {
        case DecimalText::kOk: out = static_cast<To>(value); return true;
        case DecimalText::kMalformed: return site.invalid_input(quote_value(view(text)));
        case DecimalText::kTooManyDigits:
          if (site.mode != plan::CastMode::kAnsi) return false;
          site.fail("NUMERIC_OUT_OF_SUPPORTED_RANGE", {{"value", std::string(view(text))}});
        case DecimalText::kDoesNotFit:
          return site.does_not_fit_decimal(std::string(trim_all(view(text))));
      }
      return false;
    });
  };
}

[[noreturn]] void bad_interval(const CastSite& site, std::string_view text) {
  bool months = site.to.is(TypeId::kYearMonthInterval);
  int start = site.to.interval_start(), end = site.to.interval_end();
  std::string pattern = interval_pattern(months, start, end);
  site.fail(months ? "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING"
                   : "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING_WITH_NOTICE",
            {{"input", std::string(text)},
             {"intervalStr", months ? "year-month" : "day-time"},
             {"supportedFormat", "`" + pattern + "`, `INTERVAL [+|-]'" + pattern + "' " +
                                     interval_fields(months, start, end) + "`"},
             {"typeName", site.to.simple_string()}});
}

template <class To, class Parse>
VectorCast to_interval(const CastSite& site, Parse parse) {
  return [site, parse](Vector& input, Vector& result, idx_t count) {
    map_vector<To(string_t)>(input, result, count, [&](To& out, string_t text) {
      auto value = parse(view(text), site.to.interval_start(), site.to.interval_end());
      if (!value && site.mode != plan::CastMode::kTry) bad_interval(site, view(text));
      if (!value) return false;
      out = *value;
      return true;
    });
  };
}

void to_calendar_interval(Vector& input, Vector& result, idx_t count) {
  duckdb::UnifiedVectorFormat format;
  input.ToUnifiedFormat(count, format);
  auto& fields = duckdb::StructVector::GetEntries(result);
  auto *months = rows_of<int32_t>(*fields[0]), *days = rows_of<int32_t>(*fields[1]);
  auto* micros = rows_of<int64_t>(*fields[2]);
  for (idx_t row = 0; row < count; row++) {
    idx_t at = format.sel->get_index(row);
    std::optional<types::CalendarInterval> value;
    if (format.validity.RowIsValid(at)) value = parse_calendar(view(rows_of<string_t>(format)[at]));
    if (!value) {
      duckdb::FlatVector::SetNull(result, row, true);
      continue;
    }
    months[row] = value->months;
    days[row] = value->days;
    micros[row] = value->microseconds;
  }
  if (input.GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR) {
    result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  }
}

}  // namespace

VectorCast cast_from_string(const CastSite& site) {
  const Zone* zone = site.zone;
  switch (site.to.id()) {
    case TypeId::kBoolean: return parsed<bool>(site, parse_boolean);
    case TypeId::kByte: return to_integer<int8_t>(site);
    case TypeId::kShort: return to_integer<int16_t>(site);
    case TypeId::kInteger: return to_integer<int32_t>(site);
    case TypeId::kLong: return to_integer<int64_t>(site);
    case TypeId::kFloat: return parsed<float>(site, parse_float);
    case TypeId::kDouble: return parsed<double>(site, parse_double);
    case TypeId::kDecimal:
      return with_decimal(site.to,
                          [&](auto tag) { return to_decimal<typename decltype(tag)::type>(site); });
    case TypeId::kDate: return parsed<int32_t>(site, parse_date);
    case TypeId::kTimestamp:
      return parsed<int64_t>(site,
                             [zone](std::string_view t) { return parse_timestamp(t, *zone); });
    case TypeId::kTimestampNtz: return parsed<int64_t>(site, parse_timestamp_ntz);
    case TypeId::kTime: return parsed<int64_t>(site, parse_time);
    case TypeId::kYearMonthInterval: return to_interval<int32_t>(site, parse_year_month);
    case TypeId::kDayTimeInterval: return to_interval<int64_t>(site, parse_day_time);
    case TypeId::kCalendarInterval: return to_calendar_interval;
    default: throw Error::not_supported("cast from STRING to " + site.to.sql());
  }
}

}  // namespace lochan::engine::kernels
