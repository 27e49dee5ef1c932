# Every target of ours links house_options; nothing else sets flags.
add_library(house_options INTERFACE)
target_include_directories(house_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_options(house_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast)

# ANTIPHON_SANITIZE: empty, "address,undefined" or "thread".
set(ANTIPHON_SANITIZE "" CACHE STRING "sanitizers to build with")
if(ANTIPHON_SANITIZE)
  target_compile_options(house_options INTERFACE
    -fsanitize=${ANTIPHON_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(house_options INTERFACE -fsanitize=${ANTIPHON_SANITIZE})
  if(ANTIPHON_SANITIZE STREQUAL "thread")
    target_compile_options(house_options INTERFACE -Wno-tsan)  # g++ 12 warns of fences in Asio
  endif()
endif()

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Without this it keeps nothing that precompiled headers went into.
  set(CMAKE_CXX_COMPILER_LAUNCHER
    ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
endif()
find_program(LLD ld.lld)
if(LLD)
  target_link_options(house_options INTERFACE -fuse-ld=lld)
endif()
