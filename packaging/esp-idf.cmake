# Mote as a component of ESP-IDF: put this repository into components/ of a project, or name it in
# idf_component.yml. Included by the CMakeLists.txt at the root.
include(${CMAKE_CURRENT_LIST_DIR}/../cmake/sources.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/../cmake/embedded.cmake)
set(sources ${MOTE_CORE_SOURCES} ${MOTE_WASI_SOURCES})
list(TRANSFORM sources PREPEND src/)
idf_component_register(SRCS ${sources} INCLUDE_DIRS include PRIV_INCLUDE_DIRS src)
get_filename_component(root ${CMAKE_CURRENT_LIST_DIR}/.. ABSOLUTE)
mote_embedded_settings(${COMPONENT_LIB} ${root})
# What config.hpp chooses by default can be chosen otherwise here, for the component and its users.
target_compile_definitions(${COMPONENT_LIB} PUBLIC MOTE_PROFILE=1)
