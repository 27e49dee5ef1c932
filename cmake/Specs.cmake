# What every spec includes, compiled once: it is more than half of what a small one takes.
if(ANTIPHON_DEVELOPMENT AND BUILD_TESTING)
  file(WRITE ${PROJECT_BINARY_DIR}/spec_headers.cpp "")
  add_library(spec_headers OBJECT ${PROJECT_BINARY_DIR}/spec_headers.cpp)
  target_link_libraries(spec_headers PRIVATE house_options GTest::gtest)
  if(ANTIPHON_SANITIZE)  # the checks take most of the time to optimize
    set(spec_options -O0)
  endif()
  target_compile_options(spec_headers PRIVATE ${spec_options})
  target_precompile_headers(spec_headers PRIVATE
    <gtest/gtest.h> <algorithm> <chrono> <functional> <map> <optional> <ranges> <string> <variant>
    <vector>)
endif()

# add_spec(... [THREADS] [SIMULATED]): antiphon_add_spec() for Antiphon's own, which are not built
# inside of another project. ThreadSanitizer is for those that have threads; AddressSanitizer sees
# in the simulation what that runs, too.
function(add_spec name)
  cmake_parse_arguments(PARSE_ARGV 1 SPEC "THREADS;SIMULATED" "" "")
  if(NOT ANTIPHON_DEVELOPMENT OR NOT BUILD_TESTING
      OR (ANTIPHON_SANITIZE STREQUAL "thread" AND NOT SPEC_THREADS)
      OR (ANTIPHON_SANITIZE AND SPEC_SIMULATED))
    return()
  endif()
  list(REMOVE_ITEM ARGN THREADS SIMULATED)
  antiphon_add_spec(${name} ${ARGN})
  target_compile_options(${name} PRIVATE ${spec_options})
  target_precompile_headers(${name} REUSE_FROM spec_headers)
  # One file's names hide what others mean by them: they are short here, and many.
  set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
endfunction()
