#include "duckdb/parser/parsed_expression_iterator.hpp"
#include "engine/lowering/lowering.h"
#include "functions/names.h"

namespace lochan::engine {

using duckdb::ExpressionType;
using duckdb::LogicalType;
using duckdb::WindowBoundary;
using types::TypeId;

namespace {

const std::unordered_map<std::string_view, ExpressionType> kRanking = {
    {"row_number", ExpressionType::WINDOW_ROW_NUMBER},
    {"rank", ExpressionType::WINDOW_RANK},
    {"dense_rank", ExpressionType::WINDOW_RANK_DENSE},
    {"percent_rank", ExpressionType::WINDOW_PERCENT_RANK},
    {"cume_dist", ExpressionType::WINDOW_CUME_DIST},
    {"ntile", ExpressionType::WINDOW_NTILE},
};
const std::unordered_map<std::string_view, ExpressionType> kPositional = {
    {"first: value", ExpressionType::WINDOW_FIRST_VALUE},
    {"last: value", ExpressionType::WINDOW_LAST_VALUE},
    {"nth_value", ExpressionType::WINDOW_NTH_VALUE},
    {"lag", ExpressionType::WINDOW_LAG},
    {"lead", ExpressionType::WINDOW_LEAD},
};

const char* duckdb_name(ExpressionType type) {
  switch (type) {
    case ExpressionType::WINDOW_ROW_NUMBER: return "row_number";
    case ExpressionType::WINDOW_RANK: return "rank";
    case ExpressionType::WINDOW_RANK_DENSE: return "dense_rank";
    case ExpressionType::WINDOW_PERCENT_RANK: return "percent_rank";
    case ExpressionType::WINDOW_CUME_DIST: return "cume_dist";
    case ExpressionType::WINDOW_NTILE: return "ntile";
    case ExpressionType::WINDOW_FIRST_VALUE: return "first_value";
    case ExpressionType::WINDOW_LAST_VALUE: return "last_value";
    case ExpressionType::WINDOW_NTH_VALUE: return "nth_value";
    case ExpressionType::WINDOW_LAG: return "lag";
    default: return "lead";
  }
}

[[noreturn]] void refuse_argument(const plan::Expression& function, const char* name,
                                  const plan::Expression& argument,
                                  const functions::ResolveContext& context) {
  throw Error("DATATYPE_MISMATCH.NON_FOLDABLE_INPUT",
              {{"sqlExpr", functions::quoted_name(function, context)},
               {"inputName", types::quote_identifier(name)},
               {"inputType", functions::quoted_type(argument.type)},
               {"inputExpr", functions::quoted_name(argument, context)}},
              function.origin.context());
}

bool is_negative(types::Value& value) {
  if (auto* i = std::get_if<int64_t>(&value.data)) return *i < 0 ? (*i = -*i, true) : false;
  if (auto* d = std::get_if<double>(&value.data)) return *d < 0 ? (*d = -*d, true) : false;
  if (auto* f = std::get_if<float>(&value.data)) return *f < 0 ? (*f = -*f, true) : false;
  if (auto* m = std::get_if<types::Int128>(&value.data)) return *m < 0 ? (*m = -*m, true) : false;
  throw Error::not_supported("a window frame with this offset");
}

/// A frame's offset must be a constant; that of lag and lead is an argument of theirs.
[[noreturn]] void refuse_offset(const plan::Window& w, const plan::Expression& offset,
                                const functions::ResolveContext& context) {
  const auto& name = w.function->as<plan::Call>()->function->name;
  if (name != "lag" && name != "lead")
    throw Error::not_supported("a window frame whose offset is not a constant");
  refuse_argument(*w.function, "offset", offset, context);
}

}  // namespace

/// ntile and nth_value count rows from 1: DuckDB would raise errors of its own.
void Lowering::require_positive(const plan::Expression& function, size_t argument, const char* name,
                                int64_t greatest, const char* suffix) {
  const auto& what = *function.as<plan::Call>()->arguments[argument];
  const auto folded = fold_constants(function.as<plan::Call>()->arguments[argument]);
  const auto* value = folded->as<plan::Literal>();
  if (value == nullptr) refuse_argument(function, name, what, options_.context);
  const int64_t count = value->value.is_null() ? 0 : value->value.as_int();
  if (count > 0) return;
  throw Error("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE",
              {{"sqlExpr", functions::quoted_name(function, options_.context)},
               {"exprName", name},
               {"valueRange", "(0, " + std::to_string(greatest) + "]"},
               {"currentValue", std::to_string(count) + suffix}},
              function.origin.context());
}

duckdb::OrderByNode Lowering::order(const plan::Expression& e) {
  const auto* s = e.as<plan::SortOrder>();
  if (!s) throw Error::internal("not a sort order: " + plan::to_string(e));
  if (is_nested(*s->child)) return order(e, ordering_value(*s->child));
  const auto& type = s->child->type;
  return order(e, sort_key(with_one_zero(expression(*s->child), type), type));
}

/// DuckDB's keys of sorts end a text at a byte of 255, which none has that is UTF-8. Spark's texts
/// may be any bytes, so they are sorted as such.
Parsed Lowering::sort_key(Parsed value, const types::DataType& type) {
  if (!type.is_string() || value->GetExpressionClass() == duckdb::ExpressionClass::CONSTANT)
    return value;
  KernelSpec spec;
  spec.result = TypeId::kBinary;
  spec.arguments = {type};
  spec.name = "sort_key";
  return kernel_call("retype", std::move(spec), list(std::move(value)));
}

duckdb::OrderByNode Lowering::order(const plan::Expression& e, Parsed key) {
  const auto* s = e.as<plan::SortOrder>();
  if (!s) throw Error::internal("not a sort order: " + plan::to_string(e));
  refuse_collation(s->child->type);
  const bool first = s->nulls == plan::NullOrder::kFirst ||
                     (s->nulls == plan::NullOrder::kDefault && s->ascending);
  return duckdb::OrderByNode(
      s->ascending ? duckdb::OrderType::ASCENDING : duckdb::OrderType::DESCENDING,
      first ? duckdb::OrderByNullType::NULLS_FIRST : duckdb::OrderByNullType::NULLS_LAST,
      std::move(key));
}

void Lowering::frame(duckdb::WindowExpression& out, const plan::Window& w) {
  const auto& f = w.frame.value();
  const bool rows = f.kind == plan::FrameKind::kRows;
  // RANGE offsets over instants are intervals, which are plain numbers here; so must be the
  // ordering value.
  bool as_number = false;
  auto bound = [&](const plan::FrameBound& b, Parsed& offset) {
    switch (b.kind) {
      case plan::FrameBound::kUnboundedPreceding: return WindowBoundary::UNBOUNDED_PRECEDING;
      case plan::FrameBound::kUnboundedFollowing: return WindowBoundary::UNBOUNDED_FOLLOWING;
      case plan::FrameBound::kCurrentRow:
        return rows ? WindowBoundary::CURRENT_ROW_ROWS : WindowBoundary::CURRENT_ROW_RANGE;
      case plan::FrameBound::kOffset: break;
    }
    const auto folded = fold_constants(b.offset);
    const auto* literal = folded->as<plan::Literal>();
    if (!literal) refuse_offset(w, *b.offset, options_.context);
    types::Value value = literal->value;
    const bool preceding = is_negative(value);
    if (rows) {
      offset = constant(duckdb::Value::BIGINT(value.as_int()));
      return preceding ? WindowBoundary::EXPR_PRECEDING_ROWS : WindowBoundary::EXPR_FOLLOWING_ROWS;
    }
    as_number = as_number || value.type.is(TypeId::kDayTimeInterval);
    if (value.type.is(TypeId::kYearMonthInterval) || value.type.is(TypeId::kCalendarInterval)) {
      throw Error::not_supported("a window frame with an interval of months");
    }
    offset = constant(to_duckdb(value));
    return preceding ? WindowBoundary::EXPR_PRECEDING_RANGE : WindowBoundary::EXPR_FOLLOWING_RANGE;
  };
  out.start = bound(f.lower, out.start_expr);
  out.end = bound(f.upper, out.end_expr);
  if (!as_number || w.order_by.empty()) return;
  const auto& ordered = *w.order_by[0]->as<plan::SortOrder>()->child;
  if (ordered.type.is(TypeId::kTimestamp) || ordered.type.is(TypeId::kTimestampNtz)) {
    KernelSpec spec;
    spec.result = TypeId::kLong;
    spec.arguments = {ordered.type};
    spec.name = "window";
    out.orders[0].expression =
        kernel_call("retype", std::move(spec), list(std::move(out.orders[0].expression)));
  } else if (ordered.type.is(TypeId::kDate)) {
    out.orders[0].expression = call("epoch_us", list(std::move(out.orders[0].expression)));
  }
}

/// f OVER (...). DuckDB counts in BIGINT, Spark in INTEGER: the result is cast to Spark's type.
Parsed Lowering::window(const plan::Expression& e, const plan::Window& w) {
  const auto* c = w.function->as<plan::Call>();
  if (!c || !c->function)
    throw Error::internal("not a window function: " + plan::to_string(*w.function));
  if (!w.frame) throw Error::internal("window without a frame");
  const auto name = c->function->name;
  auto specify = [&](duckdb::WindowExpression& out) {
    for (const auto& p : w.partition_by) refuse_collation(p->type);
    for (const auto& p : w.partition_by)
      out.partitions.push_back(sort_key(with_one_zero(expression(*p), p->type), p->type));
    for (const auto& o : w.order_by) out.orders.push_back(order(*o));
    frame(out, w);
  };

  const auto ranking = kRanking.find(name);
  const auto positional = kPositional.find(name);
  if (ranking != kRanking.end() || positional != kPositional.end()) {
    const auto type = ranking != kRanking.end() ? ranking->second : positional->second;
    auto out = duckdb::make_uniq<duckdb::WindowExpression>(type, "", "", duckdb_name(type));
    specify(*out);
    out->ignore_nulls = c->ignore_nulls;
    if (c->filter) out->filter_expr = expression(*c->filter);
    const auto& a = c->arguments;
    const bool shifts = name == "lag" || name == "lead";
    if (name == "ntile") {
      if (!a.empty()) require_positive(*w.function, 0, "buckets", INT32_MAX, "");
      out->children.push_back(a.empty() ? constant(duckdb::Value::BIGINT(1))
                                        : cast_to(expression(*a[0]), LogicalType::BIGINT));
    } else if (positional != kPositional.end()) {
      out->children.push_back(expression(*a.at(0)));
    }
    if (name == "nth_value") {
      require_positive(*w.function, 1, "offset", INT64_MAX, "L");
      out->children.push_back(cast_to(expression(*a.at(1)), LogicalType::BIGINT));
    }
    if (shifts) {
      if (a.size() > 1) out->offset_expr = cast_to(expression(*a[1]), LogicalType::BIGINT);
      if (a.size() > 2) out->default_expr = expression(*a[2]);
      // Their frame is the one row that they look at; DuckDB wants none.
      out->start = WindowBoundary::UNBOUNDED_PRECEDING;
      out->end = WindowBoundary::CURRENT_ROW_RANGE;
      out->start_expr = nullptr;
      out->end_expr = nullptr;
    }
    return cast_to(std::move(out), to_duckdb(e.type));
  }

  if (c->function->kind != functions::FunctionKind::kAggregate) {
    throw Error::not_supported("window function " + c->name);
  }
  // An aggregate: every aggregate call inside its lowering becomes one over the window.
  auto result = aggregate_call(*w.function, *c);
  std::function<void(Parsed&)> wrap = [&](Parsed& p) {
    if (p->GetExpressionClass() == duckdb::ExpressionClass::FUNCTION) {
      auto& f = p->Cast<duckdb::FunctionExpression>();
      const bool own = f.function_name.starts_with("lochan_");
      if (own ? std::holds_alternative<functions::Kernel>(c->function->lower)
              : facts_.aggregates.contains(f.function_name)) {
        auto out = duckdb::make_uniq<duckdb::WindowExpression>(ExpressionType::WINDOW_AGGREGATE, "",
                                                               "", f.function_name);
        out->children = std::move(f.children);
        out->filter_expr = std::move(f.filter);
        out->distinct = f.distinct;
        if (f.order_bys) out->arg_orders = std::move(f.order_bys->orders);
        specify(*out);
        p = std::move(out);
        return;
      }
    }
    duckdb::ParsedExpressionIterator::EnumerateChildren(*p, wrap);
  };
  wrap(result);
  return result;
}

}  // namespace lochan::engine
