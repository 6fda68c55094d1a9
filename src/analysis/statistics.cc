// df.describe, df.summary, df.stat: one aggregation, laid out as Spark prints it.
#include <algorithm>
#include <limits>

#include "analysis/errors.h"
#include "analysis/resolver.h"
#include "analysis/tree.h"
#include "base/ascii.h"
#include "functions/coercion.h"
#include "functions/names.h"

namespace lochan::analysis {

using namespace plan;  // NOLINT
using types::DataType;
using types::TypeId;

namespace {

const Attribute& named_column(const std::string& name, const Attributes& columns,
                              const Origin& origin) {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const Attribute& a) { return same_name(a.name, name); });
  if (found == columns.end()) unresolved_column({name}, columns, origin);
  return *found;
}

/// An Aggregate without groups over resolved calls.
PlanPtr aggregated(const PlanPtr& child, Expressions calls, const Origin& origin) {
  Aggregate node;
  node.child = child;
  Attributes output;
  for (auto& e : calls) {
    ExpressionPtr item = alias(e, "value");
    output.push_back(attribute_of(*item, {}));
    node.aggregates.push_back(std::move(item));
  }
  return make_resolved_plan(std::move(node), std::move(output), origin);
}

std::optional<double> percentage(const std::string& statistic) {
  if (statistic.empty() || statistic.back() != '%') return std::nullopt;
  return std::stod(statistic.substr(0, statistic.size() - 1)) / 100;
}

}  // namespace

Node Resolver::describe(const Describe& node, const Origin& origin) {
  Node child = resolve(node.child);
  child.plan = visible(child.plan);
  Attributes columns;
  if (node.columns.empty()) {
    for (const auto& attribute : child.plan->output) {
      if (attribute.type.is_numeric() || attribute.type.is_string()) columns.push_back(attribute);
    }
  } else {
    for (const auto& name : node.columns)
      columns.push_back(named_column(name, child.plan->output, origin));
  }
  std::vector<std::string> statistics = node.statistics;
  if (statistics.empty()) {
    statistics = {"count", "mean", "stddev", "min", "max"};
    if (node.is_summary)
      statistics = {"count", "mean", "stddev", "min", "25%", "50%", "75%", "max"};
  }

  Expressions calls;
  for (const auto& statistic : statistics) {
    for (const auto& attribute : columns) {
      ExpressionPtr column = reference(attribute);
      // Text counts as numbers as far as it is one.
      ExpressionPtr number =
          attribute.type.is_numeric()
              ? column
              : functions::make_cast(column, TypeId::kDouble, CastMode::kTry, true, origin);
      if (const auto share = percentage(statistic)) {
        calls.push_back(
            call("percentile_approx", {number, literal(types::Value::float64(*share))}));
      } else if (statistic == "count") {
        calls.push_back(call("count", {column}));
      } else if (statistic == "mean") {
        calls.push_back(call("avg", {number}));
      } else if (statistic == "stddev") {
        calls.push_back(call("stddev", {number}));
      } else if (statistic == "min" || statistic == "max") {
        calls.push_back(call(statistic, {column}));
      } else if (statistic == "count_distinct") {
        const auto* row = functions::find_function("count");
        calls.push_back(functions::resolve_call(*row, "count", {column}, context_, origin,
                                                {.mode = mode(), .distinct = true}));
      } else if (statistic == "approx_count_distinct") {
        calls.push_back(call("approx_count_distinct", {column}));
      } else {
        throw Error("UNRECOGNIZED_STATISTIC", {{"stats", "`" + statistic + "`"}}, origin.context());
      }
    }
  }
  PlanPtr values = aggregated(child.plan, std::move(calls), origin);

  // One row of values becomes one row for each statistic.
  Expressions stacked{literal(types::Value::integer(static_cast<int32_t>(statistics.size())))};
  size_t next = 0;
  for (const auto& statistic : statistics) {
    stacked.push_back(literal(types::Value::string(statistic)));
    for (size_t i = 0; i < columns.size(); ++i) {
      stacked.push_back(functions::implicit_cast_to(reference(values->output[next++]),
                                                    TypeId::kString, context_));
    }
  }
  ExpressionPtr generator = call("stack", std::move(stacked), origin);
  Generate generate{values, generator, false, {}, {}, {}};
  generate.generator_output.push_back({new_attribute_id(), "summary", TypeId::kString, true});
  for (const auto& attribute : columns) {
    generate.generator_output.push_back(
        {new_attribute_id(), attribute.name, TypeId::kString, true});
  }
  for (const auto& attribute : generate.generator_output)
    generate.column_names.push_back(attribute.name);
  Attributes made = generate.generator_output;
  Attributes output = values->output;
  output.insert(output.end(), made.begin(), made.end());
  PlanPtr result = make_resolved_plan(std::move(generate), std::move(output), origin);
  return {project(result, references(made), origin), child.marks};
}

/// Pairs of values counted, laid out with one column for each value of the second column.
Node Resolver::crosstab(const Crosstab& node, const Origin& origin) {
  Node child = resolve(node.child);
  child.plan = visible(child.plan);
  auto as_text = [&](const std::string& name) {
    ExpressionPtr column = reference(named_column(name, child.plan->output, origin));
    ExpressionPtr text = functions::implicit_cast_to(column, TypeId::kString, context_);
    return call("coalesce", {text, literal(types::Value::string("null"))});
  };
  Expressions pair{alias(as_text(node.column1), node.column1 + "_" + node.column2),
                   alias(as_text(node.column2), "_value")};
  PlanPtr pairs = project(child.plan, std::move(pair), origin);
  Aggregate counted;
  counted.child = pairs;
  counted.kind = GroupKind::kPivot;
  counted.grouping = {reference(pairs->output[0])};
  counted.pivot_column = reference(pairs->output[1]);
  counted.aggregates = {call("count", {literal(types::Value::integer(1))})};
  Columns columns(pairs->output);
  PlanPtr table = pivot(counted, pairs, Scope{.columns = &columns}, origin);
  Expressions items{reference(table->output[0])};
  for (size_t i = 1; i < table->output.size(); ++i) {
    const Attribute& attribute = table->output[i];
    items.push_back(
        alias(call("coalesce", {reference(attribute), literal(types::Value::bigint(0))}),
              attribute.name));
  }
  return {project(table, std::move(items), origin), nullptr};
}

Node Resolver::statistic(const Statistic& node, const Origin& origin) {
  Node child = resolve(node.child);
  child.plan = visible(child.plan);
  const auto number = [&](size_t i) {
    const Attribute& attribute = named_column(node.columns.at(i), child.plan->output, origin);
    if (!attribute.type.is_numeric()) {
      throw Error("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
                  {{"sqlExpr", functions::quoted_name(*reference(attribute), context_)},
                   {"paramIndex", i == 0 ? "first" : "second"},
                   {"requiredType", "\"NUMERIC\""},
                   {"inputSql", functions::quoted_name(*reference(attribute), context_)},
                   {"inputType", functions::quoted_type(attribute.type)}},
                  origin.context());
    }
    return functions::implicit_cast_to(reference(attribute), TypeId::kDouble, context_);
  };
  // Unlike the aggregate functions, these two count a null as 0 and have a value for no rows too.
  const auto of_two = [&](const char* function, const char* name, double otherwise) -> Node {
    const auto present = [&](size_t i) {
      return call("coalesce", {number(i), literal(types::Value::float64(0))});
    };
    PlanPtr result = aggregated(child.plan, {call(function, {present(0), present(1)})}, origin);
    ExpressionPtr value =
        call("coalesce", {reference(result->output[0]), literal(types::Value::float64(otherwise))});
    return {project(result, {alias(value, name)}, origin), nullptr};
  };
  switch (node.kind) {
    case StatKind::kCov: return of_two("covar_samp", "cov", 0);
    case StatKind::kCorr: return of_two("corr", "corr", std::numeric_limits<double>::quiet_NaN());
    case StatKind::kApproxQuantile: {
      Expressions shares;
      for (double share : node.probabilities)
        shares.push_back(literal(types::Value::float64(share)));
      const auto accuracy =
          node.relative_error > 0 ? static_cast<int32_t>(1 / node.relative_error) : 10000;
      // NaN counts as little as null; a column without numbers has no quantiles.
      Expressions calls, quantiles;
      for (size_t i = 0; i < node.columns.size(); ++i) {
        ExpressionPtr ordered =
            call("nanvl", {number(i), literal(types::Value::null(TypeId::kDouble))});
        calls.push_back(call("percentile_approx", {ordered, call("array", shares),
                                                   literal(types::Value::integer(accuracy))}));
      }
      PlanPtr values = aggregated(child.plan, std::move(calls), origin);
      for (const auto& value : references(values->output))
        quantiles.push_back(call("coalesce", {value, call("array", {})}));
      ExpressionPtr all = call("array", std::move(quantiles), origin);
      return {project(values, {alias(all, "approx_quantile")}, origin), nullptr};
    }
    case StatKind::kSampleBy: {
      Columns columns(child.plan->output);
      ExpressionPtr column =
          expression(node.column, Scope{.columns = &columns, .marks = child.marks});
      Expressions branches;
      for (const auto& [value, fraction] : node.fractions) {
        branches.push_back(call("<=>", {column, literal(value)}));
        branches.push_back(literal(types::Value::float64(fraction)));
      }
      branches.push_back(literal(types::Value::float64(0)));
      ExpressionPtr draw =
          call("rand",
               node.seed ? Expressions{literal(types::Value::bigint(*node.seed))} : Expressions{});
      return {filter(child.plan, call("<", {draw, call("when", std::move(branches))}), origin),
              child.marks};
    }
    case StatKind::kFreqItems: throw Error::not_supported("freqItems");
  }
  throw Error::internal("statistic");
}

}  // namespace lochan::analysis
