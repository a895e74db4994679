# Runs COMMAND, which must end with 0, and matches its standard output with EXPECTED.
execute_process(COMMAND ${COMMAND} OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE code)
if(NOT code STREQUAL 0)
  message(FATAL_ERROR "exit code ${code}\n${output}${errors}")
endif()
if(NOT output MATCHES "${EXPECTED}")
  message(FATAL_ERROR "printed:\n${output}expected:\n${EXPECTED}\n${errors}")
endif()
