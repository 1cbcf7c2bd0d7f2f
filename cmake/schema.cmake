# C++ from the TFLite schema, made by Debian's flatc.
find_program(FLATC flatc REQUIRED)
find_path(FLATBUFFERS_INCLUDE flatbuffers/flatbuffers.h REQUIRED)
set(MOTE_SCHEMA_HEADER ${CMAKE_BINARY_DIR}/generated/tflite_generated.h)
add_custom_command(
  OUTPUT ${MOTE_SCHEMA_HEADER}
  COMMAND ${FLATC} --cpp -o ${CMAKE_BINARY_DIR}/generated ${CMAKE_SOURCE_DIR}/compiler/schema/tflite.fbs
  DEPENDS ${CMAKE_SOURCE_DIR}/compiler/schema/tflite.fbs
  COMMENT "Generating the TFLite schema's header")
add_custom_target(mote_schema_header DEPENDS ${MOTE_SCHEMA_HEADER})
add_library(mote_schema INTERFACE)
add_dependencies(mote_schema mote_schema_header)
target_include_directories(mote_schema SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/generated ${FLATBUFFERS_INCLUDE})
