// Aggregates. Nulls in the input are skipped unless said otherwise; results over no rows are null
// but for counts.
#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "functions/families.h"
#include "functions/names.h"
#include "functions/one_zero.h"
#include "functions/type_rules.h"

namespace lochan::functions {

using plan::ExpressionPtr;
using types::DataType;
using types::Value;

namespace {

constexpr FunctionKind kAggregate = FunctionKind::kAggregate;

const Accept& summable() {
  static const Accept accept = one_of({kNumeric, kDayTimeInterval, kYearMonthInterval});
  return accept;
}

DataType widest_interval(const DataType& type) {
  return type.is(kYearMonthInterval) ? DataType::year_month() : DataType::day_time();
}

void accept_summable(CallSite& call) {
  if (call.type(0).is_string() || call.type(0).is(kNull)) call.cast(0, kDouble);
  if (call.type(0).is(kTimestamp)) call.cast(0, kDouble);
  if (!implicit_cast(call.type(0), summable(), call.context)) {
    call.reject(0, "\"NUMERIC\" or \"ANSI INTERVAL\"");
  }
  accept_argument(call, 0, summable());
}

void sum(CallSite& call) {
  accept_summable(call);
  const DataType& type = call.type(0);
  if (type.is_integral()) {
    call.result = kLong;
  } else if (type.is(kDecimal)) {
    call.result = bounded_decimal(type.precision() + 10, type.scale());
  } else if (type.is_interval()) {
    call.result = type;
  } else {
    call.result = kDouble;
  }
  call.nullable = true;
}

void average(CallSite& call) {
  accept_summable(call);
  const DataType& type = call.type(0);
  if (type.is(kDecimal)) {
    call.result = bounded_decimal(type.precision() + 4, type.scale() + 4);
  } else if (type.is_interval()) {
    call.result = widest_interval(type);
  } else {
    call.cast(0, kDouble);
    call.result = kDouble;
  }
  call.nullable = true;
}

/// sum and avg: by the type of what they sum. Integers of up to 32 bits cannot overflow DuckDB's
/// own sum; decimals of up to 64 bits cannot either, nor Spark's result before 10^10 rows.
ExpressionPtr by_summed_type(CallSite& call, const char* name) {
  CallSite probe = call;
  accept_summable(probe);
  const DataType& type = probe.type(0);
  std::string row = name;
  if (type.is(kFloat) || type.is(kDouble)) {
    row += ": floating";
  } else if (type.is_integral() && (row == "avg" || !type.is(kLong))) {
    row += row == "avg" ? ": floating" : ": narrow";
  } else if (type.is(kDecimal) && type.precision() <= 18) {
    row += ": short decimal";
  } else {
    row += ": exact";
  }
  return aggregate_as(call, row, call.arguments);
}

Rewrite summing(const char* name, bool tried = false) {
  return {[name, tried](CallSite& call) {
            if (!tried) return by_summed_type(call, name);
            CallOptions options = *call.options;
            options.mode = plan::CastMode::kTry;
            call.options = &options;
            return aggregate_as(call, std::string(name) + ": exact", call.arguments);
          },
          false};
}

Function simple(std::string_view name, std::vector<std::string_view> aliases, int arguments,
                TypeRule type, std::string_view duckdb, std::string_view doc,
                std::string_view example) {
  return {.name = name,
          .aliases = std::move(aliases),
          .kind = kAggregate,
          .min_arguments = arguments,
          .max_arguments = arguments,
          .type = std::move(type),
          .doc = doc,
          .example = example,
          .lower = Template{duckdb}};
}

Function over_doubles(std::string_view name, std::vector<std::string_view> aliases, int arguments,
                      Lowering lower, std::string_view doc, std::string_view example) {
  return {.name = name,
          .aliases = std::move(aliases),
          .kind = kAggregate,
          .min_arguments = arguments,
          .max_arguments = arguments,
          .type = args({kDouble}).returns(kDouble).nullable(),
          .doc = doc,
          .example = example,
          .lower = std::move(lower)};
}

/// An aggregate of argument `which` over the rows in which neither argument is null.
Rewrite of_pairs(const char* row, size_t which) {
  return {[row, which](CallSite& call) {
    for (size_t i = 0; i < 2; ++i) accept_argument(call, i, kDouble);
    const ExpressionPtr pair =
        plan::function("and", {plan::function("isnotnull", {call.arguments[0]}),
                               plan::function("isnotnull", {call.arguments[1]})});
    return aggregate_as(
        call, row,
        {resolve_calls(plan::function("when", {pair, call.arguments[which]}), call.context)});
  }};
}

void check_orderable(CallSite& call, size_t i) {
  if (is_orderable(call.type(i))) return;
  call.mismatch("INVALID_ORDERING_TYPE",
                {{"functionName", types::quote_identifier(printed_name(call))},
                 {"dataType", quoted_type(call.type(i))}});
}

TypeRule extreme() {
  return [](CallSite& call) {
    check_orderable(call, 0);
    call.result = call.type(0);
    call.nullable = true;
  };
}

TypeRule extreme_by() {
  return [](CallSite& call) {
    check_orderable(call, 1);
    call.result = call.type(0);
    call.nullable = true;
  };
}

/// first(x, [ignore nulls]): the flag becomes the call's IGNORE NULLS.
Rewrite positional(const char* row) {
  return {[row](CallSite& call) {
    CallOptions options = *call.options;
    if (call.size() > 1) {
      const Value* flag = call.constant(1);
      if (flag == nullptr || flag->is_null() || !flag->type.is(kBoolean)) {
        if (!call.type(1).is(kBoolean)) call.reject(1, "\"BOOLEAN\"");
        call.mismatch("NON_FOLDABLE_INPUT",
                      {{"inputName", "`ignoreNulls`"},
                       {"inputType", quoted_type(call.type(1))},
                       {"inputExpr", quoted_name(*call.arguments[1], call.context)}});
      }
      options.ignore_nulls = options.ignore_nulls || flag->as_bool();
    }
    return resolve_call(*find_function(row), call.name, {call.arguments[0]}, call.context,
                        call.origin, std::move(options));
  }};
}

[[noreturn]] void refuse_within_group(const CallSite& call, const char* subclass,
                                      ErrorParameters parameters = {}) {
  parameters.try_emplace("funcName", types::quote_identifier(call.name));
  throw Error("INVALID_WITHIN_GROUP_EXPRESSION." + std::string(subclass), std::move(parameters),
              call.origin.context());
}

/// The only key of WITHIN GROUP, which holds what an aggregate without a value of its own measures.
/// `printed` is how Spark calls the aggregate in the error about several.
const plan::SortOrder& measured_key(const CallSite& call, const char* printed) {
  const auto& orders = call.options->order_by;
  if (orders.empty()) refuse_within_group(call, "WITHIN_GROUP_MISSING");
  if (call.distinct) refuse_within_group(call, "DISTINCT_UNSUPPORTED");
  if (orders.size() > 1) {
    refuse_within_group(call, "WRONG_NUM_ORDERINGS",
                        {{"funcName", types::quote_identifier(printed)},
                         {"expectedNum", "1"},
                         {"actualNum", std::to_string(orders.size())}});
  }
  return *orders[0]->as<plan::SortOrder>();
}

/// The aggregate `row` of what WITHIN GROUP orders by.
ExpressionPtr of_measured(CallSite& call, const std::string& row, plan::Expressions arguments,
                          bool prints_descending) {
  CallOptions options = *call.options;
  options.order_by.clear();
  std::string display = call_name(call) + " WITHIN GROUP (ORDER BY " +
                        display_name(*arguments[0], call.context) +
                        (prints_descending ? " DESC)" : ")");
  if (options.filter)
    display += " FILTER (WHERE " + display_name(*options.filter, call.context) + ")";
  plan::Expression result = *resolve_call(*find_function(row), call.name, std::move(arguments),
                                          call.context, call.origin, std::move(options));
  result.display = std::move(display);
  return std::make_shared<const plan::Expression>(std::move(result));
}

/// mode(x, [deterministic]) and mode() WITHIN GROUP (ORDER BY x): with the flag, which PySpark
/// always sends, or an order, the first of the most frequent values. Spark prints the order turned
/// around.
ExpressionPtr mode(CallSite& call) {
  if (call.size() == 0) {
    const auto& key = measured_key(call, "Mode");
    return of_measured(call, key.ascending ? "mode: least" : "mode: greatest", {key.child},
                       key.ascending);
  }
  if (call.distinct) refuse_within_group(call, "DISTINCT_UNSUPPORTED");
  if (const auto& orders = call.options->order_by; !orders.empty()) {
    refuse_within_group(call, "WRONG_NUM_ORDERINGS",
                        {{"expectedNum", "0"}, {"actualNum", std::to_string(orders.size())}});
  }
  if (call.size() > 1) {
    const Value* flag = call.constant(1);
    if (flag == nullptr || flag->is_null() || !flag->type.is(kBoolean))
      call.reject(1, "\"BOOLEAN\"");
    const bool least = flag->as_bool();
    call.arguments.pop_back();
    if (least) {
      const plan::Expressions value = std::exchange(call.arguments, {});
      return of_measured(call, "mode: least", value, true);
    }
  }
  return aggregate_as(call, "mode: value", call.arguments);
}

Function positional_row(std::string_view name, std::vector<std::string_view> aliases,
                        const char* row, std::string_view doc, std::string_view example) {
  return {.name = name,
          .aliases = std::move(aliases),
          .kind = kAggregate,
          .min_arguments = 1,
          .max_arguments = 2,
          .print = print_first(1),
          .doc = doc,
          .example = example,
          .lower = positional(row)};
}

/// count(a, b) counts the rows in which no argument is null.
ExpressionPtr count(CallSite& call) {
  if (call.size() == 1) return aggregate_as(call, "count: one", call.arguments);
  ExpressionPtr all;
  for (const auto& argument : call.arguments) {
    ExpressionPtr present = plan::function("isnotnull", {argument});
    all = all ? plan::function("and", {all, present}) : present;
  }
  // DISTINCT looks at the values, else the number of rows is enough.
  ExpressionPtr counted = plan::literal(Value::integer(1));
  if (call.distinct) {
    plan::Expressions members;
    for (size_t i = 0; i < call.size(); ++i) {
      members.push_back(plan::literal(Value::string("c" + std::to_string(i))));
      members.push_back(call.arguments[i]);
    }
    counted = plan::function("named_struct", std::move(members));
  }
  ExpressionPtr value = resolve_calls(plan::function("when", {all, counted}), call.context);
  plan::Expression result = *aggregate_as(call, "count: one", {value});
  result.display = call_name(call);
  if (call.options->filter) {
    result.display += " FILTER (WHERE " + display_name(*call.options->filter, call.context) + ")";
  }
  return std::make_shared<const plan::Expression>(std::move(result));
}

TypeRule collected(bool distinct) {
  return [distinct](CallSite& call) {
    if (distinct && call.type(0).is(kMap)) {
      call.mismatch("UNSUPPORTED_INPUT_TYPE",
                    {{"functionName", types::quote_identifier(printed_name(call))},
                     {"dataType", "\"MAP\" or \"COLLATED STRING\""}});
    }
    if (distinct) with_one_zero(call, 0);
    call.result = DataType::array(call.type(0), false);
    call.nullable = false;
  };
}

TypeRule most_frequent() {
  return [](CallSite& call) {
    with_one_zero(call, 0);
    call.result = call.type(0);
    call.nullable = true;
  };
}

std::optional<double> as_double(const Value& value) {
  if (value.is_null()) return std::nullopt;
  if (value.type.is_integral()) return static_cast<double>(value.as_int());
  if (const auto* d = std::get_if<double>(&value.data)) return *d;
  if (const auto* f = std::get_if<float>(&value.data)) return *f;
  if (const auto* m = std::get_if<types::Int128>(&value.data)) {
    return static_cast<double>(*m) / std::pow(10.0, value.type.scale());
  }
  return std::nullopt;
}

void check_percentage(CallSite& call, size_t i);

/// percentile(x, p or array of p, [frequency]).
void percentile(CallSite& call) {
  if (call.type(0).is_ansi_interval()) {
    call.result = widest_interval(call.type(0));
  } else {
    accept_argument(call, 0, kNumeric);
    call.cast(0, kDouble);
    call.result = kDouble;
  }
  if (call.type(1).is(kArray)) {
    accept_argument(call, 1, array_of(kDouble));
    call.result = DataType::array(call.result, false);
  } else {
    accept_argument(call, 1, kDouble);
  }
  check_percentage(call, 1);
  if (call.size() > 2) accept_argument(call, 2, kIntegral);
  call.nullable = true;
}

/// A constant percentage must lie in [0, 1]; in an array, each.
void check_percentage(CallSite& call, size_t i) {
  const plan::Expression* given = call.arguments[i].get();
  while (const auto* cast = given->as<plan::Cast>()) given = cast->child.get();
  plan::Expressions members{call.arguments[i]};
  if (const auto* array = given->as<plan::Call>(); array && array->function->name == "array")
    members = array->arguments;
  bool outside = false;
  std::string all;
  for (const auto& member : members) {
    const plan::Expression* e = member.get();
    while (const auto* cast = e->as<plan::Cast>()) e = cast->child.get();
    const auto* constant = e->as<plan::Literal>();
    const auto number = constant ? as_double(constant->value) : std::nullopt;
    if (!number) return;
    outside = outside || *number < 0 || *number > 1;
    all += (all.empty() ? "" : ",") + Value::float64(*number).sql();
  }
  if (outside) {
    call.mismatch(
        "VALUE_OUT_OF_RANGE",
        {{"exprName", "percentage"}, {"valueRange", "[0.0, 1.0]"}, {"currentValue", all}});
  }
}

void percentile_approx(CallSite& call) {
  accept_argument(
      call, 0,
      one_of({kNumeric, kDate, kTimestamp, kTimestampNtz, kYearMonthInterval, kDayTimeInterval}));
  call.result = call.type(0);
  if (call.type(1).is(kArray)) {
    accept_argument(call, 1, array_of(kDouble));
    call.result = DataType::array(call.result, false);
  } else {
    accept_argument(call, 1, kDouble);
  }
  check_percentage(call, 1);
  accept_argument(call, 2, kIntegral);
  call.nullable = true;
}

/// percentile_cont(p) WITHIN GROUP (ORDER BY x): the order's key is what is measured.
ExpressionPtr percentile_within_group(CallSite& call, std::string row, const char* printed) {
  const auto& key = measured_key(call, printed);
  ExpressionPtr share = call.arguments[0];
  if (!key.ascending && row == "percentile: discrete") {
    row += " descending";
  } else if (!key.ascending) {
    share =
        resolve_calls(plan::function("-", {plan::literal(Value::float64(1)), share}), call.context);
  }
  return of_measured(call, row, {key.child, share}, !key.ascending);
}

/// Of distinct texts, the order can only be that of the texts, or of what they were cast from if
/// the cast keeps different values different.
void check_distinct_order(const CallSite& call) {
  const auto& orders = call.options->order_by;
  if (!call.options->distinct || orders.empty()) return;
  const auto fail = [&](const char* subclass, ErrorParameters parameters) {
    parameters["funcName"] = types::quote_identifier(call.name);
    throw Error("INVALID_WITHIN_GROUP_EXPRESSION." + std::string(subclass), std::move(parameters));
  };
  const plan::Expression* argument = call.arguments[0].get();
  const auto& key = *orders[0]->as<plan::SortOrder>()->child;
  const auto is_key = [&](const plan::Expression& e) {
    const auto* a = e.as<plan::AttributeRef>();
    const auto* b = key.as<plan::AttributeRef>();
    return a && b ? a->id == b->id : quoted_name(e, call.context) == quoted_name(key, call.context);
  };
  bool same = is_key(*argument);
  if (const auto* cast = argument->as<plan::Cast>(); cast && !same) same = is_key(*cast->child);
  if (orders.size() > 1 || !same) {
    std::string keys;
    for (const auto& order : orders)
      keys += (keys.empty() ? "" : ", ") +
              quoted_name(*order->as<plan::SortOrder>()->child, call.context);
    fail("MISMATCH_WITH_DISTINCT_INPUT",
         {{"funcArg", quoted_name(*argument, call.context)}, {"orderingExpr", keys}});
  }
  if (key.type.is(kFloat) || key.type.is(kDouble) || key.type.is(kTimestamp)) {
    fail("MISMATCH_WITH_DISTINCT_INPUT_UNSAFE_CAST",
         {{"inputType", quoted_type(key.type)}, {"castType", "\"STRING\""}});
  }
}

void joined_strings(CallSite& call) {
  check_distinct_order(call);
  accept_argument(call, 0, kStringOrBinary);
  call.cast(1, call.type(0));
  call.result = call.type(0);
  call.nullable = true;
}

std::vector<Function> sums_and_counts() {
  return {
      {.name = "count",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = kAnyNumber,
       .doc = "Number of rows in which no argument is null; count(*) counts all.",
       .example = "SELECT count(*) FROM VALUES (NULL), (5), (5), (20) AS tab(col)",
       .lower = Rewrite{count, false}},
      {.name = "count: one",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kAnything}).returns(kLong).not_null(),
       .lower = Template{"count($1)"}},
      simple("count_if", {}, 1, args({kBoolean}).returns(kLong).not_null(),
             "count(CASE WHEN $1 THEN 1 END)", "Number of rows for which the argument is true.",
             "SELECT count_if(col % 2 = 0) FROM VALUES (NULL), (0), (1), (2), (3) AS tab(col)"),
      {.name = "sum",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .doc = "Sum.",
       .example = "SELECT sum(col) FROM VALUES (5), (10), (15) AS tab(col)",
       .lower = summing("sum")},
      {.name = "sum: narrow",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .type = sum,
       .lower = Template{"CAST(sum($1) AS BIGINT)"}},
      {.name = "sum: short decimal",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .type = sum,
       .lower = Template{"CAST(sum($1) AS $R)"}},
      {.name = "sum: floating",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .type = sum,
       .lower = Template{"sum($1)"}},
      {.name = "sum: exact",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .type = sum,
       .fallible = true,
       .lower = Kernel{"agg_sum"}},
      {.name = "try_sum",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .doc = "Sum, null if it overflows.",
       .example = "SELECT try_sum(col) FROM VALUES (5), (10), (15) AS tab(col)",
       .lower = summing("sum", true)},
      {.name = "avg",
       .aliases = {"mean"},
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .doc = "Mean.",
       .example = "SELECT avg(col) FROM VALUES (1), (2), (3) AS tab(col)",
       .lower = summing("avg")},
      {.name = "avg: floating",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .type = average,
       .lower = Template{"avg($1)"}},
      {.name = "avg: short decimal",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .type = average,
       .lower = Special{}},
      {.name = "avg: exact",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .type = average,
       .fallible = true,
       .lower = Kernel{"agg_avg"}},
      {.name = "try_avg",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .doc = "Mean, null if its sum overflows.",
       .example = "SELECT try_avg(col) FROM VALUES (1), (2), (3) AS tab(col)",
       .lower = summing("avg", true)},
  };
}

std::vector<Function> statistics() {
  return {
      over_doubles("stddev_samp", {"stddev", "std"}, 1, Kernel{"stddev_samp"},
                   "Standard deviation of a sample.",
                   "SELECT stddev_samp(col) FROM VALUES (1), (2), (4) AS tab(col)"),
      over_doubles("stddev_pop", {}, 1, Kernel{"stddev_pop"}, "Standard deviation of a population.",
                   "SELECT stddev_pop(col) FROM VALUES (1), (2), (4) AS tab(col)"),
      over_doubles("var_samp", {"variance"}, 1, Kernel{"var_samp"}, "Variance of a sample.",
                   "SELECT var_samp(col) FROM VALUES (1), (2), (4) AS tab(col)"),
      over_doubles("var_pop", {}, 1, Kernel{"var_pop"}, "Variance of a population.",
                   "SELECT var_pop(col) FROM VALUES (1), (2), (4) AS tab(col)"),
      over_doubles("covar_samp", {}, 2, Kernel{"covar_samp"}, "Covariance of a sample.",
                   "SELECT covar_samp(y, x) FROM VALUES (1, 2), (2, 2), (3, 4) AS tab(y, x)"),
      over_doubles("covar_pop", {}, 2, Kernel{"covar_pop"}, "Covariance of a population.",
                   "SELECT covar_pop(y, x) FROM VALUES (1, 2), (2, 2), (3, 4) AS tab(y, x)"),
      over_doubles("corr", {}, 2, Kernel{"corr"}, "Pearson correlation.",
                   "SELECT corr(y, x) FROM VALUES (1, 2), (2, 2), (3, 4) AS tab(y, x)"),
      over_doubles("skewness", {}, 1, Kernel{"skewness"}, "Skewness of a population.",
                   "SELECT skewness(col) FROM VALUES (1), (2), (4) AS tab(col)"),
      over_doubles("kurtosis", {}, 1, Kernel{"kurtosis"}, "Excess kurtosis of a population.",
                   "SELECT kurtosis(col) FROM VALUES (1), (2), (4) AS tab(col)"),
      over_doubles("regr_avgx", {}, 2, Template{"regr_avgx($1, $2)"}, "Mean of x over pairs.",
                   "SELECT regr_avgx(y, x) FROM VALUES (1, 2), (2, 2), (3, 4) AS tab(y, x)"),
      over_doubles("regr_avgy", {}, 2, Template{"regr_avgy($1, $2)"}, "Mean of y over pairs.",
                   "SELECT regr_avgy(y, x) FROM VALUES (1, 2), (2, 2), (3, 4) AS tab(y, x)"),
      over_doubles("regr_slope", {}, 2, Kernel{"regr_slope"}, "Slope of the regression.",
                   "SELECT regr_slope(y, x) FROM VALUES (1, 2), (2, 2), (3, 4) AS tab(y, x)"),
      over_doubles("regr_intercept", {}, 2, Kernel{"regr_intercept"},
                   "Intercept of the regression.",
                   "SELECT regr_intercept(y, x) FROM VALUES (1, 2), (2, 2), (3, 4) AS tab(y, x)"),
      over_doubles("regr_r2", {}, 2, Kernel{"regr_r2"}, "Coefficient of determination.",
                   "SELECT regr_r2(y, x) FROM VALUES (1, 2), (2, 2), (3, 4) AS tab(y, x)"),
      over_doubles("regr: squares", {}, 1, Kernel{"squared_sum"}, "", ""),
      over_doubles("regr_sxx", {}, 2, of_pairs("regr: squares", 1), "Sum of squares of x.",
                   "SELECT regr_sxx(y, x) FROM VALUES (1, 2), (2, 2), (3, 4) AS tab(y, x)"),
      over_doubles("regr_syy", {}, 2, of_pairs("regr: squares", 0), "Sum of squares of y.",
                   "SELECT regr_syy(y, x) FROM VALUES (1, 2), (2, 2), (3, 4) AS tab(y, x)"),
      over_doubles("regr_sxy", {}, 2, Kernel{"regr_sxy"}, "Sum of products of x and y.",
                   "SELECT regr_sxy(y, x) FROM VALUES (1, 2), (2, 2), (3, 4) AS tab(y, x)"),
      simple("regr_count", {}, 2, args({kDouble}).returns(kLong).not_null(),
             "count(CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN 1 END)",
             "Number of pairs without nulls.",
             "SELECT regr_count(y, x) FROM VALUES (1, 2), (2, 2), (3, 4) AS tab(y, x)"),
      {.name = "dataframe: product",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kDouble}).returns(kDouble).nullable(),
       .pretty_name = "product",
       .doc = "Product; DataFrames alone have it.",
       .lower = Template{"product($1)"}},
      {.name = "approx_count_distinct",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 2,
       .type = args({kAnything, kDouble}).returns(kLong).not_null(),
       .doc = "Estimated number of distinct values (HyperLogLog++).",
       .example = "SELECT approx_count_distinct(col) FROM VALUES (1), (2), (4) AS tab(col)",
       .lower = Kernel{"approx_count_distinct"}},
      {.name = "percentile",
       .kind = kAggregate,
       .min_arguments = 2,
       .max_arguments = 3,
       .type = percentile,
       .defaults = {Value::integer(1)},
       .doc = "Exact percentile, interpolated.",
       .example = "SELECT percentile(col, 0.3) FROM VALUES (0), (10) AS tab(col)",
       .lower = Kernel{"percentile"}},
      {.name = "percentile: continuous",
       .kind = kAggregate,
       .min_arguments = 2,
       .max_arguments = 2,
       .type = percentile,
       .lower = Kernel{"percentile"}},
      {.name = "percentile: discrete",
       .kind = kAggregate,
       .min_arguments = 2,
       .max_arguments = 2,
       .type = percentile,
       .lower = Kernel{"percentile_disc"}},
      {.name = "percentile: discrete descending",
       .kind = kAggregate,
       .min_arguments = 2,
       .max_arguments = 2,
       .type = percentile,
       .lower = Kernel{"percentile_disc_descending"}},
      {.name = "median",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .doc = "Exact median, interpolated.",
       .example = "SELECT median(col) FROM VALUES (0), (10) AS tab(col)",
       .lower = Rewrite{[](CallSite& call) {
         return aggregate_as(call, "percentile: continuous",
                             {call.arguments[0], plan::literal(Value::float64(0.5))});
       }}},
      {.name = "percentile_cont",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .doc = "Percentile of the key of WITHIN GROUP, interpolated.",
       .example = "SELECT percentile_cont(0.25) WITHIN GROUP (ORDER BY col) FROM VALUES (1), (2), "
                  "(4) AS tab(col)",
       .lower = Rewrite{[](CallSite& call) {
                          return percentile_within_group(call, "percentile: continuous",
                                                         "PercentileCont");
                        },
                        false}},
      {.name = "percentile_disc",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .doc = "Percentile of the key of WITHIN GROUP, an actual value.",
       .example = "SELECT percentile_disc(0.25) WITHIN GROUP (ORDER BY col) FROM VALUES (1), (2), "
                  "(4) AS tab(col)",
       .lower = Rewrite{[](CallSite& call) {
                          return percentile_within_group(call, "percentile: discrete",
                                                         "PercentileDisc");
                        },
                        false}},
      {.name = "percentile_approx",
       .aliases = {"approx_percentile"},
       .kind = kAggregate,
       .min_arguments = 2,
       .max_arguments = 3,
       .type = percentile_approx,
       .defaults = {Value::integer(10000)},
       .doc = "Approximate percentile, an actual value of the input.",
       .example = "SELECT percentile_approx(col, 0.5) FROM VALUES (1), (2), (4) AS tab(col)",
       .lower = Kernel{"percentile_approx"}},
      {.name = "histogram_numeric",
       .kind = kAggregate,
       .min_arguments = 2,
       .max_arguments = 2,
       .lower = Missing{"histograms"}},
  };
}

std::vector<Function> values() {
  return {
      simple("max", {}, 1, extreme(), "max($1)", "The greatest value.",
             "SELECT max(col) FROM VALUES (10), (50), (20) AS tab(col)"),
      simple("min", {}, 1, extreme(), "min($1)", "The least value.",
             "SELECT min(col) FROM VALUES (10), (-1), (20) AS tab(col)"),
      simple("max_by", {}, 2, extreme_by(), "arg_max_null($1, $2)",
             "The value of the first argument where the second is greatest.",
             "SELECT max_by(x, y) FROM VALUES ('a', 10), ('b', 50), ('c', 20) AS tab(x, y)"),
      simple("min_by", {}, 2, extreme_by(), "arg_min_null($1, $2)",
             "The value of the first argument where the second is least.",
             "SELECT min_by(x, y) FROM VALUES ('a', 10), ('b', 50), ('c', 20) AS tab(x, y)"),
      positional_row("first", {"first_value"}, "first: value", "The first value, null or not.",
                     "SELECT first(col) FROM VALUES (10), (5), (20) AS tab(col)"),
      positional_row("last", {"last_value"}, "last: value", "The last value, null or not.",
                     "SELECT last(col) FROM VALUES (10), (5), (20) AS tab(col)"),
      positional_row("any_value", {}, "first: value", "Some value, null or not.",
                     "SELECT any_value(col) FROM VALUES (10), (5), (20) AS tab(col)"),
      {.name = "first: value",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kAnything}).returns_argument(0).nullable(),
       .lower = Special{}},
      {.name = "last: value",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kAnything}).returns_argument(0).nullable(),
       .lower = Special{}},
      {.name = "collect_list",
       .aliases = {"array_agg"},
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .type = collected(false),
       .pretty_name = "collect_list",
       .doc = "All values that are not null, as an array.",
       .example = "SELECT collect_list(col) FROM VALUES (1), (2), (4) AS tab(col)",
       .lower = Template{"coalesce(list($1) FILTER (WHERE $1 IS NOT NULL), [])"}},
      {.name = "collect_set",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .type = collected(true),
       .doc = "The distinct values that are not null, as an array.",
       .example = "SELECT collect_set(col) FROM VALUES (1), (2), (4) AS tab(col)",
       .lower = Template{"coalesce(list(DISTINCT $1) FILTER (WHERE $1 IS NOT NULL), [])"}},
      {.name = "listagg",
       .aliases = {"string_agg"},
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 2,
       .type = joined_strings,
       .defaults = {Value::null(kNull)},
       .doc = "The values joined by a delimiter.",
       .example = "SELECT listagg(col, ', ') FROM VALUES ('a'), ('b') AS tab(col)",
       .lower = Kernel{"listagg"}},
      simple("mode: value", {}, 1, most_frequent(), "mode($1)", "", ""),
      simple("mode: least", {}, 1, most_frequent(), "mode($1 ORDER BY $1)", "", ""),
      simple("mode: greatest", {}, 1, most_frequent(), "mode($1 ORDER BY $1 DESC)", "", ""),
      {.name = "mode",
       .kind = kAggregate,
       .min_arguments = 0,
       .max_arguments = 2,
       .doc = "The most frequent value.",
       .example = "SELECT mode(col) FROM VALUES (0), (10), (10) AS tab(col)",
       .lower = Rewrite{mode, false}},
      simple("bool_and", {"every"}, 1, args({kBoolean}).returns(kBoolean).nullable(),
             "bool_and($1)", "Whether all values are true.",
             "SELECT bool_and(col) FROM VALUES (true), (false), (NULL) AS tab(col)"),
      simple("bool_or", {"some", "any"}, 1, args({kBoolean}).returns(kBoolean).nullable(),
             "bool_or($1)", "Whether some value is true.",
             "SELECT bool_or(col) FROM VALUES (true), (false), (NULL) AS tab(col)"),
      simple("bit_and", {}, 1, args({kIntegral}).returns_argument(0).nullable(), "bit_and($1)",
             "Bitwise and of all values.",
             "SELECT bit_and(col) FROM VALUES (1), (2), (4) AS tab(col)"),
      simple("bit_or", {}, 1, args({kIntegral}).returns_argument(0).nullable(), "bit_or($1)",
             "Bitwise or of all values.",
             "SELECT bit_or(col) FROM VALUES (1), (2), (4) AS tab(col)"),
      simple("bit_xor", {}, 1, args({kIntegral}).returns_argument(0).nullable(), "bit_xor($1)",
             "Bitwise exclusive or of all values.",
             "SELECT bit_xor(col) FROM VALUES (1), (2), (4) AS tab(col)"),
      {.name = "grouping",
       .kind = kAggregate,
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kAnything}).returns(kByte).not_null(),
       .doc = "1 if the column is aggregated away in this grouping set.",
       .example = "SELECT k, grouping(k), sum(v) FROM VALUES ('a', 1), ('a', 1), ('b', 3) AS "
                  "tab(k, v) GROUP BY CUBE (k)",
       .lower = Special{}},
      {.name = "grouping_id",
       .kind = kAggregate,
       .max_arguments = kAnyNumber,
       .type = args({kAnything}).returns(kLong).not_null(),
       .doc = "The bits of grouping() of all grouping columns.",
       .example = "SELECT k, grouping_id(), sum(v) FROM VALUES ('a', 1), ('a', 1), ('b', 3) AS "
                  "tab(k, v) GROUP BY CUBE (k)",
       .lower = Special{}},
  };
}

}  // namespace

std::span<const Function> aggregate_functions() {
  static const std::vector<Function> rows = [] {
    std::vector<Function> all = sums_and_counts();
    for (auto part : {statistics, values}) {
      for (Function& row : part()) all.push_back(std::move(row));
    }
    return all;
  }();
  return rows;
}

}  // namespace lochan::functions
