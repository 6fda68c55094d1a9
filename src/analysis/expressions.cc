// Expressions, kind by kind.
#include "analysis/errors.h"
#include "analysis/resolver.h"
#include "analysis/tree.h"
#include "base/ascii.h"
#include "base/big_stack_thread.h"
#include "functions/coercion.h"
#include "functions/names.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT
using types::DataType;
using types::TypeId;

ExpressionPtr Resolver::call(std::string name, Expressions arguments, const Origin& origin) {
  const functions::Function* function = functions::find_function(name);
  if (function == nullptr) unresolved_routine({name}, context_, origin);
  return functions::resolve_call(*function, lower_case(name), std::move(arguments), context_,
                                 origin, {.mode = mode()});
}

Expressions Resolver::expressions(const Expressions& list, const Scope& scope) {
  Expressions result;
  result.reserve(list.size());
  for (const auto& e : list) result.push_back(expression(e, scope));
  return result;
}

namespace {

/// What CAST of these types says when it is not allowed.
[[noreturn]] void reject_cast(const ExpressionPtr& child, const DataType& target, CastMode mode,
                              const functions::ResolveContext& context, const Origin& origin) {
  const DataType& from = child->type;
  const char* word = mode == CastMode::kTry ? "\"TRY_CAST(" : "\"CAST(";
  ErrorParameters parameters{
      {"sqlExpr", target.is_nested() ? functions::quoted_name(*child, context)
                                     : word + functions::display_name(*child, context) + " AS " +
                                           target.sql() + ")\""},
      {"srcType", functions::quoted_type(from)},
      {"targetType", functions::quoted_type(target)}};
  std::string functions;
  if (from.is_numeric() && target.is(TypeId::kTimestamp)) {
    functions = "`TIMESTAMP_SECONDS`/`TIMESTAMP_MILLIS`/`TIMESTAMP_MICROS`";
  } else if (from.is(TypeId::kTimestamp) && target.is_numeric()) {
    functions = "`UNIX_SECONDS`/`UNIX_MILLIS`/`UNIX_MICROS`";
  } else if (from.is_numeric() && target.is(TypeId::kDate)) {
    functions = "`DATE_FROM_UNIX_DATE`";
  } else if (from.is(TypeId::kDate) && target.is_numeric()) {
    functions = "`UNIX_DATE`";
  }
  if (mode != CastMode::kLegacy && !functions.empty()) {
    parameters.emplace("functionNames", functions);
    throw Error("DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION", parameters, origin.context());
  }
  if (mode == CastMode::kAnsi && functions::can_cast(from, target, CastMode::kLegacy)) {
    parameters.emplace("config", "\"spark.sql.ansi.enabled\"");
    parameters.emplace("configVal", "'false'");
    throw Error("DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION", parameters, origin.context());
  }
  throw Error("DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION", parameters, origin.context());
}

/// Spark answers casts to char and varchar with strings.
DataType without_lengths(const DataType& type) {
  return type.is(TypeId::kChar) || type.is(TypeId::kVarchar) ? DataType(TypeId::kString) : type;
}

}  // namespace

ExpressionPtr Resolver::cast(const ExpressionPtr& child, const DataType& target,
                             std::optional<CastMode> mode_given, bool implicit,
                             const Origin& origin) {
  const CastMode cast_mode = mode_given.value_or(mode());
  const DataType type = without_lengths(target);
  if (!functions::can_cast(child->type, type, cast_mode)) {
    reject_cast(child, type, cast_mode, context_, origin);
  }
  if (type.is(TypeId::kTime) &&
      (child->type.is(TypeId::kTimestamp) || child->type.is(TypeId::kTimestampNtz)))
    throw Error("UNSUPPORTED_TIME_TYPE");
  if (implicit && child->type.same_type(type)) return child;
  return functions::make_cast(child, type, cast_mode, implicit, origin);
}

ExpressionPtr Resolver::condition(const ExpressionPtr& e, const Scope& scope, bool of_join) {
  ExpressionPtr resolved = expression(e, scope);
  if (resolved->type.is(TypeId::kBoolean)) return resolved;
  if (resolved->type.is(TypeId::kNull) || resolved->type.is_string()) {
    return functions::implicit_cast_to(resolved, TypeId::kBoolean, context_);
  }
  const std::string name = functions::quoted_name(*resolved, context_);
  const std::string type = functions::quoted_type(resolved->type);
  if (of_join) {
    throw Error("JOIN_CONDITION_IS_NOT_BOOLEAN_TYPE",
                {{"joinCondition", name}, {"conditionType", type}}, e->origin.context());
  }
  throw Error("DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN",
              {{"sqlExpr", name}, {"filter", name}, {"type", type}}, e->origin.context());
}

ExpressionPtr Resolver::expression(const ExpressionPtr& e, const Scope& scope) {
  if (e->resolved) return e;
  check_stack(kStackParts);
  struct Visitor {
    Resolver& r;
    const ExpressionPtr& e;
    const Scope& scope;

    ExpressionPtr operator()(const Literal& node) { return literal(node.value, e->origin); }
    ExpressionPtr operator()(const UnresolvedAttribute& node) {
      return r.attribute(node, e, scope);
    }
    ExpressionPtr operator()(const UnresolvedStar&) {
      throw Error("INVALID_USAGE_OF_STAR_OR_REGEX", {{"elem", "'*'"}, {"prettyName", "expression"}},
                  e->origin.context());
    }
    ExpressionPtr operator()(const UnresolvedRegex& node) {
      return r.attribute({{node.pattern}, node.plan_id}, e, scope);
    }
    ExpressionPtr operator()(const UnresolvedFunction& node) {
      return r.function_call(node, e, scope);
    }
    ExpressionPtr operator()(const UnresolvedExtractValue& node) {
      return r.extract(r.expression(node.child, scope), r.expression(node.extraction, scope),
                       e->origin);
    }
    ExpressionPtr operator()(const NamedArgument& node) {
      throw Error("NAMED_PARAMETERS_NOT_SUPPORTED", {{"functionName", quoted({node.name})}},
                  e->origin.context());
    }
    ExpressionPtr operator()(const Lambda&) {
      throw Error("UNSUPPORTED_EXPR_FOR_OPERATOR", {{"invalidExprSqls", "lambda function"}},
                  e->origin.context());
    }
    ExpressionPtr operator()(const LambdaVariable& node) {
      return r.attribute({{node.name}, std::nullopt}, e, scope);
    }
    ExpressionPtr operator()(const UpdateField& node) { return r.update_field(node, e, scope); }
    ExpressionPtr operator()(const UnresolvedWindow& node) {
      Window window{node.function, {}, {}, std::nullopt, node.window_name};
      return r.window(window, e, scope);
    }
    ExpressionPtr operator()(const Parameter& node) {
      if (r.parameters_ != nullptr) {
        const auto& named = r.parameters_->named_arguments;
        if (auto found = named.find(node.name); !node.name.empty() && found != named.end()) {
          return r.expression(found->second, Scope{});
        }
        const auto& positional = r.parameters_->positional_arguments;
        if (node.position >= 0 && static_cast<size_t>(node.position) < positional.size()) {
          return r.expression(positional[static_cast<size_t>(node.position)], Scope{});
        }
      }
      throw Error("UNBOUND_SQL_PARAMETER",
                  {{"name", node.name.empty() ? "_" + std::to_string(node.position) : node.name}},
                  e->origin.context());
    }
    ExpressionPtr operator()(const PythonFunction& node) {
      PythonFunction resolved = node;
      resolved.arguments = r.expressions(node.arguments, scope);
      return make_resolved(resolved, node.return_type, true, e->origin);
    }
    ExpressionPtr operator()(const Alias& node) {
      // Only at the top of a select list does a name matter.
      return r.expression(node.child, scope);
    }
    ExpressionPtr operator()(const Cast& node) {
      return r.cast(r.expression(node.child, scope), node.target, node.mode, node.implicit,
                    e->origin);
    }
    ExpressionPtr operator()(const SortOrder& node) {
      SortOrder order = node;
      order.child = r.expression(node.child, scope);
      if (order.nulls == NullOrder::kDefault) {
        order.nulls = order.ascending ? NullOrder::kFirst : NullOrder::kLast;
      }
      if (!functions::is_orderable(order.child->type)) {
        throw Error("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE",
                    {{"sqlExpr", functions::quoted_name(*e, r.context_)},
                     {"functionName", "`sortorder`"},
                     {"dataType", functions::quoted_type(order.child->type)}},
                    e->origin.context());
      }
      const DataType type = order.child->type;
      const bool nullable = order.child->nullable;
      return make_resolved(std::move(order), type, nullable, e->origin);
    }
    ExpressionPtr operator()(const Window& node) { return r.window(node, e, scope); }
    ExpressionPtr operator()(const Subquery& node) { return r.subquery_expression(node, e, scope); }
    // Already resolved kinds that a client's tree cannot hold.
    ExpressionPtr operator()(const AttributeRef&) { return e; }
    ExpressionPtr operator()(const Call&) { return e; }
    ExpressionPtr operator()(const GetField&) { return e; }
  };
  return std::visit(Visitor{*this, e, scope}, e->node);
}

}  // namespace lochan::analysis
