# With the race detector: a program with a seeded race beside the prebuilt libraries, which the
# detector must report. It proves that the settings that quiet those libraries leave it awake.
if(LOCHAN_SANITIZE MATCHES "thread")
  add_executable(seeded_race "${CMAKE_SOURCE_DIR}/tests/sanitizers/seeded_race.cc")
  target_link_libraries(seeded_race PRIVATE duckdb arrow Threads::Threads)
  set_target_properties(seeded_race PROPERTIES INSTALL_RPATH "$ORIGIN/lib")
endif()
