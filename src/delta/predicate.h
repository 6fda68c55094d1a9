#pragma once
#include <string>
#include <vector>

#include "types/value.h"

namespace lochan::delta {

/// The conditions by which files can be left out, in Spark's three-valued logic. Whoever plans a
/// scan translates the parts of a filter that fit and puts kUnknown for the rest; AND and OR then
/// do the right thing.
struct Predicate {
  enum class Op {
    kUnknown,  // may be true, false or null
    kAnd,
    kOr,
    kNot,  // of children
    kEqual,
    kNotEqual,
    kLess,
    kLessEqual,
    kGreater,
    kGreaterEqual,   // column op values[0]
    kNullSafeEqual,  // <=>
    kIn,             // column in values
    kStartsWith,     // string column, values[0] a string
    kIsNull,
    kIsNotNull,
  };
  Op op = Op::kUnknown;
  std::vector<std::string> column;   // path of logical names, one for a top-level column
  std::vector<types::Value> values;  // of the column's type; a comparison with null is null
  std::vector<Predicate> children;

  static Predicate unknown() { return {}; }
  static Predicate all(std::vector<Predicate> children) {
    return {Op::kAnd, {}, {}, std::move(children)};
  }
  static Predicate any(std::vector<Predicate> children) {
    return {Op::kOr, {}, {}, std::move(children)};
  }
  static Predicate negation(Predicate child) { return {Op::kNot, {}, {}, {std::move(child)}}; }
  static Predicate compare(Op op, std::vector<std::string> column, types::Value value) {
    return {op, std::move(column), {std::move(value)}, {}};
  }
};

/// What a predicate can come out as for the rows of a file. Never misses an outcome that a row has;
/// may list one that none has.
struct Outcomes {
  bool can_be_true = true;
  bool can_be_false = true;
  bool can_be_null = true;
  /// Every row gives true (only possible when partition values or exact statistics decide it).
  bool is_always_true() const { return can_be_true && !can_be_false && !can_be_null; }
  bool operator==(const Outcomes&) const = default;
};

}  // namespace lochan::delta
