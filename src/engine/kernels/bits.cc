// Integers as bits and as text in other bases.
#include <bit>

#include "engine/kernels/cast.h"
#include "engine/kernels/families.h"

namespace lochan::engine::kernels {

using types::DataType;
using types::TypeId;

namespace {

template <class Make>
ScalarBody by_integer(const DataType& type, Make&& make) {
  return with_integral(type, [&](auto tag) -> ScalarBody { return make(tag); });
}

enum class Shift { kLeft, kRight, kRightUnsigned };

template <Shift kShift>
ScalarBody shift(const KernelSpec& spec) {
  return by_integer(spec.arguments[0], [](auto tag) -> ScalarBody {
    using T = typename decltype(tag)::type;
    using U = std::make_unsigned_t<T>;
    return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
      map_rows<T(T, int32_t)>(args, result, [](T& out, T value, int32_t by) {
        by &= sizeof(T) == 8 ? 63 : 31;
        if constexpr (kShift == Shift::kLeft) {
          out = static_cast<T>(static_cast<U>(value) << by);
        } else if constexpr (kShift == Shift::kRight) {
          out = static_cast<T>(value >> by);
        } else {
          out = static_cast<T>(static_cast<U>(value) >> by);
        }
        return true;
      });
    };
  });
}

ScalarBody bit_count(const KernelSpec& spec) {
  if (spec.arguments[0].is(TypeId::kBoolean)) {
    return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
      map_rows<int32_t(bool)>(args, result, [](int32_t& out, bool v) { return out = v, true; });
    };
  }
  return by_integer(spec.arguments[0], [](auto tag) -> ScalarBody {
    using T = typename decltype(tag)::type;
    return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
      map_rows<int32_t(T)>(args, result, [](int32_t& out, T value) {
        out = std::popcount(static_cast<uint64_t>(int64_t{value}));
        return true;
      });
    };
  });
}

ScalarBody bit_get(const KernelSpec& spec) {
  const KernelSpec* at = &spec;
  return by_integer(spec.arguments[0], [at](auto tag) -> ScalarBody {
    using T = typename decltype(tag)::type;
    return [at](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
      map_rows<int8_t(T, int32_t)>(args, result, [&](int8_t& out, T value, int32_t position) {
        constexpr int kBits = sizeof(T) * 8;
        if (position < 0 || position >= kBits) {
          raise(*at, "INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE",
                {{"functionName", types::quote_identifier(at->name)},
                 {"parameter", "`pos`"},
                 {"upper", std::to_string(kBits)},
                 {"invalidValue", std::to_string(position)}});
        }
        out = static_cast<int8_t>((value >> position) & 1);
        return true;
      });
    };
  });
}

/// hex of a bigint: its two's complement without leading zeros; of text and binary: two digits per
/// byte.
ScalarBody hex(const KernelSpec& spec) {
  if (spec.arguments[0].is(TypeId::kLong)) {
    return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
      map_rows<string_t(int64_t)>(args, result, [&](string_t& out, int64_t value) {
        char text[20];
        int size = snprintf(text, sizeof text, "%lX", static_cast<unsigned long>(value));
        out = add_string(result, {text, static_cast<size_t>(size)});
        return true;
      });
    };
  }
  return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    std::string text;
    map_rows<string_t(string_t)>(args, result, [&](string_t& out, string_t value) {
      constexpr char kDigits[] = "0123456789ABCDEF";
      text.clear();
      for (unsigned char c : view(value)) {
        text += kDigits[c >> 4];
        text += kDigits[c & 15];
      }
      out = add_string(result, text);
      return true;
    });
  };
}

int digit_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 99;
}

/// unhex(text): null where a digit is not one; an odd number of digits starts with half a byte.
ScalarBody unhex(const KernelSpec&) {
  return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    std::string bytes;
    map_rows<string_t(string_t)>(args, result, [&](string_t& out, string_t value) {
      std::string_view text = view(value);
      bytes.clear();
      size_t i = 0;
      if (text.size() % 2 == 1) {
        int digit = digit_value(text[i++]);
        if (digit > 15) return false;
        bytes += static_cast<char>(digit);
      }
      for (; i < text.size(); i += 2) {
        int high = digit_value(text[i]), low = digit_value(text[i + 1]);
        if (high > 15 || low > 15) return false;
        bytes += static_cast<char>(high * 16 + low);
      }
      out = add_string(result, bytes);
      return true;
    });
  };
}

ScalarBody bin(const KernelSpec&) {
  return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<string_t(int64_t)>(args, result, [&](string_t& out, int64_t value) {
      char text[64];
      int size = 0;
      auto rest = static_cast<uint64_t>(value);
      do {
        text[63 - size++] = static_cast<char>('0' + (rest & 1));
        rest >>= 1;
      } while (rest != 0);
      out = add_string(result, {text + 64 - size, static_cast<size_t>(size)});
      return true;
    });
  };
}

std::string in_base(uint64_t value, int base) {
  std::string text;
  do {
    int digit = static_cast<int>(value % base);
    text += static_cast<char>(digit < 10 ? '0' + digit : 'A' + digit - 10);
    value /= base;
  } while (value != 0);
  return {text.rbegin(), text.rend()};
}

/// conv(text, from, to): an unsigned number, signed for negative `to`; reading stops at the first
/// character that is no digit; what leaves 64 bits raises in ANSI mode and else becomes the largest
/// number.
ScalarBody conv(const KernelSpec& spec) {
  const KernelSpec* at = &spec;
  return [at](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<string_t(string_t, int32_t, int32_t)>(
        args, result, [&](string_t& out, string_t input, int32_t from, int32_t to) {
          int to_size = to < 0 ? -to : to;
          if (from < 2 || from > 36 || to_size < 2 || to_size > 36) return false;
          std::string_view text = view(input);
          while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
          while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
          if (text.empty()) return false;
          bool negative = text[0] == '-';
          if (negative) text.remove_prefix(1);
          uint64_t value = 0;
          bool overflow = false;
          for (char c : text) {
            int digit = digit_value(c);
            if (digit >= from) break;
            overflow |= __builtin_mul_overflow(value, static_cast<uint64_t>(from), &value);
            overflow |= __builtin_add_overflow(value, static_cast<uint64_t>(digit), &value);
          }
          if (overflow) {
            if (at->mode == plan::CastMode::kAnsi) {
              raise(*at, "ARITHMETIC_OVERFLOW",
                    {{"message", "Overflow in function conv()"},
                     {"alternative", ""},
                     {"config", "\"spark.sql.ansi.enabled\""}});
            }
            value = UINT64_MAX;
          } else if (negative && to > 0) {
            value = static_cast<int64_t>(value) < 0 ? UINT64_MAX : -value;
          }
          bool minus = false;
          if (to < 0) {
            if (negative && !overflow) value = -value;
            if (static_cast<int64_t>(value) < 0) {
              minus = true;
              value = -value;
            }
          }
          out = add_string(result, (minus ? "-" : "") + in_base(value, to_size));
          return true;
        });
  };
}

ScalarBody factorial(const KernelSpec&) {
  return [](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    map_rows<int64_t(int32_t)>(args, result, [](int64_t& out, int32_t n) {
      out = 1;
      if (n < 0 || n > 20) return false;
      for (int32_t i = 2; i <= n; i++) out *= i;
      return true;
    });
  };
}

ScalarKernel row(std::string_view name, ScalarBody (*bind)(const KernelSpec&),
                 bool fallible = false) {
  return {.name = name, .bind = bind, .fallible = fallible, .executors_skip_nulls = true};
}

}  // namespace

ScalarKernels bits_kernels() {
  static const std::vector<ScalarKernel> rows = {
      row("shift_left", shift<Shift::kLeft>),
      row("shift_right", shift<Shift::kRight>),
      row("shift_right_unsigned", shift<Shift::kRightUnsigned>),
      row("bit_count", bit_count),
      row("bit_get", bit_get, true),
      row("hex", hex),
      row("unhex", unhex),
      row("bin", bin),
      row("conv", conv, true),
      row("factorial", factorial),
  };
  ScalarKernels all;
  for (const auto& kernel : rows) all.push_back(&kernel);
  return all;
}

}  // namespace lochan::engine::kernels
