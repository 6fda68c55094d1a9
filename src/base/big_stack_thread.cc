#include "base/big_stack_thread.h"

#include <exception>
#include <memory>
#include <system_error>

#include "base/error.h"

namespace lochan {
namespace {

/// A thread's stack, which grows downwards.
struct Stack {
  const char* end = nullptr;  // the highest address
  size_t size = 0;
  size_t used() const {
    return static_cast<size_t>(end - static_cast<const char*>(__builtin_frame_address(0)));
  }
};

const Stack& stack_of_this_thread() {
  static thread_local const Stack stack = [] {
    pthread_attr_t attributes;
    void* lowest = nullptr;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) return Stack{};
    pthread_attr_getstack(&attributes, &lowest, &size);
    pthread_attr_destroy(&attributes);
    return Stack{static_cast<const char*>(lowest) + size, size};
  }();
  return stack;
}

/// True while most of a big stack is left.
bool has_big_stack() {
  const Stack& stack = stack_of_this_thread();
  return stack.size > kBigStackBytes / 2 && stack.used() < kBigStackBytes / 8;
}

void* trampoline(void* argument) {
  std::unique_ptr<std::function<void()>> body(static_cast<std::function<void()>*>(argument));
  (*body)();
  return nullptr;
}

}  // namespace

BigStackThread::BigStackThread(std::function<void()> body) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kBigStackBytes);
  auto owned = std::make_unique<std::function<void()>>(std::move(body));
  const int rc = pthread_create(&handle_, &attributes, trampoline, owned.get());
  pthread_attr_destroy(&attributes);
  if (rc != 0) throw std::system_error(rc, std::generic_category(), "cannot start a thread");
  owned.release();  // the thread owns it now
  joinable_ = true;
}

BigStackThread& BigStackThread::operator=(BigStackThread&& other) noexcept {
  join();
  handle_ = other.handle_;
  joinable_ = other.joinable_;
  other.joinable_ = false;
  return *this;
}

void BigStackThread::join() {
  if (!joinable_) return;
  joinable_ = false;
  if (pthread_equal(pthread_self(), handle_))
    pthread_detach(handle_);
  else
    pthread_join(handle_, nullptr);
}

void check_stack(size_t parts) {
  const Stack& stack = stack_of_this_thread();
  if (stack.used() > stack.size / 32 * parts) throw Error("FAILED_TO_PARSE_TOO_COMPLEX");
}

void run_on_big_stack(const std::function<void()>& body) {
  if (has_big_stack()) return body();
  std::exception_ptr failure;
  BigStackThread thread([&] {
    try {
      body();
    } catch (...) {
      failure = std::current_exception();
    }
  });
  thread.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace lochan
