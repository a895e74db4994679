# Linux on another machine with Debian's cross compilers: MOTE_MACHINE is the compiler's prefix
# without the dash, for example s390x-linux-gnu. Programs are linked statically, so that qemu's user
# mode runs them without that machine's libraries.
set(MOTE_MACHINE "" CACHE STRING "Target triple of the cross compiler")
set(CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MOTE_MACHINE)
string(REGEX REPLACE "-.*" "" processor "${MOTE_MACHINE}")
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR ${processor})
set(CMAKE_CXX_COMPILER ${MOTE_MACHINE}-g++)
set(CMAKE_C_COMPILER ${MOTE_MACHINE}-gcc)
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static")
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-${processor})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
