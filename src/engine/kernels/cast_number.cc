// Numbers and booleans among themselves.
#include <cmath>
#include <limits>

#include "engine/kernels/cast.h"
#include "types/number_text.h"

namespace lochan::engine::kernels {

using types::DataType;
using types::TypeId;

namespace {

/// Java's narrowing of a floating point number: truncates, saturates, NaN is 0; bytes and shorts go
/// through int.
template <class To, class From>
To saturate(From value) {
  using Wide = std::conditional_t<(sizeof(To) < 4), int32_t, To>;
  if (std::isnan(value)) return 0;
  if (value >= static_cast<From>(std::numeric_limits<Wide>::max())) {
    return static_cast<To>(std::numeric_limits<Wide>::max());
  }
  if (value <= static_cast<From>(std::numeric_limits<Wide>::min())) {
    return static_cast<To>(std::numeric_limits<Wide>::min());
  }
  return static_cast<To>(static_cast<Wide>(value));
}

template <class From, class To>
VectorCast native_to_native(const CastSite& site) {
  constexpr bool kToInteger = std::is_integral_v<To> && !std::is_same_v<To, bool>;
  return [site](Vector& input, Vector& result, idx_t count) {
    map_vector<To(From)>(input, result, count, [&](To& out, From value) {
      if constexpr (std::is_same_v<To, bool>) {
        out = value != 0;
      } else if constexpr (kToInteger && std::is_floating_point_v<From>) {
        if (site.legacy()) {
          out = saturate<To>(value);
          return true;
        }
        if (!(std::floor(value) <= static_cast<From>(std::numeric_limits<To>::max()) &&
              std::ceil(value) >= static_cast<From>(std::numeric_limits<To>::min()))) {
          return site.overflow(error_text(static_cast<double>(value), site.from));
        }
        out = saturate<To>(value);
      } else if constexpr (kToInteger && (sizeof(To) < sizeof(From))) {
        out = static_cast<To>(value);
        if (out != value && !site.legacy())
          return site.overflow(error_text(int64_t{value}, site.from));
      } else {
        out = static_cast<To>(value);
      }
      return true;
    });
  };
}

template <class From>
VectorCast decimal_to_native(const CastSite& site) {
  int scale = site.from.scale();
  return with_native(site.to, [&](auto tag) -> VectorCast {
    using To = typename decltype(tag)::type;
    return [site, scale](Vector& input, Vector& result, idx_t count) {
      map_vector<To(From)>(input, result, count, [&](To& out, From value) {
        if constexpr (std::is_same_v<To, bool>) {
          out = value != 0;
        } else if constexpr (std::is_floating_point_v<To>) {
          out = static_cast<To>(decimal_to_double(value, scale));
        } else {
          Int128 whole = scale == 0 ? Int128{value} : Int128{value} / kPowersOfTen[scale];
          out = static_cast<To>(whole);
          if (out != whole && !site.legacy()) {
            return site.overflow(error_text(Int128{value}, site.from));
          }
        }
        return true;
      });
    };
  });
}

/// A double's shortest digits without an exponent, as BigDecimal.toPlainString.
std::string plain_text(double value) {
  std::string digits = types::double_to_string(std::abs(value));
  const size_t e = digits.find('E');
  int exponent = 0;
  if (e != std::string::npos) {
    exponent = std::stoi(digits.substr(e + 1));
    digits.resize(e);
  }
  const size_t point = digits.find('.');
  int whole = static_cast<int>(point) + exponent;
  digits.erase(point, 1);
  if (e != std::string::npos && digits.ends_with('0')) digits.pop_back();
  if (whole <= 0) {
    digits.insert(0, static_cast<size_t>(1 - whole), '0');
    whole = 1;
  }
  const auto end = static_cast<size_t>(whole);
  if (digits.size() < end) digits.resize(end, '0');
  if (digits.size() > end) digits.insert(end, ".");
  return (value < 0 ? "-" : "") + digits;
}

template <class To>
VectorCast native_to_decimal(const CastSite& site) {
  int precision = site.to.precision(), scale = site.to.scale();
  return with_native(site.from, [&](auto tag) -> VectorCast {
    using From = typename decltype(tag)::type;
    return [site, precision, scale](Vector& input, Vector& result, idx_t count) {
      map_vector<To(From)>(input, result, count, [&](To& out, From value) {
        std::optional<Int128> unscaled;
        if constexpr (std::is_floating_point_v<From>) {
          if (!std::isfinite(value)) return false;
          unscaled = decimal_from_double(static_cast<double>(value), scale);
        } else {
          unscaled = rescale(value, 0, scale);
        }
        if (!unscaled || !fits(*unscaled, precision)) {
          if constexpr (std::is_floating_point_v<From>) {
            return site.does_not_fit_decimal(plain_text(static_cast<double>(value)));
          } else {
            return site.does_not_fit_decimal(std::to_string(static_cast<int64_t>(value)));
          }
        }
        out = static_cast<To>(*unscaled);
        return true;
      });
    };
  });
}

template <class From, class To>
VectorCast decimal_to_decimal(const CastSite& site) {
  int from = site.from.scale(), to = site.to.scale(), precision = site.to.precision();
  // Wide enough for every value: only digits to add.
  if (to >= from && precision - to >= site.from.precision() - from) {
    auto factor = static_cast<To>(kPowersOfTen[to - from]);
    return [factor](Vector& input, Vector& result, idx_t count) {
      map_vector<To(From)>(input, result, count, [&](To& out, From value) {
        out = static_cast<To>(static_cast<To>(value) * factor);
        return true;
      });
    };
  }
  return [site, from, to, precision](Vector& input, Vector& result, idx_t count) {
    map_vector<To(From)>(input, result, count, [&](To& out, From value) {
      auto unscaled = rescale(value, from, to);
      if (!unscaled || !fits(*unscaled, precision)) {
        return site.does_not_fit_decimal(types::decimal_to_string(value, from));
      }
      out = static_cast<To>(*unscaled);
      return true;
    });
  };
}

}  // namespace

VectorCast cast_number(const CastSite& site) {
  bool from_decimal = site.from.is(TypeId::kDecimal), to_decimal = site.to.is(TypeId::kDecimal);
  if (from_decimal && to_decimal) {
    return with_decimal(site.from, [&](auto from) {
      return with_decimal(site.to, [&](auto to) {
        return decimal_to_decimal<typename decltype(from)::type, typename decltype(to)::type>(site);
      });
    });
  }
  if (from_decimal) {
    return with_decimal(
        site.from, [&](auto tag) { return decimal_to_native<typename decltype(tag)::type>(site); });
  }
  if (to_decimal) {
    return with_decimal(
        site.to, [&](auto tag) { return native_to_decimal<typename decltype(tag)::type>(site); });
  }
  return with_native(site.from, [&](auto from) {
    return with_native(site.to, [&](auto to) {
      return native_to_native<typename decltype(from)::type, typename decltype(to)::type>(site);
    });
  });
}

}  // namespace lochan::engine::kernels
