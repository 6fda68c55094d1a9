#include "functions/one_zero.h"

#include <algorithm>

#include "functions/names.h"
#include "functions/type_rules.h"

namespace lochan::functions {

using plan::ExpressionPtr;
using types::DataType;

namespace {

bool has_floating(const DataType& type) {
  if (type.is(kArray)) return has_floating(type.element());
  if (type.is(kMap)) return has_floating(type.key()) || has_floating(type.value());
  if (type.is(kStruct)) {
    return std::any_of(type.fields().begin(), type.fields().end(),
                       [](const auto& field) { return has_floating(field.type); });
  }
  return type.is(kFloat) || type.is(kDouble);
}

}  // namespace

void with_one_zero(CallSite& call, size_t i) {
  if (!has_floating(call.type(i))) return;
  const ExpressionPtr& given = call.arguments[i];
  plan::Expression result =
      *resolve_call(*find_function("one zero"), "one zero", {given}, call.context, given->origin);
  result.display = display_name(*given, call.context);
  call.arguments[i] = std::make_shared<const plan::Expression>(std::move(result));
}

}  // namespace lochan::functions
