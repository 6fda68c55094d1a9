#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "engine/kernel.h"
#include "engine/kernels/rows.h"

/// Kernels that compute one row at a time, written as a plain function over C++ values:
///
///   .bind = [](const KernelSpec&) { return per_row<int32_t, std::string_view>(&utf8::length); }
///
/// The result may be std::optional (empty: null). Strings are returned as std::string,
/// std::string_view (into an argument or a constant) or, by functions whose first parameter is
/// duckdb::Vector& (the result), as string_t. An argument declared std::optional<T> may be null:
/// the kernel must have handles_nulls.
namespace lochan::engine::kernels {

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};

/// Read access to one argument, whatever the shape of its vector.
template <class T>
class Column {
  using Stored = std::conditional_t<std::is_same_v<T, std::string_view>, duckdb::string_t, T>;

 public:
  Column(duckdb::Vector& vector, duckdb::idx_t count) {
    vector.ToUnifiedFormat(count, format_);
    data_ = duckdb::UnifiedVectorFormat::GetData<Stored>(format_);
  }
  bool is_null(duckdb::idx_t row) const {
    return !format_.validity.RowIsValid(format_.sel->get_index(row));
  }
  T operator[](duckdb::idx_t row) const {
    const auto& value = data_[format_.sel->get_index(row)];
    if constexpr (std::is_same_v<T, std::string_view>) {
      return view(value);
    } else {
      return value;
    }
  }

 private:
  duckdb::UnifiedVectorFormat format_;
  const Stored* data_;
};

template <class T>
class Column<std::optional<T>> {
 public:
  Column(duckdb::Vector& vector, duckdb::idx_t count) : column_(vector, count) {}
  std::optional<T> operator[](duckdb::idx_t row) const {
    if (column_.is_null(row)) return std::nullopt;
    return column_[row];
  }

 private:
  Column<T> column_;
};

template <class R>
void store(duckdb::Vector& result, duckdb::idx_t row, R&& value) {
  using V = std::decay_t<R>;
  if constexpr (is_optional<V>::value) {
    if (!value) {
      duckdb::FlatVector::SetNull(result, row, true);
    } else {
      store(result, row, *std::forward<R>(value));
    }
  } else if constexpr (std::is_same_v<V, std::string> || std::is_same_v<V, std::string_view>) {
    duckdb::FlatVector::GetData<duckdb::string_t>(result)[row] = add_string(result, value);
  } else {
    duckdb::FlatVector::GetData<V>(result)[row] = value;
  }
}

/// True if every argument is a constant vector: one row then stands for all.
inline bool all_constant(const duckdb::DataChunk& args) {
  for (const auto& v : args.data) {
    if (v.GetVectorType() != duckdb::VectorType::CONSTANT_VECTOR) return false;
  }
  return true;
}

template <class R, class... A, class F>
ScalarBody per_row(F f) {
  return [f = std::move(f)](duckdb::DataChunk& args, duckdb::ExpressionState&,
                            duckdb::Vector& result) {
    const bool constant = all_constant(args);
    const auto count = constant ? 1 : args.size();
    [&]<size_t... I>(std::index_sequence<I...>) {
      std::tuple<Column<A>...> columns{Column<A>(args.data[I], args.size())...};
      for (duckdb::idx_t row = 0; row < count; ++row) {
        if constexpr (std::is_invocable_v<const F&, duckdb::Vector&, A...>) {
          store<R>(result, row, f(result, std::get<I>(columns)[row]...));
        } else {
          store<R>(result, row, f(std::get<I>(columns)[row]...));
        }
      }
    }
    (std::index_sequence_for<A...>{});
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

}  // namespace lochan::engine::kernels
