// uuid, row numbers, errors on purpose.
#include <atomic>
#include <random>

#include "duckdb/common/random_engine.hpp"
#include "engine/kernels/kernel_list.h"
#include "engine/kernels/per_row.h"

namespace lochan::engine::kernels {
namespace {

using duckdb::DataChunk;
using duckdb::ExpressionState;
using duckdb::idx_t;
using duckdb::Vector;

ScalarBody bind_uuid(const KernelSpec&) {
  return [](DataChunk& args, ExpressionState& state, Vector& result) {
    auto& context = state.GetContext();
    auto& random = duckdb::RandomEngine::Get(context);
    static constexpr char kDigits[] = "0123456789abcdef";
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    for (idx_t row = 0; row < args.size(); ++row) {
      std::string text;
      for (int i = 0; i < 32; ++i) {
        uint32_t digit = random.NextRandomInteger() >> 28;
        if (i == 12) digit = 4;
        if (i == 16) digit = 8 | (digit & 3);
        if (i == 8 || i == 12 || i == 16 || i == 20) text += '-';
        text += kDigits[digit];
      }
      store(result, row, text);
    }
  };
}

/// Each thread of a query takes numbers in blocks, so that they rise within it and never repeat.
ScalarBody bind_increasing_id(const KernelSpec&) {
  auto next = std::make_shared<std::atomic<int64_t>>(0);
  return [next](DataChunk& args, ExpressionState&, Vector& result) {
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    auto* out = duckdb::FlatVector::GetData<int64_t>(result);
    const int64_t first = next->fetch_add(static_cast<int64_t>(args.size()));
    for (idx_t row = 0; row < args.size(); ++row) out[row] = first + static_cast<int64_t>(row);
  };
}

ScalarBody bind_raise_error(const KernelSpec& spec) {
  return [&spec](DataChunk& args, ExpressionState&, Vector& result) {
    const Column<std::optional<std::string_view>> messages(args.data[0], args.size());
    if (args.size() > 0) {
      raise(spec, "USER_RAISED_EXCEPTION",
            {{"errorMessage", std::string(messages[0].value_or("null"))}});
    }
    result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
    duckdb::ConstantVector::SetNull(result, true);
  };
}

const ScalarKernel kKernels[] = {
    {.name = "uuid", .bind = bind_uuid, .handles_nulls = true, .is_volatile = true},
    {.name = "monotonically_increasing_id",
     .bind = bind_increasing_id,
     .handles_nulls = true,
     .is_volatile = true},
    {.name = "raise_error",
     .bind = bind_raise_error,
     .fallible = true,
     .handles_nulls = true,
     .is_volatile = true},
};

}  // namespace

ScalarKernels misc_kernels() { return pointers<ScalarKernel>(kKernels); }

}  // namespace lochan::engine::kernels
