// Maps.
#include "functions/families.h"
#include "functions/names.h"
#include "functions/type_rules.h"

namespace lochan::functions {
namespace {

using types::DataType;
using types::Value;

/// map(k, v, ...): keys of one type, values of one type.
void map_type(CallSite& call) {
  if (call.size() % 2 != 0) {
    throw Error("WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
                {{"functionName", types::quote_identifier(call.name)},
                 {"expectedNum", "2n (n > 0)"},
                 {"actualNum", std::to_string(call.size())},
                 {"docroot", "https://spark.apache.org/docs/latest"}},
                call.origin.context());
  }
  DataType common[2];
  for (size_t side = 0; side < 2 && call.size() > 0; ++side) {
    std::vector<DataType> types;
    for (size_t i = side; i < call.size(); i += 2) types.push_back(call.type(i));
    const auto type = wider_type(types, call.context);
    if (!type) {
      std::string list;
      for (const auto& t : types) list += (list.empty() ? "[" : ", ") + quoted_type(t);
      call.mismatch(
          side == 0 ? "CREATE_MAP_KEY_DIFF_TYPES" : "CREATE_MAP_VALUE_DIFF_TYPES",
          {{"functionName", types::quote_identifier(call.name)}, {"dataType", list + "]"}});
    }
    common[side] = *type;
    for (size_t i = side; i < call.size(); i += 2) call.cast(i, *type);
  }
  bool null_values = false;
  for (size_t i = 1; i < call.size(); i += 2)
    null_values = null_values || call.arguments[i]->nullable;
  call.result = DataType::map(common[0], common[1], null_values);
  call.nullable = false;
}

void map_concat_type(CallSite& call) {
  if (call.size() == 0) {
    call.result = DataType::map(kString, kString, false);
    return;
  }
  std::string list;
  bool all_maps = true, null_values = false;
  for (size_t i = 0; i < call.size(); ++i) {
    list += (i ? ", " : "[") + quoted_type(call.type(i));
    all_maps = all_maps && call.type(i).is(kMap);
    null_values = null_values || (call.type(i).is(kMap) && call.type(i).value_contains_null());
  }
  if (!all_maps) {
    call.mismatch("MAP_CONCAT_DIFF_TYPES",
                  {{"functionName", types::quote_identifier(call.name)}, {"dataType", list + "]"}});
  }
  call.result = unify(call, 0, call.size());
}

Function map_part(std::string_view name, std::string_view doc, std::string_view example,
                  std::function<DataType(const DataType&)> result) {
  return {.name = name,
          .min_arguments = 1,
          .max_arguments = 1,
          .type =
              [result](CallSite& call) {
                expect_map(call, 0);
                call.result = result(call.type(0));
              },
          .doc = doc,
          .example = example,
          .lower = Kernel{name}};
}

}  // namespace

std::span<const Function> map_functions() {
  static const std::vector<Function> rows = {
      {.name = "map",
       .min_arguments = 0,
       .max_arguments = kAnyNumber,
       .type = map_type,
       .fallible = true,
       .doc = "A map of keys and values in turn.",
       .example = "SELECT map('a', 1)",
       .lower = Kernel{"map"}},
      {.name = "map_concat",
       .min_arguments = 0,
       .max_arguments = kAnyNumber,
       .type = map_concat_type,
       .fallible = true,
       .doc = "The entries of all maps.",
       .example = "SELECT map_concat(map('a', 1), map('b', 2))",
       .lower = Kernel{"map_concat"}},
      {.name = "map_contains_key",
       .min_arguments = 2,
       .max_arguments = 2,
       .type =
           [](CallSite& call) {
             expect_map(call, 0);
             const auto common =
                 wider_type_without_strings(call.type(0).key(), call.type(1), call.context);
             if (!common) {
               call.mismatch("MAP_FUNCTION_DIFF_TYPES",
                             {{"functionName", types::quote_identifier(call.name)},
                              {"dataType", "\"MAP\""},
                              {"leftType", quoted_type(call.type(0))},
                              {"rightType", quoted_type(call.type(1))}});
             }
             call.cast(0, DataType::map(*common, call.type(0).value(),
                                        call.type(0).value_contains_null()));
             call.cast(1, *common);
             call.result = kBoolean;
           },
       .doc = "Whether the map has a key.",
       .example = "SELECT map_contains_key(map('a', 1), 'a')",
       .lower = Kernel{"map_contains_key"}},
      map_part("map_entries", "The entries as structs of key and value.",
               "SELECT map_entries(map('a', 1))",
               [](const DataType& map) {
                 return DataType::array(
                     DataType::structure({{"key", map.key(), false},
                                          {"value", map.value(), map.value_contains_null()}}),
                     false);
               }),
      {.name = "map_from_arrays",
       .min_arguments = 2,
       .max_arguments = 2,
       .type =
           [](CallSite& call) {
             const DataType key = expect_array(call, 0), value = expect_array(call, 1);
             call.result = DataType::map(key, value, call.type(1).contains_null());
           },
       .fallible = true,
       .doc = "A map of an array of keys and one of values.",
       .example = "SELECT map_from_arrays(array('a'), array(1))",
       .lower = Kernel{"map_from_arrays"}},
      {.name = "map_from_entries",
       .min_arguments = 1,
       .max_arguments = 1,
       .type =
           [](CallSite& call) {
             const DataType& entry = expect_array(call, 0);
             if (!entry.is(kStruct) || entry.fields().size() != 2) {
               call.reject(0, "\"ARRAY\" of pair \"STRUCT\"");
             }
             call.nullable = call.nullable || call.type(0).contains_null();
             call.result = DataType::map(entry.fields()[0].type, entry.fields()[1].type,
                                         entry.fields()[1].nullable);
           },
       .fallible = true,
       .doc = "A map of an array of structs of key and value.",
       .example = "SELECT map_from_entries(array(struct('a', 1)))",
       .lower = Kernel{"map_from_entries"}},
      map_part("map_keys", "The keys.", "SELECT map_keys(map('a', 1))",
               [](const DataType& map) { return DataType::array(map.key(), false); }),
      map_part("map_values", "The values.", "SELECT map_values(map('a', 1))",
               [](const DataType& map) {
                 return DataType::array(map.value(), map.value_contains_null());
               }),
      {.name = "str_to_map",
       .min_arguments = 1,
       .max_arguments = 3,
       .type = args({kString}).returns(DataType::map(kString, kString, true)),
       .parameters = {"text", "pairDelim", "keyValueDelim"},
       .defaults = {Value::string(","), Value::string(":")},
       .fallible = true,
       .doc = "A map from text: pairs and their two sides parted by regular expressions.",
       .example = "SELECT str_to_map('a:1,b:2')",
       .lower = Kernel{"str_to_map"}},
  };
  return rows;
}

}  // namespace lochan::functions
