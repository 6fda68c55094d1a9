#include "engine/kernels/families.h"

namespace lochan::engine::kernels {
namespace {

/// A list of booleans in three-valued logic: `decisive` if an element has that value, else null if
/// one is null, else the opposite.
ScalarBody quantify(bool decisive) {
  return [decisive](duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
    const auto count = args.size();
    auto& lists = args.data[0];
    const bool is_constant = lists.GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR;
    duckdb::UnifiedVectorFormat list, element;
    lists.ToUnifiedFormat(count, list);
    duckdb::ListVector::GetEntry(lists).ToUnifiedFormat(duckdb::ListVector::GetListSize(lists),
                                                        element);
    const auto* entries = duckdb::UnifiedVectorFormat::GetData<duckdb::list_entry_t>(list);
    const auto* values = duckdb::UnifiedVectorFormat::GetData<bool>(element);
    auto* out = duckdb::FlatVector::GetData<bool>(result);
    for (duckdb::idx_t row = 0; row < (is_constant ? 1 : count); ++row) {
      const auto& entry = entries[list.sel->get_index(row)];
      bool has_null = false, decided = false;
      for (duckdb::idx_t i = entry.offset; i < entry.offset + entry.length && !decided; ++i) {
        const auto at = element.sel->get_index(i);
        if (!element.validity.RowIsValid(at))
          has_null = true;
        else
          decided = values[at] == decisive;
      }
      out[row] = decided == decisive;
      if (!decided && has_null) duckdb::FlatVector::SetNull(result, row, true);
    }
    if (is_constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

/// any_true(list), all_true(list): what exists() and forall() make of their predicate's results.
const ScalarKernel kAnyTrue{.name = "any_true",
                            .bind = [](const KernelSpec&) { return quantify(true); }};
const ScalarKernel kAllTrue{.name = "all_true",
                            .bind = [](const KernelSpec&) { return quantify(false); }};

}  // namespace

ScalarKernels quantifier_kernels() { return {&kAnyTrue, &kAllTrue}; }

}  // namespace lochan::engine::kernels
