# Plays DIGEST with FIRMWARE in QEMU as MACHINE, and compares the outcome with that of the host's
# runner of scripts, which is in a file beside the digest.
include(${CMAKE_CURRENT_LIST_DIR}/../../../spec-tests/digest_compare.cmake)
cmake_path(REPLACE_EXTENSION DIGEST LAST_ONLY expected OUTPUT_VARIABLE expected)
if(NOT EXISTS ${DIGEST} OR NOT EXISTS ${expected})
  say("THE OFFICIAL TEST SUITE IS ABSENT: nothing was tested.
There is no ${DIGEST}: let ctest run the test spec-digest of preset release first.
0 passed, 0 failed, 1 skipped")
  return()
endif()
if(NOT QEMU)
  say("NO QEMU for ${MACHINE}: nothing was tested.\n0 passed, 0 failed, 1 skipped")
  return()
endif()

execute_process(COMMAND ${NM} ${FIRMWARE} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
foreach(symbol flash_used ram_used)
  if(NOT symbols MATCHES "([0-9a-f]+) [A-Za-z] mote_${symbol}\n")
    message(FATAL_ERROR "no mote_${symbol} in ${FIRMWARE}")
  endif()
  math(EXPR ${symbol} "0x${CMAKE_MATCH_1}")
  say("${symbol} ${${symbol}}")
endforeach()

set(command ${QEMU} -M ${MACHINE} -nographic -monitor none -serial none
  -semihosting-config enable=on,target=native,arg=suite,arg=${DIGEST})
if(MACHINE STREQUAL "virt")
  list(APPEND command -bios none)
endif()
execute_process(COMMAND ${command} -kernel ${FIRMWARE}
  TIMEOUT 500 RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
file(READ ${expected} expected)
report_and_compare("${expected}" "${output}" "${code}")
