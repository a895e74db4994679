# Runs Doxygen and says what is not documented, as errors:
#   cmake -DDOXYGEN=doxygen -DSOURCE=. -DOUTPUT=folder [-DVERSION=0.1.0] -P docs/doxygen.cmake
# Fields of structures whose names say it, and macros of one group, need no text of their own: the structure
# or the group has one. Doxygen cannot leave those alone, so its warnings are read here.
cmake_path(ABSOLUTE_PATH SOURCE NORMALIZE)
cmake_path(ABSOLUTE_PATH OUTPUT NORMALIZE)
set(PROJECT_SOURCE_DIR ${SOURCE})
set(PROJECT_VERSION ${VERSION})
set(MOTE_DOCS_OUTPUT ${OUTPUT})
file(MAKE_DIRECTORY ${OUTPUT})
configure_file(${SOURCE}/docs/Doxyfile.in ${OUTPUT}/Doxyfile @ONLY)
execute_process(COMMAND ${DOXYGEN} ${OUTPUT}/Doxyfile RESULT_VARIABLE code OUTPUT_VARIABLE log
  ERROR_VARIABLE log)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "doxygen ended with ${code}: ${log}")
endif()
string(REPLACE ";" "," log "${log}")
string(REGEX REPLACE "[][]" "" log "${log}")
string(REPLACE "\n" ";" lines "${log}")
set(count 0)
foreach(line IN LISTS lines)
  if(NOT line MATCHES "(warning|error): " OR
     line MATCHES "\\((variable|macro definition)\\) of .* is not documented")
    continue()
  endif()
  message("${line}")
  math(EXPR count "${count} + 1")
endforeach()
if(NOT count EQUAL 0)
  message(FATAL_ERROR "${count} warnings of doxygen")
endif()
