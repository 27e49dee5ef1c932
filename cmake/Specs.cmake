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
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/specs)
  add_test(NAME ${SPEC_LABEL}.${name} COMMAND ${name})
  set_tests_properties(${SPEC_LABEL}.${name} PROPERTIES LABELS ${SPEC_LABEL})
endfunction()
