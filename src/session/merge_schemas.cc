#include "session/merge_schemas.h"

#include <algorithm>
#include <optional>

#include "base/ascii.h"
#include "base/error.h"

namespace lochan::session {
namespace {

using types::DataType;
using types::TypeId;

std::optional<types::Schema> merged(const types::Schema& left, const types::Schema& right);

std::optional<DataType> merged(const DataType& left, const DataType& right) {
  if (left.id() != right.id()) return std::nullopt;
  if (left.is(TypeId::kStruct)) {
    auto fields = merged(left.fields(), right.fields());
    return fields ? std::optional(DataType::structure(std::move(*fields))) : std::nullopt;
  }
  if (left.is(TypeId::kArray)) {
    auto element = merged(left.element(), right.element());
    return element ? std::optional(DataType::array(*element)) : std::nullopt;
  }
  if (left.is(TypeId::kMap)) {
    auto key = merged(left.key(), right.key()), value = merged(left.value(), right.value());
    return key && value ? std::optional(DataType::map(*key, *value)) : std::nullopt;
  }
  return left.same_type(right) ? std::optional(left) : std::nullopt;
}

std::optional<types::Schema> merged(const types::Schema& left, const types::Schema& right) {
  types::Schema out = left;
  for (const auto& field : right) {
    const auto there = std::find_if(out.begin(), out.end(),
                                    [&](const auto& f) { return same_name(f.name, field.name); });
    if (there == out.end()) {
      out.push_back(field);
      continue;
    }
    const auto type = merged(there->type, field.type);
    if (!type) return std::nullopt;
    there->type = *type;
    there->nullable |= field.nullable;
  }
  return out;
}

}  // namespace

types::Schema merge_schemas(const types::Schema& left, const types::Schema& right) {
  auto out = merged(left, right);
  if (!out)
    throw Error("CANNOT_MERGE_SCHEMAS",
                {{"left", "\"" + DataType::structure(left).sql() + "\""},
                 {"right", "\"" + DataType::structure(right).sql() + "\""}});
  return *out;
}

}  // namespace lochan::session
