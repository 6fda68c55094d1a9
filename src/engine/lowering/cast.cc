#include "engine/lowering/lowering.h"

namespace lochan::engine {

using types::DataType;
using types::TypeId;

namespace {

enum class Native { kNothing, kCast, kRetype, kKernel };

/// How a cast runs: DuckDB's own casts only where they mean what Spark's mean and cannot fail.
Native native_cast(const DataType& from, const DataType& to) {
  const auto f = from.id(), t = to.id();
  if (from.same_type(to)) return Native::kNothing;
  if (from.is_integral() || f == TypeId::kBoolean) {
    if (to.is_integral() && (f < t || f == TypeId::kBoolean)) return Native::kCast;
    if (t == TypeId::kFloat || t == TypeId::kDouble) return Native::kCast;
    if (t == TypeId::kString) return Native::kCast;
    return Native::kKernel;
  }
  if (f == TypeId::kFloat && t == TypeId::kDouble) return Native::kCast;
  if (f == TypeId::kDate && t == TypeId::kTimestampNtz) return Native::kCast;
  if (from.is_string() && t == TypeId::kString) return Native::kNothing;
  if (from.is_string() && t == TypeId::kBinary) return Native::kRetype;
  if (from.is_ansi_interval() && f == t) return Native::kKernel;  // other fields: maybe truncated
  if (f == TypeId::kArray && t == TypeId::kArray) {
    const auto element = native_cast(from.element(), to.element());
    return element == Native::kNothing || element == Native::kCast ? element : Native::kKernel;
  }
  if (f == TypeId::kStruct && t == TypeId::kStruct && from.fields().size() == to.fields().size()) {
    auto all = Native::kNothing;
    for (size_t i = 0; i < from.fields().size(); ++i) {
      const auto one = native_cast(from.fields()[i].type, to.fields()[i].type);
      if (one != Native::kNothing && one != Native::kCast) return Native::kKernel;
      if (one == Native::kCast) all = one;
    }
    return all;
  }
  return Native::kKernel;
}

}  // namespace

Parsed Lowering::cast(const plan::Expression& e, const plan::Cast& c) {
  const auto& from = c.child->type;
  if (from.is(TypeId::kNull)) {
    // What raises must be computed, in a column below too: raise_error('...') is a void. Both
    // branches are null.
    if (c.child->as<plan::Literal>()) return typed_null(c.target);
    return choose(is_null(expression(*c.child)), typed_null(c.target), typed_null(c.target));
  }
  switch (native_cast(from, c.target)) {
    case Native::kNothing: return expression(*c.child);
    case Native::kCast: return cast_to(expression(*c.child), to_duckdb(c.target));
    case Native::kRetype:
    case Native::kKernel: break;
  }
  KernelSpec spec;
  spec.result = c.target;
  spec.arguments = {from};
  spec.mode =
      c.mode.value_or(options_.context.ansi ? plan::CastMode::kAnsi : plan::CastMode::kLegacy);
  spec.name = "cast";
  spec.context = e.origin.context();
  const bool same_bits = native_cast(from, c.target) == Native::kRetype;
  return kernel_call(same_bits ? "retype" : "cast", std::move(spec), list(expression(*c.child)));
}

}  // namespace lochan::engine
