#pragma once
#include <string_view>

/// Faults on demand, for tests of crashes. The environment variable LOCHAN_FAIL lists them:
///
///   LOCHAN_FAIL=delta.commit.before_put:3:kill,storage.put.after_write:1:delay=200
///
/// means: the third time that the program comes to the point `delta.commit.before_put`, end the
/// process as kill -9 does; the first time at the other, wait 200 ms. Actions: kill, error (throws
/// an internal Error), delay=<ms>. Compiled to nothing unless LOCHAN_FAIL_POINTS is defined, so
/// release builds carry none.
#ifdef LOCHAN_FAIL_POINTS
#define LOCHAN_FAIL_POINT(name) ::lochan::reach_fail_point(name)
#else
#define LOCHAN_FAIL_POINT(name) static_cast<void>(0)
#endif

namespace lochan {

#ifdef LOCHAN_FAIL_POINTS
inline constexpr bool kHasFailPoints = true;
#else
inline constexpr bool kHasFailPoints = false;
#endif

/// Counts a visit to `name` and acts if LOCHAN_FAIL asks for it. Thread-safe. Use the macro.
void reach_fail_point(std::string_view name);
/// Replaces what LOCHAN_FAIL said, and forgets the counts: for tests in one process. Throws Error
/// on a bad list.
void set_fail_points(std::string_view list);

}  // namespace lochan
