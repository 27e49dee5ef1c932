# An aggregate is a folder under domain/ with <name>.hpp, <name>.cpp, <name>_wire.cpp and
# <name>_spec.cpp, and <name>_world_spec.cpp if it wants one. add_aggregates() finds them, builds
# each with its specs and with a test that holds it to its golden events, <name>_events.json, and
# writes the list of all of them; a spec has a list of its own aggregate alone.
function(add_aggregates)
  file(GLOB wires RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS */*_wire.cpp)
  foreach(wire IN LISTS wires)
    get_filename_component(name ${wire} DIRECTORY)
    add_library(domain_${name} STATIC ${name}/${name}.cpp ${name}/${name}_wire.cpp)
    target_link_libraries(domain_${name} PUBLIC domain_kernel)
    list(APPEND names ${name})
    list(APPEND targets domain_${name})
    list_aggregates(${name}_alone.cpp ${name})
    add_spec(${name}_spec LABEL unit
      SOURCES ${name}/${name}_spec.cpp ${PROJECT_BINARY_DIR}/domain/${name}_alone.cpp
      LIBRARIES domain_${name} kit)
    file(GLOB world_spec CONFIGURE_DEPENDS ${name}/${name}_world_spec.cpp)
    if(world_spec)
      add_spec(${name}_world_spec LABEL unit
        SOURCES ${world_spec} ${PROJECT_BINARY_DIR}/domain/${name}_alone.cpp
        LIBRARIES domain_${name} kit_world)
    endif()
    add_golden(${name} ${CMAKE_CURRENT_SOURCE_DIR}/${name}/${name}_events.json)
  endforeach()
  list_aggregates(aggregates.cpp ${names})
  add_library(domain STATIC ${PROJECT_BINARY_DIR}/domain/aggregates.cpp)
  target_link_libraries(domain PUBLIC domain_kernel PRIVATE ${targets})
endfunction()

# list_aggregates(<file> <names>): all_aggregates(), as a file of the build's folder domain/.
function(list_aggregates file)
  set(AGGREGATE_DECLARATIONS "")
  set(AGGREGATE_CALLS "")
  foreach(name IN LISTS ARGN)
    string(APPEND AGGREGATE_DECLARATIONS "AggregatePtr ${name}_aggregate();\n")
    string(APPEND AGGREGATE_CALLS "    all.push_back(${name}_aggregate());\n")
  endforeach()
  configure_file(
    ${PROJECT_SOURCE_DIR}/cmake/aggregates.cpp.in ${PROJECT_BINARY_DIR}/domain/${file} @ONLY)
endfunction()

function(add_golden name events)
  if(NOT BUILD_TESTING)
    return()
  endif()
  set(golden ${name}_golden)
  add_executable(${golden} ${PROJECT_SOURCE_DIR}/tests/kit/golden_main.cpp)
  target_compile_definitions(${golden} PRIVATE
    GOLDEN_AGGREGATE=${name}_aggregate GOLDEN_NAME="${name}")
  target_link_libraries(${golden} PRIVATE domain_${name} kit_golden)
  set_target_properties(${golden} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/specs)
  add_test(NAME unit.${golden} COMMAND ${golden} ${events})
  set_tests_properties(unit.${golden} PROPERTIES LABELS unit)
endfunction()
