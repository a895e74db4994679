# Writes a header with a hash of the files that decide what saved code means.
#   cmake -DOUTPUT=header -DFILES=a;b;c -P engine_sources.cmake
set(all "")
foreach(file ${FILES})
  file(SHA256 ${file} hash)
  string(APPEND all ${hash})
endforeach()
string(SHA256 hash "${all}")
file(WRITE ${OUTPUT} "// Made by cmake/engine_sources.cmake.\n#define MOTE_ENGINE_SOURCES \"${hash}\"\n")
