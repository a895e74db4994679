# Arm Cortex-M with gcc and picolibc (Debian: gcc-arm-none-eabi, picolibc-arm-none-eabi).
#   MOTE_CPU        cortex-m0, cortex-m3, cortex-m4, cortex-m4f or cortex-m33; f: with a
#                   single-precision floating-point unit (the M33 is taken to have one)
#   MOTE_LIBC_SPECS the gcc specs of the C library: picolibc.specs, or nano.specs for newlib-nano
set(CMAKE_SYSTEM_NAME Generic)
set(MOTE_CPU "cortex-m4f" CACHE STRING "The processor")
set(MOTE_LIBC_SPECS "picolibc.specs" CACHE STRING "gcc specs of the C library")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES MOTE_CPU MOTE_LIBC_SPECS)
set(CMAKE_SYSTEM_PROCESSOR ${MOTE_CPU})

set(mote_cpu_cortex-m0 "-mcpu=cortex-m0 -mfloat-abi=soft")
set(mote_cpu_cortex-m3 "-mcpu=cortex-m3 -mfloat-abi=soft")
set(mote_cpu_cortex-m4 "-mcpu=cortex-m4+nofp -mfloat-abi=soft")
set(mote_cpu_cortex-m4f "-mcpu=cortex-m4 -mfpu=fpv4-sp-d16 -mfloat-abi=hard")
set(mote_cpu_cortex-m33 "-mcpu=cortex-m33 -mfpu=fpv5-sp-d16 -mfloat-abi=hard")
if(NOT DEFINED mote_cpu_${MOTE_CPU})
  message(FATAL_ERROR "MOTE_CPU is ${MOTE_CPU}; see cmake/toolchains/cortex-m.cmake for the choices")
endif()

set(CMAKE_CXX_COMPILER arm-none-eabi-g++)
set(CMAKE_CXX_FLAGS_INIT "${mote_cpu_${MOTE_CPU}} -mthumb --specs=${MOTE_LIBC_SPECS} -ffunction-sections -fdata-sections")
# No C++ library and no start-up code: Mote needs neither, the port brings the latter.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-nostdlib")
set(CMAKE_CXX_STANDARD_LIBRARIES_INIT "-Wl,--start-group -lc -lm -lgcc -Wl,--end-group")
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
