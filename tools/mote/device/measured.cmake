# Writes what was measured on microcontrollers as a table for C++, one entry for each target of the results
# file, with the profile and the handlers that its preset has:
#   cmake -DRESULTS=mcu.tsv -DPRESETS=CMakePresets.json -DOUTPUT=header -P measured.cmake
file(STRINGS ${RESULTS} lines REGEX "^[^#]")
set(targets)
foreach(line ${lines})
  string(REGEX MATCH "^([^\t]+)\t([^\t]+)\t(.*)$" line "${line}")
  list(APPEND targets ${CMAKE_MATCH_1})
  set(${CMAKE_MATCH_1}/${CMAKE_MATCH_2} "${CMAKE_MATCH_3}")
endforeach()
list(REMOVE_DUPLICATES targets)

file(READ ${PRESETS} presets)
string(JSON count LENGTH "${presets}" configurePresets)
math(EXPR last "${count} - 1")
foreach(i RANGE ${last})
  string(JSON name GET "${presets}" configurePresets ${i} name)
  set(variables configurePresets ${i} cacheVariables)
  string(JSON set ERROR_VARIABLE none GET "${presets}" ${variables} MOTE_HANDLERS)
  string(JSON profile ERROR_VARIABLE none GET "${presets}" ${variables} MOTE_PROFILE)
  if(NOT set STREQUAL "small")
    set(set "fast")  # what config.hpp chooses on 32-bit machines
  endif()
  if(NOT profile STREQUAL "standard")
    set(profile "tiny")  # from the preset of all microcontrollers
  endif()
  set(${name}/set "${profile}\", \"${set}")
endforeach()

set(entries "")
foreach(target ${targets})
  set(numbers "")
  foreach(metric flash_vm flash_vm_libraries flash_wasi flash_wasi_files stack_load stack_run
          static_firmware hello_ram hello_arena)
    if(NOT "${${target}/${metric}}" MATCHES "^[0-9]+$")
      message(FATAL_ERROR "${RESULTS}: no ${metric} of ${target}")
    endif()
    string(APPEND numbers ", ${${target}/${metric}}")
  endforeach()
  if(NOT DEFINED ${target}/set)
    message(FATAL_ERROR "${PRESETS}: no preset ${target}")
  endif()
  string(REGEX REPLACE ",guests-.*" "" toolchain "${${target}/toolchain}")
  string(APPEND entries
    "    {\"${target}\", \"${${target}/set}\", \"${toolchain}\"${numbers}},\n")
endforeach()
file(WRITE ${OUTPUT} "// Made by tools/mote/device/measured.cmake.
#pragma once

#include \"measured.hpp\"

namespace mote::tool {
constexpr MeasuredTarget kMeasuredTargets[] = {
${entries}};
}  // namespace mote::tool
")
