// ANSI intervals among themselves (fields below the type's last are cut off) and with numbers,
// which count the type's last field.
#include "engine/kernels/cast.h"

namespace lochan::engine::kernels {

using types::DataType;
using types::TypeId;

namespace {

constexpr int64_t kDayTimeUnits[] = {kMicrosPerDay, kMicrosPerHour, kMicrosPerMinute,
                                     kMicrosPerSecond};

int64_t unit_of(const DataType& type) {
  if (type.is(TypeId::kYearMonthInterval)) return type.interval_end() == 0 ? 12 : 1;
  return kDayTimeUnits[type.interval_end()];
}

template <class T>
VectorCast truncate(const CastSite& site) {
  auto unit = static_cast<T>(unit_of(site.to));
  bool months = site.to.is(TypeId::kYearMonthInterval);
  // Seconds keep their fraction.
  if (!months && site.to.interval_end() == 3) unit = 1;
  return [unit](Vector& input, Vector& result, idx_t count) {
    map_vector<T(T)>(input, result, count, [&](T& out, T value) {
      out = value - value % unit;
      return true;
    });
  };
}

template <class Stored>
VectorCast to_number(const CastSite& site) {
  int64_t unit = unit_of(site.from);
  if (site.to.is(TypeId::kDecimal)) {
    // Only seconds have a fraction.
    bool seconds = unit == kMicrosPerSecond;
    return with_decimal(site.to, [&](auto tag) -> VectorCast {
      using To = typename decltype(tag)::type;
      return [site, unit, seconds](Vector& input, Vector& result, idx_t count) {
        map_vector<To(Stored)>(input, result, count, [&](To& out, Stored stored) {
          Int128 value = seconds ? Int128{stored} : Int128{stored / unit};
          int scale = seconds ? 6 : 0;
          auto unscaled = rescale(value, scale, site.to.scale());
          if (!unscaled || !fits(*unscaled, site.to.precision())) {
            return site.does_not_fit_decimal(types::decimal_to_string(value, scale));
          }
          out = static_cast<To>(*unscaled);
          return true;
        });
      };
    });
  }
  return with_integral(site.to, [&](auto tag) -> VectorCast {
    using To = typename decltype(tag)::type;
    return [site, unit](Vector& input, Vector& result, idx_t count) {
      map_vector<To(Stored)>(input, result, count, [&](To& out, Stored stored) {
        int64_t value = stored / unit;
        out = static_cast<To>(value);
        return out == value || site.overflow(error_text(int64_t{stored}, site.from));
      });
    };
  });
}

template <class Stored>
VectorCast from_number(const CastSite& site) {
  int64_t unit = unit_of(site.to);
  if (site.from.is(TypeId::kDecimal)) {
    return with_decimal(site.from, [&](auto tag) -> VectorCast {
      using From = typename decltype(tag)::type;
      return [site, unit](Vector& input, Vector& result, idx_t count) {
        map_vector<Stored(From)>(input, result, count, [&](Stored& out, From value) {
          // Seconds to microseconds, HALF_UP; of what is smaller than the last field nothing stays.
          std::optional<Int128> stored = multiply(value, unit, site.from.scale());
          const bool seconds = unit == kMicrosPerSecond;
          if (stored && !seconds && site.to.is(TypeId::kDayTimeInterval)) *stored -= *stored % unit;
          if (!stored || *stored != static_cast<Stored>(*stored)) {
            return site.overflow(error_text(Int128{value}, site.from));
          }
          out = static_cast<Stored>(*stored);
          return true;
        });
      };
    });
  }
  return with_integral(site.from, [&](auto tag) -> VectorCast {
    using From = typename decltype(tag)::type;
    return [site, unit](Vector& input, Vector& result, idx_t count) {
      map_vector<Stored(From)>(input, result, count, [&](Stored& out, From value) {
        int64_t stored;
        if (__builtin_mul_overflow(int64_t{value}, unit, &stored) ||
            stored != static_cast<Stored>(stored)) {
          return site.overflow(error_text(int64_t{value}, site.from));
        }
        out = static_cast<Stored>(stored);
        return true;
      });
    };
  });
}

}  // namespace

VectorCast cast_interval(const CastSite& site) {
  bool months = site.from.is(TypeId::kYearMonthInterval) || site.to.is(TypeId::kYearMonthInterval);
  if (site.from.id() == site.to.id())
    return months ? truncate<int32_t>(site) : truncate<int64_t>(site);
  if (site.to.is_numeric()) return months ? to_number<int32_t>(site) : to_number<int64_t>(site);
  if (site.from.is_numeric())
    return months ? from_number<int32_t>(site) : from_number<int64_t>(site);
  throw Error::not_supported("cast from " + site.from.sql() + " to " + site.to.sql());
}

}  // namespace lochan::engine::kernels
