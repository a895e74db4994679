# Turns a file into a C++ header with a constant array, which the linker puts into flash:
#   cmake -DINPUT=app.wasm -DOUTPUT=app.hpp -DNAME=kApp -P embed.cmake
file(READ ${INPUT} hex HEX)
file(SIZE ${INPUT} size)
string(REGEX REPLACE "(................................)" "\\1\n    " hex "${hex}")  # 16 bytes a line
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
cmake_path(GET INPUT FILENAME file)
file(WRITE ${OUTPUT} "// ${file}, ${size} bytes.
#pragma once

#include <stdint.h>

alignas(4) static const uint8_t ${NAME}[${size}] = {
    ${bytes}
};
")
