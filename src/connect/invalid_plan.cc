#include "connect/invalid_plan.h"

#include "base/ascii.h"

namespace lochan::connect {

Error invalid_plan(std::string_view what, ErrorParameters parameters) {
  return Error("CONNECT_INVALID_PLAN." + std::string(what), std::move(parameters));
}

Error invalid_plan_message(std::string message) {
  return invalid_plan("ASSERTION_FAILURE", {{"message", std::move(message)}});
}

Error oneof_not_set(const google::protobuf::Message& message, std::string_view oneof) {
  std::string name = upper_case(oneof);
  // Spark prints the Java name of the case: REL_TYPE -> RELTYPE_NOT_SET.
  std::erase(name, '_');
  return invalid_plan(
      "INVALID_ONE_OF_FIELD_NOT_SET",
      {{"fullName", message.GetDescriptor()->full_name()}, {"name", name + "_NOT_SET"}});
}

Error invalid_enum(std::string_view enum_name, int value) {
  return invalid_plan("INVALID_ENUM", {{"fullName", std::string(enum_name)},
                                       {"name", std::to_string(value)},
                                       {"number", std::to_string(value)}});
}

}  // namespace lochan::connect
