#pragma once
#include <memory>
#include <string>

#include "app/home.h"
#include "app/settings.h"
#include "session/session.h"

namespace lochan::app {

/// All parts of the server, joined: home, metadata, catalog, storage, engine, sessions. Used by
/// `lochan start` behind the Spark Connect service and by `lochan sql` on its own.
class Server {
 public:
  explicit Server(const Settings& settings);
  ~Server();

  session::SessionRegistry& sessions();
  const std::string& home() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace lochan::app
