# How everything of ours is compiled: language, output folders, cache, linker, sanitizers, warnings.
include_guard(GLOBAL)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
add_compile_options(-fno-semantic-interposition)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_FIND_PACKAGE_TARGETS_GLOBAL ON)  # libgoakt links what its folders find
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

find_program(GOAKT_CCACHE ccache)
if(GOAKT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${GOAKT_CCACHE})
endif()

find_program(GOAKT_MOLD mold)
if(GOAKT_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

if(GOAKT_SANITIZE)
  add_compile_options(-fsanitize=${GOAKT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${GOAKT_SANITIZE})
  # Tests that count allocations or run a million rounds make themselves smaller with it.
  add_compile_definitions(GOAKT_SANITIZED=1)
else()
  add_link_options(LINKER:--no-undefined)
endif()

# Only for targets of ours: generated code and packages compile without them.
function(goakt_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                           -Wnon-virtual-dtor -Woverloaded-virtual)
  if(GOAKT_WERROR)
    # Optimising, be it for a sanitizer, g++ 12 raises these in the standard library's own code.
    set(false_alarms -Wno-error=maybe-uninitialized -Wno-error=restrict -Wno-error=array-bounds
                     -Wno-error=stringop-overflow)
    target_compile_options(${target} PRIVATE -Werror ${false_alarms})
  endif()
endfunction()

# Adds each folder that matches and has a CMakeLists.txt, in the order given; a folder that appears
# later is found by the next build.
function(goakt_add_subdirectories)
  foreach(pattern IN LISTS ARGN)
    file(GLOB lists CONFIGURE_DEPENDS RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} ${pattern}/CMakeLists.txt)
    foreach(list IN LISTS lists)
      cmake_path(GET list PARENT_PATH folder)
      add_subdirectory(${folder})
    endforeach()
  endforeach()
endfunction()
