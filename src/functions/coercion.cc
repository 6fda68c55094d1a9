#include "functions/coercion.h"

#include <algorithm>

#include "base/ascii.h"
#include "functions/type_rules.h"

namespace lochan::functions {

using types::DataType;
using types::StructField;
using types::TypeId;
using Type = std::optional<DataType>;

namespace {

using CommonType = Type (*)(const DataType&, const DataType&, const ResolveContext&);

plan::CastMode session_mode(const ResolveContext& context) {
  return context.ansi ? plan::CastMode::kAnsi : plan::CastMode::kLegacy;
}

bool adds_null(const DataType& from, const DataType& to, const ResolveContext& context) {
  return cast_adds_null(from, to, session_mode(context));
}

/// Applies `common` inside arrays, maps and structs.
Type common_nested(const DataType& a, const DataType& b, const ResolveContext& context,
                   CommonType common) {
  if (a.id() != b.id()) return std::nullopt;
  if (a.is(kArray)) {
    Type element = common(a.element(), b.element(), context);
    if (!element) return std::nullopt;
    return DataType::array(*element, a.contains_null() || b.contains_null() ||
                                         adds_null(a.element(), *element, context) ||
                                         adds_null(b.element(), *element, context));
  }
  if (a.is(kMap)) {
    Type key = common(a.key(), b.key(), context);
    if (!key || adds_null(a.key(), *key, context) || adds_null(b.key(), *key, context)) {
      return std::nullopt;
    }
    Type value = common(a.value(), b.value(), context);
    if (!value) return std::nullopt;
    return DataType::map(*key, *value,
                         a.value_contains_null() || b.value_contains_null() ||
                             adds_null(a.value(), *value, context) ||
                             adds_null(b.value(), *value, context));
  }
  if (a.is(kStruct)) {
    const auto& left = a.fields();
    const auto& right = b.fields();
    if (left.size() != right.size()) return std::nullopt;
    std::vector<StructField> fields;
    for (size_t i = 0; i < left.size(); ++i) {
      if (context.case_sensitive ? left[i].name != right[i].name
                                 : !same_name(left[i].name, right[i].name)) {
        return std::nullopt;
      }
      Type type = common(left[i].type, right[i].type, context);
      if (!type) return std::nullopt;
      fields.push_back({left[i].name, *type,
                        left[i].nullable || right[i].nullable ||
                            adds_null(left[i].type, *type, context) ||
                            adds_null(right[i].type, *type, context)});
    }
    return DataType::structure(std::move(fields));
  }
  return std::nullopt;
}

bool wider_than(const DataType& decimal, const DataType& integral) {
  const DataType other = decimal_for(integral);
  return decimal.precision() - decimal.scale() >= other.precision() && decimal.scale() >= 0;
}

bool is_atomic(const DataType& type) {
  return !type.is_nested() && !type.is(kNull) && !type.is(kCalendarInterval) && !type.is(kVariant);
}

Type wider_datetime(const DataType& a, const DataType& b) {
  if (a.is(kTimestamp) || b.is(kTimestamp)) return DataType(kTimestamp);
  return DataType(kTimestampNtz);
}

Type wider_with_decimal(const DataType& a, const DataType& b) {
  if (a.is(kDecimal) && b.is(kDecimal)) return wider_decimal(a, b);
  if (a.is_integral() && b.is(kDecimal)) return wider_decimal(decimal_for(a), b);
  if (a.is(kDecimal) && b.is_integral()) return wider_decimal(a, decimal_for(b));
  if ((a.is_fractional() && b.is(kDecimal)) || (a.is(kDecimal) && b.is_fractional())) {
    return DataType(kDouble);
  }
  return std::nullopt;
}

/// ANSI: a string meets another type on that type's side.
Type ansi_string_promotion(const DataType& a, const DataType& b) {
  if (!a.is_string()) return b.is_string() ? ansi_string_promotion(b, a) : std::nullopt;
  if (b.is_integral()) return DataType(kLong);
  if (b.is_fractional()) return DataType(kDouble);
  if (b.is(kNull)) return a;
  if (b.is_ansi_interval() || b.is_string()) return std::nullopt;
  if (is_atomic(b)) return b;
  return std::nullopt;
}

/// Legacy: everything becomes a string.
Type legacy_string_promotion(const DataType& a, const DataType& b) {
  auto promotes = [](const DataType& type) {
    return is_atomic(type) && !type.is(kBinary) && !type.is(kBoolean);
  };
  if (a.is_string() && promotes(b)) return DataType(kString);
  if (b.is_string() && promotes(a)) return DataType(kString);
  return std::nullopt;
}

bool has_string(const DataType& type) {
  return type.is_string() || (type.is(kArray) && has_string(type.element()));
}

int numeric_rank(TypeId id) { return static_cast<int>(id); }  // byte < short < ... < float < double

}  // namespace

Type tightest_common_type(const DataType& a, const DataType& b, const ResolveContext& context) {
  if (a == b) return a;
  if (a.is(kNull)) return b;
  if (b.is(kNull)) return a;
  if (a.is_integral() && b.is(kDecimal) && wider_than(b, a)) return b;
  if (a.is(kDecimal) && b.is_integral() && wider_than(a, b)) return a;
  if (a.is_numeric() && b.is_numeric() && !a.is(kDecimal) && !b.is(kDecimal)) {
    const TypeId wider = numeric_rank(a.id()) > numeric_rank(b.id()) ? a.id() : b.id();
    // ANSI: an integer would lose digits as a float.
    if (context.ansi && wider == kFloat) return DataType(kDouble);
    return DataType(wider);
  }
  if (a.is_datetime() && b.is_datetime()) return wider_datetime(a, b);
  if (a.id() == b.id() && a.is_ansi_interval()) {
    const int start = std::min(a.interval_start(), b.interval_start());
    const int end = std::max(a.interval_end(), b.interval_end());
    return a.is(kDayTimeInterval) ? DataType::day_time(start, end)
                                  : DataType::year_month(start, end);
  }
  if (a.is_string() && b.is_string() && a.collation() == b.collation()) return DataType(kString);
  if (a.is(kTime) && b.is(kTime)) return DataType::time(std::max(a.precision(), b.precision()));
  return common_nested(a, b, context, tightest_common_type);
}

Type wider_type(const DataType& a, const DataType& b, const ResolveContext& context) {
  if (Type type = tightest_common_type(a, b, context)) return type;
  if (Type type = wider_with_decimal(a, b)) return type;
  if (Type type = context.ansi ? ansi_string_promotion(a, b) : legacy_string_promotion(a, b)) {
    return type;
  }
  return common_nested(a, b, context, wider_type);
}

Type wider_type(const std::vector<DataType>& types, const ResolveContext& context) {
  std::vector<DataType> ordered = types;
  // Promotion of strings is not associative in legacy mode: they come first.
  if (!context.ansi) std::stable_partition(ordered.begin(), ordered.end(), has_string);
  DataType result;
  for (const DataType& type : ordered) {
    Type wider = wider_type(result, type, context);
    if (!wider) return std::nullopt;
    result = *wider;
  }
  return result;
}

Type wider_type_without_strings(const DataType& a, const DataType& b,
                                const ResolveContext& context) {
  if (Type type = tightest_common_type(a, b, context)) return type;
  if (Type type = wider_with_decimal(a, b)) return type;
  return common_nested(a, b, context, wider_type_without_strings);
}

Type wider_type_without_strings(const std::vector<DataType>& types, const ResolveContext& context) {
  DataType result;
  for (const DataType& type : types) {
    Type wider = wider_type_without_strings(result, type, context);
    if (!wider) return std::nullopt;
    result = *wider;
  }
  return result;
}

Type comparison_type(const DataType& a, const DataType& b, const ResolveContext& context) {
  if (a.same_type(b)) return a;
  if (context.ansi) {
    if (Type type = ansi_string_promotion(a, b)) return type;
  } else if (a.is_string() != b.is_string()) {
    const DataType& other = a.is_string() ? b : a;
    if (other.is(kNull)) return DataType(kString);
    if (other.is(kDecimal)) return DataType(kDouble);
    if (other.is_ansi_interval()) return std::nullopt;
    if (is_atomic(other)) return other;
  }
  if (a.is(kDecimal) || b.is(kDecimal)) {
    if (Type type = wider_with_decimal(a, b)) return type;
  }
  // Legacy: true = 1 compares as numbers.
  if (!context.ansi && a.is(kBoolean) && b.is_numeric()) return b;
  if (!context.ansi && b.is(kBoolean) && a.is_numeric()) return a;
  return tightest_common_type(a, b, context);
}

// ---- Accept
// -----------------------------------------------------------------------------------------------

bool Accept::accepts(const DataType& type) const {
  switch (kind_) {
    case Kind::kId: return id_ == kString ? type.is_string() : type.is(id_);
    case Kind::kExact: return type.same_type(exact_);
    case Kind::kAny: return true;
    case Kind::kNumeric: return type.is_numeric();
    case Kind::kIntegral: return type.is_integral();
    case Kind::kAnyTimestamp: return type.is(kTimestamp) || type.is(kTimestampNtz);
    case Kind::kArrayOf: return type.is(kArray) && members_[0].accepts(type.element());
    case Kind::kOneOf:
      return std::any_of(members_.begin(), members_.end(),
                         [&](const Accept& member) { return member.accepts(type); });
  }
  return false;
}

DataType Accept::default_type(const ResolveContext& context) const {
  switch (kind_) {
    case Kind::kExact: return exact_;
    case Kind::kAny: return kNull;
    case Kind::kNumeric: return kDouble;
    case Kind::kIntegral: return kInteger;
    case Kind::kAnyTimestamp: return context.timestamp_ntz_default ? kTimestampNtz : kTimestamp;
    case Kind::kArrayOf: return DataType::array(members_[0].default_type(context));
    case Kind::kOneOf: return members_[0].default_type(context);
    case Kind::kId: break;
  }
  switch (id_) {
    case kDecimal: return DataType::decimal(38, 18);
    case kArray: return DataType::array(kNull);
    case kMap: return DataType::map(kNull, kNull);
    case kStruct: return DataType::structure({});
    case kDayTimeInterval: return DataType::day_time();
    case kYearMonthInterval: return DataType::year_month();
    case kTime: return DataType::time();
    default: return id_;
  }
}

std::string Accept::text() const {
  auto quoted = [](std::string text) { return '"' + std::move(text) + '"'; };
  switch (kind_) {
    case Kind::kExact: return quoted(exact_.sql());
    case Kind::kAny: return quoted("ANY");
    case Kind::kNumeric: return quoted("NUMERIC");
    case Kind::kIntegral: return quoted("INTEGRAL");
    case Kind::kAnyTimestamp: return quoted("(TIMESTAMP OR TIMESTAMP WITHOUT TIME ZONE)");
    case Kind::kArrayOf: {
      std::string element = members_[0].text();
      if (element.size() > 2 && element.front() == '"')
        element = element.substr(1, element.size() - 2);
      return quoted("ARRAY<" + element + ">");
    }
    case Kind::kOneOf: {
      std::string result = "(";
      for (size_t i = 0; i < members_.size(); ++i) {
        if (i > 0) result += " or ";
        result += members_[i].text();
      }
      return result + ")";
    }
    case Kind::kId: break;
  }
  switch (id_) {
    case kDecimal: return quoted("DECIMAL");
    case kArray: return quoted("ARRAY");
    case kMap: return quoted("MAP");
    case kStruct: return quoted("STRUCT");
    case kDayTimeInterval: return quoted("INTERVAL DAY TO SECOND");
    case kYearMonthInterval: return quoted("INTERVAL YEAR TO MONTH");
    case kTime: return quoted("TIME");
    default: return quoted(DataType(id_).sql());
  }
}

namespace {

Type ansi_implicit_cast(const DataType& from, const Accept& accept, const ResolveContext& context) {
  using Kind = Accept::Kind;
  const bool to_decimal = accept.kind() == Kind::kId && accept.id() == kDecimal;
  if (from.is_numeric() && !from.is(kDecimal) && to_decimal) return decimal_for(from);
  if (from.is_fractional() && accept.kind() == Kind::kIntegral) return std::nullopt;
  if (from.is_string() && accept.kind() != Kind::kOneOf && accept.kind() != Kind::kArrayOf &&
      accept.kind() != Kind::kIntegral) {
    const DataType target = accept.default_type(context);
    if (is_atomic(target) && !target.is_string()) return target;
    return std::nullopt;
  }
  if (from.is(kArray) && accept.kind() == Kind::kArrayOf) {
    Type element = implicit_cast(from.element(), accept.members()[0], context);
    if (!element) return std::nullopt;
    return DataType::array(*element, true);
  }
  const DataType target = accept.default_type(context);
  return can_store(from, target) ? Type(target) : std::nullopt;
}

Type legacy_implicit_cast(const DataType& from, const Accept& accept,
                          const ResolveContext& context) {
  using Kind = Accept::Kind;
  if (from.is(kNull)) return accept.default_type(context);
  if (accept.kind() == Kind::kArrayOf) {
    if (!from.is(kArray)) return std::nullopt;
    Type element = implicit_cast(from.element(), accept.members()[0], context);
    return element ? Type(DataType::array(*element, true)) : std::nullopt;
  }
  const DataType target = accept.default_type(context);
  const bool to_decimal = accept.kind() == Kind::kId && accept.id() == kDecimal;
  if (from.is_string()) {
    if (accept.kind() == Kind::kIntegral) return std::nullopt;
    if (target.is_numeric() || target.is_datetime() || target.is(kBinary) || target.is(kTime)) {
      return target;
    }
    return std::nullopt;
  }
  if (from.is_numeric() && to_decimal) return decimal_for(from);
  if (from.is_numeric() && target.is_numeric() && accept.kind() != Kind::kIntegral) return target;
  if (from.is_datetime() && target.is_datetime()) return target;
  if (is_atomic(from) && target.is_string()) return target;
  if (from.is(kArray) && target.is(kArray)) {
    Type element = implicit_cast(from.element(), Accept(target.element()), context);
    if (!element) return std::nullopt;
    return DataType::array(*element, from.contains_null() || target.contains_null());
  }
  if (from.id() == target.id() && from.is_ansi_interval()) return target;
  return std::nullopt;
}

}  // namespace

Type implicit_cast(const DataType& from, const Accept& accept, const ResolveContext& context) {
  if (accept.accepts(from)) return from;
  if (accept.kind() == Accept::Kind::kOneOf) {
    for (const Accept& member : accept.members()) {
      if (Type type = implicit_cast(from, member, context)) return type;
    }
    return std::nullopt;
  }
  return context.ansi ? ansi_implicit_cast(from, accept, context)
                      : legacy_implicit_cast(from, accept, context);
}

}  // namespace lochan::functions
