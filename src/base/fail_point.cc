#include "base/fail_point.h"

#include <signal.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/error.h"

namespace lochan {
namespace {

struct Fault {
  std::string name;
  int64_t visit = 1;
  std::string action;
  int64_t delay_ms = 0;
};

int64_t parse_number(std::string_view text, std::string_view fault) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 0) {
    throw Error::internal("LOCHAN_FAIL: bad number in " + std::string(fault));
  }
  return number;
}

Fault parse_fault(std::string_view text) {
  const size_t first = text.find(':');
  const size_t second = first == std::string_view::npos ? first : text.find(':', first + 1);
  if (second == std::string_view::npos) {
    throw Error::internal("LOCHAN_FAIL: expected name:visit:action, got " + std::string(text));
  }
  Fault fault{std::string(text.substr(0, first)),
              parse_number(text.substr(first + 1, second - first - 1), text),
              std::string(text.substr(second + 1)), 0};
  if (fault.action.starts_with("delay=")) {
    fault.delay_ms = parse_number(std::string_view(fault.action).substr(6), text);
    fault.action = "delay";
  }
  if (fault.action != "kill" && fault.action != "error" && fault.action != "delay") {
    throw Error::internal("LOCHAN_FAIL: unknown action in " + std::string(text));
  }
  return fault;
}

std::vector<Fault> parse_list(std::string_view list) {
  std::vector<Fault> faults;
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    faults.push_back(parse_fault(list.substr(0, comma)));
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return faults;
}

struct Registry {
  std::mutex mutex;
  std::vector<Fault> faults;
  std::map<std::string, int64_t, std::less<>> visits;

  Registry() {
    const char* list = std::getenv("LOCHAN_FAIL");
    if (list != nullptr) faults = parse_list(list);
  }
};

Registry& registry() {
  static Registry instance;
  return instance;
}

}  // namespace

void reach_fail_point(std::string_view name) {
  int64_t delay_ms = 0;
  {
    Registry& all = registry();
    const std::scoped_lock lock(all.mutex);
    if (all.faults.empty()) return;
    auto found = all.visits.find(name);
    if (found == all.visits.end()) found = all.visits.emplace(std::string(name), 0).first;
    const int64_t visit = ++found->second;
    for (const auto& fault : all.faults) {
      if (fault.name != name || fault.visit != visit) continue;
      if (fault.action == "kill") ::kill(::getpid(), SIGKILL);
      if (fault.action == "error") throw Error::internal("fail point " + std::string(name));
      delay_ms = fault.delay_ms;
    }
  }
  if (delay_ms > 0) std::this_thread::sleep_for(std::chrono::milliseconds(delay_ms));
}

void set_fail_points(std::string_view list) {
  Registry& all = registry();
  const std::scoped_lock lock(all.mutex);
  all.faults = parse_list(list);
  all.visits.clear();
}

}  // namespace lochan
