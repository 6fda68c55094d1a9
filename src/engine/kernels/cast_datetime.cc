// Dates and timestamps among themselves, and timestamps as seconds since the epoch.
#include <cmath>

#include "engine/kernels/cast.h"
#include "engine/kernels/datetime_text.h"

namespace lochan::engine::kernels {

using types::DataType;
using types::TypeId;

namespace {

template <class To, class From, class F>
VectorCast total(F f) {
  return [f](Vector& input, Vector& result, idx_t count) {
    map_vector<To(From)>(input, result, count, [&](To& out, From value) {
      out = f(value);
      return true;
    });
  };
}

void all_null(Vector&, Vector& result, idx_t) {
  result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  duckdb::ConstantVector::SetNull(result, true);
}

VectorCast from_timestamp_to_number(const CastSite& site) {
  auto text = [site](int64_t micros) {
    return "TIMESTAMP '" + timestamp_text(micros, *site.zone) + "'";
  };
  switch (site.to.id()) {
    case TypeId::kBoolean: return total<bool, int64_t>([](int64_t v) { return v != 0; });
    case TypeId::kFloat:
      return total<float, int64_t>([](int64_t v) { return static_cast<float>(v / 1e6); });
    case TypeId::kDouble: return total<double, int64_t>([](int64_t v) { return v / 1e6; });
    case TypeId::kDecimal:
      return with_decimal(site.to, [&](auto tag) -> VectorCast {
        using To = typename decltype(tag)::type;
        return [site](Vector& input, Vector& result, idx_t count) {
          map_vector<To(int64_t)>(input, result, count, [&](To& out, int64_t micros) {
            auto value = rescale(micros, 6, site.to.scale());
            if (!value || !fits(*value, site.to.precision())) {
              return site.does_not_fit_decimal(types::decimal_to_string(micros, 6));
            }
            out = static_cast<To>(*value);
            return true;
          });
        };
      });
    default:
      return with_integral(site.to, [&](auto tag) -> VectorCast {
        using To = typename decltype(tag)::type;
        return [site, text](Vector& input, Vector& result, idx_t count) {
          map_vector<To(int64_t)>(input, result, count, [&](To& out, int64_t micros) {
            int64_t seconds = floor_div(micros, kMicrosPerSecond);
            out = static_cast<To>(seconds);
            return out == seconds || site.overflow(text(micros));
          });
        };
      });
  }
}

VectorCast from_number_to_timestamp(const CastSite& site) {
  const DataType& from = site.from;
  if (from.is(TypeId::kBoolean)) return total<int64_t, bool>([](bool v) { return int64_t{v}; });
  if (from.is(TypeId::kDecimal)) {
    return with_decimal(from, [&](auto tag) -> VectorCast {
      using From = typename decltype(tag)::type;
      int scale = from.scale();
      return total<int64_t, From>([scale](From value) {
        // Digits below a microsecond are cut off.
        Int128 micros = scale <= 6 ? Int128{value} * kPowersOfTen[6 - scale]
                                   : Int128{value} / kPowersOfTen[scale - 6];
        return static_cast<int64_t>(micros);
      });
    });
  }
  if (from.is_fractional()) {
    return with_native(from, [&](auto tag) -> VectorCast {
      using From = typename decltype(tag)::type;
      return [site](Vector& input, Vector& result, idx_t count) {
        map_vector<int64_t(From)>(input, result, count, [&](int64_t& out, From value) {
          if (!std::isfinite(value)) {
            // Spark goes through double.
            CastSite number = site;
            number.from = TypeId::kDouble;
            return !site.legacy() &&
                   number.invalid_input(error_text(static_cast<double>(value), number.from));
          }
          double micros = static_cast<double>(value) * 1e6;
          bool fits = micros < 9223372036854775808.0 && micros >= -9223372036854775808.0;
          if (!fits && !site.legacy()) {
            return site.overflow(error_text(micros, TypeId::kDouble), TypeId::kDouble,
                                 TypeId::kLong);
          }
          out = fits ? static_cast<int64_t>(micros) : micros > 0 ? INT64_MAX : INT64_MIN;
          return true;
        });
      };
    });
  }
  return with_integral(from, [&](auto tag) -> VectorCast {
    using From = typename decltype(tag)::type;
    return total<int64_t, From>([](From value) -> int64_t {
      int64_t micros;
      if (!__builtin_mul_overflow(int64_t{value}, kMicrosPerSecond, &micros)) return micros;
      return value > 0 ? INT64_MAX : INT64_MIN;  // as TimeUnit.SECONDS.toMicros
    });
  });
}

}  // namespace

VectorCast cast_datetime(const CastSite& site) {
  TypeId from = site.from.id(), to = site.to.id();
  const Zone* zone = site.zone;
  auto days_of = [](int64_t local) {
    return static_cast<int32_t>(floor_div(local, kMicrosPerDay));
  };
  if (from == TypeId::kDate && to == TypeId::kTimestamp) {
    return total<int64_t, int32_t>(
        [zone](int32_t days) { return zone->to_utc(days * kMicrosPerDay); });
  }
  if (from == TypeId::kDate && to == TypeId::kTimestampNtz) {
    return total<int64_t, int32_t>([](int32_t days) { return days * kMicrosPerDay; });
  }
  if (from == TypeId::kTimestamp && to == TypeId::kDate) {
    return total<int32_t, int64_t>(
        [zone, days_of](int64_t v) { return days_of(zone->to_local(v)); });
  }
  if (from == TypeId::kTimestampNtz && to == TypeId::kDate) {
    return total<int32_t, int64_t>(days_of);
  }
  if (from == TypeId::kTimestamp && to == TypeId::kTimestampNtz) {
    return total<int64_t, int64_t>([zone](int64_t v) { return zone->to_local(v); });
  }
  if (from == TypeId::kTimestampNtz && to == TypeId::kTimestamp) {
    return total<int64_t, int64_t>([zone](int64_t v) { return zone->to_utc(v); });
  }
  // Outside ANSI mode Spark allows numbers from dates, and gives null.
  if (from == TypeId::kDate) return all_null;
  if (from == TypeId::kTimestamp) return from_timestamp_to_number(site);
  if (to == TypeId::kTimestamp) return from_number_to_timestamp(site);
  if (from == TypeId::kTime && to == TypeId::kTime) return total<int64_t, int64_t>(std::identity());
  throw Error::not_supported("cast from " + site.from.sql() + " to " + site.to.sql());
}

}  // namespace lochan::engine::kernels
