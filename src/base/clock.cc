#include "base/clock.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <random>

namespace lochan {

int64_t now_micros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::chrono::system_clock::time_point deadline_after(std::chrono::microseconds delay) {
  return std::chrono::system_clock::time_point(std::chrono::microseconds(now_micros()) + delay);
}

uint64_t random_bits() {
  thread_local std::mt19937_64 generator = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return generator();
}

std::string random_uuid() {
  uint64_t a = random_bits(), b = random_bits();
  a = (a & ~uint64_t{0xF000}) | 0x4000;
  b = (b & ~(uint64_t{3} << 62)) | (uint64_t{1} << 63);
  std::array<char, 37> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-%04x-%04x-%012llx",
                static_cast<unsigned>(a >> 32), static_cast<unsigned>(a >> 16 & 0xFFFF),
                static_cast<unsigned>(a & 0xFFFF), static_cast<unsigned>(b >> 48),
                static_cast<unsigned long long>(b & 0xFFFFFFFFFFFF));
  return text.data();
}

}  // namespace lochan
