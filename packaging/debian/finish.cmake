# Run by CPack when all files of the packages are in their places and nothing is packed yet.
set(all ${CPACK_TEMPORARY_DIRECTORY})
file(GLOB pages ${all}/*/usr/share/man/*/* ${all}/*/usr/share/doc/*/changelog.Debian)
foreach(file IN LISTS pages)
  if(NOT file MATCHES "[.]gz$")
    execute_process(COMMAND gzip -9nf ${file} COMMAND_ERROR_IS_FATAL ANY)
  endif()
endforeach()
# The loader finds the library without being told where.
file(GLOB programs ${all}/*/usr/bin/*)
foreach(program IN LISTS programs)
  file(RPATH_REMOVE FILE ${program})
endforeach()
