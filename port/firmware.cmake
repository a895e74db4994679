# Building firmware for a board (see boards.cmake) from C++ files that define main().
include(${CMAKE_CURRENT_LIST_DIR}/boards.cmake)
set(MOTE_PORT_DIR ${CMAKE_CURRENT_LIST_DIR})

# mote_firmware(target BOARD board [STACK bytes] [MAY_NOT_FIT] [LIBRARIES...] SOURCES...)
# LIBRARIES: mote::mote, mote::wasi and mote::port unless given.
# STACK: the native stack's size, the board's STACK unless given. MAY_NOT_FIT: link even what is larger than the
# board; the symbols mote_flash_used and mote_ram_used tell. Writes target.map beside the firmware.
function(mote_firmware target)
  cmake_parse_arguments(firmware "MAY_NOT_FIT" "BOARD;STACK" "LIBRARIES;SOURCES" ${ARGN})
  if(NOT firmware_STACK)
    set(firmware_STACK ${MOTE_BOARD_${firmware_BOARD}_STACK})
  endif()
  if(NOT firmware_LIBRARIES)
    set(firmware_LIBRARIES mote::mote mote::wasi mote::port)
  endif()
  list(GET MOTE_BOARD_${firmware_BOARD}_FLASH 0 FLASH_ORIGIN)
  list(GET MOTE_BOARD_${firmware_BOARD}_FLASH 1 FLASH_LENGTH)
  list(GET MOTE_BOARD_${firmware_BOARD}_RAM 0 RAM_ORIGIN)
  list(GET MOTE_BOARD_${firmware_BOARD}_RAM 1 RAM_SIZE)
  set(RAM_LENGTH ${RAM_SIZE})
  if(firmware_MAY_NOT_FIT)
    math(EXPR FLASH_LENGTH "${FLASH_LENGTH} * 16")
    math(EXPR RAM_LENGTH "${RAM_LENGTH} * 16")
  endif()
  set(STACK_SIZE ${firmware_STACK})
  set(script ${CMAKE_CURRENT_BINARY_DIR}/${target}.ld)
  configure_file(${MOTE_PORT_DIR}/bare-metal/firmware.ld.in ${script} @ONLY)

  add_executable(${target} ${firmware_SOURCES})
  set_target_properties(${target} PROPERTIES SUFFIX .elf LINK_DEPENDS ${script})
  target_compile_options(${target} PRIVATE -fno-exceptions -fno-rtti -fno-threadsafe-statics)
  target_link_libraries(${target} PRIVATE ${firmware_LIBRARIES})
  target_link_options(${target} PRIVATE -T${script} -Wl,--gc-sections
    -Wl,--fatal-warnings -Wl,--no-warn-rwx-segments
    -Wl,-Map,${CMAKE_CURRENT_BINARY_DIR}/${target}.map)
endfunction()
