# Makes OUT.digest from the scripts in DATA with DIGEST_TOOL and plays it; keeps what the RUNNER of
# scripts prints as OUT.expected and compares the two.
include(${CMAKE_CURRENT_LIST_DIR}/digest_compare.cmake)
if(NOT EXISTS ${DATA})
  say("THE OFFICIAL TEST SUITE IS ABSENT: nothing was tested.\n0 passed, 0 failed, 1 skipped")
  return()
endif()
file(REMOVE ${OUT}.digest ${OUT}.expected)
execute_process(COMMAND ${DIGEST_TOOL} --data ${DATA} --out ${OUT}.digest
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${RUNNER} --data ${DATA}
  OUTPUT_VARIABLE expected COMMAND_ERROR_IS_FATAL ANY)
file(WRITE ${OUT}.expected "${expected}")
execute_process(COMMAND ${DIGEST_TOOL} --play ${OUT}.digest
  RESULT_VARIABLE code OUTPUT_VARIABLE output)
report_and_compare("${expected}" "${output}" "${code}")
