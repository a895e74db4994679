# Makes a library for the Arduino IDE and arduino-cli, which want all headers and sources in one folder, src/,
# compile whatever is there, and take no compiler flags from a library:
#   cmake -DOUTPUT=FOLDER -P packaging/arduino/export.cmake
# makes FOLDER/Mote, to be put into the sketchbook's folder libraries/, and FOLDER/Mote.zip for the IDE's
# "Add .ZIP Library".
get_filename_component(root ${CMAKE_CURRENT_LIST_DIR}/../.. ABSOLUTE)
if(NOT DEFINED OUTPUT)
  message(FATAL_ERROR "usage: cmake -DOUTPUT=FOLDER -P export.cmake")
endif()
get_filename_component(OUTPUT ${OUTPUT} ABSOLUTE)
set(library ${OUTPUT}/Mote)
set(here ${CMAKE_CURRENT_LIST_DIR})
file(REMOVE_RECURSE ${library}/src ${library}/examples)

# Sources, and what they include.
include(${root}/cmake/sources.cmake)
file(GLOB_RECURSE headers RELATIVE ${root}/src ${root}/src/*.hpp ${root}/src/*.def)
list(FILTER headers EXCLUDE REGEX "^wasm_c_api/")
foreach(file ${MOTE_CORE_SOURCES} ${MOTE_WASI_SOURCES} ${headers})
  get_filename_component(folder ${file} DIRECTORY)
  file(COPY ${root}/src/${file} DESTINATION ${library}/src/${folder})
endforeach()
file(COPY ${root}/include/mote DESTINATION ${library}/src
  PATTERN port_linux.hpp EXCLUDE PATTERN wasm_c_api.h EXCLUDE)

# What elsewhere are flags. The engine is for speed, whatever the rest of a sketch is compiled for.
file(READ ${root}/include/mote/config.hpp text)
file(READ ${here}/config.hpp.in settings)
string(REPLACE "#pragma once\n" "#pragma once\n${settings}" with_settings "${text}")
if(text STREQUAL with_settings)
  message(FATAL_ERROR "include/mote/config.hpp does not begin as expected")
endif()
file(WRITE ${library}/src/mote/config.hpp "${with_settings}")
file(READ ${root}/src/interp/engine.cpp text)
file(WRITE ${library}/src/interp/engine.cpp
  "#if defined(__GNUC__) && !defined(__clang__)\n#pragma GCC optimize(\"O2\")\n#endif\n${text}")
file(GLOB FILES ${root}/src/interp/* ${root}/src/loader/* ${root}/src/runtime/*)
set(OUTPUT_FOLDER ${OUTPUT})
set(OUTPUT ${library}/src/mote_engine_sources.hpp)
include(${root}/cmake/engine_sources.cmake)

file(COPY ${here}/library.properties ${here}/examples ${root}/LICENSE DESTINATION ${library})
file(COPY ${here}/Mote.h DESTINATION ${library}/src)
execute_process(COMMAND ${CMAKE_COMMAND} -E tar cf Mote.zip --format=zip Mote
  WORKING_DIRECTORY ${OUTPUT_FOLDER} COMMAND_ERROR_IS_FATAL ANY)
