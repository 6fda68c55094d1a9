// Decimals: the narrowest integers that hold every result are chosen when the call is bound. Where
// the types rule overflow out, the loop has no check; otherwise each row is checked and computed in
// up to 256 bits.
#include <algorithm>

#include "engine/kernels/arithmetic.h"
#include "engine/kernels/exact_decimal.h"
#include "types/value.h"

namespace lochan::engine::kernels {

using types::DataType;
using types::TypeId;

namespace {

constexpr idx_t kBlock = 1024;

/// Bytes of the integers that DuckDB stores a type in.
int width_of(const DataType& type) {
  if (!type.is(TypeId::kDecimal)) return 8;  // bigint, the result of div
  return with_decimal(
      type, [](auto tag) { return static_cast<int>(sizeof(typename decltype(tag)::type)); });
}

template <class Row, class W>
void widen(const Row* data, const duckdb::SelectionVector& sel, idx_t start, idx_t count, W* out) {
  if (sel.IsSet()) {
    for (idx_t i = 0; i < count; i++) out[i] = data[sel.get_index(start + i)];
  } else {
    for (idx_t i = 0; i < count; i++) out[i] = data[start + i];
  }
}

template <class W>
bool is_aligned(const void* data) {
  return reinterpret_cast<uintptr_t>(data) % alignof(W) == 0;
}

/// The rows [start, start + count) as W, in place where they are stored so, else through `buffer`.
template <class W>
const W* load(const duckdb::UnifiedVectorFormat& format, int width, idx_t start, idx_t count,
              W* buffer) {
  if (width == sizeof(W) && !format.sel->IsSet() && is_aligned<W>(format.data)) {
    return reinterpret_cast<const W*>(format.data) + start;
  }
  switch (width) {
    case 2: widen(rows_of<int16_t>(format), *format.sel, start, count, buffer); break;
    case 4: widen(rows_of<int32_t>(format), *format.sel, start, count, buffer); break;
    case 8: widen(rows_of<int64_t>(format), *format.sel, start, count, buffer); break;
    default:
      if constexpr (sizeof(W) == 16)
        widen(rows_of<Int128>(format), *format.sel, start, count, buffer);
  }
  return buffer;
}

template <class Out>
void store(const Out* rows, Vector& result, int width, idx_t start, idx_t count) {
  auto narrow = [&]<class T>(T* out) {
    for (idx_t i = 0; i < count; i++) out[start + i] = static_cast<T>(rows[i]);
  };
  switch (width) {
    case 2: return narrow(rows_of<int16_t>(result));
    case 4: return narrow(rows_of<int32_t>(result));
    case 8: return narrow(rows_of<int64_t>(result));
    default: return narrow(rows_of<Int128>(result));
  }
}

/// Feeds blocks of both operands, as In, to block(a, b, out, count, start).
template <class In, class Out, class Block>
void run_blocks(DataChunk& args, Vector& result, const int (&widths)[3], Block&& block) {
  using namespace duckdb;
  idx_t count = args.size();
  bool constant = args.AllConstant();
  if (constant) count = 1;
  UnifiedVectorFormat a, b;
  args.data[0].ToUnifiedFormat(count, a);
  args.data[1].ToUnifiedFormat(count, b);
  auto& validity = FlatVector::Validity(result);
  if (!a.validity.AllValid() || !b.validity.AllValid()) {
    for (idx_t row = 0; row < count; row++) {
      if (!a.validity.RowIsValid(a.sel->get_index(row)) ||
          !b.validity.RowIsValid(b.sel->get_index(row))) {
        validity.SetInvalid(row);
      }
    }
  }
  alignas(64) In a_buffer[kBlock], b_buffer[kBlock];
  alignas(64) Out out_buffer[kBlock];
  for (idx_t start = 0; start < count; start += kBlock) {
    idx_t size = std::min(kBlock, count - start);
    const In* x = load<In>(a, widths[0], start, size, a_buffer);
    const In* y = load<In>(b, widths[1], start, size, b_buffer);
    auto* data = duckdb::FlatVector::GetData(result);
    bool in_place = widths[2] == sizeof(Out) && is_aligned<Out>(data);
    Out* out = in_place ? reinterpret_cast<Out*>(data) + start : out_buffer;
    block(x, y, out, size, start);
    if (!in_place) store(out, result, widths[2], start, size);
  }
  if (constant) result.SetVectorType(VectorType::CONSTANT_VECTOR);
}

struct Widths {
  int of[3];
  explicit Widths(const KernelSpec& spec)
      : of{width_of(spec.arguments[0]), width_of(spec.arguments[1]), width_of(spec.result)} {}
};

/// No row can fail: a plain loop, also over rows that are null.
template <class In, class Out, class F>
ScalarBody unchecked(const KernelSpec& spec, F f) {
  Widths widths(spec);
  return [widths, f](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    run_blocks<In, Out>(args, result, widths.of,
                        [f](const In* __restrict a, const In* __restrict b, Out* __restrict out,
                            idx_t count, idx_t) {
                          for (idx_t i = 0; i < count; i++) out[i] = f(a[i], b[i]);
                        });
  };
}

/// bool f(Int128 a, Int128 b, Int128& out) on the rows that are not null, in blocks for which
/// bool fast(a, b, out, count) did not compute all rows, also those that are null.
template <class F, class Fast>
ScalarBody checked(const KernelSpec& spec, F f, Fast fast) {
  Widths widths(spec);
  return [widths, f, fast](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    auto& validity = duckdb::FlatVector::Validity(result);
    run_blocks<Int128, Int128>(
        args, result, widths.of,
        [&](const Int128* a, const Int128* b, Int128* out, idx_t count, idx_t start) {
          if (fast(a, b, out, count)) return;
          for (idx_t i = 0; i < count; i++) {
            out[i] = 0;
            if (validity.RowIsValid(start + i) && !f(a[i], b[i], out[i]))
              validity.SetInvalid(start + i);
          }
        });
  };
}

template <class F>
ScalarBody checked(const KernelSpec& spec, F f) {
  return checked(spec, f, [](const Int128*, const Int128*, Int128*, idx_t) { return false; });
}

bool fit_64_bits(const Int128* rows, idx_t count) {
  uint64_t rest = 0;
  for (idx_t i = 0; i < count; i++) {
    rest |= static_cast<uint64_t>(rows[i] >> 64) ^
            static_cast<uint64_t>(static_cast<int64_t>(rows[i]) >> 63);
  }
  return rest == 0;
}

// Null rows hold anything: unsigned arithmetic wraps where signed would be undefined.
template <class Out>
Out wrapping_add(Out a, Out b) {
  using U = std::conditional_t<sizeof(Out) == 8, uint64_t, UInt128>;
  return static_cast<Out>(static_cast<U>(a) + static_cast<U>(b));
}
template <class Out>
Out wrapping_multiply(Out a, Out b) {
  using U = std::conditional_t<sizeof(Out) == 8, uint64_t, UInt128>;
  return static_cast<Out>(static_cast<U>(a) * static_cast<U>(b));
}

int digits_of_sum(const DataType& a, const DataType& b) {
  return std::max(a.precision() - a.scale(), b.precision() - b.scale()) +
         std::max(a.scale(), b.scale()) + 1;
}

bool sum_always_fits(const KernelSpec& spec) {
  const DataType &a = spec.arguments[0], &b = spec.arguments[1], &r = spec.result;
  const int digits = digits_of_sum(a, b);
  return digits <= 38 && r.scale() == std::max(a.scale(), b.scale()) && r.precision() >= digits;
}

bool product_always_fits(const KernelSpec& spec) {
  const DataType &a = spec.arguments[0], &b = spec.arguments[1], &r = spec.result;
  const int digits = a.precision() + b.precision();
  return digits <= 38 && r.scale() == a.scale() + b.scale() && r.precision() >= digits;
}

ScalarBody add(const KernelSpec& spec, bool subtract) {
  const DataType &a = spec.arguments[0], &b = spec.arguments[1];
  int scale = std::max(a.scale(), b.scale());
  int digits = digits_of_sum(a, b);
  if (sum_always_fits(spec)) {
    auto loop = [&]<class W>(std::type_identity<W>) {
      auto a_factor = static_cast<W>(kPowersOfTen[scale - a.scale()]);
      auto b_factor = static_cast<W>(kPowersOfTen[scale - b.scale()]);
      if (subtract) b_factor = -b_factor;
      return unchecked<W, W>(spec, [a_factor, b_factor](W x, W y) {
        return wrapping_add(wrapping_multiply(x, a_factor), wrapping_multiply(y, b_factor));
      });
    };
    if (digits <= 18) return loop(std::type_identity<int64_t>());
    return loop(std::type_identity<Int128>());
  }
  ArithmeticSite site{&spec};
  int a_scale = a.scale(), b_scale = b.scale();
  return checked(spec, [site, a_scale, b_scale, subtract](Int128 x, Int128 y, Int128& out) {
    const DataType& result = site.spec->result;
    auto sum = ExactDecimal::sum(x, a_scale, subtract ? -y : y, b_scale);
    auto value = sum.at_scale(result.scale());
    if (!value || !fits(*value, result.precision())) return site.does_not_fit_decimal(sum.text());
    out = *value;
    return true;
  });
}

ScalarBody multiply(const KernelSpec& spec) {
  const DataType &a = spec.arguments[0], &b = spec.arguments[1], &r = spec.result;
  int digits = a.precision() + b.precision(), dropped = a.scale() + b.scale() - r.scale();
  if (product_always_fits(spec)) {
    if (digits <= 18) {
      return unchecked<int64_t, int64_t>(
          spec, [](int64_t x, int64_t y) { return wrapping_multiply(x, y); });
    }
    if (a.precision() <= 18 && b.precision() <= 18) {
      return unchecked<int64_t, Int128>(spec, [](int64_t x, int64_t y) { return Int128{x} * y; });
    }
    return unchecked<Int128, Int128>(spec,
                                     [](Int128 x, Int128 y) { return wrapping_multiply(x, y); });
  }
  ArithmeticSite site{&spec};
  int a_scale = a.scale(), b_scale = b.scale();
  auto exact = [site, a_scale, b_scale, dropped](Int128 x, Int128 y, Int128& out) {
    const DataType& result = site.spec->result;
    std::optional<Int128> value;
    if (dropped >= 0) {
      value = kernels::multiply(x, y, dropped);
    } else if ((value = kernels::multiply(x, y, 0))) {
      value = rescale(*value, 0, -dropped);
    }
    if (!value || !fits(*value, result.precision())) {
      auto product = ExactDecimal::product(x, a_scale, y, b_scale);
      product.truncate(kMaxDecimalDigits + 1);  // as Spark's multiplication does
      return site.does_not_fit_decimal(product.text());
    }
    out = *value;
    return true;
  };
  if (dropped != 0 || r.precision() != kMaxDecimalDigits) return checked(spec, exact);
  // 2^63 * 2^63 is less than 10^38.
  return checked(spec, exact, [](const Int128* x, const Int128* y, Int128* out, idx_t count) {
    if (!fit_64_bits(x, count) || !fit_64_bits(y, count)) return false;
    for (idx_t i = 0; i < count; i++) {
      out[i] = Int128{static_cast<int64_t>(x[i])} * static_cast<int64_t>(y[i]);
    }
    return true;
  });
}

ScalarBody divide(const KernelSpec& spec) {
  const DataType &a = spec.arguments[0], &b = spec.arguments[1];
  ArithmeticSite site{&spec};
  int shift = spec.result.scale() - a.scale() + b.scale();
  int exact_shift = kMaxDecimalDigits + 1 - a.scale() + b.scale();
  return checked(spec, [site, shift, exact_shift](Int128 x, Int128 y, Int128& out) {
    const DataType& result = site.spec->result;
    if (y == 0) return site.divide_by_zero();
    auto value = kernels::divide(x, shift, y);
    if (!value || !fits(*value, result.precision())) {
      // Spark prints a quotient with 39 digits after the point.
      std::string digits = quotient_digits(x, exact_shift, y);
      return site.does_not_fit_decimal(
          digits.insert(digits.size() - (kMaxDecimalDigits + 1), 1, '.'));
    }
    out = *value;
    return true;
  });
}

/// Whole quotient, remainder, positive remainder.
ScalarBody divide_whole(const KernelSpec& spec, Operation operation) {
  ArithmeticSite site{&spec};
  int a_scale = spec.arguments[0].scale(), b_scale = spec.arguments[1].scale();
  int scale = std::max(a_scale, b_scale);
  return checked(spec, [=](Int128 x, Int128 y, Int128& out) {
    if (y == 0)
      return operation == Operation::kDiv ? site.divide_by_zero() : site.remainder_by_zero();
    auto [quotient, rest] = kernels::divide_whole(x, scale - a_scale, y, scale - b_scale);
    if (operation == Operation::kDiv) {
      // The quotient is a decimal first, whose low 64 bits are the result.
      if (!quotient || !fits(*quotient, kMaxDecimalDigits)) {
        return site.does_not_fit_decimal(quotient_digits(x, b_scale - a_scale, y),
                                         kMaxDecimalDigits, 0);
      }
      out = static_cast<int64_t>(*quotient);
      return true;
    }
    if (operation == Operation::kPmod && rest < 0) {
      // (rest + y) % y at the common scale; y does not leave 128 bits where |y| > |rest| matters.
      auto divisor = rescale(y, b_scale, scale);
      rest = divisor ? (rest + *divisor) % *divisor : rest;
    }
    const DataType& result = site.spec->result;
    auto value = rescale(rest, scale, result.scale());
    if (!value || !fits(*value, result.precision())) {
      return site.does_not_fit_decimal(types::decimal_to_string(rest, scale));
    }
    out = *value;
    return true;
  });
}

}  // namespace

bool decimal_always_fits(Operation operation, const KernelSpec& spec) {
  switch (operation) {
    case Operation::kAdd:
    case Operation::kSubtract: return sum_always_fits(spec);
    case Operation::kMultiply: return product_always_fits(spec);
    default: return false;
  }
}

ScalarBody decimal_arithmetic(Operation operation, const KernelSpec& spec) {
  switch (operation) {
    case Operation::kAdd: return add(spec, false);
    case Operation::kSubtract: return add(spec, true);
    case Operation::kMultiply: return multiply(spec);
    case Operation::kDivide: return divide(spec);
    default: return divide_whole(spec, operation);
  }
}

}  // namespace lochan::engine::kernels
