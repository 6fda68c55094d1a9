#include "delta/pruning.h"

#include <cmath>

namespace lochan::delta {
namespace {

using types::TypeId;
using types::Value;

constexpr Outcomes kAnything{true, true, true};
constexpr Outcomes kOnlyNull{false, false, true};

Outcomes negate(Outcomes o) { return {o.can_be_false, o.can_be_true, o.can_be_null}; }

Outcomes both(Outcomes a, Outcomes b) {
  return {a.can_be_true && b.can_be_true, a.can_be_false || b.can_be_false,
          (a.can_be_null && (b.can_be_null || b.can_be_true)) ||
              (b.can_be_null && (a.can_be_null || a.can_be_true))};
}

Outcomes either(Outcomes a, Outcomes b) { return negate(both(negate(a), negate(b))); }

template <typename T>
int order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

bool is_nan(const Value& value) {
  if (const auto* d = std::get_if<double>(&value.data)) return std::isnan(*d);
  if (const auto* f = std::get_if<float>(&value.data)) return std::isnan(*f);
  return false;
}

/// The order of two values, where their types make it certain: -1, 0, 1.
std::optional<int> compare(const Value& a, const Value& b) {
  if (a.data.index() != b.data.index() || is_nan(a) || is_nan(b)) return std::nullopt;
  const bool both_integral = a.type.is_integral() && b.type.is_integral();
  const bool both_strings = a.type.is_string() && b.type.is_string() &&
                            a.type.collation() == "UTF8_BINARY" &&
                            b.type.collation() == "UTF8_BINARY";
  const bool same_decimals = a.type.is(TypeId::kDecimal) && b.type.is(TypeId::kDecimal) &&
                             a.type.scale() == b.type.scale();
  const bool same_scalars = a.type.id() == b.type.id() && !a.type.is_string() &&
                            !a.type.is(TypeId::kDecimal) && !a.type.is_nested();
  if (!both_integral && !both_strings && !same_decimals && !same_scalars) return std::nullopt;
  if (const auto* x = std::get_if<bool>(&a.data)) return order(*x, std::get<bool>(b.data));
  if (const auto* x = std::get_if<int64_t>(&a.data)) return order(*x, std::get<int64_t>(b.data));
  if (const auto* x = std::get_if<float>(&a.data)) return order(*x, std::get<float>(b.data));
  if (const auto* x = std::get_if<double>(&a.data)) return order(*x, std::get<double>(b.data));
  if (const auto* x = std::get_if<types::Int128>(&a.data))
    return order(*x, std::get<types::Int128>(b.data));
  if (std::holds_alternative<std::string>(a.data))
    return order(a.as_string().compare(b.as_string()), 0);
  return std::nullopt;
}

std::optional<int> compare(const std::optional<Value>& bound, const Value& value) {
  return bound ? compare(*bound, value) : std::nullopt;
}

bool is_floating(const Value& value) {
  return value.type.is(TypeId::kFloat) || value.type.is(TypeId::kDouble);
}

/// Statistics of floating-point columns may leave NaN out, which Spark holds greater than all
/// numbers.
bool can_exceed_max(const ColumnFacts& facts, const Value& value) {
  return is_floating(value) && !facts.is_constant;
}

Outcomes with_nulls(const ColumnFacts& facts, bool can_be_true, bool can_be_false) {
  if (!facts.can_be_value) return kOnlyNull;
  return {can_be_true, can_be_false, facts.can_be_null};
}

Outcomes equal(const ColumnFacts& facts, const Value& value) {
  if (value.is_null()) return kOnlyNull;
  const auto low = compare(facts.min, value), high = compare(facts.max, value);
  const bool all_equal = low == 0 && high == 0 && !can_exceed_max(facts, value);
  return with_nulls(facts, !(low && *low > 0) && !(high && *high < 0), !all_equal);
}

Outcomes less(const ColumnFacts& facts, const Value& value, bool or_equal) {
  if (value.is_null()) return kOnlyNull;
  const int limit = or_equal ? 1 : 0;  // min must compare below it for a row to be true
  const auto low = compare(facts.min, value), high = compare(facts.max, value);
  return with_nulls(facts, !low || *low < limit,
                    !high || *high >= limit || can_exceed_max(facts, value));
}

Outcomes starts_with(const ColumnFacts& facts, const Value& value) {
  if (value.is_null()) return kOnlyNull;
  const std::string& prefix = value.as_string();
  const bool is_comparable = facts.min && compare(*facts.min, value).has_value();
  if (facts.is_constant && is_comparable) {
    const bool matches = facts.min->as_string().starts_with(prefix);
    return with_nulls(facts, matches, !matches);
  }
  const auto high = compare(facts.max, value);
  const bool min_is_above =
      is_comparable && std::string_view(facts.min->as_string()).substr(0, prefix.size()) > prefix;
  return with_nulls(facts, !(high && *high < 0) && !min_is_above, true);
}

Outcomes null_safe_equal(const ColumnFacts& facts, const Value& value) {
  if (value.is_null()) return {facts.can_be_null, facts.can_be_value, false};
  Outcomes o = equal(facts, value);
  o.can_be_false = o.can_be_false || o.can_be_null;
  o.can_be_null = false;
  return o;
}

Outcomes evaluate_column(const Predicate& p, const ColumnFacts& facts) {
  using Op = Predicate::Op;
  switch (p.op) {
    case Op::kIsNull: return {facts.can_be_null, facts.can_be_value, false};
    case Op::kIsNotNull: return {facts.can_be_value, facts.can_be_null, false};
    case Op::kIn: {
      Outcomes any{false, facts.can_be_value, facts.can_be_null};
      for (const auto& value : p.values) any = either(any, equal(facts, value));
      return any;
    }
    default: break;
  }
  if (p.values.size() != 1) return kAnything;
  const Value& value = p.values.front();
  if (is_nan(value)) return kAnything;
  switch (p.op) {
    case Op::kEqual: return equal(facts, value);
    case Op::kNotEqual: return negate(equal(facts, value));
    case Op::kLess: return less(facts, value, false);
    case Op::kLessEqual: return less(facts, value, true);
    case Op::kGreater: return negate(less(facts, value, true));
    case Op::kGreaterEqual: return negate(less(facts, value, false));
    case Op::kNullSafeEqual: return null_safe_equal(facts, value);
    case Op::kStartsWith:
      return value.is_null() || std::holds_alternative<std::string>(value.data)
                 ? starts_with(facts, value)
                 : kAnything;
    default: return kAnything;
  }
}

}  // namespace

Outcomes evaluate(const Predicate& predicate, const FindFacts& find) {
  using Op = Predicate::Op;
  switch (predicate.op) {
    case Op::kUnknown: return kAnything;
    case Op::kAnd: {
      Outcomes all{true, false, false};
      for (const auto& child : predicate.children) all = both(all, evaluate(child, find));
      return all;
    }
    case Op::kOr: {
      Outcomes any{false, true, false};
      for (const auto& child : predicate.children) any = either(any, evaluate(child, find));
      return any;
    }
    case Op::kNot:
      return predicate.children.size() == 1 ? negate(evaluate(predicate.children.front(), find))
                                            : kAnything;
    default: {
      const auto facts = find(predicate.column);
      return facts ? evaluate_column(predicate, *facts) : kAnything;
    }
  }
}

}  // namespace lochan::delta
