# Reads the operators from core/ops/registry.def, so that a new one needs its folder and one line
# there. Sets WHITTLE_OPERATORS and writes core/ops/registry_programs.h, which includes every
# operator's program.h for the interpreter.

set(registry_file "${PROJECT_SOURCE_DIR}/core/ops/registry.def")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${registry_file}")
file(STRINGS "${registry_file}" registry_lines REGEX "^WHITTLE_OPERATOR")
set(WHITTLE_OPERATORS "")
set(registry_includes "")
foreach(line IN LISTS registry_lines)
  string(REGEX REPLACE "^WHITTLE_OPERATOR\\(([a-z0-9_]+), .*" "\\1" operator "${line}")
  list(APPEND WHITTLE_OPERATORS "${operator}")
  if(EXISTS "${PROJECT_SOURCE_DIR}/core/ops/${operator}/program.h")
    string(APPEND registry_includes "#include \"core/ops/${operator}/program.h\"\n")
  endif()
endforeach()
set(WHITTLE_GENERATED_DIR "${CMAKE_BINARY_DIR}/generated")
file(CONFIGURE OUTPUT "${WHITTLE_GENERATED_DIR}/core/ops/registry_programs.h"
  CONTENT "/* Generated from registry.def. */\n${registry_includes}")
