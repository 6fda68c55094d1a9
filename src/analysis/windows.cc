// OVER: the window's definition, and the frame that Spark gives where none is written.
#include <algorithm>
#include <set>

#include "analysis/errors.h"
#include "analysis/resolver.h"
#include "analysis/tree.h"
#include "base/ascii.h"
#include "functions/coercion.h"
#include "functions/names.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT
using functions::FunctionKind;
using types::TypeId;

namespace {

constexpr std::string_view kWholeRows[] = {"row_number", "rank", "dense_rank", "percent_rank",
                                           "ntile"};

Frame rows_to_current() {
  return {FrameKind::kRows, {FrameBound::kUnboundedPreceding}, {FrameBound::kCurrentRow}};
}

/// The frame that a function insists on, or nullopt.
std::optional<Frame> fixed_frame(const std::string& name, const Expressions& arguments,
                                 const functions::ResolveContext& context) {
  if (std::find(std::begin(kWholeRows), std::end(kWholeRows), name) != std::end(kWholeRows)) {
    return rows_to_current();
  }
  if (name == "cume_dist") {
    return Frame{FrameKind::kRange, {FrameBound::kUnboundedPreceding}, {FrameBound::kCurrentRow}};
  }
  if (name != "lag" && name != "lead") return std::nullopt;
  ExpressionPtr offset = arguments.at(1);
  const auto* constant = offset->as<Literal>();
  if (name == "lag" && constant == nullptr) {
    offset = functions::resolve_call(*functions::find_function("negative: operator"), "-", {offset},
                                     context, offset->origin);
  } else if (name == "lag" && !constant->value.is_null()) {
    Expression negative = *offset;
    types::Value value = constant->value;
    value.data = -value.as_int();
    negative.node = Literal{value};
    // Spark prints the frame of lag as "-1 FOLLOWING".
    negative.display = value.name_text();
    offset = std::make_shared<const Expression>(std::move(negative));
  }
  return Frame{FrameKind::kRows, {FrameBound::kOffset, offset}, {FrameBound::kOffset, offset}};
}

bool is_unbounded(const FrameBound& bound) {
  return bound.kind == FrameBound::kUnboundedPreceding ||
         bound.kind == FrameBound::kUnboundedFollowing;
}

/// A bound as errors print it: an offset without its direction, "(- 1)" for "1 PRECEDING".
std::string quoted_bound(const FrameBound& bound, const functions::ResolveContext& context) {
  if (bound.kind != FrameBound::kOffset) return "\"" + functions::bound_name(bound, context) + "\"";
  const std::string name = functions::display_name(*bound.offset, context);
  return name.starts_with('-') ? "\"(- " + name.substr(1) + ")\"" : "\"" + name + "\"";
}

/// The rows that a constant offset counts, preceding ones negative; nullopt for other offsets.
std::optional<int64_t> constant_rows(const ExpressionPtr& offset) {
  if (const auto* cast = offset->as<plan::Cast>()) return constant_rows(cast->child);
  if (const auto* literal = offset->as<plan::Literal>()) {
    if (!literal->value.type.is_integral() || literal->value.is_null()) return std::nullopt;
    return literal->value.as_int();
  }
  const auto* call = offset->as<Call>();
  if (call == nullptr || !call->function->name.starts_with("negative")) return std::nullopt;
  const auto rows = constant_rows(call->arguments[0]);
  return rows ? std::optional(-*rows) : std::nullopt;
}

/// The engine takes frames without any row for errors of its own: they must not reach it.
void require_valid_bounds(const Frame& frame, const functions::ResolveContext& context,
                          const plan::Origin& origin) {
  const std::string text = "\"" + functions::frame_name(frame, context) + "\"";
  if (frame.lower.kind == FrameBound::kUnboundedFollowing ||
      frame.upper.kind == FrameBound::kUnboundedPreceding)
    throw Error("DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_INVALID_BOUND",
                {{"sqlExpr", text},
                 {"lower", quoted_bound(frame.lower, context)},
                 {"upper", quoted_bound(frame.upper, context)}},
                origin.context());
  if (frame.lower.kind != FrameBound::kOffset || frame.upper.kind != FrameBound::kOffset) return;
  const auto lower = constant_rows(frame.lower.offset), upper = constant_rows(frame.upper.offset);
  if (lower && upper && *lower > *upper)
    throw Error("DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_WRONG_COMPARISON",
                {{"sqlExpr", text}, {"comparison", "less than or equal"}}, origin.context());
}

/// Which types an offset may have beside that of the ordering value.
bool fits_order(const types::DataType& order, const types::DataType& offset) {
  if (order.is(TypeId::kDate)) {
    const bool days = offset.is(TypeId::kDayTimeInterval) && offset.interval_start() == 0 &&
                      offset.interval_end() == 0;
    return offset.is(TypeId::kInteger) || offset.is(TypeId::kYearMonthInterval) || days;
  }
  if (order.is(TypeId::kTimestamp) || order.is(TypeId::kTimestampNtz)) return offset.is_interval();
  return order.same_type(offset);
}

void require_range_over_order(const Window& window, const functions::ResolveContext& context,
                              const Origin& origin) {
  const Frame& frame = *window.frame;
  const auto refuse = [&](const char* subclass, const std::string& sql,
                          ErrorParameters parameters) {
    parameters.emplace("sqlExpr", '"' + sql + '"');
    throw Error(std::string("DATATYPE_MISMATCH.") + subclass, std::move(parameters),
                origin.context());
  };
  if (frame.kind != FrameKind::kRange) return;
  const std::string whole = functions::window_name(window, context);
  if (window.order_by.empty() && !(is_unbounded(frame.lower) && is_unbounded(frame.upper))) {
    refuse("RANGE_FRAME_WITHOUT_ORDER", whole, {});
  }
  for (const FrameBound* bound : {&frame.lower, &frame.upper}) {
    if (bound->kind != FrameBound::kOffset) continue;
    if (window.order_by.size() > 1) {
      std::string orders;
      for (const auto& order : window.order_by) {
        orders += (orders.empty() ? "" : ",") + qualified_name(*order, context);
      }
      refuse("RANGE_FRAME_MULTI_ORDER", whole, {{"orderSpec", orders}});
    }
    const auto& order = window.order_by[0]->type;
    if (!fits_order(order, bound->offset->type)) {
      refuse("RANGE_FRAME_INVALID_TYPE", whole,
             {{"orderSpecType", functions::quoted_type(order)},
              {"valueBoundaryType", functions::quoted_type(bound->offset->type)}});
    }
  }
}

}  // namespace

ExpressionPtr Resolver::window(const Window& node, const ExpressionPtr& e, const Scope& scope) {
  Window spec = node;
  if (!node.window_name.empty()) {
    const ExpressionPtr* base = nullptr;
    for (auto frame = windows_.rbegin(); frame != windows_.rend() && base == nullptr; ++frame) {
      for (const auto& [name, definition] : **frame) {
        if (lower_case(name) == lower_case(node.window_name)) base = &definition;
      }
    }
    if (base == nullptr) {
      throw Error(
          "MISSING_WINDOW_SPECIFICATION",
          {{"windowName", node.window_name}, {"docroot", "https://spark.apache.org/docs/latest"}},
          e->origin.context());
    }
    const auto& definition = *(*base)->as<Window>();
    if (spec.partition_by.empty()) spec.partition_by = definition.partition_by;
    if (spec.order_by.empty()) spec.order_by = definition.order_by;
    if (!spec.frame) spec.frame = definition.frame;
    spec.window_name.clear();
  }

  Scope inner = scope;
  inner.inside_aggregate = false;
  // The function itself; its arguments may hold aggregates of the query.
  Scope function_scope = scope;
  function_scope.over_window = true;
  ExpressionPtr function = expression(spec.function, function_scope);
  const auto* call_node = function->as<Call>();
  const bool windowed =
      call_node != nullptr && (call_node->function->kind == FunctionKind::kWindow ||
                               call_node->function->kind == FunctionKind::kAggregate);
  const bool python = function->as<PythonFunction>() != nullptr;
  if (!windowed && !python) {
    throw Error("UNSUPPORTED_EXPR_FOR_WINDOW",
                {{"sqlExpr", functions::quoted_name(*function, context_)}}, e->origin.context());
  }
  Window resolved{function,
                  expressions(spec.partition_by, inner),
                  expressions(spec.order_by, inner),
                  spec.frame,
                  {}};

  if (resolved.frame) {
    for (FrameBound* bound : {&resolved.frame->lower, &resolved.frame->upper}) {
      if (bound->kind != FrameBound::kOffset) continue;
      bound->offset = expression(bound->offset, inner);
      const auto& type = bound->offset->type;
      if (resolved.frame->kind == FrameKind::kRows) {
        if (!type.is_integral()) {
          throw Error("DATATYPE_MISMATCH.SPECIFIED_WINDOW_FRAME_UNACCEPTED_TYPE",
                      {{"sqlExpr", functions::quoted_name(*e, context_)},
                       {"location", bound == &resolved.frame->lower ? "lower" : "upper"},
                       {"exprType", functions::quoted_type(type)},
                       {"expectedType", "\"INT\""}},
                      e->origin.context());
        }
      } else if (resolved.order_by.size() == 1) {
        const auto& key = resolved.order_by[0]->type;
        if (key.is_numeric() && type.is_numeric()) {
          bound->offset = functions::implicit_cast_to(bound->offset, key, context_);
        }
      }
    }
    require_valid_bounds(*resolved.frame, context_, e->origin);
    require_range_over_order(resolved, context_, e->origin);
  }

  const std::string name = call_node != nullptr ? std::string(call_node->function->name) : "";
  const bool needs_order =
      call_node != nullptr && call_node->function->kind == FunctionKind::kWindow;
  if (needs_order && name != "nth_value" && resolved.order_by.empty()) {
    throw Error("WINDOW_FUNCTION_FRAME_NOT_ORDERED",
                {{"wf_name", name}, {"wf_expr", functions::display_name(*function, context_)}},
                e->origin.context());
  }
  if (call_node != nullptr) {
    if (auto fixed = fixed_frame(name, call_node->arguments, context_)) {
      if (resolved.frame && name != "cume_dist") {
        const bool same = resolved.frame->kind == fixed->kind &&
                          resolved.frame->lower.kind == fixed->lower.kind &&
                          resolved.frame->upper.kind == fixed->upper.kind &&
                          fixed->lower.kind != FrameBound::kOffset;
        if (!same) {
          throw Error("WINDOW_FUNCTION_AND_FRAME_MISMATCH",
                      {{"funcName", functions::quoted_name(*function, context_)},
                       {"windowExpr", functions::quoted_name(*e, context_)}},
                      e->origin.context());
        }
      }
      resolved.frame = fixed;
    }
  }
  if (!resolved.frame) {
    resolved.frame = resolved.order_by.empty() ? Frame{FrameKind::kRows,
                                                       {FrameBound::kUnboundedPreceding},
                                                       {FrameBound::kUnboundedFollowing}}
                                               : Frame{FrameKind::kRange,
                                                       {FrameBound::kUnboundedPreceding},
                                                       {FrameBound::kCurrentRow}};
  }
  ExpressionPtr result =
      make_resolved(std::move(resolved), function->type, function->nullable, e->origin);
  if (call_node != nullptr && call_node->distinct) {
    throw Error("DISTINCT_WINDOW_FUNCTION_UNSUPPORTED",
                {{"windowExpr", functions::quoted_name(*result, context_)}}, e->origin.context());
  }
  return result;
}

void Resolver::refuse_outer_windows(const Expressions& items, const Attributes& input) const {
  if (std::none_of(items.begin(), items.end(), find_window)) return;
  const IdSet local = output_ids(input);
  const auto is_outer = [&](const Expression& e) {
    const auto* column = e.as<AttributeRef>();
    return column != nullptr && !local.contains(column->id);
  };
  // Without their mark, outer(t.a).
  const auto text = [&](const ExpressionPtr& e) {
    const ExpressionPtr plain = transform(e, [&](const ExpressionPtr& at) -> ExpressionPtr {
      if (!is_outer(*at)) return nullptr;
      Expression copy = *at;
      copy.display.clear();
      return std::make_shared<const Expression>(std::move(copy));
    });
    return functions::display_name(*plain, context_);
  };
  for (const auto& item : items) {
    const ExpressionPtr window = find_window(item);
    if (window == nullptr || !any_node(window, is_outer)) continue;
    const auto* named = item->as<Alias>();
    std::string found = '"' + text(named ? named->child : item) +
                        (named ? " AS " + types::quote_if_needed(named->name) : "") + '"';
    const auto& node = *window->as<Window>();
    for (const auto* list : {&node.partition_by, &node.order_by}) {
      for (const auto& e : *list) {
        if (any_node(e, is_outer)) found += ",\"" + text(e) + '"';
      }
    }
    throw Error("UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE",
                {{"sqlExprs", found}}, window->origin.context());
  }
}

Node Resolver::with_windows(const WithWindows& node, const Origin& origin) {
  windows_.push_back(&node.windows);
  Node result = resolve(node.child);
  windows_.pop_back();
  return result;
}

}  // namespace lochan::analysis
