// Generators: one row in, some rows out. The result type is a struct of the columns that they put
// out. Forms with _outer are aliases: a row whose generator gives nothing is kept with nulls
// (plan::Generate::outer).
#include "functions/families.h"
#include "functions/type_rules.h"

namespace lochan::functions {

using types::DataType;
using types::StructField;

namespace {

std::vector<StructField> exploded(CallSite& call) {
  const DataType& type = call.type(0);
  if (type.is(kArray)) return {{"col", type.element(), type.contains_null()}};
  if (type.is(kMap))
    return {{"key", type.key(), false}, {"value", type.value(), type.value_contains_null()}};
  call.reject(0, "(\"ARRAY\" or \"MAP\")");
}

void explode(CallSite& call) { call.result = DataType::structure(exploded(call)); }

void posexplode(CallSite& call) {
  std::vector<StructField> fields = exploded(call);
  fields.insert(fields.begin(), StructField{"pos", kInteger, false});
  call.result = DataType::structure(std::move(fields));
}

void inlined(CallSite& call) {
  const DataType& type = call.type(0);
  if (!type.is(kArray) || !type.element().is(kStruct)) call.reject(0, "\"ARRAY<STRUCT>\"");
  std::vector<StructField> fields = type.element().fields();
  for (StructField& field : fields) field.nullable = field.nullable || type.contains_null();
  call.result = DataType::structure(std::move(fields));
}

/// stack(n, v1, v2, ...): n rows; the values of one column share a type.
void stack(CallSite& call) {
  const types::Value* rows = call.constant(0);
  if (rows == nullptr || rows->is_null() || !rows->type.is_integral()) {
    call.reject(0, "\"INT\"");
  }
  const int64_t count = rows->as_int();
  if (count <= 0) {
    call.mismatch("VALUE_OUT_OF_RANGE", {{"exprName", "`n`"},
                                         {"valueRange", "(0, 2147483647]"},
                                         {"currentValue", std::to_string(count)}});
  }
  const size_t columns =
      (call.size() - 1 + static_cast<size_t>(count) - 1) / static_cast<size_t>(count);
  std::vector<StructField> fields;
  for (size_t column = 0; column < columns; ++column) {
    std::vector<size_t> values;
    for (size_t i = 1 + column; i < call.size(); i += columns) values.push_back(i);
    fields.push_back({"col" + std::to_string(column), unify(call, values), true});
  }
  call.result = DataType::structure(std::move(fields));
}

void json_tuple(CallSite& call) {
  std::vector<StructField> fields;
  for (size_t i = 0; i < call.size(); ++i) accept_argument(call, i, kString);
  for (size_t i = 0; i + 1 < call.size(); ++i)
    fields.push_back({"c" + std::to_string(i), kString, true});
  call.result = DataType::structure(std::move(fields));
}

Function generator(std::string_view name, std::vector<std::string_view> aliases, int min, int max,
                   TypeRule type, std::string_view doc, std::string_view example) {
  return {.name = name,
          .aliases = std::move(aliases),
          .kind = FunctionKind::kGenerator,
          .min_arguments = min,
          .max_arguments = max,
          .type = std::move(type),
          .doc = doc,
          .example = example,
          .lower = Special{}};
}

}  // namespace

std::span<const Function> generator_functions() {
  static const std::vector<Function> rows = {
      generator("explode", {"explode_outer"}, 1, 1, explode, "One row for each element.",
                "SELECT explode(array(10, 20))"),
      generator("posexplode", {"posexplode_outer"}, 1, 1, posexplode,
                "One row for each element, with its position.", "SELECT posexplode(array(10, 20))"),
      generator("inline", {"inline_outer"}, 1, 1, inlined, "One row for each struct of an array.",
                "SELECT inline(array(struct(1, 'a'), struct(2, 'b')))"),
      generator("stack", {}, 2, kAnyNumber, stack, "Values laid out in n rows.",
                "SELECT stack(2, 1, 2, 3)"),
      generator("json_tuple", {}, 2, kAnyNumber, json_tuple, "Several fields of a JSON object.",
                "SELECT json_tuple('{\"a\":1, \"b\":2}', 'a', 'b')"),
      {.name = "variant_explode",
       .aliases = {"variant_explode_outer"},
       .kind = FunctionKind::kGenerator,
       .min_arguments = 1,
       .max_arguments = 1,
       .lower = Missing{"variants"}},
  };
  return rows;
}

}  // namespace lochan::functions
