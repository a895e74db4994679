# The boards that firmware can be built for, all of them emulated by QEMU 7.2.
#   mote_board(name CPU... QEMU arm|riscv32 MACHINE name FLASH origin size RAM origin size STACK size)
# CPU: the presets whose code runs on it. Sizes in bytes. STACK: what a firmware gets unless it asks
# for something else; below RAM, an access is a fault, except on the MPS2 boards and virt, which
# therefore get much. Each fact is kept in MOTE_BOARD_<name>_*.
set(MOTE_BOARDS)
function(mote_board name)
  cmake_parse_arguments(board "" "QEMU;MACHINE;STACK" "CPU;FLASH;RAM" ${ARGN})
  foreach(key CPU FLASH RAM QEMU MACHINE STACK)
    set(MOTE_BOARD_${name}_${key} "${board_${key}}" PARENT_SCOPE)
  endforeach()
  list(APPEND MOTE_BOARDS ${name})
  set(MOTE_BOARDS ${MOTE_BOARDS} PARENT_SCOPE)
endfunction()

# BBC micro:bit, nRF51822
mote_board(microbit CPU cortex-m0 QEMU arm MACHINE microbit
  FLASH 0x00000000 262144 RAM 0x20000000 16384 STACK 2048)
# Stellaris LM3S811EVB
mote_board(lm3s811evb CPU cortex-m3 QEMU arm MACHINE lm3s811evb
  FLASH 0x00000000 65536 RAM 0x20000000 8192 STACK 2048)
# STM32VLDISCOVERY, STM32F100RB
mote_board(stm32vldiscovery CPU cortex-m3 QEMU arm MACHINE stm32vldiscovery
  FLASH 0x08000000 131072 RAM 0x20000000 8192 STACK 2048)
# Arm MPS2 with a Cortex-M3: room for what the small boards have not. Runs v6-M code, too.
mote_board(mps2-an385 CPU cortex-m0 cortex-m3 QEMU arm MACHINE mps2-an385
  FLASH 0x00000000 4194304 RAM 0x20000000 4194304 STACK 16384)
# Netduino Plus 2, STM32F405
mote_board(netduinoplus2 CPU cortex-m4 cortex-m4f cortex-m4f-small QEMU arm MACHINE netduinoplus2
  FLASH 0x08000000 1048576 RAM 0x20000000 131072 STACK 16384)
# Arm MPS2 with a Cortex-M4F
mote_board(mps2-an386 CPU cortex-m4f cortex-m4f-small QEMU arm MACHINE mps2-an386
  FLASH 0x00000000 4194304 RAM 0x20000000 4194304 STACK 16384)
# Arm MPS2 with a Cortex-M33 with floating-point unit, in secure state
mote_board(mps2-an505 CPU cortex-m33 QEMU arm MACHINE mps2-an505
  FLASH 0x10000000 4194304 RAM 0x38000000 2097152 STACK 16384)
# SiFive HiFive1, FE310
mote_board(sifive_e CPU rv32 QEMU riscv32 MACHINE sifive_e
  FLASH 0x20400000 4194304 RAM 0x80000000 16384 STACK 2048)
# No board at all: RAM only, the first megabyte of it for the code
mote_board(virt CPU rv32 QEMU riscv32 MACHINE virt
  FLASH 0x80000000 1048576 RAM 0x80100000 1048576 STACK 16384)
