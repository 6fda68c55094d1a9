#include "base/error.h"
#include "session/session.h"
#include "session/session_state.h"

namespace lochan::session {

std::optional<plan::CatalogView> GlobalViews::find(const std::string& name) {
  std::lock_guard lock(mutex_);
  auto it = views_.find(name);
  if (it == views_.end()) return std::nullopt;
  return it->second;
}

bool GlobalViews::put(const std::string& name, plan::CatalogView view, bool replace) {
  std::lock_guard lock(mutex_);
  if (!replace && views_.contains(name)) return false;
  views_[name] = std::move(view);
  return true;
}

bool GlobalViews::drop(const std::string& name) {
  std::lock_guard lock(mutex_);
  return views_.erase(name) > 0;
}

std::vector<std::string> GlobalViews::names() {
  std::lock_guard lock(mutex_);
  std::vector<std::string> out;
  for (const auto& [name, view] : views_) out.push_back(name);
  return out;
}

std::shared_ptr<Session> SessionRegistry::open(const std::string& principal, const std::string& id,
                                               const std::string& observed) {
  std::lock_guard lock(mutex_);
  const auto key = std::pair(principal, id);
  if (shut_ || closed_.contains(key))
    throw Error("INVALID_HANDLE.SESSION_CLOSED", {{"handle", id}});
  auto& session = sessions_[key];
  if (!session) {
    if (!observed.empty()) {
      sessions_.erase(key);
      throw Error("INVALID_HANDLE.SESSION_CHANGED", {{"handle", id}});
    }
    session = std::make_shared<Session>(services_, principal, id);
  }
  if (!observed.empty() && observed != session->server_side_id())
    throw Error("INVALID_HANDLE.SESSION_CHANGED", {{"handle", id}});
  session->touch();
  return session;
}

std::shared_ptr<Session> SessionRegistry::find(const std::string& principal,
                                               const std::string& id) {
  std::lock_guard lock(mutex_);
  const auto key = std::pair(principal, id);
  if (closed_.contains(key)) throw Error("INVALID_HANDLE.SESSION_CLOSED", {{"handle", id}});
  auto it = sessions_.find(key);
  if (it == sessions_.end()) throw Error("INVALID_HANDLE.SESSION_NOT_FOUND", {{"handle", id}});
  return it->second;
}

void SessionRegistry::release(const std::string& principal, const std::string& id,
                              bool allow_reconnect) {
  std::shared_ptr<Session> session;
  {
    std::lock_guard lock(mutex_);
    const auto key = std::pair(principal, id);
    auto it = sessions_.find(key);
    // An id that never named a session can still become one.
    if (it == sessions_.end()) return;
    session = std::move(it->second);
    sessions_.erase(it);
    if (!allow_reconnect) closed_[key] = std::chrono::steady_clock::now();
  }
  session->close();
}

std::shared_ptr<Session> SessionRegistry::clone(const std::string& principal, const std::string& id,
                                                const std::string& new_id) {
  auto source = find(principal, id);
  auto copy = source->clone(new_id);
  std::lock_guard lock(mutex_);
  const auto key = std::pair(principal, new_id);
  if (sessions_.contains(key) || closed_.contains(key))
    throw Error("INVALID_CLONE_SESSION_REQUEST.TARGET_SESSION_ID_ALREADY_EXISTS",
                {{"targetSessionId", new_id}});
  sessions_[key] = copy;
  return copy;
}

void SessionRegistry::expire(std::chrono::seconds idle, std::chrono::steady_clock::time_point now) {
  std::vector<std::shared_ptr<Session>> old;
  for (const auto& session : all()) session->forget_finished(now);
  {
    std::lock_guard lock(mutex_);
    for (auto it = sessions_.begin(); it != sessions_.end();) {
      const auto running = it->second->executions();
      const bool busy = std::any_of(running.begin(), running.end(), [](const auto& e) {
        return e->state() == ExecutionState::kRunning;
      });
      if (!busy && now - it->second->last_used() > idle) {
        old.push_back(std::move(it->second));
        it = sessions_.erase(it);
      } else {
        ++it;
      }
    }
    // A closed id is remembered for a day, then its memory is worth more.
    std::erase_if(closed_,
                  [&](const auto& entry) { return now - entry.second > std::chrono::hours(24); });
  }
  for (const auto& session : old) session->close();
}

void SessionRegistry::close_all() {
  {
    std::lock_guard lock(mutex_);
    shut_ = true;
  }
  for (const auto& session : all()) session->close();
  std::lock_guard lock(mutex_);
  sessions_.clear();
}

std::vector<std::shared_ptr<Session>> SessionRegistry::all() {
  std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Session>> out;
  for (const auto& [key, session] : sessions_) out.push_back(session);
  return out;
}

}  // namespace lochan::session
