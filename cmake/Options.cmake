# Every target of ours links house_options: what whoever links ours has to be compiled with, too.
add_library(house_options INTERFACE)
target_compile_features(house_options INTERFACE cxx_std_20)
target_include_directories(house_options INTERFACE
  $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>
  $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/antiphon>)

# ANTIPHON_SANITIZE: empty, "address,undefined" or "thread".
set(ANTIPHON_SANITIZE "" CACHE STRING "sanitizers to build with")
if(ANTIPHON_SANITIZE)
  target_compile_options(house_options INTERFACE
    -fsanitize=${ANTIPHON_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(house_options INTERFACE -fsanitize=${ANTIPHON_SANITIZE})
  if(ANTIPHON_SANITIZE MATCHES "undefined")
    # These look at every access to memory, which AddressSanitizer does, too, and take a quarter of
    # the time to compile.
    target_compile_options(house_options INTERFACE
      -fno-sanitize=null,alignment,object-size,vptr,nonnull-attribute,returns-nonnull-attribute)
  endif()
  if(ANTIPHON_SANITIZE STREQUAL "thread")
    target_compile_options(house_options INTERFACE -Wno-tsan)  # g++ 12 warns of fences in Asio
  endif()
endif()

# The rest is for this repository alone.
add_compile_options(
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Wold-style-cast)
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")  # what may go elsewhere does not say where it was built
  add_compile_options(
    -ffile-prefix-map=${PROJECT_SOURCE_DIR}/= -ffile-prefix-map=${PROJECT_BINARY_DIR}=build)
endif()
if(PROJECT_IS_TOP_LEVEL)
  find_program(CCACHE ccache)
  if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # Without this it keeps nothing that precompiled headers went into.
    set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_SLOPPINESS=pch_defines,time_macros ${CCACHE})
  endif()
  find_program(LLD ld.lld)
  if(LLD)
    add_link_options(-fuse-ld=lld)
  endif()
endif()
