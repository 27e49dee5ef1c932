# What every spec includes, compiled once: it is more than half of what a small one takes.
if(BUILD_TESTING)
  file(WRITE ${PROJECT_BINARY_DIR}/spec_headers.cpp "")
  add_library(spec_headers OBJECT ${PROJECT_BINARY_DIR}/spec_headers.cpp)
  target_link_libraries(spec_headers PRIVATE house_options GTest::gtest)
  target_precompile_headers(spec_headers PRIVATE
    <gtest/gtest.h> <algorithm> <chrono> <functional> <map> <optional> <ranges> <string> <variant>
    <vector>)
endif()

# add_spec(<name> LABEL <label> SOURCES <files> LIBRARIES <targets>): a GoogleTest program, run as
# one test.
function(add_spec name)
  cmake_parse_arguments(SPEC "" "LABEL" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT BUILD_TESTING)
    return()
  endif()
  add_executable(${name} ${SPEC_SOURCES})
  target_link_libraries(${name} PRIVATE
    house_options GTest::gtest GTest::gtest_main ${SPEC_LIBRARIES})
  target_precompile_headers(${name} REUSE_FROM spec_headers)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/specs)
  add_test(NAME ${SPEC_LABEL}.${name} COMMAND ${name})
  set_tests_properties(${SPEC_LABEL}.${name} PROPERTIES LABELS ${SPEC_LABEL})
endfunction()
