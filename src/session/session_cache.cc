// What Spark keeps beside a plan: storage levels of persist(), checkpoints, and the comparison of
// plans.
#include "analysis/canonical.h"
#include "base/big_stack_thread.h"
#include "base/clock.h"
#include "base/error.h"
#include "engine/engine.h"
#include "session/session_state.h"
#include "session/show_plan.h"

namespace lochan::session {
namespace {

std::string canonical_of(Session& session, const plan::PlanPtr& plan) {
  auto resolved = session.analyze(plan);
  std::string text;
  run_on_big_stack([&] { text = analysis::canonical_text(resolved); });
  return text;
}

}  // namespace

bool Session::same_semantics(const plan::PlanPtr& a, const plan::PlanPtr& b) {
  return canonical_of(*this, a) == canonical_of(*this, b);
}

int32_t Session::semantic_hash(const plan::PlanPtr& plan) {
  return static_cast<int32_t>(std::hash<std::string>{}(canonical_of(*this, plan)));
}

void Session::persist(const plan::PlanPtr& plan, std::string storage_level) {
  const std::string key = canonical_of(*this, plan);
  std::lock_guard lock(state_->mutex);
  // What is persisted keeps its level until it is let go.
  state_->storage_levels.try_emplace(key, std::move(storage_level));
}

void Session::unpersist(const plan::PlanPtr& plan) {
  const std::string key = canonical_of(*this, plan);
  std::lock_guard lock(state_->mutex);
  state_->storage_levels.erase(key);
}

std::string Session::storage_level(const plan::PlanPtr& plan) {
  const std::string key = canonical_of(*this, plan);
  std::lock_guard lock(state_->mutex);
  auto it = state_->storage_levels.find(key);
  return it == state_->storage_levels.end() ? "" : it->second;
}

std::string Session::checkpoint(const plan::PlanPtr& plan) {
  // The rows are computed once and kept as a local relation: lineage ends here.
  auto resolved = analyze(plan);
  engine::QueryOptions options{.context = resolve_context(),
                               .cancel = std::make_shared<CancelToken>()};
  plan::LocalRelation relation;
  relation.schema = plan::schema_of(resolved->output);
  relation.arrow_ipc =
      std::make_shared<const std::string>(collect(*services_.engine, resolved, options));
  const std::string id = random_uuid();
  std::lock_guard lock(state_->mutex);
  state_->cached[id] = plan::make_plan(std::move(relation));
  return id;
}

void Session::remove_cached(const std::string& relation_id) {
  std::lock_guard lock(state_->mutex);
  state_->cached.erase(relation_id);
}

}  // namespace lochan::session
