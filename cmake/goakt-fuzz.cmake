# goakt_fuzz(NAME fuzz.cron SOURCES cron_fuzz.cc CORPUS corpus/cron LINK actor)
#
# ROUNDS: mutations that are tried, 2000 when not said.
#
# A driver defines LLVMFuzzerTestOneInput. Under g++ (always) a plain main replays the corpus and
# seeded mutations of it, which is the test; with clang and GOAKT_SANITIZE=fuzzer,address the same
# file is a libFuzzer program.
include_guard(GLOBAL)

function(goakt_fuzz)
  cmake_parse_arguments(arg "" "NAME;CORPUS;ROUNDS" "SOURCES;LINK" ${ARGN})
  set(main ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cc)
  if(GOAKT_SANITIZE MATCHES fuzzer)
    set(main "")
  endif()
  goakt_test(NAME ${arg_NAME} NO_MAIN SOURCES ${arg_SOURCES} ${main} LINK ${arg_LINK}
             ARGS ${CMAKE_CURRENT_SOURCE_DIR}/${arg_CORPUS} ${arg_ROUNDS})
endfunction()
