// Dates and timestamps by patterns.
#include <memory>

#include "engine/kernels/cast.h"
#include "engine/kernels/datetime_pattern.h"
#include "engine/kernels/families.h"

namespace lochan::engine::kernels {

using types::TypeId;

namespace {

/// The compiled pattern. Patterns are nearly always constants: each thread keeps its last one of
/// each use.
const DateTimePattern& pattern_of(const KernelSpec& spec, std::string_view text,
                                  DateTimePattern::Use use) {
  struct Kept {
    std::string text;
    std::unique_ptr<DateTimePattern> pattern;
  };
  thread_local Kept kept[2];
  Kept& slot = kept[static_cast<int>(use)];
  if (!slot.pattern || slot.text != text) {
    try {
      slot.pattern = std::make_unique<DateTimePattern>(text, use);
    } catch (const Error& error) {
      raise(spec.context ? error.with_context(*spec.context) : error);
    }
    slot.text = text;
  }
  return *slot.pattern;
}

/// date_format(timestamp, pattern); from_unixtime(seconds, pattern).
template <bool kSeconds>
ScalarBody format(const KernelSpec& spec) {
  const KernelSpec* at = &spec;
  const Zone* zone =
      spec.arguments[0].is(TypeId::kTimestampNtz) ? &Zone::utc() : &Zone::get(spec.zone);
  return [at, zone](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    std::string text;
    map_rows<string_t(int64_t, string_t)>(
        args, result, [&](string_t& out, int64_t value, string_t pattern) {
          const auto& compiled = pattern_of(*at, view(pattern), DateTimePattern::Use::kFormat);
          int64_t micros = value;
          if (kSeconds && __builtin_mul_overflow(value, kMicrosPerSecond, &micros)) return false;
          text.clear();
          compiled.format(text, zone->to_local(micros), *zone, floor_div(micros, kMicrosPerSecond));
          out = add_string(result, text);
          return true;
        });
  };
}

/// parse_datetime(text, pattern) as the result type: timestamp, timestamp_ntz, date, or bigint
/// seconds.
template <class Out>
ScalarBody parse(const KernelSpec& spec) {
  const KernelSpec* at = &spec;
  const Zone* zone = &Zone::get(spec.zone);
  TypeId target = spec.result.id();
  return [at, zone, target](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<Out(string_t, string_t)>(args, result, [&](Out& out, string_t text, string_t pattern) {
      const auto& compiled = pattern_of(*at, view(pattern), DateTimePattern::Use::kParse);
      auto parsed = compiled.parse(view(text));
      if (auto* why = std::get_if<std::string>(&parsed)) {
        if (at->mode != plan::CastMode::kAnsi) return false;
        raise(*at, "CANNOT_PARSE_TIMESTAMP",
              {{"func", target == TypeId::kDate ? "`try_to_date`" : "`try_to_timestamp`"},
               {"message", *why}});
      }
      auto [local, own_zone] = std::get<DateTimePattern::Parsed>(parsed);
      if (target == TypeId::kTimestampNtz) {
        out = static_cast<Out>(local);
        return true;
      }
      int64_t micros = (own_zone ? own_zone : zone)->to_utc(local);
      if (target == TypeId::kDate) {
        out = static_cast<Out>(floor_div(zone->to_local(micros), kMicrosPerDay));
      } else {
        out = static_cast<Out>(target == TypeId::kLong ? floor_div(micros, kMicrosPerSecond)
                                                       : micros);
      }
      return true;
    });
  };
}

const ScalarKernel kDateFormat{
    .name = "date_format", .bind = format<false>, .fallible = true, .executors_skip_nulls = true};
const ScalarKernel kFromUnixtime{
    .name = "from_unixtime", .bind = format<true>, .fallible = true, .executors_skip_nulls = true};
const ScalarKernel kParse{
    .name = "parse_datetime",
    .bind =
        [](const KernelSpec& spec) {
          return spec.result.is(TypeId::kDate) ? parse<int32_t>(spec) : parse<int64_t>(spec);
        },
    .fallible = true,
    .executors_skip_nulls = true,
};

}  // namespace

ScalarKernels datetime_format_kernels() { return {&kDateFormat, &kFromUnixtime, &kParse}; }

}  // namespace lochan::engine::kernels
