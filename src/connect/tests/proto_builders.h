#pragma once
#include <google/protobuf/text_format.h>

#include <string>

#include "base/error.h"
#include "connect/plan_converter.h"

namespace lochan::connect {

/// A message from protobuf's text form.
template <class Message>
Message from_text(const std::string& text) {
  Message out;
  if (!google::protobuf::TextFormat::ParseFromString(text, &out))
    throw std::runtime_error("not a message: " + text);
  return out;
}

inline spark::connect::Relation relation_of(const std::string& text) {
  return from_text<spark::connect::Relation>(text);
}
inline spark::connect::Expression expression_of(const std::string& text) {
  return from_text<spark::connect::Expression>(text);
}

/// A converter for a session without artifacts, where the text of a SQL expression becomes a column
/// of that name.
inline PlanConverter plain_converter() {
  return PlanConverter({
      .find_artifact = [](const std::string&) { return nullptr; },
      .parse_expression = [](const std::string& text) { return plan::column({text}); },
      .session_id = "00000000-0000-0000-0000-000000000001",
  });
}

/// The condition of the error that `body` throws; "" if none.
template <class Body>
std::string condition_of(const Body& body) {
  try {
    body();
    return "";
  } catch (const Error& error) {
    return error.condition();
  }
}

}  // namespace lochan::connect
