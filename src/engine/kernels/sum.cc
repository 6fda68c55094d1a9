// agg_sum, agg_avg. One state for all integers, decimals and intervals: an exact 128-bit sum and
// the number of values, so that the result does not depend on the order in which threads add.
#include "duckdb/function/aggregate_function.hpp"
#include "engine/kernels/arithmetic.h"
#include "engine/kernels/exact_decimal.h"
#include "engine/kernels/families.h"

namespace lochan::engine::kernels {

using duckdb::AggregateInputData;
using types::DataType;
using types::TypeId;

namespace {

struct ExactState {
  using Sum = Int128;
  StoredInt128 sum;  // the sum's low 128 bits
  int64_t count;
  int64_t carry;  // how often it left them, upwards less downwards: the sum is carry * 2^128 + sum
};
struct DoubleState {
  using Sum = double;
  double sum;
  int64_t count;
};

template <class State>
void initialize(const duckdb::AggregateFunction&, duckdb::data_ptr_t state) {
  new (state) State{};
}

/// Returns the carry: 1 or -1 where the sum leaves 128 bits.
template <class Sum, class T>
int add(Sum& sum, T value) {
  if constexpr (std::is_same_v<T, Int128>) {
    return __builtin_add_overflow(sum, value, &sum) ? (value < 0 ? -1 : 1) : 0;
  } else {
    sum += static_cast<Sum>(value);
    return 0;
  }
}
template <class State, class T>
void add_to(State& state, T value) {
  typename State::Sum sum = state.sum;
  const int carry = add(sum, value);
  if constexpr (std::is_same_v<State, ExactState>) state.carry += carry;
  state.sum = sum;
  state.count++;
}

template <class State, class T>
void update(Vector inputs[], AggregateInputData&, idx_t, Vector& states, idx_t count) {
  duckdb::UnifiedVectorFormat input, targets;
  inputs[0].ToUnifiedFormat(count, input);
  states.ToUnifiedFormat(count, targets);
  auto* data = rows_of<T>(input);
  auto* state = rows_of<State*>(targets);
  for (idx_t row = 0; row < count; row++) {
    idx_t at = input.sel->get_index(row);
    if (input.validity.RowIsValid(at)) {
      add_to(*state[targets.sel->get_index(row)], static_cast<T>(data[at]));
    }
  }
}

template <class State, class T>
void simple_update(Vector inputs[], AggregateInputData&, idx_t, duckdb::data_ptr_t target,
                   idx_t count) {
  auto& state = *reinterpret_cast<State*>(target);
  duckdb::UnifiedVectorFormat input;
  inputs[0].ToUnifiedFormat(count, input);
  auto* data = rows_of<T>(input);
  if (!input.sel->IsSet() && input.validity.AllValid()) {
    typename State::Sum sum = state.sum;
    int64_t carry = 0;
    for (idx_t row = 0; row < count; row++) carry += add(sum, static_cast<T>(data[row]));
    if constexpr (std::is_same_v<State, ExactState>) state.carry += carry;
    state.sum = sum;
    state.count += static_cast<int64_t>(count);
    return;
  }
  for (idx_t row = 0; row < count; row++) {
    idx_t at = input.sel->get_index(row);
    if (input.validity.RowIsValid(at)) add_to(state, static_cast<T>(data[at]));
  }
}

template <class State>
void combine(Vector& sources, Vector& targets, AggregateInputData&, idx_t count) {
  auto **from = rows_of<State*>(sources), **to = rows_of<State*>(targets);
  for (idx_t i = 0; i < count; i++) {
    int64_t total = to[i]->count + from[i]->count;
    if constexpr (std::is_same_v<State, ExactState>) to[i]->carry += from[i]->carry;
    add_to(*to[i], static_cast<typename State::Sum>(from[i]->sum));
    to[i]->count = total;
  }
}

/// The sum or average as an integer of the result type; false: null.
bool exact_result(const KernelSpec& spec, bool average, const ExactState& state, Int128& out) {
  ArithmeticSite site{&spec};
  const DataType& type = spec.result;
  if (type.is(TypeId::kDecimal)) {
    const int scale = spec.arguments[0].scale();
    // An average fails as well where only its sum does.
    if (state.carry != 0 || !fits(state.sum, average ? kMaxDecimalDigits : type.precision()))
      return site.does_not_fit_decimal(
          ExactDecimal::wide(Int128{state.carry} - (Int128{state.sum} < 0 ? 1 : 0), state.sum,
                             scale)
              .text());
    out = state.sum;
    if (!average) return true;
    const auto value = divide(state.sum, type.scale() - scale, state.count);
    if (value) out = *value;
    if (value && fits(out, type.precision())) return true;
    return site.does_not_fit_decimal(types::decimal_to_string(out, value ? type.scale() : scale));
  }
  out = state.sum;
  bool months = type.is(TypeId::kYearMonthInterval);
  if (average) {
    const bool summable =
        months ? out == static_cast<int32_t>(out) : out == static_cast<int64_t>(out);
    if (type.is_ansi_interval() && !summable) return site.interval_overflow("try_add");
    out = *divide(state.sum, 0, state.count);
  }
  if (months ? out == static_cast<int32_t>(out) : out == static_cast<int64_t>(out)) return true;
  if (type.is_ansi_interval()) return site.interval_overflow(average ? "try_avg" : "try_add");
  if (site.legacy()) {
    out = static_cast<int64_t>(out);
    return true;
  }
  return site.overflow("overflow", "try_add");
}

template <bool kAverage>
void finalize_exact(Vector& states, AggregateInputData& input, Vector& result, idx_t count,
                    idx_t offset) {
  const KernelSpec& spec = kernel_spec(input);
  states.Flatten(count);
  auto** state = rows_of<ExactState*>(states);
  auto& validity = duckdb::FlatVector::Validity(result);
  auto write = [&]<class T>(T* out) {
    for (idx_t i = 0; i < count; i++) {
      Int128 value = 0;
      if (state[i]->count == 0 || !exact_result(spec, kAverage, *state[i], value)) {
        validity.SetInvalid(offset + i);
      } else {
        out[offset + i] = static_cast<T>(value);
      }
    }
  };
  switch (spec.result.id()) {
    case TypeId::kDecimal:
      return with_decimal(spec.result,
                          [&](auto tag) { write(rows_of<typename decltype(tag)::type>(result)); });
    case TypeId::kYearMonthInterval: return write(rows_of<int32_t>(result));
    case TypeId::kDouble: {  // average of integers
      auto* out = rows_of<double>(result);
      for (idx_t i = 0; i < count; i++) {
        if (state[i]->count == 0) {
          validity.SetInvalid(offset + i);
        } else {
          out[offset + i] =
              static_cast<double>(Int128{state[i]->sum}) / static_cast<double>(state[i]->count);
        }
      }
      return;
    }
    default: return write(rows_of<int64_t>(result));
  }
}

template <bool kAverage>
void finalize_double(Vector& states, AggregateInputData&, Vector& result, idx_t count,
                     idx_t offset) {
  states.Flatten(count);
  auto** state = rows_of<DoubleState*>(states);
  auto* out = rows_of<double>(result);
  for (idx_t i = 0; i < count; i++) {
    if (state[i]->count == 0) {
      duckdb::FlatVector::Validity(result).SetInvalid(offset + i);
    } else {
      out[offset + i] =
          kAverage ? state[i]->sum / static_cast<double>(state[i]->count) : state[i]->sum;
    }
  }
}

template <class State, class T>
duckdb::AggregateFunction make(const KernelSpec& spec, duckdb::aggregate_finalize_t finalize) {
  return duckdb::AggregateFunction(
      {to_duckdb(spec.arguments[0])}, to_duckdb(spec.result),
      [](const duckdb::AggregateFunction&) -> idx_t { return sizeof(State); }, initialize<State>,
      update<State, T>, combine<State>, finalize, simple_update<State, T>);
}

template <bool kAverage>
duckdb::AggregateFunction bind(const KernelSpec& spec) {
  const DataType& type = spec.arguments[0];
  auto exact = [&](auto tag) {
    return make<ExactState, typename decltype(tag)::type>(spec, finalize_exact<kAverage>);
  };
  switch (type.id()) {
    case TypeId::kFloat: return make<DoubleState, float>(spec, finalize_double<kAverage>);
    case TypeId::kDouble: return make<DoubleState, double>(spec, finalize_double<kAverage>);
    case TypeId::kDecimal: return with_decimal(type, exact);
    case TypeId::kYearMonthInterval: return exact(std::type_identity<int32_t>());
    case TypeId::kDayTimeInterval: return exact(std::type_identity<int64_t>());
    default: return with_integral(type, exact);
  }
}

const AggregateKernel kSum{.name = "agg_sum", .bind = bind<false>};
const AggregateKernel kAverage{.name = "agg_avg", .bind = bind<true>};

}  // namespace

AggregateKernels sum_kernels() { return {&kSum, &kAverage}; }

}  // namespace lochan::engine::kernels
