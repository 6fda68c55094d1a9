#include "session/command_runner.h"

namespace lochan::session {

std::optional<Rows> CommandRunner::run(const plan::SetConfig& command) {
  Rows rows;
  rows.column("key", types::TypeId::kString, false).column("value", types::TypeId::kString, false);
  Config& config = session_.config();
  if (!command.key) {
    for (const auto& [key, value] : config.all())
      rows.row({types::Value::string(key), types::Value::string(value)});
    return rows;
  }
  if (command.value) config.set(*command.key, *command.value);
  rows.row({types::Value::string(*command.key),
            types::Value::string(config.get(*command.key).value_or("<undefined>"))});
  return rows;
}

std::optional<Rows> CommandRunner::run(const plan::ResetConfig& command) {
  Config& config = session_.config();
  if (command.key) {
    config.unset(*command.key);
  } else {
    for (const auto& [key, value] : config.all()) config.unset(key);
  }
  return Rows{};
}

}  // namespace lochan::session
