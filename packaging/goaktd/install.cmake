# Run by `cmake --install`: what depends on the prefix that is given only then. `system` is this
# folder, `bin` where programs are below the prefix.
#
# A prefix that ends in /usr has its /etc beside it, whether it is the real one or a copy in which a
# package is put together; any other has it inside.
get_filename_component(last "${CMAKE_INSTALL_PREFIX}" NAME)
if(last STREQUAL "usr")
  get_filename_component(root "${CMAKE_INSTALL_PREFIX}" DIRECTORY)
  string(REGEX REPLACE "/$" "" root "${root}")
  set(etc "${root}/etc/goaktd")
  set(program "/usr/${bin}/goaktd")
else()
  set(etc "${CMAKE_INSTALL_PREFIX}/etc/goaktd")
  set(program "${CMAKE_INSTALL_PREFIX}/${bin}/goaktd")
endif()

# A configuration that somebody has edited stays; ours is put beside it.
set(name goaktd.toml)
if(EXISTS "$ENV{DESTDIR}${etc}/${name}")
  file(SHA256 "$ENV{DESTDIR}${etc}/${name}" theirs)
  file(SHA256 "${system}/${name}" ours)
  if(NOT theirs STREQUAL ours)
    set(name goaktd.toml.new)
    message(STATUS "Kept: $ENV{DESTDIR}${etc}/goaktd.toml; the new one is ${name}")
  endif()
endif()
file(INSTALL DESTINATION "${etc}" TYPE FILE FILES "${system}/goaktd.toml" RENAME "${name}")

set(unit "${CMAKE_INSTALL_PREFIX}/lib/systemd/system/goaktd.service")
file(READ "${system}/goaktd.service" text)
string(REPLACE "/usr/bin/goaktd" "${program}" text "${text}")
message(STATUS "Installing: $ENV{DESTDIR}${unit}")
file(WRITE "$ENV{DESTDIR}${unit}" "${text}")
list(APPEND CMAKE_INSTALL_MANIFEST_FILES "${unit}")
