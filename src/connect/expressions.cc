// expressions.proto to unresolved expressions.
#include "base/ascii.h"
#include "connect/invalid_plan.h"
#include "connect/literal_proto.h"
#include "connect/names.h"
#include "connect/plan_converter.h"
#include "connect/types_proto.h"

namespace lochan::connect {

namespace proto = spark::connect;
using plan::ExpressionPtr;
using plan::make_expression;
using plan::Origin;

namespace {

Origin to_origin(const proto::Expression& in) {
  Origin origin;
  if (in.common().origin().has_python_origin()) {
    origin.fragment = in.common().origin().python_origin().fragment();
    origin.call_site = in.common().origin().python_origin().call_site();
  }
  return origin;
}

// The DataFrame API spells some operators in its own way; the parser's spelling is the one that the
// function table knows.
std::string function_name(const std::string& name) {
  if (name == "==") return "=";
  if (name == "product") return "dataframe: product";  // SQL has no such function
  return lower_case(name);
}

}  // namespace

ExpressionPtr PlanConverter::expression(const proto::Expression& in) {
  Level level(level_);
  return expression_node(in, to_origin(in));
}

ExpressionPtr PlanConverter::required(bool present, const proto::Expression& in,
                                      std::string_view what) {
  if (!present)
    throw invalid_plan("FIELD_CANNOT_BE_EMPTY", {{"fieldName", std::string(what)},
                                                 {"fullName", "spark.connect.Expression"}});
  return expression(in);
}

ExpressionPtr PlanConverter::expression_node(const proto::Expression& in, const Origin& origin) {
  switch (in.expr_type_case()) {
    case proto::Expression::kLiteral: return plan::literal(to_value(in.literal()), origin);
    case proto::Expression::kUnresolvedAttribute: {
      const auto& attribute = in.unresolved_attribute();
      plan::UnresolvedAttribute out;
      out.parts = parse_attribute_name(attribute.unparsed_identifier());
      if (attribute.has_plan_id()) out.plan_id = attribute.plan_id();
      out.is_metadata_column = attribute.is_metadata_column();
      return make_expression(std::move(out), origin);
    }
    case proto::Expression::kUnresolvedFunction:
      return unresolved_function(in.unresolved_function(), origin);
    case proto::Expression::kExpressionString:
      return environment_.parse_expression(in.expression_string().expression());
    case proto::Expression::kUnresolvedStar: return star(in.unresolved_star(), origin);
    case proto::Expression::kAlias: return alias(in.alias(), origin);
    case proto::Expression::kCast: return cast(in.cast(), origin);
    case proto::Expression::kUnresolvedRegex: return regex(in.unresolved_regex(), origin);
    case proto::Expression::kSortOrder: return sort_order(in.sort_order(), origin);
    case proto::Expression::kLambdaFunction: return lambda(in.lambda_function(), origin);
    case proto::Expression::kWindow: return window(in.window(), origin);
    case proto::Expression::kUnresolvedExtractValue: {
      const auto& extract = in.unresolved_extract_value();
      auto child = required(extract.has_child(), extract.child(), "child");
      auto extraction = required(extract.has_extraction(), extract.extraction(), "extraction");
      return make_expression(plan::UnresolvedExtractValue{std::move(child), std::move(extraction)},
                             origin);
    }
    case proto::Expression::kUpdateFields: {
      const auto& update = in.update_fields();
      auto child =
          required(update.has_struct_expression(), update.struct_expression(), "struct_expression");
      auto value = update.has_value_expression() ? expression(update.value_expression()) : nullptr;
      return make_expression(
          plan::UpdateField{std::move(child), update.field_name(), std::move(value)}, origin);
    }
    case proto::Expression::kUnresolvedNamedLambdaVariable: {
      const auto& parts = in.unresolved_named_lambda_variable().name_parts();
      if (parts.empty()) throw invalid_plan("UNRESOLVED_NAMED_LAMBDA_VARIABLE_REQUIRES_NAME_PART");
      ExpressionPtr out = make_expression(plan::LambdaVariable{parts[0]}, origin);
      for (int i = 1; i < parts.size(); ++i)
        out = make_expression(
            plan::UnresolvedExtractValue{std::move(out),
                                         plan::literal(types::Value::string(parts[i]))},
            origin);
      return out;
    }
    case proto::Expression::kCommonInlineUserDefinedFunction:
      return python_function(in.common_inline_user_defined_function(), origin);
    case proto::Expression::kCallFunction: {
      plan::UnresolvedFunction out;
      out.name = parse_identifier(in.call_function().function_name());
      if (out.name.size() == 1) out.name[0] = lower_case(out.name[0]);
      out.arguments = expressions(in.call_function().arguments());
      return make_expression(std::move(out), origin);
    }
    case proto::Expression::kNamedArgumentExpression: {
      const auto& argument = in.named_argument_expression();
      return make_expression(
          plan::NamedArgument{argument.key(),
                              required(argument.has_value(), argument.value(), "value")},
          origin);
    }
    case proto::Expression::kSubqueryExpression: return subquery(in.subquery_expression(), origin);
    case proto::Expression::kDirectShufflePartitionId:
      // Names the partition that a row goes to; partitions have no meaning here, the rows stay as
      // they are.
      return required(in.direct_shuffle_partition_id().has_child(),
                      in.direct_shuffle_partition_id().child(), "child");
    case proto::Expression::kMergeAction: throw Error::not_supported("DataFrame.mergeInto");
    case proto::Expression::kTypedAggregateExpression:
      throw Error::not_supported("typed aggregates of Scala");
    case proto::Expression::kExtension:
      throw invalid_plan("NO_HANDLER_FOR_EXTENSION",
                         {{"extensionTypeUrl", in.extension().type_url()}});
    case proto::Expression::EXPR_TYPE_NOT_SET: break;
  }
  throw oneof_not_set(in, "expr_type");
}

ExpressionPtr PlanConverter::unresolved_function(const proto::Expression::UnresolvedFunction& in,
                                                 const Origin& origin) {
  if (in.function_name().empty())
    throw invalid_plan("FIELD_CANNOT_BE_EMPTY", {{"fieldName", "function_name"},
                                                 {"fullName", in.GetDescriptor()->full_name()}});
  plan::UnresolvedFunction out;
  out.arguments = expressions(in.arguments());
  out.distinct = in.is_distinct();
  if (in.is_user_defined_function()) {
    out.name = parse_identifier(in.function_name());
    out.is_user_defined = true;
  } else if (in.function_name() == "!=") {
    out.name = {"="};
    return plan::function("not", {make_expression(std::move(out), origin)}, origin);
  } else {
    out.name = {function_name(in.function_name())};
    // count(*) counts rows, as the parser has it too.
    if (out.name[0] == "count" && out.arguments.size() == 1 && !out.distinct)
      if (const auto* all = out.arguments[0]->as<plan::UnresolvedStar>();
          all && all->target.empty() && !all->plan_id)
        out.arguments[0] = plan::literal(types::Value::integer(1));
  }
  return make_expression(std::move(out), origin);
}

ExpressionPtr PlanConverter::sort_order(const proto::Expression::SortOrder& in,
                                        const Origin& origin) {
  plan::SortOrder out;
  out.child = required(in.has_child(), in.child(), "child");
  out.ascending = in.direction() == proto::Expression::SortOrder::SORT_DIRECTION_ASCENDING;
  out.nulls = in.null_ordering() == proto::Expression::SortOrder::SORT_NULLS_FIRST
                  ? plan::NullOrder::kFirst
                  : plan::NullOrder::kLast;
  return make_expression(std::move(out), origin);
}

plan::FrameBound PlanConverter::frame_bound(
    const proto::Expression::Window::WindowFrame::FrameBoundary& in, bool lower) {
  using Boundary = proto::Expression::Window::WindowFrame::FrameBoundary;
  switch (in.boundary_case()) {
    case Boundary::kCurrentRow: return {plan::FrameBound::kCurrentRow, nullptr};
    case Boundary::kUnbounded:
      return {lower ? plan::FrameBound::kUnboundedPreceding : plan::FrameBound::kUnboundedFollowing,
              nullptr};
    case Boundary::kValue: return {plan::FrameBound::kOffset, expression(in.value())};
    case Boundary::BOUNDARY_NOT_SET: break;
  }
  throw oneof_not_set(in, "boundary");
}

ExpressionPtr PlanConverter::window(const proto::Expression::Window& in, const Origin& origin) {
  using WindowFrame = proto::Expression::Window::WindowFrame;
  if (!in.has_window_function()) throw invalid_plan("WINDOW_FUNCTION_REQUIRED");
  plan::Window out;
  out.function = expression(in.window_function());
  out.partition_by = expressions(in.partition_spec());
  for (const auto& order : in.order_spec()) out.order_by.push_back(sort_order(order, origin));
  if (in.has_frame_spec()) {
    const auto& spec = in.frame_spec();
    plan::Frame frame;
    if (spec.frame_type() == WindowFrame::FRAME_TYPE_ROW)
      frame.kind = plan::FrameKind::kRows;
    else if (spec.frame_type() == WindowFrame::FRAME_TYPE_RANGE)
      frame.kind = plan::FrameKind::kRange;
    else
      throw invalid_enum("spark.connect.Expression.Window.WindowFrame.FrameType",
                         spec.frame_type());
    if (!spec.has_lower()) throw invalid_plan("LOWER_BOUND_REQUIRED_IN_WINDOW_FRAME");
    if (!spec.has_upper()) throw invalid_plan("UPPER_BOUND_REQUIRED_IN_WINDOW_FRAME");
    frame.lower = frame_bound(spec.lower(), true);
    frame.upper = frame_bound(spec.upper(), false);
    out.frame = std::move(frame);
  }
  return make_expression(std::move(out), origin);
}

ExpressionPtr PlanConverter::lambda(const proto::Expression::LambdaFunction& in,
                                    const Origin& origin) {
  if (in.arguments_size() < 1 || in.arguments_size() > 3)
    throw invalid_plan("LAMBDA_FUNCTION_ARGUMENT_COUNT_INVALID",
                       {{"got", std::to_string(in.arguments_size())}});
  plan::Lambda out;
  for (const auto& argument : in.arguments()) {
    if (argument.name_parts().empty())
      throw invalid_plan("UNRESOLVED_NAMED_LAMBDA_VARIABLE_REQUIRES_NAME_PART");
    out.parameters.push_back(argument.name_parts(0));
  }
  out.body = required(in.has_function(), in.function(), "function");
  return make_expression(std::move(out), origin);
}

ExpressionPtr PlanConverter::alias(const proto::Expression::Alias& in, const Origin& origin) {
  if (in.name().empty())
    throw invalid_plan("FIELD_CANNOT_BE_EMPTY",
                       {{"fieldName", "name"}, {"fullName", in.GetDescriptor()->full_name()}});
  if (in.name_size() > 1 && in.has_metadata())
    throw invalid_plan("ALIAS_WITH_MULTIPLE_IDENTIFIERS_AND_METADATA");
  plan::Alias out;
  out.child = required(in.has_expr(), in.expr(), "expr");
  out.name = in.name(0);
  out.more_names.assign(in.name().begin() + 1, in.name().end());
  out.metadata = in.metadata();
  return make_expression(std::move(out), origin);
}

ExpressionPtr PlanConverter::cast(const proto::Expression::Cast& in, const Origin& origin) {
  plan::Cast out;
  out.child = required(in.has_expr(), in.expr(), "expr");
  switch (in.cast_to_type_case()) {
    case proto::Expression::Cast::kType: out.target = to_type(in.type()); break;
    case proto::Expression::Cast::kTypeStr:
      out.target = types::parse_ddl_type(in.type_str());
      break;
    case proto::Expression::Cast::CAST_TO_TYPE_NOT_SET: throw oneof_not_set(in, "cast_to_type");
  }
  // Spark casts to CHAR(n) and VARCHAR(n) as to STRING.
  if (out.target.is(types::TypeId::kChar) || out.target.is(types::TypeId::kVarchar))
    out.target = types::TypeId::kString;
  switch (in.eval_mode()) {
    case proto::Expression::Cast::EVAL_MODE_LEGACY: out.mode = plan::CastMode::kLegacy; break;
    case proto::Expression::Cast::EVAL_MODE_ANSI: out.mode = plan::CastMode::kAnsi; break;
    case proto::Expression::Cast::EVAL_MODE_TRY: out.mode = plan::CastMode::kTry; break;
    default: break;
  }
  return make_expression(std::move(out), origin);
}

ExpressionPtr PlanConverter::star(const proto::Expression::UnresolvedStar& in,
                                  const Origin& origin) {
  plan::UnresolvedStar out;
  if (in.has_unparsed_target()) {
    const std::string& target = in.unparsed_target();
    if (in.has_plan_id()) throw invalid_plan("UNRESOLVED_STAR_WITH_BOTH_TARGET_AND_PLAN_ID");
    if (!target.ends_with(".*"))
      throw invalid_plan("UNRESOLVED_STAR_TARGET_INVALID", {{"target", target}});
    out.target = parse_attribute_name(std::string_view(target).substr(0, target.size() - 2));
  }
  if (in.has_plan_id()) out.plan_id = in.plan_id();
  return make_expression(std::move(out), origin);
}

ExpressionPtr PlanConverter::regex(const proto::Expression::UnresolvedRegex& in,
                                   const Origin& origin) {
  const std::string& name = in.col_name();
  std::optional<int64_t> plan_id;
  if (in.has_plan_id()) plan_id = in.plan_id();
  // df.colRegex("`(a|b)`"): what stands between backticks is a pattern, all else is a plain name.
  if (name.size() > 2 && name.front() == '`' && name.back() == '`')
    return make_expression(plan::UnresolvedRegex{name.substr(1, name.size() - 2), plan_id}, origin);
  plan::UnresolvedAttribute out;
  out.parts = parse_attribute_name(name);
  out.plan_id = plan_id;
  return make_expression(std::move(out), origin);
}

ExpressionPtr PlanConverter::subquery(const proto::SubqueryExpression& in, const Origin& origin) {
  plan::Subquery out;
  switch (in.subquery_type()) {
    case proto::SubqueryExpression::SUBQUERY_TYPE_SCALAR:
      out.kind = plan::SubqueryKind::kScalar;
      break;
    case proto::SubqueryExpression::SUBQUERY_TYPE_EXISTS:
      out.kind = plan::SubqueryKind::kExists;
      break;
    case proto::SubqueryExpression::SUBQUERY_TYPE_IN: out.kind = plan::SubqueryKind::kIn; break;
    case proto::SubqueryExpression::SUBQUERY_TYPE_TABLE_ARG:
      out.kind = plan::SubqueryKind::kTableArgument;
      if (in.table_arg_options().partition_spec_size() > 0 ||
          in.table_arg_options().order_spec_size() > 0 ||
          in.table_arg_options().with_single_partition())
        throw Error::not_supported("table arguments with partitioning");
      break;
    default:
      throw invalid_enum("spark.connect.SubqueryExpression.SubqueryType", in.subquery_type());
  }
  out.values = expressions(in.in_subquery_values());
  out.plan_id = in.plan_id();
  return make_expression(std::move(out), origin);
}

ExpressionPtr PlanConverter::python_function(const proto::CommonInlineUserDefinedFunction& in,
                                             const Origin& origin) {
  switch (in.function_case()) {
    case proto::CommonInlineUserDefinedFunction::kPythonUdf: break;
    case proto::CommonInlineUserDefinedFunction::kScalarScalaUdf:
      throw Error::not_supported("functions written in Scala");
    case proto::CommonInlineUserDefinedFunction::kJavaUdf:
      throw Error::not_supported("functions written in Java");
    case proto::CommonInlineUserDefinedFunction::FUNCTION_NOT_SET:
      throw oneof_not_set(in, "function");
  }
  plan::PythonFunction out;
  out.name = in.function_name();
  out.deterministic = in.deterministic();
  out.eval_type = in.python_udf().eval_type();
  out.command = in.python_udf().command();
  out.python_version = in.python_udf().python_ver();
  out.return_type = to_type(in.python_udf().output_type());
  out.arguments = expressions(in.arguments());
  return make_expression(std::move(out), origin);
}

}  // namespace lochan::connect
