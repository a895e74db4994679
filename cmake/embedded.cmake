# For build systems that make the library themselves: what the sources have to be compiled with.
#   mote_embedded_settings(target root)
function(mote_embedded_settings target root)
  target_compile_features(${target} PRIVATE cxx_std_17)
  # As in src/CMakeLists.txt.
  target_compile_options(${target} PRIVATE -ffp-contract=off -fno-math-errno
    $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions;-fno-rtti;-fno-threadsafe-statics>)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    set_property(SOURCE ${root}/src/interp/engine.cpp TARGET_DIRECTORY ${target}
      PROPERTY COMPILE_OPTIONS -O2)
  endif()
  # Images and snapshots belong to the build that made them.
  file(GLOB FILES ${root}/src/interp/* ${root}/src/loader/* ${root}/src/runtime/*)
  set(OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/mote-generated/mote_engine_sources.hpp)
  include(${root}/cmake/engine_sources.cmake)
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR}/mote-generated)
endfunction()
