# What every spec includes, compiled once: it is more than half of what a small one takes.
if(ANTIPHON_DEVELOPMENT AND BUILD_TESTING)
  file(WRITE ${PROJECT_BINARY_DIR}/spec_headers.cpp "")
  add_library(spec_headers OBJECT ${PROJECT_BINARY_DIR}/spec_headers.cpp)
  target_link_libraries(spec_headers PRIVATE house_options GTest::gtest)
  target_precompile_headers(spec_headers PRIVATE
    <gtest/gtest.h> <algorithm> <chrono> <functional> <map> <optional> <ranges> <string> <variant>
    <vector>)
endif()

# add_spec(...): antiphon_add_spec() for Antiphon's own, which are not built inside another project.
macro(add_spec name)
  if(ANTIPHON_DEVELOPMENT AND BUILD_TESTING)
    antiphon_add_spec(${name} ${ARGN})
    target_precompile_headers(${name} REUSE_FROM spec_headers)
  endif()
endmacro()
