#include "engine/kernels/families.h"

namespace lochan::engine::kernels {
namespace {

/// retype(x): the same bits under another type whose DuckDB form has the same layout: a date as its
/// day number, a struct under other field names. Costs nothing.
const ScalarKernel kRetype{
    .name = "retype",
    .bind = [](const KernelSpec& spec) -> ScalarBody {
      if (to_duckdb(spec.arguments[0]).InternalType() != to_duckdb(spec.result).InternalType()) {
        throw Error::internal("retype from " + spec.arguments[0].sql() + " to " +
                              spec.result.sql());
      }
      return [](duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
        result.Reinterpret(args.data[0]);
      };
    },
    .handles_nulls = true,
};

/// opaque(x): x, for DuckDB something new each time, so that it is planned as it stands.
const ScalarKernel kOpaque{
    .name = "opaque",
    .bind = [](const KernelSpec&) -> ScalarBody {
      return [](duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
        result.Reference(args.data[0]);
      };
    },
    .handles_nulls = true,
    .is_volatile = true,
};

}  // namespace

ScalarKernels retype_kernels() { return {&kRetype, &kOpaque}; }

}  // namespace lochan::engine::kernels
