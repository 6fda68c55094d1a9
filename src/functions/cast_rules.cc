// Which casts exist, and which of them may give null (coercion.h, section "Casts").
#include <charconv>
#include <cstdlib>

#include "base/ascii.h"
#include "functions/coercion.h"
#include "functions/names.h"
#include "functions/type_rules.h"

namespace lochan::functions {

using plan::CastMode;
using types::DataType;

namespace {

bool can_cast_nested(const DataType& from, const DataType& to, CastMode mode,
                     bool (*allowed)(const DataType&, const DataType&, CastMode)) {
  auto nulls_fit = [&](const DataType& f, bool from_null, const DataType& t, bool to_null) {
    return to_null || !(from_null || cast_adds_null(f, t, mode));
  };
  if (from.is(kArray)) {
    return allowed(from.element(), to.element(), mode) &&
           nulls_fit(from.element(), from.contains_null(), to.element(), to.contains_null());
  }
  if (from.is(kMap)) {
    return allowed(from.key(), to.key(), mode) && !cast_adds_null(from.key(), to.key(), mode) &&
           allowed(from.value(), to.value(), mode) &&
           nulls_fit(from.value(), from.value_contains_null(), to.value(),
                     to.value_contains_null());
  }
  if (from.fields().size() != to.fields().size()) return false;
  for (size_t i = 0; i < from.fields().size(); ++i) {
    const auto& f = from.fields()[i];
    const auto& t = to.fields()[i];
    if (!allowed(f.type, t.type, mode) || !nulls_fit(f.type, f.nullable, t.type, t.nullable)) {
      return false;
    }
  }
  return true;
}

bool variant_holds(const DataType& type) {
  if (type.is(kArray)) return variant_holds(type.element());
  if (type.is(kMap)) return type.key().is_string() && variant_holds(type.value());
  if (type.is(kStruct)) {
    for (const auto& field : type.fields()) {
      if (!variant_holds(field.type)) return false;
    }
    return true;
  }
  return type.is_numeric() || type.is(kBoolean) || type.is_string() || type.is(kBinary) ||
         type.is_datetime() || type.is(kVariant) || type.is(kNull);
}

bool allowed(const DataType& from, const DataType& to, CastMode mode);

bool legacy_only(const DataType& from, const DataType& to) {
  if (from.is_integral() && to.is(kBinary)) return true;
  if (from.is_datetime() && (to.is(kBoolean) || to.is_numeric())) return !from.is(kTimestampNtz);
  return from.is(kBoolean) && to.is(kTimestamp);
}

bool allowed(const DataType& from, const DataType& to, CastMode mode) {
  if (from == to || from.is(kNull)) return true;
  if (from.is(kVariant)) return variant_holds(to);
  if (to.is(kVariant)) return variant_holds(from) && !from.is(kMap);
  if (to.is_string()) return true;
  if (from.is_nested()) return from.id() == to.id() && can_cast_nested(from, to, mode, allowed);
  switch (to.id()) {
    case kBinary: return from.is_string() || (mode == CastMode::kLegacy && legacy_only(from, to));
    case kBoolean:
      return from.is_string() || from.is_numeric() || from.is(kBoolean) ||
             (mode == CastMode::kLegacy && legacy_only(from, to));
    case kTimestamp:
      return from.is_string() || from.is_numeric() || from.is_datetime() ||
             (mode == CastMode::kLegacy && legacy_only(from, to));
    case kTimestampNtz: return from.is_string() || from.is_datetime();
    case kDate: return from.is_string() || from.is_datetime();
    case kTime:
      return from.is_string() || from.is(kTime) || from.is(kTimestamp) || from.is(kTimestampNtz);
    case kCalendarInterval: return from.is_string();
    case kDayTimeInterval:
    case kYearMonthInterval:
      return from.is_string() || from.id() == to.id() || from.is_integral() || from.is(kDecimal);
    default: break;
  }
  if (to.is_numeric()) {
    if (from.is_string() || from.is_numeric() || from.is(kBoolean) || from.is(kTimestamp))
      return true;
    if (from.is_ansi_interval()) return to.is_integral() || to.is(kDecimal);
    if (from.is(kTime)) return to.is_integral() || to.is(kDecimal);
    return mode == CastMode::kLegacy && legacy_only(from, to);
  }
  return false;
}

/// A decimal that holds every value of `from` without rounding.
bool decimal_holds(const DataType& decimal, const DataType& from) {
  if (from.is(kBoolean)) return decimal.precision() - decimal.scale() >= 1;
  if (!from.is(kDecimal) && !from.is_integral()) return false;
  const DataType need = decimal_for(from);
  return decimal.precision() - decimal.scale() >= need.precision() - need.scale() &&
         decimal.scale() >= need.scale();
}

}  // namespace

bool can_cast(const DataType& from, const DataType& to, CastMode mode) {
  return allowed(from, to, mode == CastMode::kTry ? CastMode::kAnsi : mode);
}

bool fields_in_order(const DataType& from, const DataType& to) {
  if (from.id() != to.id()) return true;
  if (from.is(kArray)) return fields_in_order(from.element(), to.element());
  if (from.is(kMap))
    return fields_in_order(from.key(), to.key()) && fields_in_order(from.value(), to.value());
  if (!from.is(kStruct)) return true;
  return std::equal(from.fields().begin(), from.fields().end(), to.fields().begin(),
                    to.fields().end(), [](const auto& a, const auto& b) {
                      return lower_case(a.name) == lower_case(b.name) &&
                             fields_in_order(a.type, b.type);
                    });
}

bool can_store(const DataType& from, const DataType& to) {
  if (from == to || from.is(kNull)) return true;
  if (from.is_numeric() && to.is_numeric()) return true;
  if (to.is_string()) return !from.is_nested() && !from.is(kVariant);
  if (from.is_datetime() && to.is_datetime()) return true;
  if (from.is_ansi_interval() || from.is(kTime)) return from.id() == to.id();
  if (!from.is_nested() || from.id() != to.id()) return false;
  if (from.is(kArray)) {
    return (to.contains_null() || !from.contains_null()) && can_store(from.element(), to.element());
  }
  if (from.is(kMap)) {
    return can_store(from.key(), to.key()) && can_store(from.value(), to.value()) &&
           (to.value_contains_null() || !from.value_contains_null());
  }
  if (from.fields().size() != to.fields().size()) return false;
  for (size_t i = 0; i < from.fields().size(); ++i) {
    if (from.fields()[i].nullable && !to.fields()[i].nullable) return false;
    if (!can_store(from.fields()[i].type, to.fields()[i].type)) return false;
  }
  return true;
}

bool can_up_cast(const DataType& from, const DataType& to) {
  if (from == to || from.is(kNull)) return true;
  if (from.is_integral() && to.is(kDecimal)) return decimal_holds(to, from);
  if (from.is(kDecimal) && to.is(kDecimal)) return decimal_holds(to, from);
  if (from.is(kDecimal)) return to.is_string();
  if (from.is_numeric() && to.is_numeric() && !to.is(kDecimal)) return from.id() < to.id();
  if (from.is_datetime() && to.is_datetime()) {
    return !to.is(kDate) && (from.is(kDate) || from.id() != to.id());
  }
  if (to.is_string()) return !from.is_nested() && !from.is(kBinary) && !from.is(kVariant);
  if (from.id() != to.id()) return false;
  if (from.is_ansi_interval()) return true;
  if (from.is(kArray)) {
    return (to.contains_null() || !from.contains_null()) &&
           can_up_cast(from.element(), to.element());
  }
  if (from.is(kMap)) {
    return can_up_cast(from.key(), to.key()) && can_up_cast(from.value(), to.value()) &&
           (to.value_contains_null() || !from.value_contains_null());
  }
  if (!from.is(kStruct) || from.fields().size() != to.fields().size()) return false;
  for (size_t i = 0; i < from.fields().size(); ++i) {
    if (from.fields()[i].nullable && !to.fields()[i].nullable) return false;
    if (!can_up_cast(from.fields()[i].type, to.fields()[i].type)) return false;
  }
  return true;
}

// Spark decides this without regard to ANSI: CAST('1' AS INT) counts as nullable there as well.
bool cast_adds_null(const DataType& from, const DataType& to, CastMode mode) {
  if (from.is(kNull)) return !to.is(kNull);
  if (from == to) return false;
  if (mode == CastMode::kTry) return !can_up_cast(from, to);
  if (from.is_string()) return !to.is(kBinary) && !to.is_string();
  if ((from.is(kFloat) || from.is(kDouble)) && to.is(kTimestamp)) return true;
  if (from.is(kTimestamp) && (to.is(kByte) || to.is(kShort) || to.is(kInteger))) return true;
  if (from.is(kDate)) return !to.is(kTimestamp) && !to.is(kTimestampNtz) && !to.is_string();
  if (to.is(kDate)) return false;
  if (to.is(kCalendarInterval)) return true;
  if (to.is(kDecimal)) return !decimal_holds(to, from);
  if (from.is(kVariant)) return true;
  return from.is_fractional() && to.is_integral();
}

namespace {

/// An integral literal of a wider type, printed as the user wrote it; null where the value does not
/// fit.
plan::ExpressionPtr widened_literal(const plan::ExpressionPtr& child, const DataType& to) {
  const auto* literal = child->as<plan::Literal>();
  if (literal == nullptr || !child->type.is_integral() || literal->value.is_null()) return nullptr;
  const int64_t value = literal->value.as_int();
  types::Value widened;
  if (to.is_integral() && to.id() >= child->type.id()) {
    widened = {to, value};
  } else if (to.is(kDouble) && value > -(int64_t{1} << 53) && value < (int64_t{1} << 53)) {
    widened = {to, static_cast<double>(value)};
  } else if (to.is(kDecimal) &&
             decimal_for_literal(literal->value).precision() <= to.precision() - to.scale()) {
    types::Int128 unscaled = value;
    for (int i = 0; i < to.scale(); ++i) unscaled *= 10;
    widened = {to, unscaled};
  } else {
    return nullptr;
  }
  plan::Expression result = *child;
  result.display = child->display.empty() ? literal->value.name_text() : child->display;
  result.node = plan::Literal{std::move(widened)};
  result.type = to;
  result.nullable = child->nullable || cast_adds_null(child->type, to, CastMode::kAnsi);
  return std::make_shared<const plan::Expression>(std::move(result));
}

}  // namespace

plan::ExpressionPtr make_cast(const plan::ExpressionPtr& child, const DataType& to, CastMode mode,
                              bool implicit, const plan::Origin& origin) {
  if (implicit) {
    if (const auto* literal = child->as<plan::Literal>(); literal && literal->value.is_null()) {
      return plan::make_resolved(plan::Literal{types::Value::null(to)}, to, true, child->origin);
    }
    if (auto literal = widened_literal(child, to)) return literal;
  }
  return plan::make_resolved(plan::Cast{child, to, mode, implicit}, to,
                             child->nullable || cast_adds_null(child->type, to, mode),
                             origin.start >= 0 || origin.text ? origin : child->origin);
}

std::optional<int64_t> constant_integer(const types::Value& value, const DataType& target,
                                        const plan::Origin& origin) {
  if (value.is_null()) return std::nullopt;
  if (!value.type.is_string()) return value.as_int();
  const std::string& text = value.as_string();
  size_t first = text.find_first_not_of(" \t\n\r"), last = text.find_last_not_of(" \t\n\r");
  if (first != std::string::npos) {
    int64_t number = 0;
    if (text[first] == '+') ++first;
    const char* end = text.data() + last + 1;
    const auto [at, error] = std::from_chars(text.data() + first, end, number);
    if (error == std::errc() && at == end &&
        (target.is(kLong) || number == static_cast<int32_t>(number))) {
      return number;
    }
  }
  throw Error("CAST_INVALID_INPUT",
              {{"expression", value.sql()},
               {"sourceType", quoted_type(value.type)},
               {"targetType", quoted_type(target)},
               {"ansiConfig", "\"spark.sql.ansi.enabled\""}},
              origin.context());
}

plan::ExpressionPtr implicit_cast_to(const plan::ExpressionPtr& child, const DataType& to,
                                     const ResolveContext& context) {
  if (child->type.same_type(to)) return child;
  return make_cast(child, to, context.ansi ? CastMode::kAnsi : CastMode::kLegacy, true);
}

bool is_orderable(const DataType& type) {
  if (type.is(kMap) || type.is(kVariant) || type.is(kCalendarInterval)) return false;
  if (type.is(kArray)) return is_orderable(type.element());
  if (type.is(kStruct)) {
    for (const auto& field : type.fields()) {
      if (!is_orderable(field.type)) return false;
    }
  }
  return true;
}

bool is_comparable(const DataType& type) { return is_orderable(type); }

}  // namespace lochan::functions
