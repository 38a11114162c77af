# cmake -DHEADERS=list-file -DSALT=text -DOUTPUT=build_id.h -P build-id.cmake
file(STRINGS ${HEADERS} headers)
set(sum "${SALT}")
foreach(header IN LISTS headers)
  file(SHA256 ${header} part)
  string(SHA256 sum "${sum}${part}")
endforeach()
string(SHA256 sum "${sum}")
string(SUBSTRING ${sum} 0 16 sum)
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT [[
#pragma once

// Generated from the public headers, the soname, the compiler and the sanitizers: two files with
// the same id agree about every type of the API. A plugin states the id that it was built with.
#define GOAKT_BUILD_ID "@sum@"
]] @ONLY)
