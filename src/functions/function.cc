#include "functions/function.h"

#include <algorithm>

#include "functions/coercion.h"
#include "functions/names.h"

namespace lochan::functions {

using plan::ExpressionPtr;
using plan::Expressions;

// ---- CallSite
// -------------------------------------------------------------------------------------------

void CallSite::cast(size_t i, const types::DataType& target) {
  arguments[i] = implicit_cast_to(arguments[i], target, context);
  nullable = nullable || arguments[i]->nullable;
}

const types::Value* CallSite::constant(size_t i) const {
  if (i >= arguments.size()) return nullptr;
  const plan::Expression* expression = arguments[i].get();
  while (const auto* cast = expression->as<plan::Cast>()) {
    if (!cast->implicit) return nullptr;
    expression = cast->child.get();
  }
  const auto* literal = expression->as<plan::Literal>();
  return literal ? &literal->value : nullptr;
}

void CallSite::reject(size_t i, std::string_view required) const {
  static constexpr const char* kOrdinals[] = {"first", "second", "third"};
  mismatch("UNEXPECTED_INPUT_TYPE",
           {{"paramIndex", i < 3 ? kOrdinals[i] : std::to_string(i + 1) + "th"},
            {"requiredType", std::string(required)},
            {"inputSql", quoted_name(*arguments[i], context)},
            {"inputType", quoted_type(type(i))}});
}

void CallSite::mismatch(std::string_view subclass, ErrorParameters parameters) const {
  parameters.emplace("sqlExpr", '"' + call_name(*this) + '"');
  throw Error("DATATYPE_MISMATCH." + std::string(subclass), std::move(parameters),
              origin.context());
}

// ---- Resolution of one call
// ---------------------------------------------------------------------------------

namespace {

constexpr const char* kDocumentation = "https://spark.apache.org/docs/latest";

void check_count(const CallSite& call, size_t given) {
  const Function& row = call.function;
  const auto count = static_cast<int>(given);
  if (count >= row.min_arguments && count <= row.max_arguments) return;
  std::string expected;
  if (row.max_arguments >= kAnyNumber) {
    expected = "> " + std::to_string(row.min_arguments - 1);
  } else if (row.min_arguments == row.max_arguments) {
    expected = std::to_string(row.min_arguments);
  } else {
    expected = "[";
    for (int i = row.min_arguments; i <= row.max_arguments; ++i) {
      expected += (i > row.min_arguments ? ", " : "") + std::to_string(i);
    }
    expected += "]";
  }
  throw Error("WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
              {{"functionName", types::quote_identifier(call.name)},
               {"expectedNum", expected},
               {"actualNum", std::to_string(given)},
               {"docroot", kDocumentation}},
              call.origin.context());
}

/// A body whose only free names are lambda variables: replaces them, then resolves its calls.
ExpressionPtr bind_variables(const ExpressionPtr& body,
                             const std::vector<ExpressionPtr>& variables) {
  if (const auto* variable = body->as<plan::LambdaVariable>()) {
    for (const auto& bound : variables) {
      if (bound->as<plan::LambdaVariable>()->name == variable->name) return bound;
    }
    return body;
  }
  if (body->resolved) return body;
  Expressions children = plan::children(*body);
  for (auto& child : children) child = bind_variables(child, variables);
  return plan::with_children(body, std::move(children));
}

/// Resolves the lambdas among the arguments, first to last: a later one may depend on an earlier
/// one's type.
void resolve_lambdas(CallSite& call, const CallOptions& options) {
  Expressions given = call.arguments;
  bool any = false;
  for (auto& argument : call.arguments) {
    if (argument->as<plan::Lambda>() != nullptr && !argument->resolved) {
      argument = nullptr;
      any = true;
    }
  }
  if (!any) return;
  if (call.function.lambda == nullptr) {
    throw Error("INVALID_LAMBDA_FUNCTION_CALL.NON_HIGHER_ORDER_FUNCTION", {{"class", call.name}},
                call.origin.context());
  }
  call.written = &given;
  for (size_t i = 0; i < given.size(); ++i) {
    if (call.arguments[i] != nullptr) continue;
    const auto& lambda = *given[i]->as<plan::Lambda>();
    const auto types = call.function.lambda(call, i, lambda.parameters.size());
    if (types.size() != lambda.parameters.size()) {
      throw Error("INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH",
                  {{"expectedNumArgs", std::to_string(lambda.parameters.size())},
                   {"actualNumArgs", std::to_string(types.size())}},
                  call.origin.context());
    }
    plan::Lambda resolved{lambda.parameters, nullptr, {}};
    std::vector<ExpressionPtr> variables;
    for (size_t k = 0; k < types.size(); ++k) {
      resolved.ids.push_back(plan::new_attribute_id());
      variables.push_back(
          plan::make_resolved(plan::LambdaVariable{lambda.parameters[k], resolved.ids.back()},
                              types[k].first, types[k].second));
    }
    resolved.body = options.lambda_body
                        ? options.lambda_body(lambda.body, variables)
                        : resolve_calls(bind_variables(lambda.body, variables), call.context);
    const types::DataType type = resolved.body->type;
    const bool nullable = resolved.body->nullable;
    call.arguments[i] = plan::make_resolved(std::move(resolved), type, nullable, given[i]->origin);
  }
  call.written = nullptr;
}

void append_defaults(CallSite& call) {
  const Function& row = call.function;
  const size_t first_default = static_cast<size_t>(row.max_arguments) - row.defaults.size();
  for (size_t i = std::max(call.size(), first_default); i < static_cast<size_t>(row.max_arguments);
       ++i) {
    if (i > call.size()) break;
    call.arguments.push_back(plan::literal(row.defaults[i - first_default], call.origin));
  }
}

}  // namespace

ExpressionPtr resolve_call(const Function& function, std::string name, Expressions arguments,
                           const ResolveContext& context, const plan::Origin& origin,
                           CallOptions options) {
  CallSite call{function, std::move(name), std::move(arguments), context, origin};
  call.mode = options.mode;
  call.distinct = options.distinct;
  call.options = &options;
  if (const auto* missing = std::get_if<Missing>(&function.lower)) {
    std::string what = "function " + call.name;
    if (!missing->reason.empty()) what += " (" + std::string(missing->reason) + ")";
    throw Error::not_supported(what);
  }
  check_count(call, call.size());
  if (!function.defaults.empty()) append_defaults(call);
  resolve_lambdas(call, options);

  if (const auto* rewrite = std::get_if<Rewrite>(&function.lower)) {
    if (!rewrite->keeps_name) return resolve_calls(rewrite->make(call), context);
    std::string display = call_name(call);
    if (options.filter) display += " FILTER (WHERE " + display_name(*options.filter, context) + ")";
    plan::Expression result = *resolve_calls(rewrite->make(call), context);
    result.display = display;
    return std::make_shared<const plan::Expression>(std::move(result));
  }

  call.nullable = std::any_of(call.arguments.begin(), call.arguments.end(),
                              [](const auto& argument) { return argument->nullable; });
  function.type(call);
  plan::Call node{&function,
                  call.name,
                  std::move(call.arguments),
                  call.mode,
                  call.distinct,
                  std::move(options.filter),
                  options.ignore_nulls,
                  std::move(options.order_by)};
  return plan::make_resolved(std::move(node), call.result, call.nullable, origin);
}

ExpressionPtr resolve_calls(const ExpressionPtr& expression, const ResolveContext& context) {
  if (expression->resolved) return expression;
  const plan::CastMode mode = context.ansi ? plan::CastMode::kAnsi : plan::CastMode::kLegacy;
  if (const auto* call = expression->as<plan::UnresolvedFunction>()) {
    const Function* row = find_function(call->name.back());
    if (row == nullptr) throw Error::internal("rewrite into unknown function " + call->name.back());
    Expressions arguments;
    for (const auto& argument : call->arguments) {
      arguments.push_back(argument->as<plan::Lambda>() ? argument
                                                       : resolve_calls(argument, context));
    }
    CallOptions options{.mode = mode,
                        .distinct = call->distinct,
                        .filter = call->filter,
                        .ignore_nulls = call->ignore_nulls,
                        .order_by = call->within_group};
    return resolve_call(*row, call->name.back(), std::move(arguments), context, expression->origin,
                        std::move(options));
  }
  if (const auto* cast = expression->as<plan::Cast>()) {
    return make_cast(resolve_calls(cast->child, context), cast->target, cast->mode.value_or(mode),
                     cast->implicit, expression->origin);
  }
  if (expression->as<plan::Literal>() != nullptr) {
    plan::Expression literal = *expression;
    literal.resolved = true;
    return std::make_shared<const plan::Expression>(std::move(literal));
  }
  throw Error::internal("unresolved in a rewrite: " + plan::to_string(*expression));
}

}  // namespace lochan::functions
