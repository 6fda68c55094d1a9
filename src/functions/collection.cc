// Arrays.
#include "functions/families.h"
#include "functions/names.h"
#include "functions/one_zero.h"
#include "functions/type_rules.h"

namespace lochan::functions {
namespace {

using types::DataType;
using types::Value;

/// Argument 0 an array, argument 1 a value of its element type: both become the wider type of the
/// two.
void array_and_element(CallSite& call, bool nulls_allowed = false, size_t element = 1) {
  if (!nulls_allowed && (call.type(0).is(kNull) || call.type(element).is(kNull))) {
    call.mismatch("NULL_TYPE", {{"functionName", types::quote_identifier(call.name)}});
  }
  expect_array(call, 0);
  const DataType& inside = call.type(0).element();
  const DataType& value = call.type(element);
  const auto common = wider_type_without_strings(inside, value, call.context);
  if (!common) {
    call.mismatch("ARRAY_FUNCTION_DIFF_TYPES",
                  {{"functionName", types::quote_identifier(call.name)},
                   {"dataType", "\"ARRAY\""},
                   {"leftType", quoted_type(call.type(0))},
                   {"rightType", quoted_type(value)}});
  }
  call.cast(0, DataType::array(*common, call.type(0).contains_null()));
  call.cast(element, *common);
}

/// Two arrays of one element type.
void two_arrays(CallSite& call) {
  const auto differ = [&] {
    call.mismatch("BINARY_ARRAY_DIFF_TYPES", {{"functionName", types::quote_identifier(call.name)},
                                              {"arrayType", "\"ARRAY\""},
                                              {"leftType", quoted_type(call.type(0))},
                                              {"rightType", quoted_type(call.type(1))}});
  };
  if (!call.type(0).is(kArray) || !call.type(1).is(kArray)) differ();
  const auto common =
      wider_type_without_strings(call.type(0).element(), call.type(1).element(), call.context);
  if (!common) differ();
  for (size_t i = 0; i < 2; ++i)
    call.cast(i, DataType::array(*common, call.type(i).contains_null()));
}

TypeRule set_operation(bool (*contains_null)(bool, bool)) {
  return [contains_null](CallSite& call) {
    two_arrays(call);
    for (size_t i = 0; i < 2; ++i) with_one_zero(call, i);
    call.result =
        DataType::array(call.type(0).element(),
                        contains_null(call.type(0).contains_null(), call.type(1).contains_null()));
  };
}

/// array_append, array_prepend and array_insert: null only where the array (or the position) is
/// null.
TypeRule adding(size_t element) {
  return [element](CallSite& call) {
    if (element == 2) accept_argument(call, 1, kInteger);
    array_and_element(call, true, element);
    call.nullable = call.arguments[0]->nullable || (element == 2 && call.arguments[1]->nullable);
    const bool nulls =
        element == 2 || call.type(0).contains_null() || call.arguments[element]->nullable;
    call.result = DataType::array(call.type(0).element(), nulls);
  };
}

TypeRule ordered_array() {
  return [](CallSite& call) {
    const DataType& element = expect_array(call, 0);
    if (!is_orderable(element)) {
      call.mismatch("INVALID_ORDERING_TYPE", {{"functionName", types::quote_identifier(call.name)},
                                              {"dataType", quoted_type(call.type(0))}});
    }
    call.result = element;
    call.nullable = true;
  };
}

TypeRule sorting() {
  return [](CallSite& call) {
    if (!is_orderable(expect_array(call, 0))) {
      call.mismatch("INVALID_ORDERING_TYPE", {{"functionName", types::quote_identifier(call.name)},
                                              {"dataType", quoted_type(call.type(0))}});
    }
    if (call.size() == 2) accept_argument(call, 1, kBoolean);
    call.result = call.type(0);
  };
}

/// array_sort(array[, (a, b) -> int]): nulls last, or as the comparator says.
plan::ExpressionPtr rewrite_array_sort(CallSite& call) {
  if (call.size() == 1) {
    sorting()(call);
    return plan::function("array_sort: natural", call.arguments, call.origin);
  }
  expect_array(call, 0);
  const auto* lambda = call.arguments[1]->as<plan::Lambda>();
  if (lambda == nullptr) call.reject(1, "\"LAMBDA\"");
  if (!lambda->body->type.is(kInteger)) {
    call.mismatch("UNEXPECTED_RETURN_TYPE", {{"functionName", "`lambdafunction`"},
                                             {"expectedType", "\"INT\""},
                                             {"actualType", quoted_type(lambda->body->type)}});
  }
  return plan::function("array_sort: compared", call.arguments, call.origin);
}

/// Without a comparator Spark's own prints.
std::string print_array_sort(const CallSite&, const std::vector<std::string>& names) {
  constexpr std::string_view kNatural =
      "lambdafunction((IF(((namedlambdavariable() IS NULL) AND (namedlambdavariable() IS NULL)), "
      "0, "
      "(IF((namedlambdavariable() IS NULL), 1, (IF((namedlambdavariable() IS NULL), -1, "
      "(IF((namedlambdavariable() < namedlambdavariable()), -1, "
      "(IF((namedlambdavariable() > namedlambdavariable()), 1, 0)))))))))), "
      "namedlambdavariable(), namedlambdavariable())";
  return "array_sort(" + names.at(0) + ", " +
         (names.size() > 1 ? names[1] : std::string(kNatural)) + ")";
}

/// element_at and try_element_at: arrays by position from 1, maps by key.
TypeRule element_at(bool tries) {
  return [tries](CallSite& call) {
    call.nullable = true;
    if (call.type(0).is(kArray)) {
      accept_argument(call, 1, kInteger);
      call.result = call.type(0).element();
      return;
    }
    if (!call.type(0).is(kMap)) call.reject(0, "(\"ARRAY\" or \"MAP\")");
    const auto common = wider_type_without_strings(call.type(0).key(), call.type(1), call.context);
    if (!common) {
      call.mismatch("MAP_FUNCTION_DIFF_TYPES",
                    {{"functionName", types::quote_identifier(call.name)},
                     {"dataType", "\"MAP\""},
                     {"leftType", quoted_type(call.type(0))},
                     {"rightType", quoted_type(call.type(1))}});
    }
    call.cast(0, DataType::map(*common, call.type(0).value(), call.type(0).value_contains_null()));
    call.cast(1, *common);
    call.result = call.type(0).value();
  };
}

void sequence_type(CallSite& call) {
  const auto wrong = [&] {
    call.mismatch(
        "SEQUENCE_WRONG_INPUT_TYPES",
        {{"functionName", types::quote_identifier(call.name)},
         {"startType", "(\"TIMESTAMP\" or \"TIMESTAMP_NTZ\" or \"DATE\")"},
         {"stepType", "(\"INTERVAL\" or \"INTERVAL YEAR TO MONTH\" or \"INTERVAL DAY TO SECOND\")"},
         {"otherStartType", "\"INTEGRAL\""}});
  };
  std::vector<DataType> types = {call.type(0), call.type(1)};
  const bool integral_step = call.size() == 3 && !call.type(2).is_interval();
  if (integral_step && types[0].is_integral()) types.push_back(call.type(2));
  const auto common = wider_type(types, call.context);
  if (!common || !(common->is_integral() || common->is_datetime())) wrong();
  call.cast(0, *common);
  call.cast(1, *common);
  if (call.size() == 3) {
    if (common->is_integral()) {
      if (call.type(2).is_interval()) wrong();
      call.cast(2, *common);
    } else if (call.type(2).is(kNull)) {
      call.cast(2, kCalendarInterval);
    } else if (!call.type(2).is_interval()) {
      wrong();
    }
  }
  call.result = DataType::array(*common, false);
}

void arrays_zip_type(CallSite& call) {
  std::vector<types::StructField> fields;
  for (size_t i = 0; i < call.size(); ++i) {
    const DataType& element = expect_array(call, i);
    std::string name = std::to_string(i);
    const auto& argument = *call.arguments[i];
    if (const auto* column = argument.as<plan::AttributeRef>()) name = column->name;
    if (const auto* alias = argument.as<plan::Alias>()) name = alias->name;
    if (const auto* field = argument.as<plan::GetField>()) name = field->name;
    fields.push_back({name, element, true});
  }
  call.result = DataType::array(DataType::structure(std::move(fields)), false);
}

plan::ExpressionPtr rewrite_array_size(CallSite& call) {
  if (!call.type(0).is(kArray) && !call.type(0).is(kNull)) call.reject(0, "\"ARRAY\"");
  return plan::function("when", {plan::function("isnotnull", call.arguments),
                                 plan::function("size", call.arguments, call.origin)});
}

}  // namespace

std::span<const Function> collection_functions() {
  static const std::vector<Function> rows = {
      {.name = "array",
       .min_arguments = 0,
       .max_arguments = kAnyNumber,
       .type =
           [](CallSite& call) {
             bool nulls = false;
             for (const auto& a : call.arguments) nulls = nulls || a->nullable;
             DataType element;
             if (call.size() > 0) element = unify(call, 0, call.size());
             call.result = DataType::array(element, nulls);
             call.nullable = false;
           },
       .doc = "An array of the arguments.",
       .example = "SELECT array(1, 2)",
       .lower = Special{}},
      {.name = "array_append",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = adding(1),
       .doc = "The array with one element more at its end.",
       .example = "SELECT array_append(array(1), 2)",
       .lower = Kernel{"array_append"}},
      {.name = "array_compact",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = [](CallSite& call) { call.result = DataType::array(expect_array(call, 0), false); },
       .doc = "The array without its nulls.",
       .example = "SELECT array_compact(array(1, NULL))",
       .lower = Kernel{"array_compact"}},
      {.name = "array_contains",
       .min_arguments = 2,
       .max_arguments = 2,
       .type =
           [](CallSite& call) {
             array_and_element(call);
             call.result = kBoolean;
             call.nullable = call.arguments[0]->nullable || call.arguments[1]->nullable ||
                             call.type(0).contains_null();
           },
       .doc = "Whether a value is an element; null if it may be one of the nulls.",
       .example = "SELECT array_contains(array(1, 2), 2)",
       .lower = Kernel{"array_contains"}},
      {.name = "array_distinct",
       .min_arguments = 1,
       .max_arguments = 1,
       .type =
           [](CallSite& call) {
             expect_array(call, 0);
             with_one_zero(call, 0);
             call.result = call.type(0);
           },
       .doc = "Each element once, where it comes first.",
       .example = "SELECT array_distinct(array(1, 2, 1))",
       .lower = Kernel{"array_distinct"}},
      {.name = "array_except",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = set_operation([](bool left, bool) { return left; }),
       .doc = "The elements of the first array that the second lacks, each once.",
       .example = "SELECT array_except(array(1, 2), array(2))",
       .lower = Kernel{"array_except"}},
      {.name = "array_insert",
       .min_arguments = 3,
       .max_arguments = 3,
       .type = adding(2),
       .fallible = true,
       .doc = "The array with a value at a position, from 1, negative from the end.",
       .example = "SELECT array_insert(array(1, 3), 2, 2)",
       .lower = Kernel{"array_insert"}},
      {.name = "array_intersect",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = set_operation([](bool left, bool right) { return left && right; }),
       .doc = "The elements that both arrays have, each once.",
       .example = "SELECT array_intersect(array(1, 2), array(2, 3))",
       .lower = Kernel{"array_intersect"}},
      {.name = "array_join",
       .min_arguments = 2,
       .max_arguments = 3,
       .type = args({array_of(kString), kString, kString}).returns(kString),
       .doc = "The elements as one text; nulls are left out or replaced.",
       .example = "SELECT array_join(array('a', 'b'), '-')",
       .lower = Kernel{"array_join"}},
      {.name = "array_max",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = ordered_array(),
       .doc = "The largest element.",
       .example = "SELECT array_max(array(1, 3, 2))",
       .lower = Kernel{"array_max"}},
      {.name = "array_min",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = ordered_array(),
       .doc = "The smallest element.",
       .example = "SELECT array_min(array(1, 3, 2))",
       .lower = Kernel{"array_min"}},
      {.name = "array_position",
       .min_arguments = 2,
       .max_arguments = 2,
       .type =
           [](CallSite& call) {
             array_and_element(call);
             call.result = kLong;
           },
       .doc = "The place of a value, from 1; 0 if absent.",
       .example = "SELECT array_position(array(3, 4), 4)",
       .lower = Kernel{"array_position"}},
      {.name = "array_prepend",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = adding(1),
       .doc = "The array with one element more at its beginning.",
       .example = "SELECT array_prepend(array(2), 1)",
       .lower = Kernel{"array_prepend"}},
      {.name = "array_remove",
       .min_arguments = 2,
       .max_arguments = 2,
       .type =
           [](CallSite& call) {
             array_and_element(call);
             call.result = call.type(0);
           },
       .doc = "The array without a value.",
       .example = "SELECT array_remove(array(1, 2), 1)",
       .lower = Kernel{"array_remove"}},
      {.name = "array_repeat",
       .min_arguments = 2,
       .max_arguments = 2,
       .type =
           [](CallSite& call) {
             accept_argument(call, 1, kInteger);
             call.result = DataType::array(call.type(0), call.arguments[0]->nullable);
             call.nullable = call.arguments[1]->nullable;
           },
       .doc = "A value n times.",
       .example = "SELECT array_repeat('a', 2)",
       .lower = Kernel{"array_repeat"}},
      {.name = "array_size",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = nullptr,
       .doc = "The number of elements.",
       .example = "SELECT array_size(array(1, 2))",
       .lower = Rewrite{rewrite_array_size}},
      {.name = "array_sort",
       .min_arguments = 1,
       .max_arguments = 2,
       .type = nullptr,
       .lambda =
           [](CallSite& call, size_t, size_t) {
             const DataType element = expect_array(call, 0);
             return std::vector<std::pair<DataType, bool>>{{element, call.type(0).contains_null()},
                                                           {element, call.type(0).contains_null()}};
           },
       .print = print_array_sort,
       .doc = "The array in ascending order, nulls last, or in that of a comparator.",
       .example = "SELECT array_sort(array(2, NULL, 1))",
       .lower = Rewrite{rewrite_array_sort}},
      {.name = "array_sort: natural",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = sorting(),
       .lower = Kernel{"array_sort"}},
      {.name = "array_sort: compared",
       .min_arguments = 2,
       .max_arguments = 2,
       .type =
           [](CallSite& call) {
             call.result = call.type(0);
             call.nullable = call.arguments[0]->nullable;
           },
       .fallible = true,
       .lower = Special{}},
      {.name = "array_union",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = set_operation([](bool left, bool right) { return left || right; }),
       .doc = "The elements of both arrays, each once.",
       .example = "SELECT array_union(array(1), array(1, 2))",
       .lower = Kernel{"array_union"}},
      {.name = "arrays_overlap",
       .min_arguments = 2,
       .max_arguments = 2,
       .type =
           [](CallSite& call) {
             two_arrays(call);
             call.result = kBoolean;
             call.nullable =
                 call.nullable || call.type(0).contains_null() || call.type(1).contains_null();
           },
       .doc = "Whether the arrays share an element; null if a null may be one.",
       .example = "SELECT arrays_overlap(array(1, 2), array(2))",
       .lower = Kernel{"arrays_overlap"}},
      {.name = "arrays_zip",
       .min_arguments = 0,
       .max_arguments = kAnyNumber,
       .type = arrays_zip_type,
       .doc = "The elements at the same place in a struct each.",
       .example = "SELECT arrays_zip(array(1), array('a'))",
       .lower = Kernel{"arrays_zip"}},
      {.name = "element_at",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = element_at(false),
       .fallible = true,
       .doc = "The n-th element, from 1, negative from the end; or the value of a map's key.",
       .example = "SELECT element_at(array(1, 2), -1)",
       .lower = Kernel{"element_at"}},
      {.name = "flatten",
       .min_arguments = 1,
       .max_arguments = 1,
       .type =
           [](CallSite& call) {
             const DataType& inner = expect_array(call, 0);
             if (!inner.is(kArray)) call.reject(0, "\"ARRAY\" of \"ARRAY\"");
             call.nullable = call.nullable || call.type(0).contains_null();
             call.result = inner;
           },
       .doc = "An array of arrays as one array.",
       .example = "SELECT flatten(array(array(1), array(2)))",
       .lower = Kernel{"flatten"}},
      {.name = "get",
       .min_arguments = 2,
       .max_arguments = 2,
       .type =
           [](CallSite& call) {
             call.result = expect_array(call, 0);
             accept_argument(call, 1, kInteger);
             call.nullable = true;
           },
       .doc = "The element at an index, from 0; null beyond the array.",
       .example = "SELECT get(array(1, 2), 0)",
       .lower = Kernel{"get"}},
      {.name = "sequence",
       .min_arguments = 2,
       .max_arguments = 3,
       .type = sequence_type,
       .fallible = true,
       .doc = "From a start to a stop, both included, in steps.",
       .example = "SELECT sequence(1, 5, 2)",
       .lower = Kernel{"sequence"}},
      {.name = "shuffle",
       .min_arguments = 1,
       .max_arguments = 2,
       .type =
           [](CallSite& call) {
             expect_array(call, 0);
             if (call.size() == 2) accept_argument(call, 1, kLong);
             call.result = call.type(0);
             call.nullable = call.arguments[0]->nullable;
           },
       .print = print_first(1),
       .deterministic = false,
       .doc = "The elements in a random order, which a seed fixes.",
       .example = "SELECT shuffle(array(1, 2, 3), 7)",
       .lower = Kernel{"shuffle"}},
      {.name = "size",
       .aliases = {"cardinality"},
       .min_arguments = 1,
       .max_arguments = 1,
       .type =
           [](CallSite& call) {
             if (call.type(0).is(kNull)) call.cast(0, DataType::array(DataType()));
             if (!call.type(0).is(kArray) && !call.type(0).is(kMap))
               call.reject(0, "(\"ARRAY\" or \"MAP\")");
             call.result = kInteger;
           },
       .doc = "The number of elements of an array or a map.",
       .example = "SELECT size(array(1, 2))",
       .lower = Kernel{"size"}},
      {.name = "slice",
       .min_arguments = 3,
       .max_arguments = 3,
       .type =
           [](CallSite& call) {
             expect_array(call, 0);
             accept_argument(call, 1, kInteger);
             accept_argument(call, 2, kInteger);
             call.result = call.type(0);
           },
       .fallible = true,
       .doc = "A part of the array from a start (from 1, negative from the end) of a length.",
       .example = "SELECT slice(array(1, 2, 3), 2, 2)",
       .lower = Kernel{"slice"}},
      {.name = "sort_array",
       .min_arguments = 1,
       .max_arguments = 2,
       .type = sorting(),
       .parameters = {"array", "ascendingOrder"},
       .defaults = {Value::boolean(true)},
       .doc = "The array in order; nulls are the smallest.",
       .example = "SELECT sort_array(array(2, NULL, 1))",
       .lower = Kernel{"sort_array"}},
      {.name = "try_element_at",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = element_at(true),
       .fallible = true,
       .doc = "element_at with null for what is not there.",
       .example = "SELECT try_element_at(array(1), 5)",
       .lower = Kernel{"try_element_at"}},
  };
  return rows;
}

}  // namespace lochan::functions
