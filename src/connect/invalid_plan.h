#pragma once
#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "base/error.h"

namespace lochan::connect {

/// A message of a client that does not make sense: CONNECT_INVALID_PLAN.<what>, which clients raise
/// as InvalidPlanInput.
Error invalid_plan(std::string_view what, ErrorParameters parameters = {});

/// The same, where Spark has no condition of its own for it.
Error invalid_plan_message(std::string message);

/// A oneof of `message` that is not set, or that this server does not know.
Error oneof_not_set(const google::protobuf::Message& message, std::string_view oneof);

/// An enum value that says nothing (0) or that is unknown.
Error invalid_enum(std::string_view enum_name, int value);

}  // namespace lochan::connect
