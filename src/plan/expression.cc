#include "plan/expression.h"

#include <atomic>
#include <type_traits>

#include "base/source_text.h"

namespace lochan::plan {
namespace {

template <class T, class... Others>
constexpr bool kIsOneOf = (std::is_same_v<T, Others> || ...);

// Calls `f` with each direct child pointer of `node` that is set, in evaluation order. Node is
// const for reading. A node that is not listed does not compile.
template <class Node, class F>
void each_child(Node& node, F f) {
  using T = std::remove_const_t<Node>;
  const auto one = [&](auto& child) {
    if (child) f(child);
  };
  const auto all = [&](auto& list) {
    for (auto& child : list) one(child);
  };
  if constexpr (kIsOneOf<T, UnresolvedFunction>) {
    all(node.arguments);
    one(node.filter);
    all(node.within_group);
  } else if constexpr (kIsOneOf<T, Call>) {
    all(node.arguments);
    one(node.filter);
    all(node.order_by);
  } else if constexpr (kIsOneOf<T, UnresolvedExtractValue>) {
    one(node.child);
    one(node.extraction);
  } else if constexpr (kIsOneOf<T, UpdateField>) {
    one(node.child);
    one(node.value);
  } else if constexpr (kIsOneOf<T, NamedArgument>) {
    one(node.value);
  } else if constexpr (kIsOneOf<T, Lambda>) {
    one(node.body);
  } else if constexpr (kIsOneOf<T, UnresolvedWindow>) {
    one(node.function);
  } else if constexpr (kIsOneOf<T, PythonFunction>) {
    all(node.arguments);
  } else if constexpr (kIsOneOf<T, Alias, Cast, SortOrder, GetField>) {
    one(node.child);
  } else if constexpr (kIsOneOf<T, Window>) {
    one(node.function);
    all(node.partition_by);
    all(node.order_by);
    if (node.frame) {
      one(node.frame->lower.offset);
      one(node.frame->upper.offset);
    }
  } else if constexpr (kIsOneOf<T, Subquery>) {
    all(node.values);
  } else {
    static_assert(kIsOneOf<T, Literal, UnresolvedAttribute, UnresolvedStar, UnresolvedRegex,
                           LambdaVariable, Parameter, AttributeRef>);
  }
}

}  // namespace

AttributeId new_attribute_id() {
  static std::atomic<int64_t> last{0};
  return static_cast<AttributeId>(last.fetch_add(1, std::memory_order_relaxed) + 1);
}

std::optional<QueryContext> Origin::context() const {
  if (text && start >= 0) return sql_context(*text, start, stop < start ? start : stop);
  if (fragment.empty() && call_site.empty()) return std::nullopt;
  QueryContext context;
  context.fragment = fragment;
  context.call_site = call_site;
  context.summary = "== DataFrame ==\n\"" + fragment + "\" was called from\n" + call_site + "\n";
  return context;
}

ExpressionPtr make_expression(ExpressionNode node, Origin origin) {
  Expression expression{std::move(node), std::move(origin)};
  if (const auto* constant = expression.as<Literal>()) {
    expression.resolved = true;
    expression.type = constant->value.type;
    expression.nullable = constant->value.is_null();
  }
  return std::make_shared<const Expression>(std::move(expression));
}

ExpressionPtr make_resolved(ExpressionNode node, types::DataType type, bool nullable,
                            Origin origin) {
  return std::make_shared<const Expression>(
      Expression{std::move(node), std::move(origin), true, std::move(type), nullable});
}

ExpressionPtr literal(types::Value value, Origin origin) {
  return make_expression(Literal{std::move(value)}, std::move(origin));
}

ExpressionPtr function(std::string name, Expressions arguments, Origin origin) {
  UnresolvedFunction node;
  node.name.push_back(std::move(name));
  node.arguments = std::move(arguments);
  return make_expression(std::move(node), std::move(origin));
}

ExpressionPtr column(std::vector<std::string> parts, Origin origin) {
  UnresolvedAttribute node;
  node.parts = std::move(parts);
  return make_expression(std::move(node), std::move(origin));
}

Expressions children(const Expression& expression) {
  Expressions out;
  std::visit(
      [&](const auto& node) {
        each_child(node, [&](const ExpressionPtr& child) { out.push_back(child); });
      },
      expression.node);
  return out;
}

ExpressionPtr with_children(const ExpressionPtr& expression, Expressions children) {
  Expression copy = *expression;
  size_t next = 0;
  std::visit(
      [&](auto& node) {
        each_child(node, [&](ExpressionPtr& child) {
          if (next < children.size()) child = std::move(children[next]);
          ++next;
        });
      },
      copy.node);
  if (next != children.size()) throw Error::internal("with_children: wrong number of children");
  return std::make_shared<const Expression>(std::move(copy));
}

}  // namespace lochan::plan
