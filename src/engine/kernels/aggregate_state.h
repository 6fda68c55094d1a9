#pragma once
#include <memory>
#include <new>
#include <type_traits>

#include "duckdb/function/aggregate_function.hpp"
#include "engine/kernels/kernel_list.h"
#include "engine/kernels/per_row.h"

namespace lochan::engine::kernels {

/// An aggregate from a C++ class:
///   struct Body {
///     struct Input { Input(const KernelSpec&, duckdb::Vector inputs[], duckdb::idx_t count); };
///     void add(const Input&, duckdb::idx_t row);         // also rows with nulls
///     void merge(const Body& other);                     // other's rows come after this one's
///     void finish(const KernelSpec&, duckdb::Vector& result, duckdb::idx_t row) const;
///   };
/// DuckDB moves states as plain bytes, so a state is only a pointer to its Body, made at the first
/// row. A Body that need not be destroyed lives in DuckDB's arena: DuckDB forgets the states of a
/// window function that fails.
template <class Body>
class AggregateOf {
  static constexpr bool kInArena = std::is_trivially_destructible_v<Body>;
  struct State {
    Body* body;
  };
  static Body* make(duckdb::AggregateInputData& data) {
    if constexpr (kInArena) {
      size_t space = sizeof(Body) + alignof(Body);
      void* place = data.allocator.Allocate(space);
      return new (std::align(alignof(Body), sizeof(Body), place, space)) Body();
    } else {
      return new Body();
    }
  }
  static State** states_of(duckdb::Vector& states, duckdb::idx_t count) {
    states.Flatten(count);
    return duckdb::FlatVector::GetData<State*>(states);
  }
  static void initialize(const duckdb::AggregateFunction&, duckdb::data_ptr_t state) {
    reinterpret_cast<State*>(state)->body = nullptr;
  }
  static void add(State& state, const typename Body::Input& input, duckdb::idx_t row,
                  duckdb::AggregateInputData& data) {
    if (!state.body) state.body = make(data);
    state.body->add(input, row);
  }
  static void update(duckdb::Vector inputs[], duckdb::AggregateInputData& data, duckdb::idx_t,
                     duckdb::Vector& states, duckdb::idx_t count) {
    const typename Body::Input input(kernel_spec(data), inputs, count);
    duckdb::UnifiedVectorFormat format;
    states.ToUnifiedFormat(count, format);
    auto** state = duckdb::UnifiedVectorFormat::GetDataNoConst<State*>(format);
    for (duckdb::idx_t row = 0; row < count; ++row)
      add(*state[format.sel->get_index(row)], input, row, data);
  }
  static void simple_update(duckdb::Vector inputs[], duckdb::AggregateInputData& data,
                            duckdb::idx_t, duckdb::data_ptr_t state, duckdb::idx_t count) {
    const typename Body::Input input(kernel_spec(data), inputs, count);
    for (duckdb::idx_t row = 0; row < count; ++row)
      add(*reinterpret_cast<State*>(state), input, row, data);
  }
  static void combine(duckdb::Vector& sources, duckdb::Vector& targets,
                      duckdb::AggregateInputData& data, duckdb::idx_t count) {
    auto** from = states_of(sources, count);
    auto** to = states_of(targets, count);
    for (duckdb::idx_t i = 0; i < count; ++i) {
      if (!from[i]->body) continue;
      if (!to[i]->body) to[i]->body = make(data);
      to[i]->body->merge(*from[i]->body);
    }
  }
  static void finalize(duckdb::Vector& states, duckdb::AggregateInputData& data,
                       duckdb::Vector& result, duckdb::idx_t count, duckdb::idx_t offset) {
    const auto& spec = kernel_spec(data);
    auto** state = states_of(states, count);
    static const Body kEmpty{};
    for (duckdb::idx_t i = 0; i < count; ++i) {
      (state[i]->body ? *state[i]->body : kEmpty).finish(spec, result, offset + i);
    }
  }
  static void destroy(duckdb::Vector& states, duckdb::AggregateInputData&, duckdb::idx_t count) {
    auto** state = states_of(states, count);
    for (duckdb::idx_t i = 0; i < count; ++i) delete state[i]->body;
  }

 public:
  static duckdb::AggregateFunction bind(const KernelSpec& spec) {
    duckdb::vector<duckdb::LogicalType> arguments;
    for (const auto& type : spec.arguments) arguments.push_back(to_duckdb(type));
    return duckdb::AggregateFunction(
        std::move(arguments), to_duckdb(spec.result),
        [](const duckdb::AggregateFunction&) -> duckdb::idx_t { return sizeof(State); }, initialize,
        update, combine, finalize, simple_update, nullptr, kInArena ? nullptr : destroy);
  }
};

}  // namespace lochan::engine::kernels
