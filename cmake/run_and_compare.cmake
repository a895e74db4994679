# Runs COMMAND with ARGUMENTS (separated by |) and compares its exit code and standard output.
string(REPLACE "|" ";" ARGUMENTS "${ARGUMENTS}")
execute_process(COMMAND ${COMMAND} ${ARGUMENTS} OUTPUT_VARIABLE output ERROR_VARIABLE errors
  RESULT_VARIABLE code)
if(NOT code STREQUAL CODE)
  message(FATAL_ERROR "exit code ${code}, expected ${CODE}\n${output}${errors}")
endif()
if(NOT output STREQUAL EXPECTED)
  message(FATAL_ERROR "printed:\n${output}expected:\n${EXPECTED}${errors}")
endif()
