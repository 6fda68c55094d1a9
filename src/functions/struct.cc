// Structs.
#include "functions/families.h"
#include "functions/names.h"
#include "functions/type_rules.h"

namespace lochan::functions {
namespace {

using types::DataType;

/// The name that a field of struct() takes from its expression; empty if it has none.
std::string own_name(const plan::Expression& e) {
  if (const auto* alias = e.as<plan::Alias>()) return alias->name;
  if (const auto* column = e.as<plan::AttributeRef>()) return column->name;
  if (const auto* variable = e.as<plan::LambdaVariable>()) return variable->name;
  if (const auto* field = e.as<plan::GetField>()) return field->name;
  return {};
}

void struct_type(CallSite& call) {
  std::vector<types::StructField> fields;
  for (size_t i = 0; i < call.size(); ++i) {
    auto name = own_name(*call.arguments[i]);
    if (name.empty()) name = "col" + std::to_string(i + 1);
    fields.push_back({std::move(name), call.type(i), call.arguments[i]->nullable});
  }
  call.result = DataType::structure(std::move(fields));
  call.nullable = false;
}

void named_struct_type(CallSite& call) {
  if (call.size() % 2 != 0) {
    throw Error("WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
                {{"functionName", types::quote_identifier(call.name)},
                 {"expectedNum", "2n (n > 0)"},
                 {"actualNum", std::to_string(call.size())},
                 {"docroot", "https://spark.apache.org/docs/latest"}},
                call.origin.context());
  }
  std::vector<types::StructField> fields;
  for (size_t i = 0; i < call.size(); i += 2) {
    const auto* name = call.constant(i);
    if (name == nullptr || !call.type(i).is_string()) {
      call.mismatch("CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING",
                    {{"inputExprs", "[" + quoted_name(*call.arguments[i], call.context) + "]"}});
    }
    if (name->is_null()) {
      call.mismatch("UNEXPECTED_NULL",
                    {{"exprName", "[" + quoted_name(*call.arguments[i], call.context) + "]"}});
    }
    fields.push_back({name->as_string(), call.type(i + 1), call.arguments[i + 1]->nullable});
  }
  call.result = DataType::structure(std::move(fields));
  call.nullable = false;
}

}  // namespace

std::span<const Function> struct_functions() {
  static const std::vector<Function> rows = {
      {.name = "struct",
       .min_arguments = 1,
       .max_arguments = kAnyNumber,
       .type = struct_type,
       .doc = "A struct of the arguments; fields without a name are called col1, col2, ...",
       .example = "SELECT struct(1, 'a')",
       .lower = Special{}},
      {.name = "named_struct",
       .min_arguments = 2,
       .max_arguments = kAnyNumber,
       .type = named_struct_type,
       .doc = "A struct of names and values in turn.",
       .example = "SELECT named_struct('a', 1)",
       .lower = Special{}},
  };
  return rows;
}

}  // namespace lochan::functions
