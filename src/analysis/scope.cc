#include "analysis/scope.h"

#include <algorithm>

#include "base/ascii.h"
#include "functions/coercion.h"

namespace lochan::analysis {

using plan::Attribute;

namespace {
constexpr size_t kSmall = 8;  // below this, looking at each is faster than an index
}

std::string quoted(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : ".") + types::quote_identifier(part);
  return text;
}

Columns::Columns(const plan::Attributes& attributes) : attributes_(&attributes) {}

std::vector<const Attribute*> Columns::named(const std::string& name) const {
  std::vector<const Attribute*> found;
  if (attributes_->size() <= kSmall) {
    for (const auto& attribute : *attributes_) {
      if (same_name(attribute.name, name)) found.push_back(&attribute);
    }
    return found;
  }
  if (!indexed_) {
    for (size_t i = 0; i < attributes_->size(); ++i)
      index_.emplace(lower_case((*attributes_)[i].name), i);
    indexed_ = true;
  }
  auto [first, last] = index_.equal_range(lower_case(name));
  for (auto it = first; it != last; ++it) found.push_back(&(*attributes_)[it->second]);
  std::sort(found.begin(), found.end());
  return found;
}

const Attribute* Columns::find(plan::AttributeId id) const {
  for (const auto& attribute : *attributes_) {
    if (attribute.id == id) return &attribute;
  }
  return nullptr;
}

}  // namespace lochan::analysis
