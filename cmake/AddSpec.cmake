# antiphon_add_spec(<name> [LABEL <label>] SOURCES <files> LIBRARIES <targets>): a GoogleTest
# program, run by ctest as one test, <label>.<name>.
function(antiphon_add_spec name)
  cmake_parse_arguments(PARSE_ARGV 1 SPEC "" "LABEL" "SOURCES;LIBRARIES")
  if(DEFINED BUILD_TESTING AND NOT BUILD_TESTING)
    return()
  endif()
  if(NOT SPEC_LABEL)
    set(SPEC_LABEL unit)
  endif()
  add_executable(${name} ${SPEC_SOURCES})
  target_link_libraries(${name} PRIVATE GTest::gtest GTest::gtest_main ${SPEC_LIBRARIES})
  antiphon_add_test(${name} ${SPEC_LABEL})
endfunction()

# antiphon_add_test(<program> <label> [<arguments>...]): runs a program of specs/.
function(antiphon_add_test program label)
  set_target_properties(${program} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/specs)
  add_test(NAME ${label}.${program} COMMAND ${program} ${ARGN})
  set_tests_properties(${label}.${program} PROPERTIES LABELS ${label})
endfunction()
