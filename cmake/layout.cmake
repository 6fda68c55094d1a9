# Where binaries find libraries: bin/lochan looks in lib/ beside bin/, when installed and in the build
# folder alike, so no binary carries a path into .deps/.
set(LOCHAN_LIBRARIES
  "${LOCHAN_DEPS}/duckdb/lib/libduckdb.so"
  "${LOCHAN_DEPS}/arrow/lib/libarrow.so.2600")

set(CMAKE_BUILD_WITH_INSTALL_RPATH ON)
file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/lib")
foreach(library ${LOCHAN_LIBRARIES})
  get_filename_component(name "${library}" NAME)
  file(CREATE_LINK "${library}" "${CMAKE_BINARY_DIR}/lib/${name}" SYMBOLIC)
endforeach()

# lochan_install_binary(TARGET): puts an executable in bin/, with a link to it at the top of the build
# folder.
function(lochan_install_binary target)
  set_target_properties(${target} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin"
    INSTALL_RPATH "$ORIGIN/../lib")
  add_custom_command(TARGET ${target} POST_BUILD
    COMMAND ${CMAKE_COMMAND} -E create_symlink "bin/${target}" "${CMAKE_BINARY_DIR}/${target}")
  install(TARGETS ${target} RUNTIME DESTINATION bin)
  install(FILES ${LOCHAN_LIBRARIES} DESTINATION lib)
  install(FILES "${CMAKE_SOURCE_DIR}/LICENSE" DESTINATION share/doc/lochan)
  foreach(part duckdb arrow)
    install(FILES "${LOCHAN_DEPS}/${part}/LICENSE" DESTINATION share/doc/lochan RENAME LICENSE.${part})
  endforeach()
endfunction()

# base/version.h: the version has one home, project() in CMakeLists.txt.
configure_file("${CMAKE_SOURCE_DIR}/cmake/version.h.in" "${CMAKE_BINARY_DIR}/generated/base/version.h"
               @ONLY)
