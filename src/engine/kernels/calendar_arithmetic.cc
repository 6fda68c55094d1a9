// Calendar intervals: field by field.
#include "engine/kernels/arithmetic.h"

namespace lochan::engine::kernels {

namespace {

struct Fields {
  int32_t months, days;
  int64_t micros;
};

/// Runs bool step(const Fields&, const Fields*, Fields& out); the second operand is null for unary
/// operations.
template <class Step>
void each_interval(DataChunk& args, Vector& result, Step&& step) {
  using namespace duckdb;
  idx_t count = args.size();
  bool constant = args.AllConstant();
  if (constant) count = 1;
  RecursiveUnifiedVectorFormat columns[2];
  for (size_t i = 0; i < args.ColumnCount(); i++) {
    if (!constant) args.data[i].Flatten(count);
    Vector::RecursiveToUnifiedFormat(args.data[i], count, columns[i]);
  }
  auto read = [](const RecursiveUnifiedVectorFormat& column, idx_t at) {
    auto child = [&](size_t i) -> const UnifiedVectorFormat& { return column.children[i].unified; };
    return Fields{rows_of<int32_t>(child(0))[child(0).sel->get_index(at)],
                  rows_of<int32_t>(child(1))[child(1).sel->get_index(at)],
                  rows_of<int64_t>(child(2))[child(2).sel->get_index(at)]};
  };
  auto& out = StructVector::GetEntries(result);
  for (idx_t row = 0; row < count; row++) {
    Fields in[2] = {}, value = {};
    bool valid = true;
    for (size_t i = 0; i < args.ColumnCount(); i++) {
      idx_t at = columns[i].unified.sel->get_index(row);
      valid = valid && columns[i].unified.validity.RowIsValid(at);
      if (valid) in[i] = read(columns[i], at);
    }
    if (!valid || !step(in[0], in[1], value)) {
      FlatVector::SetNull(result, row, true);
      continue;
    }
    rows_of<int32_t>(*out[0])[row] = value.months;
    rows_of<int32_t>(*out[1])[row] = value.days;
    rows_of<int64_t>(*out[2])[row] = value.micros;
  }
  if (constant) result.SetVectorType(VectorType::CONSTANT_VECTOR);
}

}  // namespace

ScalarBody calendar_arithmetic(Operation operation, const KernelSpec& spec) {
  if (operation != Operation::kAdd && operation != Operation::kSubtract) {
    throw Error::internal("arithmetic on calendar intervals");
  }
  ArithmeticSite site{&spec};
  bool subtract = operation == Operation::kSubtract;
  return [site, subtract](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    each_interval(args, result, [&](const Fields& a, const Fields& b, Fields& out) {
      bool overflow;
      if (subtract) {
        overflow = __builtin_sub_overflow(a.months, b.months, &out.months) |
                   __builtin_sub_overflow(a.days, b.days, &out.days) |
                   __builtin_sub_overflow(a.micros, b.micros, &out.micros);
      } else {
        overflow = __builtin_add_overflow(a.months, b.months, &out.months) |
                   __builtin_add_overflow(a.days, b.days, &out.days) |
                   __builtin_add_overflow(a.micros, b.micros, &out.micros);
      }
      return !overflow || site.legacy() || site.overflow();
    });
  };
}

ScalarBody negate_calendar(const KernelSpec& spec) {
  ArithmeticSite site{&spec};
  return [site](DataChunk& args, duckdb::ExpressionState&, Vector& result) {
    each_interval(args, result, [&](const Fields& a, const Fields&, Fields& out) {
      bool overflow = __builtin_sub_overflow(0, a.months, &out.months) |
                      __builtin_sub_overflow(0, a.days, &out.days) |
                      __builtin_sub_overflow(int64_t{0}, a.micros, &out.micros);
      return !overflow || site.legacy() || site.overflow();
    });
  };
}

}  // namespace lochan::engine::kernels
