#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "duckdb.hpp"
#include "plan/expression.h"
#include "types/data_type.h"

/// Kernels: vectorised functions with Spark's semantics, registered in DuckDB under
/// "lochan_<name>". The lowering calls them with one constant string more, the encoded KernelSpec,
/// which binding reads and removes: so a kernel knows Spark's types, mode, zone and query context,
/// and DuckDB never casts an argument.
namespace lochan::engine {

struct KernelSpec {
  types::DataType result;
  std::vector<types::DataType> arguments;
  plan::CastMode mode = plan::CastMode::kAnsi;
  std::string zone = "UTC";
  std::string name;  // the function as the user wrote it
  std::optional<QueryContext> context;
  std::string encode() const;
  static KernelSpec decode(std::string_view text);
};

/// The vectorised body. Arguments come as DuckDB passes them (flat, constant or dictionary vectors:
/// use UnifiedVectorFormat or DuckDB's executors). Throw lochan::Error (through `raise`) for
/// Spark's errors.
using ScalarBody =
    std::function<void(duckdb::DataChunk&, duckdb::ExpressionState&, duckdb::Vector&)>;

struct ScalarKernel {
  std::string_view name;
  /// Chooses the body for the types at hand; runs once per query. `spec` outlives the body.
  std::function<ScalarBody(const KernelSpec& spec)> bind;
  bool fallible = false;  // can raise
  /// Of a fallible kernel: whether the types rule it out after all. Null: they never do.
  bool (*cannot_fail)(const KernelSpec& spec) = nullptr;
  bool handles_nulls = false;  // false: any null argument gives null, the body need not look
  bool is_volatile = false;    // not to be folded or shared
  /// The body runs through DuckDB's executors, which leave nulls out by themselves. Otherwise, and
  /// unless it handles_nulls, the body only ever sees rows without a null argument.
  bool executors_skip_nulls = false;
};

struct AggregateKernel {
  std::string_view name;
  /// A DuckDB aggregate with its argument and return types set. Its callbacks find the
  /// specification with kernel_spec(), unless it brings a bind callback with data of its own.
  std::function<duckdb::AggregateFunction(const KernelSpec& spec)> bind;
};

/// The specification of the aggregate that is running.
const KernelSpec& kernel_spec(const duckdb::AggregateInputData& input);

/// Throws `error` so that it crosses DuckDB whole; the engine turns it back into a lochan::Error.
[[noreturn]] void raise(const Error& error);
/// The same with the kernel's query context.
[[noreturn]] void raise(const KernelSpec& spec, std::string_view condition,
                        ErrorParameters parameters);

// A call of a kernel sees up to 2,048 rows, but a row may be a text of megabytes or make an array
// of millions of elements. Kernels whose work or result is not bounded by the number of rows call
// these two from within their loops. Both are cheap; outside a call they do nothing.
/// Throws if the query was cancelled.
void check_cancelled();
/// Says that the call is about to fill `bytes` more of memory, which DuckDB does not count; throws
/// OUT_OF_MEMORY when the memory limit has no room for what the call has claimed. The claim ends
/// with the call.
void claim_memory(size_t bytes);

/// How a Spark type is held in DuckDB. A struct's fields are called f0, f1, ... there: Spark allows
/// names that repeat or differ only in case. Year-month intervals are INTEGER (months), day-time
/// BIGINT (µs), calendar intervals STRUCT(months INTEGER, days INTEGER, microseconds BIGINT),
/// variants STRUCT(value BLOB, metadata BLOB), void is BOOLEAN, always null. char(n), varchar(n)
/// and collated strings are VARCHAR.
duckdb::LogicalType to_duckdb(const types::DataType& type);

/// Makes all kernels known to a database; called once per instance.
void register_kernels(duckdb::DatabaseInstance& database);

// The families, one file each in engine/kernels/; all_kernels.cc lists them.
std::vector<const ScalarKernel*> all_scalar_kernels();
/// Whether the kernel can raise on arguments of these types. True for unknown names.
bool can_fail(std::string_view kernel, const KernelSpec& spec);
std::vector<const AggregateKernel*> all_aggregate_kernels();

}  // namespace lochan::engine
