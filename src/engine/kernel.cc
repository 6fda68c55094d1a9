#include "engine/kernel.h"

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/catalog/catalog_transaction.hpp"
#include "duckdb/execution/expression_executor.hpp"
#include "duckdb/function/aggregate_function.hpp"
#include "duckdb/function/scalar_function.hpp"
#include "duckdb/main/client_context.hpp"
#include "duckdb/parser/parsed_data/create_aggregate_function_info.hpp"
#include "duckdb/parser/parsed_data/create_scalar_function_info.hpp"
#include "duckdb/planner/expression/bound_function_expression.hpp"
#include "duckdb/storage/buffer_manager.hpp"
#include "engine/claimed_memory.h"

namespace lochan::engine {
namespace {

using duckdb::LogicalType;
using types::TypeId;

struct ScalarInfo : duckdb::ScalarFunctionInfo {
  explicit ScalarInfo(const ScalarKernel* k) : kernel(k) {}
  const ScalarKernel* kernel;
};

struct AggregateInfo : duckdb::AggregateFunctionInfo {
  explicit AggregateInfo(const AggregateKernel* k) : kernel(k) {}
  const AggregateKernel* kernel;
};

/// What a bound call keeps. Two calls are the same when their encoded specifications are.
struct KernelData : duckdb::FunctionData {
  explicit KernelData(std::string encoded)
      : text(std::move(encoded)), spec(std::make_shared<KernelSpec>(KernelSpec::decode(text))) {}
  duckdb::unique_ptr<duckdb::FunctionData> Copy() const override {
    return duckdb::make_uniq<KernelData>(*this);
  }
  bool Equals(const duckdb::FunctionData& other) const override {
    return text == other.Cast<KernelData>().text;
  }
  std::string text;
  std::shared_ptr<const KernelSpec> spec;
};

/// A call of a kernel, for as long as it runs on this thread. A kernel may call others (lambdas).
class RunningCall {
 public:
  explicit RunningCall(duckdb::ExpressionState& state)
      : context_(state.HasContext() ? &state.GetContext() : nullptr), outer_(current_) {
    check_cancelled();  // first: what throws here is never destroyed
    current_ = this;
  }
  ~RunningCall() {
    current_ = outer_;
    claimed_by_thread_ += claimed_;
    if (reserved_ > 0) buffers().FreeReservedMemory(reserved_);
  }
  RunningCall(const RunningCall&) = delete;

  static RunningCall* current() { return current_; }
  static size_t claimed_by_thread() { return claimed_by_thread_; }

  void check_cancelled() const {
    if (context_ && context_->interrupted.load(std::memory_order_relaxed))
      throw duckdb::InterruptException();
  }

  void claim(size_t bytes) {
    claimed_ += bytes;
    // What is small is not worth the accounts' lock.
    if (claimed_ < reserved_ + kClaimStep || !context_) return;
    check_cancelled();
    const auto more = claimed_ - reserved_;
    buffers().ReserveMemory(more);
    reserved_ += more;
  }

 private:
  static constexpr size_t kClaimStep = size_t{4} << 20;
  duckdb::BufferManager& buffers() { return duckdb::BufferManager::GetBufferManager(*context_); }

  static thread_local RunningCall* current_;
  static thread_local size_t claimed_by_thread_;
  duckdb::ClientContext* context_;
  RunningCall* outer_;
  size_t claimed_ = 0, reserved_ = 0;
};
thread_local RunningCall* RunningCall::current_ = nullptr;
thread_local size_t RunningCall::claimed_by_thread_ = 0;

/// Reads the trailing specification and takes it off the arguments, whose types become the
/// function's own.
duckdb::unique_ptr<KernelData> take_spec(
    duckdb::ClientContext& context, duckdb::SimpleFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  if (arguments.empty() || !arguments.back()->IsFoldable()) {
    throw duckdb::BinderException("%s needs its specification as the last argument", function.name);
  }
  auto value = duckdb::ExpressionExecutor::EvaluateScalar(context, *arguments.back());
  arguments.pop_back();
  function.arguments.clear();
  function.varargs = LogicalType(duckdb::LogicalTypeId::INVALID);
  auto data = duckdb::make_uniq<KernelData>(duckdb::StringValue::Get(value));
  const auto& spec = *data->spec;
  if (spec.arguments.size() != arguments.size()) {
    raise(Error::internal(function.name + ": the specification does not fit the call"));
  }
  for (size_t i = 0; i < arguments.size(); ++i) {
    const auto expected = to_duckdb(spec.arguments[i]);
    if (arguments[i]->return_type != expected) {
      raise(Error::internal(spec.name + ": argument " + std::to_string(i + 1) + " is " +
                            arguments[i]->return_type.ToString() + " in DuckDB, expected " +
                            expected.ToString()));
    }
    function.arguments.push_back(expected);
  }
  return data;
}

/// Runs `body` on the rows where no argument is null; the others are null.
void run_on_valid_rows(const ScalarBody& body, duckdb::DataChunk& args,
                       duckdb::ExpressionState& state, duckdb::Vector& result) {
  const auto count = args.size();
  std::vector<duckdb::UnifiedVectorFormat> formats;
  bool all_constant = true;
  for (auto& v : args.data) {
    if (v.GetVectorType() == duckdb::VectorType::CONSTANT_VECTOR) {
      if (duckdb::ConstantVector::IsNull(v)) {
        result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
        duckdb::ConstantVector::SetNull(result, true);
        return;
      }
      continue;
    }
    all_constant = false;
    duckdb::UnifiedVectorFormat format;
    v.ToUnifiedFormat(count, format);
    if (!format.validity.AllValid()) formats.push_back(std::move(format));
  }
  if (formats.empty() || all_constant) return body(args, state, result);

  duckdb::SelectionVector valid(count), target(count);
  duckdb::idx_t kept = 0;
  for (duckdb::idx_t row = 0; row < count; ++row) {
    bool is_valid = true;
    for (const auto& f : formats) {
      if (!f.validity.RowIsValid(f.sel->get_index(row))) {
        is_valid = false;
        break;
      }
    }
    target.set_index(row, is_valid ? kept : count);
    if (is_valid) valid.set_index(kept++, row);
  }
  if (kept == count) return body(args, state, result);
  if (kept == 0) {
    result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
    duckdb::ConstantVector::SetNull(result, true);
    return;
  }
  for (duckdb::idx_t row = 0; row < count; ++row) {
    if (target.get_index(row) == count) target.set_index(row, kept);
  }
  duckdb::DataChunk rows;
  rows.InitializeEmpty(args.GetTypes());
  rows.Slice(args, valid, kept);
  rows.SetCardinality(kept);
  // One row more than were computed: the null that all other rows point to.
  duckdb::Vector computed(result.GetType(), kept + 1);
  body(rows, state, computed);
  computed.Flatten(kept);
  duckdb::FlatVector::SetNull(computed, kept, true);
  result.Slice(computed, target, count);
}

duckdb::unique_ptr<duckdb::FunctionData> bind_scalar(
    duckdb::ClientContext& context, duckdb::ScalarFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const auto& kernel = *function.GetExtraFunctionInfo().Cast<ScalarInfo>().kernel;
  auto data = take_spec(context, function, arguments);
  function.SetReturnType(to_duckdb(data->spec->result));
  ScalarBody body;
  try {
    body = kernel.bind(*data->spec);
  } catch (const Error& error) {
    raise(error);
  }
  if (kernel.cannot_fail && kernel.cannot_fail(*data->spec)) {
    function.SetErrorMode(duckdb::FunctionErrors::CANNOT_ERROR);
  }
  // The specification must outlive the body, which DuckDB may keep longer than the bind data.
  auto spec = data->spec;
  if (kernel.handles_nulls || kernel.executors_skip_nulls) {
    function.SetFunctionCallback([spec, body = std::move(body)](duckdb::DataChunk& args,
                                                                duckdb::ExpressionState& state,
                                                                duckdb::Vector& result) {
      const RunningCall call(state);
      body(args, state, result);
    });
  } else {
    function.SetFunctionCallback([spec, body = std::move(body)](duckdb::DataChunk& args,
                                                                duckdb::ExpressionState& state,
                                                                duckdb::Vector& result) {
      const RunningCall call(state);
      run_on_valid_rows(body, args, state, result);
    });
  }
  if (!kernel.handles_nulls) {
    function.SetNullHandling(duckdb::FunctionNullHandling::DEFAULT_NULL_HANDLING);
  }
  return data;
}

duckdb::unique_ptr<duckdb::FunctionData> bind_aggregate(
    duckdb::ClientContext& context, duckdb::AggregateFunction& function,
    duckdb::vector<duckdb::unique_ptr<duckdb::Expression>>& arguments) {
  const auto& kernel = *function.function_info->Cast<AggregateInfo>().kernel;
  auto data = take_spec(context, function, arguments);
  auto name = function.name;
  try {
    function = kernel.bind(*data->spec);
  } catch (const Error& error) {
    raise(error);
  }
  function.name = std::move(name);
  if (auto bind = function.GetBindCallback()) return bind(context, function, arguments);
  return data;
}

duckdb::ScalarFunction scalar_entry(const ScalarKernel* kernel) {
  // Nulls are handled specially until the call is bound: DuckDB replaces a call on a constant null
  // before that, and would give it the wrong type.
  duckdb::ScalarFunction f("lochan_" + std::string(kernel->name), {}, LogicalType::ANY, nullptr,
                           bind_scalar);
  f.varargs = LogicalType::ANY;
  f.SetNullHandling(duckdb::FunctionNullHandling::SPECIAL_HANDLING);
  f.SetCollationHandling(duckdb::FunctionCollationHandling::IGNORE_COLLATIONS);
  if (kernel->fallible) f.SetFallible();
  if (kernel->is_volatile) f.SetVolatile();
  f.SetExtraFunctionInfo<ScalarInfo>(kernel);
  return f;
}

duckdb::AggregateFunction aggregate_entry(const AggregateKernel* kernel) {
  duckdb::AggregateFunction f(
      "lochan_" + std::string(kernel->name), {}, LogicalType::ANY, nullptr, nullptr, nullptr,
      nullptr, nullptr, duckdb::FunctionNullHandling::SPECIAL_HANDLING, nullptr, bind_aggregate);
  f.varargs = LogicalType::ANY;
  f.function_info = duckdb::make_shared_ptr<AggregateInfo>(kernel);
  return f;
}

}  // namespace

const KernelSpec& kernel_spec(const duckdb::AggregateInputData& input) {
  return *input.bind_data->Cast<KernelData>().spec;
}

bool can_fail(std::string_view name, const KernelSpec& spec) {
  static const auto* kernels = [] {
    auto* map = new std::unordered_map<std::string_view, const ScalarKernel*>();
    for (const auto* kernel : all_scalar_kernels()) map->emplace(kernel->name, kernel);
    return map;
  }();
  const auto found = kernels->find(name);
  if (found == kernels->end()) return true;
  const auto& kernel = *found->second;
  return kernel.fallible && !(kernel.cannot_fail && kernel.cannot_fail(spec));
}

void check_cancelled() {
  if (const auto* call = RunningCall::current()) call->check_cancelled();
}

void claim_memory(size_t bytes) {
  if (auto* call = RunningCall::current()) call->claim(bytes);
}

size_t claimed_by_thread() { return RunningCall::claimed_by_thread(); }

void raise(const Error& error) {
  throw duckdb::Exception(duckdb::ExceptionType::INVALID_INPUT, error.encode());
}

void raise(const KernelSpec& spec, std::string_view condition, ErrorParameters parameters) {
  raise(Error(condition, std::move(parameters), spec.context));
}

LogicalType to_duckdb(const types::DataType& type) {
  switch (type.id()) {
    case TypeId::kNull: return LogicalType::BOOLEAN;
    case TypeId::kBoolean: return LogicalType::BOOLEAN;
    case TypeId::kByte: return LogicalType::TINYINT;
    case TypeId::kShort: return LogicalType::SMALLINT;
    case TypeId::kInteger: return LogicalType::INTEGER;
    case TypeId::kLong: return LogicalType::BIGINT;
    case TypeId::kFloat: return LogicalType::FLOAT;
    case TypeId::kDouble: return LogicalType::DOUBLE;
    case TypeId::kDecimal: return LogicalType::DECIMAL(type.precision(), type.scale());
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar: return LogicalType::VARCHAR;
    case TypeId::kBinary: return LogicalType::BLOB;
    case TypeId::kDate: return LogicalType::DATE;
    case TypeId::kTimestamp: return LogicalType::TIMESTAMP_TZ;
    case TypeId::kTimestampNtz: return LogicalType::TIMESTAMP;
    case TypeId::kTime: return LogicalType::TIME;
    case TypeId::kYearMonthInterval: return LogicalType::INTEGER;
    case TypeId::kDayTimeInterval: return LogicalType::BIGINT;
    case TypeId::kCalendarInterval:
      return LogicalType::STRUCT({{"months", LogicalType::INTEGER},
                                  {"days", LogicalType::INTEGER},
                                  {"microseconds", LogicalType::BIGINT}});
    case TypeId::kArray: return LogicalType::LIST(to_duckdb(type.element()));
    case TypeId::kMap: return LogicalType::MAP(to_duckdb(type.key()), to_duckdb(type.value()));
    case TypeId::kStruct: {
      duckdb::child_list_t<LogicalType> fields;
      // DuckDB has no struct without fields; analysis never lets one be stored.
      if (type.fields().empty()) return LogicalType::STRUCT({{"empty", LogicalType::BOOLEAN}});
      for (size_t i = 0; i < type.fields().size(); ++i) {
        fields.emplace_back("f" + std::to_string(i), to_duckdb(type.fields()[i].type));
      }
      return LogicalType::STRUCT(std::move(fields));
    }
    case TypeId::kVariant:
      return LogicalType::STRUCT({{"value", LogicalType::BLOB}, {"metadata", LogicalType::BLOB}});
  }
  throw Error::internal("a type without a DuckDB form");
}

void register_kernels(duckdb::DatabaseInstance& database) {
  auto& catalog = duckdb::Catalog::GetSystemCatalog(database);
  const auto transaction = duckdb::CatalogTransaction::GetSystemTransaction(database);
  for (const auto* kernel : all_scalar_kernels()) {
    duckdb::CreateScalarFunctionInfo info(scalar_entry(kernel));
    info.internal = true;
    catalog.CreateFunction(transaction, info);
  }
  for (const auto* kernel : all_aggregate_kernels()) {
    duckdb::CreateAggregateFunctionInfo info(aggregate_entry(kernel));
    info.internal = true;
    catalog.CreateFunction(transaction, info);
  }
}

}  // namespace lochan::engine
