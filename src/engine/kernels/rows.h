#pragma once
#include <array>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "duckdb.hpp"
#include "engine/kernel.h"

/// Row loops for kernels. A step is called for each row without nulls, `bool step(R& out, A...
/// in)`; false makes the row null. Flat vectors without nulls run in a plain loop that the compiler
/// can vectorise.
namespace lochan::engine::kernels {

using duckdb::DataChunk;
using duckdb::idx_t;
using duckdb::string_t;
using duckdb::Vector;

/// __int128 in DuckDB's memory, where it is a hugeint_t of the same layout: aligned to 8 bytes
/// only, while the compiler assumes 16 for the type itself.
struct StoredInt128 {
  uint64_t low = 0;
  uint64_t high = 0;
  StoredInt128() = default;
  StoredInt128(__int128 v)  // NOLINT: stands for the number
      : low(static_cast<uint64_t>(v)),
        high(static_cast<uint64_t>(static_cast<unsigned __int128>(v) >> 64)) {}
  operator __int128() const {  // NOLINT
    return static_cast<__int128>((static_cast<unsigned __int128>(high) << 64) | low);
  }
};
template <class T>
struct StoredAs {
  using Type = T;
};
template <>
struct StoredAs<__int128> {
  using Type = StoredInt128;
};
template <class T>
using Stored = typename StoredAs<T>::Type;

/// The rows of a flat or constant vector.
template <class T>
Stored<T>* rows_of(Vector& vector) {
  return reinterpret_cast<Stored<T>*>(duckdb::FlatVector::GetData(vector));
}
template <class T>
const Stored<T>* rows_of(const duckdb::UnifiedVectorFormat& format) {
  return reinterpret_cast<const Stored<T>*>(format.data);
}

/// Texts shorter than this are bounded work: 2,048 of them are a megabyte at most.
constexpr idx_t kLongText = 512;

/// The bytes of a text. What a kernel does with a long one takes its time, so this is where kernels
/// notice that the query was cancelled.
inline std::string_view view(const string_t& s) {
  if (s.GetSize() >= kLongText) check_cancelled();
  return {s.GetData(), s.GetSize()};
}
inline string_t add_string(Vector& result, std::string_view s) {
  claim_memory(s.size());
  return duckdb::StringVector::AddStringOrBlob(result, s.data(), s.size());
}

template <class Signature>
struct MapRows;

template <class R, class... A>
struct MapRows<R(A...)> {
  template <class F>
  static bool call(F& step, Stored<R>& out, const Stored<A>&... in) {
    if constexpr (std::is_same_v<R, Stored<R>>) {
      return step(out, static_cast<A>(in)...);
    } else {
      R value{};
      bool valid = step(value, static_cast<A>(in)...);
      out = value;
      return valid;
    }
  }

  template <class F, size_t... I>
  static void run(std::array<Vector*, sizeof...(A)> inputs, Vector& result, idx_t count, F& step,
                  std::index_sequence<I...>) {
    using namespace duckdb;
    bool constant = ((inputs[I]->GetVectorType() == VectorType::CONSTANT_VECTOR) && ...);
    if (constant) {
      result.SetVectorType(VectorType::CONSTANT_VECTOR);
      bool null = (ConstantVector::IsNull(*inputs[I]) || ...);
      bool valid = !null && call(step, *rows_of<R>(result), *rows_of<A>(*inputs[I])...);
      ConstantVector::SetNull(result, !valid);
      return;
    }
    UnifiedVectorFormat formats[sizeof...(A)];
    (inputs[I]->ToUnifiedFormat(count, formats[I]), ...);
    result.SetVectorType(VectorType::FLAT_VECTOR);
    auto* out = rows_of<R>(result);
    auto& validity = FlatVector::Validity(result);
    auto data = std::make_tuple(rows_of<A>(formats[I])...);
    bool plain = ((!formats[I].sel->IsSet() && formats[I].validity.AllValid()) && ...);
    if (plain) {
      for (idx_t row = 0; row < count; row++) {
        if (!call(step, out[row], std::get<I>(data)[row]...)) validity.SetInvalid(row);
      }
      return;
    }
    for (idx_t row = 0; row < count; row++) {
      std::array<idx_t, sizeof...(A)> at{formats[I].sel->get_index(row)...};
      bool valid = (formats[I].validity.RowIsValid(at[I]) && ...);
      if (!valid || !call(step, out[row], std::get<I>(data)[at[I]]...)) validity.SetInvalid(row);
    }
  }
};

/// map_rows<R(A, B)>(args, result, [](R& out, A a, B b) { ...; return true; });
template <class Signature, class F>
void map_rows(DataChunk& args, Vector& result, F&& step) {
  [&]<class R, class... A>(std::type_identity<R(A...)>) {
    std::array<Vector*, sizeof...(A)> inputs;
    for (size_t i = 0; i < sizeof...(A); i++) inputs[i] = &args.data[i];
    MapRows<R(A...)>::run(inputs, result, args.size(), step, std::index_sequence_for<A...>());
  }(std::type_identity<Signature>());
}
template <class Signature, class F>
void map_vector(Vector& input, Vector& result, idx_t count, F&& step) {
  MapRows<Signature>::run({&input}, result, count, step, std::make_index_sequence<1>());
}
template <class Signature, class F>
void map_vectors(Vector& a, Vector& b, Vector& result, idx_t count, F&& step) {
  MapRows<Signature>::run({&a, &b}, result, count, step, std::make_index_sequence<2>());
}

}  // namespace lochan::engine::kernels
