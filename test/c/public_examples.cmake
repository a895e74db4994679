# The examples of the public repository of wasm-c-api, built against our wasm.h and run as they are.
# Included by test/CMakeLists.txt when MOTE_WASM_C_API_EXAMPLES names the folder of its `example/`.
set(examples callback finalize global hello hostref memory multi reflect serialize start table threads
  trap)
# A part of what each must print, in order; the frames of traps are those of its text format.
set(expected_callback "> 7\n.*> 42\n.*> 49\n.*Done\\.")
set(expected_finalize "Live count 100001\n.*Live count 200002\n.*Live count 100001\n.*Live count 0\n.*Done\\.")
set(expected_global "Accessing globals\\.\\.\\.\n.*Done\\.")
set(expected_hello "Calling back\\.\\.\\.\n> Hello World!\n.*Done\\.")
set(expected_hostref "> > \\(nil\\)\n.*> > 0x1\n.*> > 0x2\n.*Done\\.")
set(expected_memory "Mutating memory\\.\\.\\.\n.*Creating stand-alone memory\\.\\.\\.\n.*Done\\.")
set(expected_multi "> > 1 3 2 4\n.*> 4 3 2 1\nShutting down\\.\\.\\.\nDone\\.")
set(expected_reflect "current: func i32 f64 f32 -> i32\n.*in-arity: 3, out-arity: 1\n.*const f64\n.*table 0d 50d funcref\n.*memory 1d\n.*Done\\.")
set(expected_serialize "Deserializing module\\.\\.\\.\n.*> Hello World!\n.*Done\\.")
set(expected_start "> unreachable\n.*= 0\\.0x1\nPrinting trace\\.\\.\\.\n.*= 0\\.0x1\n.*Done\\.")
set(expected_table "Growing table\\.\\.\\.\nCalling back\\.\\.\\.\n.*Creating stand-alone table\\.\\.\\.\n.*Done\\.")
set(expected_threads "Waiting for thread: 9\n")
set(expected_trap "> callback abort\n.*= 1\\.0x1\n.*> unreachable\n.*= 2\\.0x1\n.*Done\\.")

set(examples_out ${CMAKE_CURRENT_BINARY_DIR}/wasm-c-api-examples)
file(MAKE_DIRECTORY ${examples_out})
foreach(name ${examples})
  set(source ${MOTE_WASM_C_API_EXAMPLES}/${name}.c)
  if(NOT EXISTS ${source})
    message(FATAL_ERROR "MOTE_WASM_C_API_EXAMPLES: there is no ${source}")
  endif()
  if(name STREQUAL "hostref")
    # The binary there has an encoding of ref.null that was given up: it is made of its text, with
    # the type that ref.null needs by now.
    file(READ ${MOTE_WASM_C_API_EXAMPLES}/hostref.wat text)
    string(REPLACE "(ref.null)" "(ref.null extern)" text "${text}")
    file(WRITE ${examples_out}/hostref.wat "${text}")
    execute_process(COMMAND ${MOTE_WAT2WASM} hostref.wat -o hostref.wasm
      WORKING_DIRECTORY ${examples_out} COMMAND_ERROR_IS_FATAL ANY)
  else()
    file(COPY ${MOTE_WASM_C_API_EXAMPLES}/${name}.wasm DESTINATION ${examples_out})
  endif()
  add_executable(mote_public_${name} ${source})
  target_link_libraries(mote_public_${name} PRIVATE mote::wasm_c_api Threads::Threads)
  set_target_properties(mote_public_${name} PROPERTIES C_EXTENSIONS ON)  # usleep()
  target_compile_options(mote_public_${name} PRIVATE -UNDEBUG)  # they check with assert()
  add_test(NAME wasm-c-api-public-${name} COMMAND ${CMAKE_COMMAND}
    "-DCOMMAND=$<TARGET_FILE:mote_public_${name}>" "-DEXPECTED=${expected_${name}}"
    -P ${CMAKE_CURRENT_LIST_DIR}/run_and_match.cmake)
  set_tests_properties(wasm-c-api-public-${name} PROPERTIES WORKING_DIRECTORY ${examples_out})
endforeach()
