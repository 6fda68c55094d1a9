#pragma once
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "duckdb/common/vector_operations/vector_operations.hpp"
#include "engine/kernels/per_row.h"

/// What kernels over arrays and maps are made of. They never look at a value's type: elements are
/// copied by position out of a pool and compared by their sort keys, so that all element types
/// work, nested ones as well.
namespace lochan::engine::kernels {

/// A list argument: where each row's elements are in the child vector.
class ListArgument {
 public:
  ListArgument(duckdb::Vector& vector, duckdb::idx_t count);
  bool is_null(duckdb::idx_t row) const { return entries_.is_null(row); }
  /// Of the row's first element. Asked for once a row: a list may be long, so this is where kernels
  /// notice that the query was cancelled.
  duckdb::idx_t offset(duckdb::idx_t row) const {
    check_cancelled();
    return entries_[row].offset;
  }
  duckdb::idx_t length(duckdb::idx_t row) const { return entries_[row].length; }
  duckdb::Vector& child() const { return *child_; }
  duckdb::idx_t child_count() const { return child_count_; }

 private:
  Column<duckdb::list_entry_t> entries_;
  duckdb::Vector* child_;
  duckdb::idx_t child_count_;
};

/// Elements of one or more vectors of the same type under one numbering, and one null.
class ElementPool {
 public:
  using Part = std::pair<duckdb::Vector*, duckdb::idx_t>;
  explicit ElementPool(std::initializer_list<Part> parts) : ElementPool(std::vector<Part>(parts)) {}
  explicit ElementPool(const std::vector<Part>& parts);

  /// Number of the first element of part i.
  duckdb::idx_t start(size_t part) const { return starts_[part]; }
  duckdb::idx_t null_element() const { return size_; }
  bool is_null(duckdb::idx_t element) const {
    return !formats_.validity.RowIsValid(formats_.sel->get_index(element));
  }
  duckdb::Vector& vector() { return vector_; }

  /// Makes the keys: equal elements have equal keys, and keys order as Spark orders elements.
  void make_keys();
  std::string_view key(duckdb::idx_t element) const {
    const auto& k = keys_[element];
    return {k.GetData(), k.GetSize()};
  }

 private:
  std::vector<duckdb::idx_t> starts_;
  duckdb::idx_t size_ = 0;
  duckdb::Vector vector_;
  duckdb::UnifiedVectorFormat formats_;
  std::unique_ptr<duckdb::Vector> key_vector_;
  const duckdb::string_t* keys_ = nullptr;
};

/// Collects the elements of a list result row by row.
class ListResult {
 public:
  ListResult(duckdb::Vector& result, const duckdb::DataChunk& args)
      : result_(result),
        constant_(all_constant(args)),
        rows_(constant_ ? 1 : args.size()),
        entries_(duckdb::FlatVector::GetData<duckdb::list_entry_t>(result)) {}
  duckdb::idx_t rows() const { return rows_; }
  void add(duckdb::idx_t element) { selected_.push_back(static_cast<duckdb::sel_t>(element)); }
  size_t size() const { return selected_.size(); }
  /// Elements of the row under way, from `start` = size() at its beginning.
  std::vector<duckdb::sel_t>& elements() { return selected_; }
  void end_row(duckdb::idx_t row) {
    check_cancelled();
    claim_memory((selected_.size() - begun_) * sizeof(duckdb::sel_t));
    entries_[row] = {begun_, selected_.size() - begun_};
    begun_ = selected_.size();
  }
  void null_row(duckdb::idx_t row) {
    selected_.resize(begun_);
    entries_[row] = {begun_, 0};
    duckdb::FlatVector::SetNull(result_, row, true);
  }
  duckdb::idx_t row_start() const { return begun_; }
  void finish(ElementPool& pool) { finish(pool.vector()); }
  void finish(duckdb::Vector& elements);
  /// The selected positions as DuckDB takes them.
  duckdb::SelectionVector selection() { return duckdb::SelectionVector(selected_.data()); }

 private:
  duckdb::Vector& result_;
  bool constant_;
  duckdb::idx_t rows_;
  duckdb::list_entry_t* entries_;
  std::vector<duckdb::sel_t> selected_;
  duckdb::idx_t begun_ = 0;
};

/// Collects one element per row.
class ElementResult {
 public:
  ElementResult(duckdb::Vector& result, const duckdb::DataChunk& args)
      : result_(result),
        constant_(all_constant(args)),
        rows_(constant_ ? 1 : args.size()),
        selected_(rows_) {}
  duckdb::idx_t rows() const { return rows_; }
  void set(duckdb::idx_t row, duckdb::idx_t element) {
    selected_[row] = static_cast<duckdb::sel_t>(element);
  }
  void finish(ElementPool& pool);

 private:
  duckdb::Vector& result_;
  bool constant_;
  duckdb::idx_t rows_;
  std::vector<duckdb::sel_t> selected_;
};

// Bodies that functions over strings and over arrays share by name.
ScalarBody bind_array_concat(const KernelSpec& spec);
ScalarBody bind_array_reverse(const KernelSpec& spec);

}  // namespace lochan::engine::kernels
