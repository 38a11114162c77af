# goakt_protobuf and goakt_add_plugin: used by this project and installed for plugins built outside.
include_guard(GLOBAL)

# goakt_protobuf(target a.proto ...): adds the generated code of .proto files (relative to the
# current folder) to a target. Include it as "a.pb.h". It compiles without the target's warnings.
function(goakt_protobuf target)
  find_package(Protobuf REQUIRED)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/protobuf)
  file(MAKE_DIRECTORY ${out})
  foreach(proto IN LISTS ARGN)
    cmake_path(ABSOLUTE_PATH proto BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR} OUTPUT_VARIABLE file)
    cmake_path(REMOVE_EXTENSION proto LAST_ONLY OUTPUT_VARIABLE stem)
    add_custom_command(
      OUTPUT ${out}/${stem}.pb.cc ${out}/${stem}.pb.h
      COMMAND protobuf::protoc --proto_path=${CMAKE_CURRENT_SOURCE_DIR} --cpp_out=${out} ${file}
      DEPENDS ${file}
      COMMENT "protoc ${proto}"
      VERBATIM)
    target_sources(${target} PRIVATE ${out}/${stem}.pb.cc ${out}/${stem}.pb.h)
    set_source_files_properties(${out}/${stem}.pb.cc PROPERTIES COMPILE_OPTIONS -w)
  endforeach()
  target_include_directories(${target} SYSTEM PUBLIC $<BUILD_INTERFACE:${out}>)
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf)
endfunction()

# goakt_add_plugin(NAME bank SOURCES ... [PROTOS ...] [LINK ...]): a shared object that
# `goaktd --plugins.load=FILE` loads. It links libgoakt.so, never the runtime a second time.
function(goakt_add_plugin)
  cmake_parse_arguments(arg "" "NAME" "SOURCES;PROTOS;LINK" ${ARGN})
  add_library(${arg_NAME} MODULE ${arg_SOURCES})
  set_target_properties(${arg_NAME} PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden
                                               VISIBILITY_INLINES_HIDDEN ON)
  target_link_libraries(${arg_NAME} PRIVATE goakt::goakt ${arg_LINK})
  if(arg_PROTOS)
    goakt_protobuf(${arg_NAME} ${arg_PROTOS})
  endif()
  if(COMMAND goakt_warnings)  # inside the project
    goakt_warnings(${arg_NAME})
    set_target_properties(${arg_NAME} PROPERTIES
                          LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/plugins)
  endif()
  set_property(GLOBAL APPEND PROPERTY GOAKT_PRODUCT ${arg_NAME})
endfunction()
