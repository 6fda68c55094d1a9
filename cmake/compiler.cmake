find_program(CCACHE ccache)
if(CCACHE)
  # Precompiled headers need the sloppiness; the base folder lets several checkouts share results.
  set(CMAKE_CXX_COMPILER_LAUNCHER env)
  foreach(setting "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime"
                  "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" "CCACHE_NOHASHDIR=1")
    string(REGEX REPLACE "=.*" "" variable "${setting}")
    if(NOT DEFINED ENV{${variable}})
      list(APPEND CMAKE_CXX_COMPILER_LAUNCHER "${setting}")
    endif()
  endforeach()
  list(APPEND CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()

add_compile_options(-Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers
                    -fno-omit-frame-pointer)
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  set(CMAKE_CXX_FLAGS_RELEASE "-O2 -DNDEBUG")
else()
  set(CMAKE_CXX_FLAGS_DEBUG "-g1 -O1")
  add_compile_definitions(LOCHAN_FAIL_POINTS)
endif()
if(LOCHAN_SANITIZE)
  # GCC's flow analysis sees uninitialized variants behind the sanitizers' checks, where there are none.
  add_compile_options(-fsanitize=${LOCHAN_SANITIZE} -fno-sanitize-recover=all
                      -Wno-maybe-uninitialized)
  add_link_options(-fsanitize=${LOCHAN_SANITIZE})
  if(LOCHAN_SANITIZE MATCHES "thread")
    # Protobuf's headers lay out messages otherwise when they see this macro than the prebuilt library
    # does. Our code and the standard library, which asks it too, stay as they are.
    add_compile_options(-U__SANITIZE_THREAD__ -D_GLIBCXX_TSAN=1)
  endif()
  if(LOCHAN_SANITIZE MATCHES "undefined")
    # DuckDB and Arrow are prebuilt without RTTI instrumentation for vptr checks.
    # Null pointers end in AddressSanitizer anyhow; those checks are a tenth of the build.
    add_compile_options(-fno-sanitize=vptr,null,object-size)
  endif()
endif()
