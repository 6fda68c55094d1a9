#include "storage/grant.h"

#include <utility>

namespace lochan::storage {

Grant::Grant(Location location, Access access, Credential credential,
             std::shared_ptr<const Confinement> confinement)
    : location_(std::move(location)),
      access_(access),
      credential_(std::move(credential)),
      confinement_(std::move(confinement)) {}

Grant Grant::child(std::string_view relative) const {
  Grant narrowed = *this;
  narrowed.location_ = location_.child(relative);
  return narrowed;
}

Grant Grant::read_only() const {
  Grant narrowed = *this;
  narrowed.access_ = Access::kRead;
  return narrowed;
}

}  // namespace lochan::storage
