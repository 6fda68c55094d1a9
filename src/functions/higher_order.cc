// Functions that take lambdas. engine/ lowers them by name to DuckDB's list functions.
#include "functions/families.h"
#include "functions/names.h"
#include "functions/type_rules.h"

namespace lochan::functions {
namespace {

using types::DataType;
using Variables = std::vector<std::pair<DataType, bool>>;

/// (element[, index]) of the array that is argument 0.
Variables element_and_index(CallSite& call, size_t, size_t parameters) {
  const DataType element = expect_array(call, 0);
  Variables variables = {{element, call.type(0).contains_null()}};
  if (parameters > 1) variables.emplace_back(kInteger, false);
  return variables;
}

/// (key, value) of the map that is argument 0.
Variables key_and_value(CallSite& call, size_t, size_t) {
  expect_map(call, 0);
  return {{call.type(0).key(), false}, {call.type(0).value(), call.type(0).value_contains_null()}};
}

const plan::Expression& body_of(const CallSite& call, size_t i) {
  if (const auto* lambda = call.arguments[i]->as<plan::Lambda>()) return *lambda->body;
  call.mismatch("UNEXPECTED_INPUT_TYPE", {{"paramIndex", std::to_string(i + 1)},
                                          {"requiredType", "\"LAMBDA\""},
                                          {"inputSql", "argument"},
                                          {"inputType", quoted_type(call.type(i))}});
}

/// The lambda at i must give a boolean.
void expect_predicate(CallSite& call, size_t i) {
  if (!body_of(call, i).type.is(kBoolean) && !body_of(call, i).type.is(kNull))
    call.reject(i, "\"BOOLEAN\"");
}

/// (accumulator, element) for the merge, (accumulator) for the finish.
Variables accumulator_and_element(CallSite& call, size_t i, size_t) {
  const DataType element = expect_array(call, 0);
  if (i == 2) return {{call.type(1), true}, {element, call.type(0).contains_null()}};
  return {{call.type(1), true}};
}

void aggregate_type(CallSite& call) {
  const DataType& merged = body_of(call, 2).type;
  if (!merged.same_type(call.type(1))) {
    call.mismatch("UNEXPECTED_INPUT_TYPE",
                  {{"paramIndex", "third"},
                   {"requiredType", quoted_type(call.type(1))},
                   {"inputSql", quoted_name(*call.arguments[2], call.context)},
                   {"inputType", quoted_type(merged)}});
  }
  call.result = call.size() > 3 ? body_of(call, 3).type : call.type(1);
  call.nullable = true;
}

/// The finish that is not written prints as what it is, the identity.
std::string print_aggregate(const CallSite& call, const std::vector<std::string>& arguments) {
  std::string text = call.name + "(";
  for (const auto& a : arguments) text += a + ", ";
  if (arguments.size() == 3)
    text += "lambdafunction(namedlambdavariable(), namedlambdavariable()), ";
  return text.substr(0, text.size() - 2) + ")";
}

Variables both_elements(CallSite& call, size_t, size_t) {
  const DataType left = expect_array(call, 0), right = expect_array(call, 1);
  return {{left, true}, {right, true}};
}

/// (key, value in the first map, value in the second): the maps take one type of keys.
Variables keys_and_both_values(CallSite& call, size_t, size_t) {
  expect_map(call, 0);
  expect_map(call, 1);
  const auto key = wider_type_without_strings(call.type(0).key(), call.type(1).key(), call.context);
  if (!key) {
    call.mismatch("MAP_ZIP_WITH_DIFF_TYPES", {{"functionName", "`map_zip_with`"},
                                              {"leftType", quoted_type(call.type(0).key())},
                                              {"rightType", quoted_type(call.type(1).key())}});
  }
  for (size_t i = 0; i < 2; ++i) {
    const DataType map = call.type(i);
    call.cast(i, DataType::map(*key, map.value(), map.value_contains_null()));
  }
  return {{*key, false}, {call.type(0).value(), true}, {call.type(1).value(), true}};
}

}  // namespace

std::span<const Function> higher_order_functions() {
  static const std::vector<Function> rows = {
      {.name = "transform",
       .min_arguments = 2,
       .max_arguments = 2,
       .type =
           [](CallSite& call) {
             call.result = DataType::array(body_of(call, 1).type, body_of(call, 1).nullable);
             call.nullable = call.arguments[0]->nullable;
           },
       .lambda = element_and_index,
       .doc = "What the lambda makes of each element (and index, from 0).",
       .example = "SELECT transform(array(1, 2), x -> x + 1)",
       .lower = Special{}},
      {.name = "filter",
       .min_arguments = 2,
       .max_arguments = 2,
       .type =
           [](CallSite& call) {
             expect_predicate(call, 1);
             call.result = call.type(0);
             call.nullable = call.arguments[0]->nullable;
           },
       .lambda = element_and_index,
       .doc = "The elements for which the lambda is true.",
       .example = "SELECT filter(array(1, 2), x -> x > 1)",
       .lower = Special{}},
      {.name = "exists",
       .min_arguments = 2,
       .max_arguments = 2,
       .type =
           [](CallSite& call) {
             expect_predicate(call, 1);
             call.result = kBoolean;
             call.nullable = call.arguments[0]->nullable || body_of(call, 1).nullable;
           },
       .lambda = element_and_index,
       .doc = "Whether the lambda is true of an element.",
       .example = "SELECT exists(array(1, 2), x -> x > 1)",
       .lower = Special{}},
      {.name = "forall",
       .min_arguments = 2,
       .max_arguments = 2,
       .type =
           [](CallSite& call) {
             expect_predicate(call, 1);
             call.result = kBoolean;
             call.nullable = call.arguments[0]->nullable || body_of(call, 1).nullable;
           },
       .lambda = element_and_index,
       .doc = "Whether the lambda is true of every element.",
       .example = "SELECT forall(array(1, 2), x -> x > 0)",
       .lower = Special{}},
      {.name = "aggregate",
       .aliases = {"reduce"},
       .min_arguments = 3,
       .max_arguments = 4,
       .type = aggregate_type,
       .lambda = accumulator_and_element,
       .print = print_aggregate,
       .doc = "The elements merged one after another into a start value; a second lambda finishes "
              "the result.",
       .example = "SELECT aggregate(array(1, 2), 0, (a, x) -> a + x)",
       .lower = Special{}},
      {.name = "zip_with",
       .min_arguments = 3,
       .max_arguments = 3,
       .type =
           [](CallSite& call) {
             call.result = DataType::array(body_of(call, 2).type, body_of(call, 2).nullable);
             call.nullable = call.arguments[0]->nullable || call.arguments[1]->nullable;
           },
       .lambda = both_elements,
       .doc = "What the lambda makes of the elements at the same place of two arrays.",
       .example = "SELECT zip_with(array(1), array(2), (x, y) -> x + y)",
       .lower = Special{}},
      {.name = "map_filter",
       .min_arguments = 2,
       .max_arguments = 2,
       .type =
           [](CallSite& call) {
             expect_predicate(call, 1);
             call.result = call.type(0);
             call.nullable = call.arguments[0]->nullable;
           },
       .lambda = key_and_value,
       .doc = "The entries for which the lambda is true.",
       .example = "SELECT map_filter(map(1, 2), (k, v) -> v > k)",
       .lower = Special{}},
      {.name = "transform_keys",
       .min_arguments = 2,
       .max_arguments = 2,
       .type =
           [](CallSite& call) {
             call.result = DataType::map(body_of(call, 1).type, call.type(0).value(),
                                         call.type(0).value_contains_null());
             call.nullable = call.arguments[0]->nullable;
           },
       .lambda = key_and_value,
       .fallible = true,
       .doc = "The map with the keys that the lambda makes.",
       .example = "SELECT transform_keys(map(1, 2), (k, v) -> k + v)",
       .lower = Special{}},
      {.name = "transform_values",
       .min_arguments = 2,
       .max_arguments = 2,
       .type =
           [](CallSite& call) {
             call.result = DataType::map(call.type(0).key(), body_of(call, 1).type,
                                         body_of(call, 1).nullable);
             call.nullable = call.arguments[0]->nullable;
           },
       .lambda = key_and_value,
       .doc = "The map with the values that the lambda makes.",
       .example = "SELECT transform_values(map(1, 2), (k, v) -> k + v)",
       .lower = Special{}},
      {.name = "map_zip_with",
       .min_arguments = 3,
       .max_arguments = 3,
       .type =
           [](CallSite& call) {
             call.result = DataType::map(call.type(0).key(), body_of(call, 2).type,
                                         body_of(call, 2).nullable);
             call.nullable = call.arguments[0]->nullable || call.arguments[1]->nullable;
           },
       .lambda = keys_and_both_values,
       .doc = "What the lambda makes of each key and its values in two maps.",
       .example = "SELECT map_zip_with(map(1, 'a'), map(1, 'b'), (k, x, y) -> concat(x, y))",
       .lower = Special{}},
  };
  return rows;
}

}  // namespace lochan::functions
