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

# Symbols go into a package of their own, where debuggers look for them: below the build id.
file(GLOB libraries ${all}/*/usr/lib/*/libgoakt.so.*)
foreach(binary IN LISTS programs libraries)
  if(IS_SYMLINK ${binary})
    continue()
  endif()
  execute_process(COMMAND readelf --notes ${binary} OUTPUT_VARIABLE notes COMMAND_ERROR_IS_FATAL ANY)
  if(NOT notes MATCHES "Build ID: ([0-9a-f][0-9a-f])([0-9a-f]+)")
    message(FATAL_ERROR "${binary} has no build id")
  endif()
  set(folder ${all}/goaktd-dbg/usr/lib/debug/.build-id/${CMAKE_MATCH_1})
  set(symbols ${folder}/${CMAKE_MATCH_2}.debug)
  file(MAKE_DIRECTORY ${folder})
  execute_process(COMMAND objcopy --only-keep-debug --compress-debug-sections ${binary} ${symbols}
                  COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND strip --strip-unneeded --remove-section=.comment --remove-section=.note ${binary}
                  COMMAND_ERROR_IS_FATAL ANY)
  file(CHMOD ${symbols} PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
endforeach()
