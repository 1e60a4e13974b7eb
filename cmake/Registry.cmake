# Reads the operators from core/ops/registry.def, so that a new one needs its folder and one line
# there. Sets WHITTLE_OPERATORS and writes core/ops/registry_programs.h for the interpreter: it
# includes every operator's program.h and lists those operators as WHITTLE_PROGRAM_OPERATORS(X), and
# those with an overlap.h as WHITTLE_OVERLAP_OPERATORS(X).

set(registry_file "${PROJECT_SOURCE_DIR}/core/ops/registry.def")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${registry_file}")
file(STRINGS "${registry_file}" registry_lines REGEX "^WHITTLE_OPERATOR")
set(WHITTLE_OPERATORS "")
set(registry_includes "")
set(registry_programs "")
set(registry_overlaps "")
foreach(line IN LISTS registry_lines)
  string(REGEX MATCH "^WHITTLE_OPERATOR\\(([a-z0-9_]+), ([0-9]+)\\)" matched "${line}")
  set(operator "${CMAKE_MATCH_1}")
  set(identifier "${CMAKE_MATCH_2}")
  list(APPEND WHITTLE_OPERATORS "${operator}")
  if(EXISTS "${PROJECT_SOURCE_DIR}/core/ops/${operator}/program.h")
    string(APPEND registry_includes "#include \"core/ops/${operator}/program.h\"\n")
    string(APPEND registry_programs " X(${operator}, ${identifier})")
  endif()
  if(EXISTS "${PROJECT_SOURCE_DIR}/core/ops/${operator}/overlap.h")
    string(APPEND registry_includes "#include \"core/ops/${operator}/overlap.h\"\n")
    string(APPEND registry_overlaps " X(${operator}, ${identifier})")
  endif()
endforeach()
set(WHITTLE_GENERATED_DIR "${CMAKE_BINARY_DIR}/generated")
file(CONFIGURE OUTPUT "${WHITTLE_GENERATED_DIR}/core/ops/registry_programs.h"
  CONTENT "/* Generated from registry.def. */\n${registry_includes}#define WHITTLE_PROGRAM_OPERATORS(X)${registry_programs}\n#define WHITTLE_OVERLAP_OPERATORS(X)${registry_overlaps}\n")
