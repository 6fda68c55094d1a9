#include <type_traits>

#include "plan/plan.h"
#include "plan/plan_text.h"

namespace lochan::plan {

std::string dotted(const std::vector<std::string>& name) {
  std::string out;
  for (const auto& part : name) {
    if (!out.empty()) out += '.';
    out += types::quote_if_needed(part);
  }
  return out;
}

std::string join(const std::vector<std::string>& items) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + item;
  return out;
}

std::string join(const Expressions& items) {
  std::string out;
  for (const auto& item : items) {
    if (!out.empty()) out += ", ";
    out += item ? to_string(*item) : "null";
  }
  return out;
}

namespace {

std::string id_text(AttributeId id) { return "#" + std::to_string(static_cast<int64_t>(id)); }

std::string child_text(const ExpressionPtr& child) { return child ? to_string(*child) : "null"; }

std::string bound_text(const FrameBound& bound) {
  switch (bound.kind) {
    case FrameBound::kUnboundedPreceding: return "UNBOUNDED PRECEDING";
    case FrameBound::kCurrentRow: return "CURRENT ROW";
    case FrameBound::kUnboundedFollowing: return "UNBOUNDED FOLLOWING";
    case FrameBound::kOffset: return child_text(bound.offset) + " FOLLOWING";
  }
  return {};
}

std::string window_text(const Window& node) {
  std::vector<std::string> parts;
  std::string out = node.window_name;
  const auto add = [&](const std::string& text) { out += (out.empty() ? "" : " ") + text; };
  if (!node.partition_by.empty()) add("PARTITION BY " + join(node.partition_by));
  if (!node.order_by.empty()) add("ORDER BY " + join(node.order_by));
  if (node.frame) {
    add(std::string(node.frame->kind == FrameKind::kRows ? "ROWS" : "RANGE") + " BETWEEN " +
        bound_text(node.frame->lower) + " AND " + bound_text(node.frame->upper));
  }
  return (node.function ? to_string(*node.function) + " OVER (" : "(") + out + ")";
}

std::string call_text(std::string name, const Expressions& arguments, bool distinct,
                      const ExpressionPtr& filter, bool ignore_nulls, const Expressions& order_by) {
  std::string out = std::move(name) + "(" + (distinct ? "DISTINCT " : "") + join(arguments) + ")";
  if (ignore_nulls) out += " IGNORE NULLS";
  if (!order_by.empty()) out += " WITHIN GROUP (ORDER BY " + join(order_by) + ")";
  if (filter) out += " FILTER (WHERE " + to_string(*filter) + ")";
  return out;
}

struct Printer {
  std::string operator()(const Literal& node) const { return node.value.sql(); }
  std::string operator()(const UnresolvedAttribute& node) const {
    return "'" + dotted(node.parts) + (node.plan_id ? "@" + std::to_string(*node.plan_id) : "");
  }
  std::string operator()(const UnresolvedStar& node) const {
    std::string out = node.target.empty() ? "*" : dotted(node.target) + ".*";
    if (!node.except.empty()) {
      std::vector<std::string> names;
      for (const auto& name : node.except) names.push_back(dotted(name));
      out += " EXCEPT (" + join(names) + ")";
    }
    return out;
  }
  std::string operator()(const UnresolvedRegex& node) const {
    return "regex(" + node.pattern + ")";
  }
  std::string operator()(const UnresolvedFunction& node) const {
    const std::string name = node.name.size() == 1 ? node.name[0] : dotted(node.name);
    return call_text(name, node.arguments, node.distinct, node.filter, node.ignore_nulls,
                     node.within_group);
  }
  std::string operator()(const UnresolvedExtractValue& node) const {
    return child_text(node.child) + "[" + child_text(node.extraction) + "]";
  }
  std::string operator()(const NamedArgument& node) const {
    return node.name + " => " + child_text(node.value);
  }
  std::string operator()(const Lambda& node) const {
    return "(" + join(node.parameters) + ") -> " + child_text(node.body);
  }
  std::string operator()(const LambdaVariable& node) const { return "lambda " + node.name; }
  std::string operator()(const UpdateField& node) const {
    return "update(" + child_text(node.child) + ", " + node.field + ", " + child_text(node.value) +
           ")";
  }
  std::string operator()(const UnresolvedWindow& node) const {
    return child_text(node.function) + " OVER " + node.window_name;
  }
  std::string operator()(const Parameter& node) const {
    return node.name.empty() ? "?" : ":" + node.name;
  }
  std::string operator()(const PythonFunction& node) const {
    return "python " + node.name + "(" + join(node.arguments) + ")";
  }
  std::string operator()(const Alias& node) const {
    std::string out = child_text(node.child) + " AS ";
    if (node.more_names.empty()) return out + types::quote_if_needed(node.name);
    std::vector<std::string> names = {node.name};
    names.insert(names.end(), node.more_names.begin(), node.more_names.end());
    return out + "(" + join(names) + ")";
  }
  std::string operator()(const Cast& node) const {
    const bool is_try = node.mode == CastMode::kTry;
    return std::string(is_try          ? "try_cast("
                       : node.implicit ? "implicit_cast("
                                       : "cast(") +
           child_text(node.child) + " AS " + node.target.simple_string() + ")";
  }
  std::string operator()(const SortOrder& node) const {
    std::string out = child_text(node.child) + (node.ascending ? " ASC" : " DESC");
    if (node.nulls != NullOrder::kDefault)
      out += node.nulls == NullOrder::kFirst ? " NULLS FIRST" : " NULLS LAST";
    return out;
  }
  std::string operator()(const Window& node) const { return window_text(node); }
  std::string operator()(const Subquery& node) const {
    const std::string inner = node.plan      ? one_line(*node.plan)
                              : node.plan_id ? "@" + std::to_string(*node.plan_id)
                                             : "null";
    switch (node.kind) {
      case SubqueryKind::kScalar: return "scalar{" + inner + "}";
      case SubqueryKind::kExists: return "exists{" + inner + "}";
      case SubqueryKind::kIn: return "(" + join(node.values) + ") in {" + inner + "}";
      case SubqueryKind::kTableArgument: return "table{" + inner + "}";
    }
    return {};
  }
  std::string operator()(const AttributeRef& node) const { return node.name + id_text(node.id); }
  std::string operator()(const Call& node) const {
    return call_text(node.name, node.arguments, node.distinct, node.filter, node.ignore_nulls,
                     node.order_by);
  }
  std::string operator()(const GetField& node) const {
    return child_text(node.child) + "." + node.name;
  }
};

}  // namespace

std::string to_string(const Expression& expression) {
  return std::visit(Printer{}, expression.node);
}

}  // namespace lochan::plan
