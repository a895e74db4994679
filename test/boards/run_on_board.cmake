# Runs FIRMWARE in QEMU as MACHINE and checks that it ends with CODE (0 if empty) and prints PRINTED. A
# firmware that is too big for the BOARD (FLASH and RAM, in bytes), or a system without QEMU, is said as
# "SKIPPED: why"; with MUST_FIT the former is an error.
if(CODE STREQUAL "")
  set(CODE 0)
endif()
cmake_path(GET FIRMWARE STEM program)

function(does_not_fit why)
  if(MUST_FIT)
    message(FATAL_ERROR "${program} does not fit: ${why}")
  endif()
  execute_process(COMMAND ${CMAKE_COMMAND} -E echo "SKIPPED: does not fit: ${why}")
endfunction()

# ---- Size
execute_process(COMMAND ${NM} ${FIRMWARE} OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
foreach(symbol flash_used ram_used)
  if(NOT symbols MATCHES "([0-9a-f]+) [A-Za-z] mote_${symbol}\n")
    message(FATAL_ERROR "no mote_${symbol} in ${FIRMWARE}")
  endif()
  math(EXPR ${symbol} "0x${CMAKE_MATCH_1}")
endforeach()
if(flash_used GREATER FLASH)
  does_not_fit("${flash_used} bytes of flash, ${BOARD} has ${FLASH}")
  return()
endif()
if(ram_used GREATER RAM)
  does_not_fit("${ram_used} bytes of fixed RAM, ${BOARD} has ${RAM}")
  return()
endif()

# ---- Run
if(NOT QEMU)
  execute_process(COMMAND ${CMAKE_COMMAND} -E echo "SKIPPED: no QEMU for ${MACHINE}")
  return()
endif()
set(command ${QEMU} -M ${MACHINE} -nographic -monitor none -serial none
  -semihosting-config enable=on,target=native)
if(MACHINE STREQUAL "virt")
  list(APPEND command -bios none)
endif()
execute_process(COMMAND ${command} -kernel ${FIRMWARE}
  TIMEOUT 60 RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(code EQUAL 77 AND output MATCHES "OUT OF MEMORY ([a-z]+)\n")
  math(EXPR arena "${RAM} - ${ram_used}")
  does_not_fit("out of memory (${CMAKE_MATCH_1}): ${arena} bytes of ${RAM} are left for the store")
  return()
endif()
string(FIND "${output}" "${PRINTED}\n" found)
if(code STREQUAL CODE AND found EQUAL -1)
  set(code "${code}, but did not print \"${PRINTED}\"")
endif()
if(NOT code STREQUAL CODE)
  execute_process(COMMAND ${CMAKE_COMMAND} -E echo "${output}")
  message(FATAL_ERROR "${program} ended with ${code}")
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -E echo
  "${output}flash_used ${flash_used}\nram_fixed ${ram_used}\nflash_size ${FLASH}\nram_size ${RAM}")
