// The session, the query, errors on purpose.
#include "functions/families.h"
#include "functions/names.h"
#include "functions/type_rules.h"

namespace lochan::functions {
namespace {

using types::DataType;
using types::Value;

/// A function without arguments whose value the session knows.
Function of_session(std::string_view name, std::vector<std::string_view> aliases,
                    std::string_view pretty_name, std::string_view doc, std::string_view example,
                    std::function<std::string(const ResolveContext&)> value) {
  return {.name = name,
          .aliases = std::move(aliases),
          .type = nullptr,
          .pretty_name = pretty_name,
          .doc = doc,
          .example = example,
          .lower = Rewrite{[value](CallSite& call) {
            return plan::literal(Value::string(value(call.context)), call.origin);
          }}};
}

plan::ExpressionPtr rewrite_typeof(CallSite& call) {
  return plan::literal(Value::string(call.type(0).simple_string()), call.origin);
}

std::string not_true(const std::string& condition) { return "'" + condition + "' is not true!"; }

/// assert_true(condition[, message]): null, or an error.
plan::ExpressionPtr rewrite_assert_true(CallSite& call) {
  accept_argument(call, 0, kBoolean);
  const auto message =
      call.size() > 1
          ? call.arguments[1]
          : plan::literal(Value::string(not_true(display_name(*call.arguments[0], call.context))));
  return plan::function("if",
                        {call.arguments[0], plan::literal(Value::null(DataType())),
                         plan::function("raise_error", {message}, call.origin)},
                        call.origin);
}

}  // namespace

std::span<const Function> misc_functions() {
  static const std::vector<Function> rows = {
      {.name = "assert_true",
       .min_arguments = 1,
       .max_arguments = 2,
       .type = nullptr,
       .print =
           [](const CallSite&, const std::vector<std::string>& names) {
             return "assert_true(" + names.at(0) + ", " +
                    (names.size() > 1 ? names[1] : not_true(names[0])) + ")";
           },
       .fallible = true,
       .doc = "Null if the condition is true, else an error with a message.",
       .example = "SELECT assert_true(1 < 2)",
       .lower = Rewrite{rewrite_assert_true}},
      {.name = "raise_error",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kString}).returns(kNull).nullable(),
       .print =
           [](const CallSite&, const std::vector<std::string>& arguments) {
             return "raise_error(USER_RAISED_EXCEPTION, map(errorMessage, " + arguments.at(0) +
                    "))";
           },
       .fallible = true,
       .deterministic = false,
       .doc = "An error with a message.",
       .example = "SELECT raise_error('no such region')",
       .lower = Kernel{"raise_error"}},
      of_session("current_catalog", {}, {}, "The current catalog.", "SELECT current_catalog()",
                 [](const ResolveContext& c) { return c.current_catalog; }),
      of_session("current_schema", {"current_database"}, "current_schema", "The current schema.",
                 "SELECT current_schema()",
                 [](const ResolveContext& c) { return c.current_schema; }),
      of_session("current_user", {"user", "session_user"}, {}, "The user of the session.",
                 "SELECT current_user()", [](const ResolveContext& c) { return c.user; }),
      of_session("version", {}, {}, "The version of Spark whose behaviour this is.",
                 "SELECT version()", [](const ResolveContext&) { return std::string("4.2.0"); }),
      {.name = "typeof",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = nullptr,
       .doc = "The type of the argument.",
       .example = "SELECT typeof(1)",
       .lower = Rewrite{rewrite_typeof}},
      {.name = "uuid",
       .min_arguments = 0,
       .max_arguments = 0,
       .type = no_args().returns(kString).not_null(),
       .deterministic = false,
       .doc = "A random UUID.",
       .example = "SELECT uuid()",
       .lower = Kernel{"uuid"}},
      {.name = "monotonically_increasing_id",
       .min_arguments = 0,
       .max_arguments = 0,
       .type = no_args().returns(kLong).not_null(),
       .deterministic = false,
       .doc = "Numbers that rise from row to row.",
       .example = "SELECT monotonically_increasing_id()",
       .lower = Kernel{"monotonically_increasing_id"}},
      {.name = "spark_partition_id",
       .min_arguments = 0,
       .max_arguments = 0,
       .type = no_args().returns(kInteger).not_null(),
       .print = [](const CallSite&,
                   const std::vector<std::string>&) { return std::string("SPARK_PARTITION_ID()"); },
       .deterministic = false,
       .doc = "The partition of the row: there is one, 0.",
       .example = "SELECT spark_partition_id()",
       .lower = Template{"CAST(0 AS INTEGER)"}},
      {.name = "input_file_name",
       .min_arguments = 0,
       .max_arguments = 0,
       .lower = Missing{"use _metadata.file_path"}},
      {.name = "input_file_block_start", .lower = Missing{"blocks of input files"}},
      {.name = "input_file_block_length", .lower = Missing{"blocks of input files"}},
      {.name = "java_method",
       .aliases = {"reflect", "try_reflect"},
       .min_arguments = 2,
       .max_arguments = kAnyNumber,
       .lower = Missing{"there is no Java here"}},
      {.name = "current_path", .lower = Missing{"the SQL path"}},
      {.name = "one zero",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kAnything}).returns_argument(0),
       .lower = Kernel{"one_zero"}},
      missing("aes_encrypt", "AES"),
      missing("aes_decrypt", "AES"),
      missing("try_aes_decrypt", "AES"),
      missing("collate", "collations"),
      missing("collation", "collations"),
      missing("st_asbinary", "geometry"),
      missing("st_geogfromwkb", "geometry"),
      missing("st_geomfromwkb", "geometry"),
      missing("st_setsrid", "geometry"),
      missing("st_srid", "geometry"),
      missing("vector_avg", "vector arithmetic"),
      missing("vector_cosine_similarity", "vector arithmetic"),
      missing("vector_inner_product", "vector arithmetic"),
      missing("vector_l2_distance", "vector arithmetic"),
      missing("vector_norm", "vector arithmetic"),
      missing("vector_normalize", "vector arithmetic"),
      missing("vector_sum", "vector arithmetic"),
      missing("from_avro", "Avro"),
      missing("to_avro", "Avro"),
      missing("schema_of_avro", "Avro"),
      missing("from_protobuf", "Protobuf"),
      missing("to_protobuf", "Protobuf"),
      missing("measure", "metric views"),
  };
  return rows;
}

}  // namespace lochan::functions
