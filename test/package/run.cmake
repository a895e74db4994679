# Installs a build, then builds and runs the consumers with CMake and with pkg-config, as its users do:
#   cmake -DBUILD=folder -DWORK=folder -DCXX=compiler -DCC=compiler -DLIBDIR=lib -P run.cmake
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT code EQUAL 0)
    message(FATAL_ERROR "${ARGN}\n${output}\nended with ${code}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/first)
# The installed tree can be moved.
file(RENAME ${WORK}/first ${WORK}/prefix)
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${WORK}/build -G Ninja
  -DCMAKE_CXX_COMPILER=${CXX} -DCMAKE_PREFIX_PATH=${WORK}/prefix)
run(${CMAKE_COMMAND} --build ${WORK}/build)
run(${WORK}/build/consumer)
# A project without C++, which brings no library of its own.
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/c -B ${WORK}/build-c -G Ninja
  -DCMAKE_C_COMPILER=${CC} -DCMAKE_PREFIX_PATH=${WORK}/prefix)
run(${CMAKE_COMMAND} --build ${WORK}/build-c)
run(${WORK}/build-c/consumer)
set(has_standard FALSE)
if(EXISTS ${WORK}/prefix/include/wasm.h)
  set(has_standard TRUE)
  run(${WORK}/build-c/standard)
endif()

find_program(pkg_config pkg-config)
if(NOT pkg_config)
  message("SKIPPED: pkg-config is missing")
  return()
endif()
set(ENV{PKG_CONFIG_PATH} ${WORK}/prefix/${LIBDIR}/pkgconfig)
# with_pkg_config(NAME PACKAGE COMPILER...): compiles a program, and runs it.
function(with_pkg_config name package)
  execute_process(COMMAND ${pkg_config} --cflags --libs ${package} OUTPUT_VARIABLE flags
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(flags UNIX_COMMAND "${flags}")
  run(${ARGN} ${flags} -o ${WORK}/with-pkg-config-${name})
  run(${WORK}/with-pkg-config-${name})
endfunction()
with_pkg_config(cpp mote ${CXX} -std=c++17 ${CMAKE_CURRENT_LIST_DIR}/main.cpp)
with_pkg_config(c mote ${CC} -std=c99 -pedantic -Werror ${CMAKE_CURRENT_LIST_DIR}/c/main.c)
if(has_standard)
  with_pkg_config(standard mote-wasm-c-api ${CC} -std=c99 ${CMAKE_CURRENT_LIST_DIR}/c/wasm.c)
endif()
