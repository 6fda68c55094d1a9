#include "engine/kernels/elements.h"

#include <algorithm>

#include "duckdb/function/create_sort_key.hpp"
#include "engine/kernels/order_key.h"

namespace lochan::engine::kernels {

using duckdb::idx_t;
using duckdb::ListVector;
using duckdb::Vector;
using duckdb::VectorOperations;

// Elements copied at once: gigabytes take seconds, in which nothing asks whether the query still
// runs.
constexpr idx_t kPart = idx_t{1} << 20;

ListArgument::ListArgument(Vector& vector, idx_t count)
    : entries_(vector, count),
      child_(&ListVector::GetEntry(vector)),
      child_count_(ListVector::GetListSize(vector)) {}

ElementPool::ElementPool(const std::vector<Part>& parts)
    : vector_([&] {
        idx_t size = 1;
        for (const auto& part : parts) size += part.second;
        claim_memory(size * duckdb::GetTypeIdSize(parts.front().first->GetType().InternalType()));
        return Vector(parts.front().first->GetType(), size);
      }()) {
  for (const auto& [part, count] : parts) {
    starts_.push_back(size_);
    for (idx_t from = 0; from < count; from += kPart) {
      check_cancelled();
      VectorOperations::Copy(*part, vector_, std::min(from + kPart, count), from, size_ + from);
    }
    size_ += count;
  }
  duckdb::FlatVector::SetNull(vector_, size_, true);
  vector_.ToUnifiedFormat(size_ + 1, formats_);
}

void ElementPool::make_keys() {
  key_vector_ = std::make_unique<Vector>(duckdb::LogicalType::BLOB, size_ + 1);
  if (vector_.GetType().IsNested()) {
    make_order_keys(vector_, size_ + 1, *key_vector_);
  } else {
    const duckdb::OrderModifiers order(duckdb::OrderType::ASCENDING,
                                       duckdb::OrderByNullType::NULLS_FIRST);
    // As bytes, for a text that is no UTF-8 would be cut in its key.
    const bool is_text = vector_.GetType().id() == duckdb::LogicalTypeId::VARCHAR;
    Vector values(is_text ? duckdb::LogicalType::BLOB : vector_.GetType(), nullptr);
    values.Reinterpret(vector_);
    duckdb::CreateSortKeyHelpers::CreateSortKey(values, size_ + 1, order, *key_vector_);
    key_vector_->Flatten(size_ + 1);
  }
  keys_ = duckdb::FlatVector::GetData<duckdb::string_t>(*key_vector_);
}

void ListResult::finish(Vector& elements) {
  const auto sel = selection();
  claim_memory(selected_.size() * duckdb::GetTypeIdSize(elements.GetType().InternalType()));
  ListVector::Reserve(result_, selected_.size());
  for (idx_t from = 0; from < selected_.size(); from += kPart) {
    check_cancelled();
    ListVector::Append(result_, elements, sel, std::min<idx_t>(from + kPart, selected_.size()),
                       from);
  }
  ListVector::SetListSize(result_, selected_.size());
  if (constant_) result_.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

void ElementResult::finish(ElementPool& pool) {
  VectorOperations::Copy(pool.vector(), result_, duckdb::SelectionVector(selected_.data()), rows_,
                         0, 0);
  if (constant_) result_.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

}  // namespace lochan::engine::kernels
