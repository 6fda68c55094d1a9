# Prebuilt libraries that tools/setup unpacked under LOCHAN_DEPS; the rest is Debian's.
if(NOT EXISTS "${LOCHAN_DEPS}/duckdb/lib/libduckdb.so")
  message(FATAL_ERROR "No dependencies in ${LOCHAN_DEPS}: run `make setup` first.")
endif()

add_library(duckdb SHARED IMPORTED)
set_target_properties(duckdb PROPERTIES
  IMPORTED_LOCATION "${LOCHAN_DEPS}/duckdb/lib/libduckdb.so"
  IMPORTED_NO_SONAME ON
  INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${LOCHAN_DEPS}/duckdb/include"
  INTERFACE_INCLUDE_DIRECTORIES "${LOCHAN_DEPS}/duckdb/include")

add_library(arrow SHARED IMPORTED)
set_target_properties(arrow PROPERTIES
  IMPORTED_LOCATION "${LOCHAN_DEPS}/arrow/lib/libarrow.so.2600"
  INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${LOCHAN_DEPS}/arrow/include"
  INTERFACE_INCLUDE_DIRECTORIES "${LOCHAN_DEPS}/arrow/include")

find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(GRPC REQUIRED IMPORTED_TARGET grpc++)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(ICU REQUIRED IMPORTED_TARGET icu-uc icu-i18n)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(PCRE2 REQUIRED IMPORTED_TARGET libpcre2-8)
find_package(roaring REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
find_package(simdjson REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(date REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(fmt REQUIRED)
find_path(TOMLPLUSPLUS_INCLUDE toml++/toml.h REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(GTest REQUIRED)

# What each folder of src/ needs from outside.
set(LOCHAN_EXTERNAL_base nlohmann_json::nlohmann_json spdlog::spdlog fmt::fmt Threads::Threads
    OpenSSL::Crypto)
set(LOCHAN_EXTERNAL_delta simdjson::simdjson roaring::roaring)
set(LOCHAN_EXTERNAL_types date::date-tz)
set(LOCHAN_EXTERNAL_functions date::date-tz)
set(LOCHAN_EXTERNAL_engine duckdb arrow date::date-tz PkgConfig::ICU PkgConfig::RE2 PkgConfig::PCRE2
    simdjson::simdjson)
set(LOCHAN_EXTERNAL_meta PkgConfig::SQLITE)
set(LOCHAN_EXTERNAL_session arrow)
set(LOCHAN_EXTERNAL_connect lochan_protos arrow PkgConfig::ZSTD)
set(LOCHAN_EXTERNAL_app CLI11::CLI11 edit)

# The Spark Connect protocol, compiled from the descriptors that the PySpark client carries.
set(PROTO_OUT "${CMAKE_BINARY_DIR}/proto")
set(PROTO_NAMES base catalog commands common expressions ml ml_common pipelines relations types)
foreach(name ${PROTO_NAMES})
  list(APPEND PROTO_FILES "spark/connect/${name}.proto")
  list(APPEND PROTO_SOURCES "${PROTO_OUT}/spark/connect/${name}.pb.cc")
endforeach()
find_program(GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)
add_custom_command(
  OUTPUT ${PROTO_SOURCES} "${PROTO_OUT}/spark/connect/base.grpc.pb.cc"
  COMMAND ${CMAKE_COMMAND} -E make_directory "${PROTO_OUT}"
  COMMAND protobuf::protoc "--descriptor_set_in=${LOCHAN_DEPS}/proto/spark_connect.desc"
          "--cpp_out=${PROTO_OUT}" ${PROTO_FILES}
  COMMAND protobuf::protoc "--descriptor_set_in=${LOCHAN_DEPS}/proto/spark_connect.desc"
          "--grpc_out=${PROTO_OUT}" "--plugin=protoc-gen-grpc=${GRPC_CPP_PLUGIN}"
          spark/connect/base.proto
  DEPENDS "${LOCHAN_DEPS}/proto/spark_connect.desc"
  VERBATIM)
add_custom_target(protocol_headers DEPENDS ${PROTO_SOURCES})  # for clang-tidy
add_library(lochan_protos STATIC ${PROTO_SOURCES} "${PROTO_OUT}/spark/connect/base.grpc.pb.cc")
target_include_directories(lochan_protos SYSTEM PUBLIC "${PROTO_OUT}")
target_compile_options(lochan_protos PRIVATE -w -g0)
if(LOCHAN_SANITIZE MATCHES "address")
  # Generated code is not what we look for errors in, and takes minutes to compile sanitized.
  target_compile_options(lochan_protos PRIVATE -fno-sanitize=all)
endif()
target_link_libraries(lochan_protos PUBLIC protobuf::libprotobuf PkgConfig::GRPC)
