// Calls: the function's row, stars and named arguments, lambdas, and what only aggregates may have.
#include <algorithm>

#include "analysis/errors.h"
#include "analysis/resolver.h"
#include "analysis/tree.h"
#include "base/ascii.h"
#include "functions/names.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT
using functions::Function;
using functions::FunctionKind;

namespace {

/// f, or system.builtin.f; null for anything else.
const Function* builtin(const std::vector<std::string>& name) {
  if (name.size() == 1) return functions::find_function(name[0]);
  const auto is = [&](size_t i, std::string_view text) { return lower_case(name[i]) == text; };
  if (name.size() == 2 && is(0, "builtin")) return functions::find_function(name[1]);
  if (name.size() == 3 && is(0, "system") && is(1, "builtin"))
    return functions::find_function(name[2]);
  return nullptr;
}

/// The name that a column of a struct gets: an alias, a column's own name, else col<i>.
std::string member_name(const Expression& unresolved, const Expression& resolved, size_t i) {
  if (const auto* alias = unresolved.as<Alias>()) return alias->name;
  if (const auto* column = unresolved.as<UnresolvedAttribute>()) return column->parts.back();
  if (const auto* column = resolved.as<AttributeRef>()) return column->name;
  if (const auto* field = resolved.as<GetField>()) return field->name;
  return "col" + std::to_string(i + 1);
}

[[noreturn]] void refuse_syntax(const std::string& name, const char* what, const Origin& origin) {
  throw Error("INVALID_SQL_SYNTAX.FUNCTION_WITH_UNSUPPORTED_SYNTAX",
              {{"prettyName", quoted({name})}, {"syntax", what}}, origin.context());
}

/// The aggregates whose result an order of their rows, or the key of one, has a part in.
constexpr std::string_view kOrdered[] = {"listagg", "mode", "percentile_cont", "percentile_disc"};
constexpr const char* kWithinGroup = "WITHIN GROUP (ORDER BY ...)";

void check_modifiers(const Function& function, const UnresolvedFunction& node,
                     const Origin& origin) {
  if (function.kind == FunctionKind::kAggregate) return;
  const bool window = function.kind == FunctionKind::kWindow;
  auto refuse = [&](const char* what) {
    refuse_syntax(lower_case(node.name.back()), what, origin);
  };
  if (node.distinct) refuse("DISTINCT");
  if (node.filter != nullptr) refuse("FILTER CLAUSE");
  if (node.ignore_nulls && !window) refuse("IGNORE NULLS");
  if (!node.within_group.empty()) refuse(kWithinGroup);
}

}  // namespace

/// f(b => 2, a => 1) by the parameter names of the row.
Expressions Resolver::named_arguments(const Function& function, Expressions arguments,
                                      const Origin& origin) {
  const auto first_named = std::find_if(
      arguments.begin(), arguments.end(),
      [](const auto& argument) { return argument->template as<NamedArgument>() != nullptr; });
  if (first_named == arguments.end()) return arguments;
  const std::string name(function.name);
  if (function.parameters.empty()) {
    throw Error("NAMED_PARAMETERS_NOT_SUPPORTED", {{"functionName", quoted({name})}},
                origin.context());
  }
  Expressions ordered(arguments.begin(), first_named);
  const size_t positional = ordered.size();
  ordered.resize(std::max(positional, function.parameters.size()));
  size_t used = positional;
  for (auto it = first_named; it != arguments.end(); ++it) {
    const auto* argument = (*it)->as<NamedArgument>();
    if (argument == nullptr) {
      throw Error("UNEXPECTED_POSITIONAL_ARGUMENT",
                  {{"routineName", quoted({name})}, {"parameterName", ""}}, origin.context());
    }
    const auto parameter = std::find_if(
        function.parameters.begin(), function.parameters.end(), [&](std::string_view candidate) {
          return lower_case(candidate) == lower_case(argument->name);
        });
    if (parameter == function.parameters.end()) {
      throw Error("UNRECOGNIZED_PARAMETER_NAME",
                  {{"routineName", quoted({name})},
                   {"argumentName", quoted({argument->name})},
                   {"proposal", quoted({std::string(function.parameters[0])})}},
                  origin.context());
    }
    const auto index = static_cast<size_t>(parameter - function.parameters.begin());
    if (ordered[index] != nullptr) {
      throw Error("DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.BOTH_POSITIONAL_AND_NAMED",
                  {{"routineName", quoted({name})}, {"parameterName", quoted({argument->name})}},
                  origin.context());
    }
    ordered[index] = argument->value;
    used = std::max(used, index + 1);
  }
  ordered.resize(used);
  const int first_default = function.max_arguments - static_cast<int>(function.defaults.size());
  for (size_t i = 0; i < ordered.size(); ++i) {
    if (ordered[i] != nullptr) continue;
    if (static_cast<int>(i) < first_default) {
      throw Error("REQUIRED_PARAMETER_NOT_FOUND",
                  {{"routineName", quoted({name})},
                   {"parameterName", quoted({std::string(function.parameters[i])})},
                   {"index", std::to_string(i)}},
                  origin.context());
    }
    ordered[i] = literal(function.defaults[i - static_cast<size_t>(first_default)], origin);
  }
  return ordered;
}

namespace {

/// The first aggregate call in `e`.
ExpressionPtr find_aggregate(const ExpressionPtr& e) {
  if (is_aggregate_call(*e)) return e;
  for (const auto& child : plan::children(*e)) {
    if (ExpressionPtr found = find_aggregate(child)) return found;
  }
  return nullptr;
}

}  // namespace

ExpressionPtr Resolver::function_call(const UnresolvedFunction& node, const ExpressionPtr& e,
                                      const Scope& scope) {
  const Function* function = builtin(node.name);
  if (function == nullptr || function->kind == FunctionKind::kTable) {
    unresolved_routine(node.name, context_, e->origin);
  }
  const std::string name = lower_case(node.name.back());
  check_modifiers(*function, node, e->origin);

  Expressions given = named_arguments(*function, node.arguments, e->origin);
  const bool only_star = given.size() == 1 && given[0]->as<UnresolvedStar>() != nullptr;
  if (name == "count" && only_star && !given[0]->as<UnresolvedStar>()->target.empty()) {
    throw Error("INVALID_USAGE_OF_STAR_WITH_TABLE_IDENTIFIER_IN_COUNT",
                {{"tableName", quoted(given[0]->as<UnresolvedStar>()->target)}},
                e->origin.context());
  }
  if (name == "count" && only_star && !node.distinct &&
      given[0]->as<UnresolvedStar>()->target.empty() &&
      given[0]->as<UnresolvedStar>()->except.empty()) {
    given = {literal(types::Value::integer(1), e->origin)};
  } else {
    given = expand_stars(given, scope);
  }

  Scope inner = scope;
  // What OVER applies to may aggregate aggregates: sum(sum(a)) OVER ().
  inner.over_window = false;
  if (function->kind == FunctionKind::kAggregate) inner.inside_aggregate = !scope.over_window;
  Expressions arguments;
  arguments.reserve(given.size());
  for (const auto& argument : given) {
    arguments.push_back(argument->as<Lambda>() ? argument : expression(argument, inner));
  }
  if (function->kind == FunctionKind::kAggregate && !scope.over_window) {
    for (const auto& argument : arguments) {
      if (!argument->as<Lambda>() && has_aggregate(argument)) {
        throw Error("NESTED_AGGREGATE_FUNCTION", {}, e->origin.context());
      }
    }
  }

  for (const auto& argument : arguments) {
    if (!argument->as<Lambda>() && has_generator(argument)) {
      functions::CallSite site{*function, name, arguments, context_, e->origin};
      throw Error("UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS",
                  {{"expression", '"' + functions::call_name(site) + '"'}}, e->origin.context());
    }
  }

  std::string display;
  if (name == "struct") {
    // struct(a, b AS c) takes its names from what the user wrote, so it becomes a named_struct
    // here.
    Expressions named;
    for (size_t i = 0; i < arguments.size(); ++i) {
      const std::string member = member_name(*given[i], *arguments[i], i);
      const auto* aliased = arguments[i]->as<Alias>();
      const ExpressionPtr& value = aliased != nullptr ? aliased->child : arguments[i];
      named.push_back(literal(types::Value::string(member)));
      named.push_back(value);
      display += (i > 0 ? ", " : "struct(") + functions::display_name(*value, context_);
      if (given[i]->as<Alias>() != nullptr) display += " AS " + member;
    }
    display = arguments.empty() ? "struct()" : display + ")";
    Expression result = *call("named_struct", std::move(named), e->origin);
    result.display = display;
    return std::make_shared<const Expression>(std::move(result));
  }

  functions::CallOptions options{.mode = mode(),
                                 .distinct = node.distinct,
                                 .filter = nullptr,
                                 .ignore_nulls = node.ignore_nulls,
                                 .order_by = {}};
  if (node.filter != nullptr) {
    options.filter = condition(node.filter, inner);
    if (has_aggregate(options.filter)) {
      throw Error("INVALID_AGGREGATE_FILTER.CONTAINS_AGGREGATE",
                  {{"filterExpr", functions::quoted_name(*options.filter, context_)},
                   {"aggExpr", functions::quoted_name(*find_aggregate(options.filter), context_)}},
                  e->origin.context());
    }
  }
  if (const auto window = find_window(options.filter)) {
    throw Error("INVALID_AGGREGATE_FILTER.CONTAINS_WINDOW_FUNCTION",
                {{"filterExpr", functions::quoted_name(*options.filter, context_)},
                 {"windowExpr", functions::quoted_name(*window, context_)}},
                e->origin.context());
  }
  options.order_by = expressions(node.within_group, inner);
  options.lambda_body = [&](const ExpressionPtr& body,
                            const std::vector<ExpressionPtr>& variables) {
    lambda_variables_.push_back(variables);
    ExpressionPtr resolved = expression(body, scope);
    lambda_variables_.pop_back();
    return resolved;
  };
  ExpressionPtr result = functions::resolve_call(*function, name, std::move(arguments), context_,
                                                 e->origin, std::move(options));
  if (!node.within_group.empty() &&
      std::find(std::begin(kOrdered), std::end(kOrdered), function->name) == std::end(kOrdered)) {
    refuse_syntax(function->pretty_name.empty() ? name : std::string(function->pretty_name),
                  kWithinGroup, e->origin);
  }
  if (function->kind == FunctionKind::kWindow && !scope.over_window) {
    throw Error("WINDOW_FUNCTION_WITHOUT_OVER_CLAUSE",
                {{"funcName", functions::quoted_name(*result, context_)}}, e->origin.context());
  }
  return result;
}

}  // namespace lochan::analysis
