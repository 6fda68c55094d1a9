#include "functions/names.h"

#include <cctype>

namespace lochan::functions {

using plan::Expression;

namespace {

std::string joined_names(const plan::Expressions& expressions, const ResolveContext& context) {
  std::string result;
  for (const auto& expression : expressions) {
    if (!result.empty()) result += ", ";
    result += display_name(*expression, context);
  }
  return result;
}

}  // namespace

std::string bound_name(const plan::FrameBound& bound, const ResolveContext& context) {
  switch (bound.kind) {
    case plan::FrameBound::kUnboundedPreceding: return "UNBOUNDED PRECEDING";
    case plan::FrameBound::kUnboundedFollowing: return "UNBOUNDED FOLLOWING";
    case plan::FrameBound::kCurrentRow: return "CURRENT ROW";
    case plan::FrameBound::kOffset: break;
  }
  // lag and lead print their frame as "-1 FOLLOWING".
  if (!bound.offset->display.empty()) return bound.offset->display + " FOLLOWING";
  std::string text = display_name(*bound.offset, context);
  // "(- 1)", "-1" and "-INTERVAL" mean preceding rows.
  if (text.size() > 4 && text.starts_with("(- ")) {
    return text.substr(3, text.size() - 4) + " PRECEDING";
  }
  if (text.starts_with('-')) return text.substr(1) + " PRECEDING";
  return text + " FOLLOWING";
}

std::string frame_name(const plan::Frame& frame, const ResolveContext& context) {
  return std::string(frame.kind == plan::FrameKind::kRows ? "ROWS" : "RANGE") + " BETWEEN " +
         bound_name(frame.lower, context) + " AND " + bound_name(frame.upper, context);
}

namespace {

struct Printer {
  const Expression& expression;
  const ResolveContext& context;

  std::string name(const plan::ExpressionPtr& e) const { return display_name(*e, context); }

  std::string operator()(const plan::Literal& literal) const {
    return literal.value.name_text(context.zone);
  }
  std::string operator()(const plan::AttributeRef& column) const { return column.name; }
  std::string operator()(const plan::Alias& alias) const {
    return name(alias.child) + " AS " + alias.name;
  }
  std::string operator()(const plan::Cast& cast) const {
    // Casts to nested types do not print, whoever wrote them.
    if (cast.implicit || cast.target.is_nested()) return name(cast.child);
    const char* word = cast.mode == plan::CastMode::kTry ? "TRY_CAST(" : "CAST(";
    return word + name(cast.child) + " AS " + cast.target.sql() + ")";
  }
  std::string operator()(const plan::SortOrder& order) const {
    const bool first = order.nulls == plan::NullOrder::kDefault
                           ? order.ascending
                           : order.nulls == plan::NullOrder::kFirst;
    return name(order.child) + (order.ascending ? " ASC" : " DESC") +
           (first ? " NULLS FIRST" : " NULLS LAST");
  }
  std::string operator()(const plan::GetField& field) const {
    return name(field.child) + "." + field.name;
  }
  std::string operator()(const plan::Lambda& lambda) const {
    std::string text = "lambdafunction(" + name(lambda.body);
    for (const auto& parameter : lambda.parameters) {
      text += ", " + (expression.resolved ? "namedlambdavariable()" : parameter);
    }
    return text + ")";
  }
  std::string operator()(const plan::LambdaVariable&) const { return "namedlambdavariable()"; }
  std::string operator()(const plan::NamedArgument& argument) const {
    return argument.name + " => " + name(argument.value);
  }
  std::string operator()(const plan::Window& window) const {
    return name(window.function) + " OVER " + window_name(window, context);
  }
  std::string operator()(const plan::Subquery& subquery) const {
    switch (subquery.kind) {
      case plan::SubqueryKind::kExists: return "exists()";
      case plan::SubqueryKind::kIn: {
        std::string values = joined_names(subquery.values, context);
        if (subquery.values.size() > 1) values = "(named_struct(" + values + "))";
        return "(" + values + " IN (listquery()))";
      }
      default: return "scalarsubquery()";
    }
  }
  std::string operator()(const plan::PythonFunction& function) const {
    return function.name + "(" + joined_names(function.arguments, context) + ")";
  }
  std::string operator()(const plan::Call& call) const {
    CallSite site{*call.function, call.name, call.arguments, context, expression.origin};
    site.mode = call.mode;
    site.distinct = call.distinct;
    std::string text = call_name(site);
    if (!call.order_by.empty() && call.function->print == nullptr) {
      text += " WITHIN GROUP (ORDER BY " + joined_names(call.order_by, context) + ")";
    }
    if (call.filter) text += " FILTER (WHERE " + name(call.filter) + ")";
    return text;
  }

  // Unresolved forms print in the errors about them.
  std::string operator()(const plan::UnresolvedAttribute& column) const {
    std::string text;
    for (const auto& part : column.parts) text += (text.empty() ? "" : ".") + part;
    return text;
  }
  std::string operator()(const plan::UnresolvedFunction& function) const {
    std::string text = function.name.empty() ? "" : function.name.back();
    const bool symbol =
        !text.empty() && !std::isalnum(static_cast<unsigned char>(text[0])) && text[0] != '_';
    if (text == "and" || text == "or") text = text == "and" ? "AND" : "OR";
    if ((symbol || text == "AND" || text == "OR") && function.arguments.size() == 2) {
      return "(" + name(function.arguments[0]) + " " + text + " " + name(function.arguments[1]) +
             ")";
    }
    text += function.distinct ? "(DISTINCT " : "(";
    return text + joined_names(function.arguments, context) + ")";
  }
  std::string operator()(const plan::UnresolvedStar&) const { return "*"; }
  std::string operator()(const plan::UnresolvedExtractValue& extract) const {
    return name(extract.child) + "[" + name(extract.extraction) + "]";
  }
  template <class Other>
  std::string operator()(const Other&) const {
    return plan::to_string(expression);
  }
};

}  // namespace

std::string window_name(const plan::Window& window, const ResolveContext& context) {
  std::string text = "(";
  if (!window.partition_by.empty()) {
    text += "PARTITION BY " + joined_names(window.partition_by, context) + " ";
  }
  if (!window.order_by.empty()) text += "ORDER BY " + joined_names(window.order_by, context) + " ";
  if (window.frame) text += frame_name(*window.frame, context);
  return text + ")";
}

std::string display_name(const Expression& expression, const ResolveContext& context) {
  if (!expression.display.empty()) return expression.display;
  return std::visit(Printer{expression, context}, expression.node);
}

std::string output_name(const Expression& expression, const ResolveContext& context) {
  if (const auto* alias = expression.as<plan::Alias>()) return alias->name;
  if (const auto* column = expression.as<plan::AttributeRef>()) return column->name;
  if (const auto* cast = expression.as<plan::Cast>(); cast && expression.display.empty()) {
    if (const auto* column = cast->child->as<plan::AttributeRef>()) return column->name;
  }
  return display_name(expression, context);
}

std::string quoted_name(const Expression& expression, const ResolveContext& context) {
  return '"' + display_name(expression, context) + '"';
}

std::string quoted_type(const types::DataType& type) { return '"' + type.sql() + '"'; }

std::string printed_name(const CallSite& call) {
  return call.function.pretty_name.empty() ? call.name : std::string(call.function.pretty_name);
}

std::string call_name(const CallSite& call) {
  std::vector<std::string> names;
  for (size_t i = 0; i < call.size(); ++i) {
    // A lambda is not there yet while the types of its variables are found out: it prints as
    // written.
    const auto& argument = call.arguments[i] ? call.arguments[i] : call.written->at(i);
    names.push_back(display_name(*argument, call.context));
  }
  if (call.distinct && !names.empty()) names[0] = "DISTINCT " + names[0];
  if (call.function.print) return call.function.print(call, names);
  std::string text = printed_name(call) + "(";
  for (size_t i = 0; i < names.size(); ++i) text += (i > 0 ? ", " : "") + names[i];
  return text + ")";
}

}  // namespace lochan::functions
