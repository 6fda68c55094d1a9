#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "storage/location.h"

namespace lochan::storage {

enum class Access { kRead, kWrite };  // kWrite includes reading

/// What a store needs to prove who is asking. The local store needs nothing; a cloud store will
/// find its token here.
struct Credential {
  std::string name;  // of the storage credential, empty for none
  bool operator==(const Credential&) const = default;
};

/// Where the real path of a local grant may lie after symbolic links are followed.
struct Confinement {
  std::string inside;   // below this directory, if not empty
  std::string outside;  // not below this one, if not empty...
  std::string except;   // ...unless below this
};

/// The right to read or write one location and what lies below it. Only PathResolver makes one,
/// after checking the path for the principal; everything that opens bytes asks for one, so nothing
/// can be opened unchecked. child() narrows it. Immutable, cheap to copy, safe to share between
/// threads.
class Grant {
 public:
  const Location& location() const { return location_; }
  Access access() const { return access_; }
  const Credential& credential() const { return credential_; }
  const Confinement& confinement() const { return *confinement_; }

  /// The same right for something below. Throws INSUFFICIENT_PERMISSIONS when `relative` leaves
  /// this location.
  Grant child(std::string_view relative) const;
  /// The same location for reading only.
  Grant read_only() const;

 private:
  friend class PathResolver;
  Grant(Location location, Access access, Credential credential,
        std::shared_ptr<const Confinement> confinement);

  Location location_;
  Access access_;
  Credential credential_;
  std::shared_ptr<const Confinement> confinement_;
};

}  // namespace lochan::storage
