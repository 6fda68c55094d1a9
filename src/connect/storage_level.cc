#include "connect/storage_level.h"

#include <algorithm>

namespace lochan::connect {

std::string to_text(const spark::connect::StorageLevel& level) {
  const auto flag = [](bool value) { return std::string(value ? "true," : "false,"); };
  return flag(level.use_disk()) + flag(level.use_memory()) + flag(level.use_off_heap()) +
         flag(level.deserialized()) + std::to_string(level.replication());
}

spark::connect::StorageLevel parse_storage_level(std::string_view text) {
  spark::connect::StorageLevel out;
  out.set_replication(1);
  int part = 0;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(','));
    const bool flag = word == "true";
    switch (part++) {
      case 0: out.set_use_disk(flag); break;
      case 1: out.set_use_memory(flag); break;
      case 2: out.set_use_off_heap(flag); break;
      case 3: out.set_deserialized(flag); break;
      case 4: out.set_replication(std::max(1, std::atoi(std::string(word).c_str()))); break;
      default: return out;
    }
    text.remove_prefix(std::min(text.size(), word.size() + 1));
  }
  return out;
}

}  // namespace lochan::connect
