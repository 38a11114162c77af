# goakt_fuzz(NAME fuzz.cron SOURCES cron_fuzz.cc CORPUS corpus/cron LINK actor)
#
# ROUNDS: mutations that are tried, 2000 when not said.
#
# A driver defines LLVMFuzzerTestOneInput. Under g++ (always) a plain main replays the corpus and
# seeded mutations of it, which is the test; with clang (preset fuzz) the same file is a libFuzzer
# program, and the test replays the corpus only. All of them: target fuzz_drivers.
include_guard(GLOBAL)

function(goakt_fuzz)
  cmake_parse_arguments(arg "" "NAME;CORPUS;ROUNDS" "SOURCES;LINK" ${ARGN})
  set(main ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cc)
  set(options ${arg_ROUNDS})
  if(GOAKT_SANITIZE MATCHES fuzzer)
    set(main "")
    set(options -runs=0)
  endif()
  goakt_test(NAME ${arg_NAME} NO_MAIN SOURCES ${arg_SOURCES} ${main} LINK ${arg_LINK}
             ARGS ${CMAKE_CURRENT_SOURCE_DIR}/${arg_CORPUS} ${options})
  if(NOT TARGET fuzz_drivers)
    add_custom_target(fuzz_drivers)
  endif()
  string(REPLACE "." "_" target test_${arg_NAME})
  add_dependencies(fuzz_drivers ${target})
endfunction()
