# What `cmake --install` puts where; docs/PACKAGE.md says what of it others may rely on.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/Antiphon)
set(data_dir ${CMAKE_INSTALL_DATADIR}/antiphon)

install(TARGETS antiphon antiphon-broker)
# Those that cmake/Package.cmake names for others, and what these are made of.
install(
  TARGETS
    antiphon_roles
    asio_beast
    domain_kernel
    domain_ports
    embedded_broker
    gateway_aggregates
    gateway_aggregates_core
    gateway_auth
    gateway_commands
    gateway_contracts
    gateway_http
    gateway_limits
    gateway_sse
    gateway_sse_core
    gateway_store
    gateway_web
    house_options
    infra_archive
    infra_crypto
    infra_jwt
    infra_kafka
    infra_memory
    infra_postgres
    infra_process
    infra_runtime
    kit
    kit_golden
    kit_golden_main
    kit_world
    rdkafka_calls
    rdkafka_replaced
    services_operations
    services_relay
    services_worker
    simulation_world
  EXPORT AntiphonTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}/antiphon)
install(EXPORT AntiphonTargets NAMESPACE Antiphon:: DESTINATION ${package_dir})
export(EXPORT AntiphonTargets NAMESPACE Antiphon::)

configure_package_config_file(
  cmake/AntiphonConfig.cmake.in ${PROJECT_BINARY_DIR}/AntiphonConfig.cmake
  INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
write_basic_package_version_file(AntiphonConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(
  FILES
    ${PROJECT_BINARY_DIR}/AntiphonConfig.cmake
    ${PROJECT_BINARY_DIR}/AntiphonConfigVersion.cmake
    cmake/AddService.cmake
    cmake/AddSpec.cmake
    cmake/Dependencies.cmake
    cmake/aggregates.cpp.in
  DESTINATION ${package_dir})

# The headers that aggregates and their specs include, by the same names as here.
set(include_dir ${CMAKE_INSTALL_INCLUDEDIR}/antiphon)
install(DIRECTORY domain/kernel DESTINATION ${include_dir}/domain FILES_MATCHING PATTERN *.hpp)
set(kit
  aggregate_of arbitrary choices decided given history_run outcome properties report shorten stored
  world)
list(TRANSFORM kit REPLACE "(.+)" "tests/kit/\\1.hpp")
install(FILES ${kit} DESTINATION ${include_dir}/tests/kit)

# The page, and the scripts: bin/antiphon-dev is a link to the one that finds the others beside it.
install(DIRECTORY web DESTINATION ${data_dir})
install(DIRECTORY dev DESTINATION ${data_dir} USE_SOURCE_PERMISSIONS)
install(FILES .clang-format DESTINATION ${data_dir})
file(RELATIVE_PATH script
  ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_DATADIR}/antiphon/dev/antiphon-dev)
file(CREATE_LINK ${script} ${PROJECT_BINARY_DIR}/antiphon-dev SYMBOLIC)
install(FILES ${PROJECT_BINARY_DIR}/antiphon-dev TYPE BIN)
