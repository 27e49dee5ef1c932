# antiphon_add_service(<name> [AGGREGATES <aggregate>...])
#
# A service with every role, of aggregates that are folders of domain/ beside the caller's
# CMakeLists.txt; of all that are there, unless they are named. docs/PACKAGE.md says what it makes.
include(${CMAKE_CURRENT_LIST_DIR}/AddSpec.cmake)

function(antiphon_add_service name)
  cmake_parse_arguments(PARSE_ARGV 1 SERVICE "" "" "AGGREGATES")
  set(call "antiphon_add_service(${name} AGGREGATES ...)")
  if(SERVICE_UNPARSED_ARGUMENTS)
    list(GET SERVICE_UNPARSED_ARGUMENTS 0 word)
    message(FATAL_ERROR "${call} does not know the word '${word}': "
      "the names of aggregates stand behind AGGREGATES, and nothing else.")
  endif()
  if(SERVICE_KEYWORDS_MISSING_VALUES)
    message(FATAL_ERROR "${call} names no aggregate: "
      "write folders of domain/ behind AGGREGATES, or leave the word out to have all of them.")
  endif()
  get_property(first GLOBAL PROPERTY "ANTIPHON_SERVICE ${PROJECT_BINARY_DIR}")
  if(first)
    message(FATAL_ERROR "${call} is the second service of ${PROJECT_NAME}, after ${first}: "
      "give it a repository of its own, or its aggregates to ${first}.")
  endif()
  set_property(GLOBAL PROPERTY "ANTIPHON_SERVICE ${PROJECT_BINARY_DIR}" ${name})
  if(NOT SERVICE_AGGREGATES)
    file(GLOB wires RELATIVE ${CMAKE_CURRENT_SOURCE_DIR}/domain CONFIGURE_DEPENDS
      domain/*/*_wire.cpp)
    list(TRANSFORM wires REPLACE "/.*" "" OUTPUT_VARIABLE SERVICE_AGGREGATES)
  endif()
  if(NOT SERVICE_AGGREGATES)
    message(FATAL_ERROR "${call} finds no aggregate in ${CMAKE_CURRENT_SOURCE_DIR}/domain: "
      "make one with `antiphon-dev new NAME`.")
  endif()

  foreach(aggregate IN LISTS SERVICE_AGGREGATES)
    antiphon_add_aggregate(${aggregate})
  endforeach()
  antiphon_list_aggregates(${name}_aggregates ${SERVICE_AGGREGATES})
  add_executable(${name})
  target_link_libraries(${name} PRIVATE ${name}_aggregates Antiphon::service)
  add_executable(${name}-broker)
  target_link_libraries(${name}-broker PRIVATE ${name}_aggregates
    $<LINK_LIBRARY:WHOLE_ARCHIVE,Antiphon::embedded_broker>)
  set_target_properties(${name} ${name}-broker PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR})
  # By which the scripts of dev/ know what to build and to run.
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/service.name CONTENT "${name}\n")
endfunction()

# antiphon_add_aggregate(<name>): a library of the folder domain/<name>, its specs, each with a list
# of this aggregate alone, and the test that holds it to its golden events.
function(antiphon_add_aggregate name)
  set(folder ${CMAKE_CURRENT_SOURCE_DIR}/domain/${name})
  antiphon_check_aggregate(${name})
  add_library(domain_${name} STATIC ${folder}/${name}.cpp ${folder}/${name}_wire.cpp)
  target_include_directories(domain_${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(domain_${name} PUBLIC Antiphon::kernel)
  antiphon_list_aggregates(${name}_alone ${name})
  antiphon_add_spec(${name}_spec
    SOURCES ${folder}/${name}_spec.cpp LIBRARIES ${name}_alone Antiphon::kit)
  file(GLOB world_spec CONFIGURE_DEPENDS ${folder}/${name}_world_spec.cpp)
  if(world_spec)
    antiphon_add_spec(${name}_world_spec
      SOURCES ${world_spec} LIBRARIES ${name}_alone Antiphon::world)
  endif()
  if(BUILD_TESTING OR NOT DEFINED BUILD_TESTING)
    add_executable(${name}_golden)
    target_link_libraries(${name}_golden PRIVATE ${name}_alone Antiphon::golden)
    antiphon_add_test(${name}_golden unit ${folder}/${name}_events.json)
  endif()
endfunction()

function(antiphon_check_aggregate name)
  set(folder ${CMAKE_CURRENT_SOURCE_DIR}/domain/${name})
  if(name MATCHES "^(kernel|ports)$" OR NOT name MATCHES "^[a-z][a-z0-9_]*$")
    message(FATAL_ERROR "An aggregate cannot be named '${name}': its folder has a name of "
      "lower-case letters, digits and '_', and not that of Antiphon's own kernel or ports.")
  endif()
  if(NOT IS_DIRECTORY ${folder})
    message(FATAL_ERROR "There is no folder ${folder}: "
      "make it with `antiphon-dev new ${name}`, or take ${name} out of AGGREGATES.")
  endif()
  foreach(end .hpp .cpp _wire.cpp _spec.cpp)
    if(NOT EXISTS ${folder}/${name}${end})
      message(FATAL_ERROR "${folder}/${name}${end} is missing: write it; "
        "an aggregate has ${name}.hpp, ${name}.cpp, ${name}_wire.cpp and ${name}_spec.cpp.")
    endif()
  endforeach()
endfunction()

# antiphon_list_aggregates(<target> <aggregate>...): all_aggregates() for a program, being these.
function(antiphon_list_aggregates target)
  set(AGGREGATE_DECLARATIONS "")
  set(AGGREGATE_CALLS "")
  foreach(name IN LISTS ARGN)
    string(APPEND AGGREGATE_DECLARATIONS "AggregatePtr ${name}_aggregate();\n")
    string(APPEND AGGREGATE_CALLS "    all.push_back(${name}_aggregate());\n")
  endforeach()
  set(file ${PROJECT_BINARY_DIR}/domain/${target}.cpp)
  configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/aggregates.cpp.in ${file} @ONLY)
  add_library(${target} OBJECT ${file})
  list(TRANSFORM ARGN PREPEND domain_ OUTPUT_VARIABLE libraries)
  target_link_libraries(${target} PUBLIC ${libraries} Antiphon::kernel)
endfunction()
