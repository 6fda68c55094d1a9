// JSON.
#include "base/ascii.h"
#include "functions/families.h"
#include "functions/names.h"
#include "functions/type_rules.h"

namespace lochan::functions {
namespace {

using types::DataType;

/// from_json(text, schema): the schema is a constant, a list of columns or a type in DDL, or JSON.
void from_json_type(CallSite& call) {
  accept_argument(call, 0, kString);
  const auto* schema = call.constant(1);
  if (schema == nullptr || schema->is_null() || !call.type(1).is_string()) {
    throw Error("INVALID_SCHEMA.NON_STRING_LITERAL",
                {{"inputSchema", quoted_name(*call.arguments[1], call.context)}},
                call.origin.context());
  }
  if (call.size() > 2) throw Error::not_supported("options of from_json");
  const std::string& text = schema->as_string();
  DataType type;
  if (text.starts_with("{") || text.starts_with("\"")) {
    type = types::parse_json_type(text);
  } else {
    try {
      type = types::parse_ddl_type(text);
    } catch (const Error&) {
      type = types::parse_ddl_schema(text);
    }
  }
  call.result = type.as_nullable();
  call.nullable = true;
  call.arguments.resize(1);  // the kernel reads the schema from its result type
}

/// The options of to_json are a map of constant texts; the kernel reads it.
void check_options(CallSite& call) {
  const auto* map = call.arguments[1]->as<plan::Call>();
  if (map == nullptr || map->name != "map")
    throw Error("INVALID_OPTIONS.NON_MAP_FUNCTION", {}, call.origin.context());
  if (call.type(1) != DataType::map(kString, kString, false))
    throw Error("INVALID_OPTIONS.NON_STRING_TYPE", {{"mapType", quoted_type(call.type(1))}},
                call.origin.context());
  for (size_t i = 0; i < map->arguments.size(); i += 2) {
    const auto* key = map->arguments[i]->as<plan::Literal>();
    const auto* value = map->arguments[i + 1]->as<plan::Literal>();
    if (key == nullptr || value == nullptr)
      throw Error::not_supported("options of to_json that are not constant");
    const std::string name = lower_case(key->value.as_string());
    const bool known = name == "ignorenullfields" || name == "pretty" || name == "sortkeys" ||
                       name == "writenonasciicharacterascodepoint";
    if (!known) throw Error::not_supported("the option " + key->value.as_string() + " of to_json");
    const std::string word = lower_case(value->value.as_string());
    if (word != "true" && word != "false")
      throw Error("_LEGACY_ERROR_TEMP_2147", {{"paramName", key->value.as_string()}});
  }
}

void to_json_type(CallSite& call) {
  if (!call.type(0).is_nested() && !call.type(0).is(kVariant)) {
    call.reject(0, "(\"STRUCT\" or \"ARRAY\" or \"MAP\" or \"VARIANT\")");
  }
  if (call.size() > 1) check_options(call);
  call.nullable = call.arguments[0]->nullable;
  call.result = kString;
}

}  // namespace

std::span<const Function> json_functions() {
  static const std::vector<Function> rows = {
      {.name = "from_json",
       .min_arguments = 2,
       .max_arguments = 3,
       .type = from_json_type,
       .fallible = true,
       .doc = "A value of a type from JSON; what does not fit is null.",
       .example = "SELECT from_json('{\"a\": 1}', 'a INT')",
       .lower = Kernel{"from_json"}},
      {.name = "get_json_object",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kString}).returns(kString).nullable(),
       .doc = "The part of a JSON text that a path leads to.",
       .example = "SELECT get_json_object('{\"a\": {\"b\": 1}}', '$.a.b')",
       .lower = Kernel{"get_json_object"}},
      {.name = "json_array_length",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kString}).returns(kInteger).nullable(),
       .doc = "The number of elements of a JSON array.",
       .example = "SELECT json_array_length('[1, 2]')",
       .lower = Kernel{"json_array_length"}},
      {.name = "json_object_keys",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kString}).returns(DataType::array(kString, true)).nullable(),
       .doc = "The names of the members of a JSON object.",
       .example = "SELECT json_object_keys('{\"a\": 1}')",
       .lower = Kernel{"json_object_keys"}},
      {.name = "schema_of_json",
       .min_arguments = 1,
       .max_arguments = 2,
       .lower = Missing{"schemas of JSON texts"}},
      {.name = "to_json",
       .min_arguments = 1,
       .max_arguments = 2,
       .type = to_json_type,
       .print = print_first(1),
       .doc = "A struct, map or array as JSON.",
       .example = "SELECT to_json(named_struct('a', 1))",
       .lower = Kernel{"to_json"}},
  };
  return rows;
}

}  // namespace lochan::functions
