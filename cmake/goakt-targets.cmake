# The four kinds of targets: component (a folder of lib/goakt), libgoakt itself, program, test.
#
# One process must hold one runtime. So whatever runs a node (goaktd, plugins, benchmarks) links
# libgoakt, and only unit tests and goaktctl link components directly. A component says where it
# stands:
#   (nothing)       part of libgoakt
#   NOT_IN_LIBRARY  outside, links what it needs statically (goaktctl's side)
#   ON_LIBRARY      outside, above the runtime: what is in libgoakt it gets from there (admin, daemon)
include_guard(GLOBAL)

define_property(TARGET PROPERTY GOAKT_PLACE)

# The targets behind names of components; `on_library`: names inside libgoakt become libgoakt.
function(goakt_resolve out on_library)
  set(targets "")
  foreach(name IN LISTS ARGN)
    string(REGEX REPLACE "^goakt::" "" plain ${name})
    string(REPLACE "/" "_" plain ${plain})
    set(target goakt_${plain})
    if(NOT TARGET ${target})
      list(APPEND targets ${name})  # a package's target, or a component without sources yet
      if(NOT TARGET ${name})
        message(VERBOSE "goakt: no target ${name} (yet)")
        list(POP_BACK targets)
      endif()
      continue()
    endif()
    get_target_property(place ${target} GOAKT_PLACE)
    if(on_library AND place STREQUAL "IN_LIBRARY")
      set(target goakt_shared)
    endif()
    list(APPEND targets ${target})
  endforeach()
  list(REMOVE_DUPLICATES targets)
  set(${out} ${targets} PARENT_SCOPE)
endfunction()

# goakt_component(NAME actor            the folder under lib/goakt, e.g. admin/client
#                 [SOURCES ...]         default: *.cc and internal/*.cc of the folder
#                 [PUBLIC_HEADERS ...]  default: *.h of the folder
#                 [INTERNAL_HEADERS ..] what templates in public headers need from internal/: installed too
#                 [DEPENDS base ...]    components (the arrows of docs/layers.txt)
#                 [EXTERNAL ...]        packages that only .cc files use
#                 [PUBLIC_EXTERNAL ...] packages that our public headers include
#                 [PROTOS ...]          .proto files, relative to the folder
#                 [NOT_IN_LIBRARY | ON_LIBRARY])
function(goakt_component)
  cmake_parse_arguments(arg "NOT_IN_LIBRARY;ON_LIBRARY" "NAME"
                        "SOURCES;PUBLIC_HEADERS;INTERNAL_HEADERS;DEPENDS;EXTERNAL;PUBLIC_EXTERNAL;PROTOS" ${ARGN})
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "goakt_component(${arg_NAME}): what is ${arg_UNPARSED_ARGUMENTS}?")
  endif()
  if(NOT arg_SOURCES)
    file(GLOB arg_SOURCES CONFIGURE_DEPENDS *.cc internal/*.cc)
  endif()
  if(NOT arg_PUBLIC_HEADERS)
    file(GLOB arg_PUBLIC_HEADERS CONFIGURE_DEPENDS *.h)
  endif()
  if(NOT arg_SOURCES AND NOT arg_PUBLIC_HEADERS)
    return()  # nothing written yet
  endif()

  string(REPLACE "/" "_" plain ${arg_NAME})
  set(target goakt_${plain})
  set(scope PUBLIC)
  if(arg_SOURCES)
    add_library(${target} STATIC ${arg_SOURCES})
    goakt_warnings(${target})
    target_link_libraries(${target} PRIVATE ${arg_EXTERNAL})
  else()
    set(scope INTERFACE)
    add_library(${target} INTERFACE)
  endif()
  add_library(goakt::${plain} ALIAS ${target})

  set(place IN_LIBRARY)
  if(arg_ON_LIBRARY)
    set(place ON_LIBRARY)
  elseif(arg_NOT_IN_LIBRARY)
    set(place NOT_IN_LIBRARY)
  endif()
  set_target_properties(${target} PROPERTIES GOAKT_PLACE ${place})

  goakt_resolve(depends ${arg_ON_LIBRARY} ${arg_DEPENDS})
  target_link_libraries(${target} ${scope} ${depends} ${arg_PUBLIC_EXTERNAL})
  target_include_directories(${target} ${scope} ${PROJECT_SOURCE_DIR}/lib
                                               ${PROJECT_BINARY_DIR}/include)
  add_dependencies(${target} goakt_build_id)
  target_sources(${target} ${scope} FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/lib
                                    FILES ${arg_PUBLIC_HEADERS})
  if(arg_PROTOS)
    goakt_protobuf(${target} ${arg_PROTOS})
  endif()

  if(place STREQUAL "IN_LIBRARY")
    set_property(GLOBAL APPEND PROPERTY GOAKT_LIBRARY_COMPONENTS ${target})
    set_property(GLOBAL APPEND PROPERTY GOAKT_LIBRARY_EXTERNAL ${arg_EXTERNAL})
    set_property(GLOBAL APPEND PROPERTY GOAKT_LIBRARY_PUBLIC_EXTERNAL ${arg_PUBLIC_EXTERNAL})
    foreach(header IN LISTS arg_PUBLIC_HEADERS arg_INTERNAL_HEADERS)
      cmake_path(ABSOLUTE_PATH header)
      set_property(GLOBAL APPEND PROPERTY GOAKT_LIBRARY_HEADERS ${header})
    endforeach()
  endif()
endfunction()

# libgoakt.so of all components so far (a static libgoakt.a with BUILD_SHARED_LIBS=OFF).
function(goakt_library)
  get_property(components GLOBAL PROPERTY GOAKT_LIBRARY_COMPONENTS)
  get_property(external GLOBAL PROPERTY GOAKT_LIBRARY_EXTERNAL)
  get_property(public_external GLOBAL PROPERTY GOAKT_LIBRARY_PUBLIC_EXTERNAL)
  list(REMOVE_DUPLICATES external)
  list(REMOVE_DUPLICATES public_external)

  add_library(goakt_shared)  # shared or static: BUILD_SHARED_LIBS
  # Calls inside the library go straight to their target; nobody interposes our functions.
  target_link_options(goakt_shared PRIVATE LINKER:-Bsymbolic-functions)
  add_library(goakt::goakt ALIAS goakt_shared)
  foreach(component IN LISTS components)
    get_target_property(type ${component} TYPE)
    if(type STREQUAL "STATIC_LIBRARY")
      # The objects themselves, so that registrations by static objects are never dropped.
      target_sources(goakt_shared PRIVATE $<TARGET_OBJECTS:${component}>)
    endif()
  endforeach()
  set_target_properties(goakt_shared PROPERTIES
    OUTPUT_NAME goakt EXPORT_NAME goakt LINKER_LANGUAGE CXX
    VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR})
  get_property(headers GLOBAL PROPERTY GOAKT_LIBRARY_HEADERS)
  set(build_id ${PROJECT_BINARY_DIR}/include/goakt/base/build_id.h)
  goakt_build_id(${build_id} ${headers})
  target_sources(goakt_shared PUBLIC
    FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/lib ${PROJECT_BINARY_DIR}/include
    FILES ${headers} ${build_id})
  set_target_properties(goakt_shared PROPERTIES VERIFY_INTERFACE_HEADER_SETS OFF)  # components do
  target_compile_features(goakt_shared PUBLIC cxx_std_20)
  target_link_libraries(goakt_shared PUBLIC ${public_external} PRIVATE ${external})
endfunction()

# The header with GOAKT_BUILD_ID, "goakt/base/build_id.h": made anew when a public header changes.
function(goakt_build_id output)
  set(list ${PROJECT_BINARY_DIR}/public-headers.txt)
  list(SORT ARGN)
  list(JOIN ARGN "\n" lines)
  file(CONFIGURE OUTPUT ${list} CONTENT "${lines}\n")
  string(REGEX REPLACE "[.].*" "" compiler ${CMAKE_CXX_COMPILER_VERSION})
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DHEADERS=${list} -DOUTPUT=${output}
            -DSALT=${PROJECT_VERSION_MAJOR}/${CMAKE_CXX_COMPILER_ID}-${compiler}/${GOAKT_SANITIZE}
            -P ${PROJECT_SOURCE_DIR}/cmake/build-id.cmake
    DEPENDS ${list} ${ARGN} ${PROJECT_SOURCE_DIR}/cmake/build-id.cmake
    COMMENT "build id" VERBATIM)
  add_custom_target(goakt_build_id DEPENDS ${output})
endfunction()

# goakt_program(NAME goaktd [SOURCES ...] LINK daemon ... [INSTALL])
function(goakt_program)
  cmake_parse_arguments(arg "INSTALL" "NAME" "SOURCES;LINK" ${ARGN})
  if(NOT arg_SOURCES)
    file(GLOB arg_SOURCES CONFIGURE_DEPENDS *.cc */*.cc)
  endif()
  add_executable(${arg_NAME} ${arg_SOURCES})
  goakt_warnings(${arg_NAME})
  goakt_link(${arg_NAME} ${arg_LINK})
  target_include_directories(${arg_NAME} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  file(RELATIVE_PATH to_library ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
  set_target_properties(${arg_NAME} PROPERTIES INSTALL_RPATH "$ORIGIN/${to_library}")
  if(arg_INSTALL)
    install(TARGETS ${arg_NAME} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${arg_NAME})
  endif()
  set_property(GLOBAL APPEND PROPERTY GOAKT_PRODUCT ${arg_NAME})
endfunction()

# Links components, taking care that no process gets the runtime twice.
function(goakt_link target)
  set(on_library FALSE)
  foreach(name IN LISTS ARGN)
    string(REGEX REPLACE "^goakt::" "" plain ${name})
    string(REPLACE "/" "_" plain ${plain})
    if(plain STREQUAL "goakt" OR plain STREQUAL "goakt_shared")
      set(on_library TRUE)
    elseif(TARGET goakt_${plain})
      get_target_property(place goakt_${plain} GOAKT_PLACE)
      if(place STREQUAL "ON_LIBRARY")
        set(on_library TRUE)
      endif()
    endif()
  endforeach()
  goakt_resolve(targets ${on_library} ${ARGN})
  target_link_libraries(${target} PRIVATE ${targets})
endfunction()

# goakt_test(NAME unit.base      ring.folder[.what]; the ring is a label too
#            [RING unit]         default: what stands before the first point
#            [SOURCES ...]       default: *.cc of the folder
#            [LINK base ...]     components and packages
#            [CONCURRENT]        also run under ThreadSanitizer by scripts/test
#            [NO_MAIN]           brings its own main, is no doctest program
#            [TIMEOUT seconds] [ARGS ...])
function(goakt_test)
  cmake_parse_arguments(arg "CONCURRENT;NO_MAIN" "NAME;RING;TIMEOUT" "SOURCES;LINK;ARGS" ${ARGN})
  if(NOT arg_SOURCES)
    file(GLOB arg_SOURCES CONFIGURE_DEPENDS *.cc)
  endif()
  if(NOT arg_SOURCES)
    return()
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()

  string(REPLACE "." "_" target test_${arg_NAME})
  string(REPLACE "/" "_" target ${target})
  add_executable(${target} ${arg_SOURCES})
  goakt_warnings(${target})
  goakt_link(${target} ${arg_LINK})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/lib)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/tests)
  if(NOT arg_NO_MAIN)
    target_link_libraries(${target} PRIVATE goakt_test_main)
  endif()
  if(arg_CONCURRENT)
    # Built alone where only these run (ThreadSanitizer).
    set_property(GLOBAL APPEND PROPERTY GOAKT_CONCURRENT_TESTS ${target})
  endif()
  add_test(NAME ${arg_NAME} COMMAND ${target} ${arg_ARGS})
  goakt_test_properties(${arg_NAME} "${arg_RING}" ${arg_CONCURRENT} ${arg_TIMEOUT})
endfunction()

# goakt_script_test(NAME unit.layers [CONCURRENT] [TIMEOUT seconds] COMMAND ...): any command.
function(goakt_script_test)
  cmake_parse_arguments(arg "CONCURRENT" "NAME;RING;TIMEOUT" "COMMAND" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_test(NAME ${arg_NAME} COMMAND ${arg_COMMAND})
  goakt_test_properties(${arg_NAME} "${arg_RING}" ${arg_CONCURRENT} ${arg_TIMEOUT})
endfunction()

function(goakt_test_properties name ring concurrent timeout)
  if(NOT ring)
    string(REGEX REPLACE "[.].*" "" ring ${name})
  endif()
  set(labels ${ring})
  if(concurrent)
    list(APPEND labels concurrent)
  endif()
  set(environment
      "UBSAN_OPTIONS=print_stacktrace=1"
      "ASAN_OPTIONS=detect_stack_use_after_return=0:strict_string_checks=1"
      "TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1")
  set_tests_properties(${name} PROPERTIES LABELS "${labels}" TIMEOUT ${timeout}
                       ENVIRONMENT "${environment}" SKIP_RETURN_CODE 77)
endfunction()
