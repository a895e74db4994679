# Warnings for all targets of this project.
function(mote_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wshadow -Wimplicit-fallthrough
    $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor> $<$<COMPILE_LANGUAGE:C>:-pedantic>)
  if(MOTE_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# What the core and the libraries on it may not use.
function(mote_freestanding target)
  target_compile_options(${target} PRIVATE -fno-exceptions -fno-rtti -fno-threadsafe-statics)
endfunction()
