# Compiling takes most of its time for what files include. So several files of a folder are compiled
# as one, and where that cannot be, slow headers are read once for a target. The preset apart does
# neither: it finds what a file uses and does not include.
option(WHITTLE_UNITE "Compile several files at once" ON)

# whittle_unite(TARGET DEPTH [APART REGEX]): at most 8 files whose first DEPTH folders are the same at
# once. Names in their anonymous namespaces must differ. Files that match REGEX stay apart, as do
# those with compile options of their own.
function(whittle_unite target depth)
  if(NOT WHITTLE_UNITE)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 2 unite "" "APART" "")
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    cmake_path(ABSOLUTE_PATH source NORMALIZE)
    cmake_path(IS_PREFIX PROJECT_SOURCE_DIR "${source}" inside)
    cmake_path(IS_PREFIX PROJECT_BINARY_DIR "${source}" generated)
    if(NOT inside OR generated OR NOT source MATCHES "\\.cpp$" OR
       (unite_APART AND source MATCHES "${unite_APART}"))
      continue()
    endif()
    file(RELATIVE_PATH path "${PROJECT_SOURCE_DIR}" "${source}")
    string(REPLACE "/" ";" parts "${path}")
    list(SUBLIST parts 0 ${depth} folders)
    list(JOIN folders "_" folder)
    if(NOT DEFINED count_${folder})
      set(count_${folder} 0)
    endif()
    math(EXPR group "${count_${folder}} / 8")
    math(EXPR count_${folder} "${count_${folder}} + 1")
    set_source_files_properties("${source}" PROPERTIES UNITY_GROUP "${folder}_${group}")
  endforeach()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
endfunction()

# whittle_precompile(TARGET HEADER...): reads them once for the target's C++ files.
function(whittle_precompile target)
  if(NOT WHITTLE_UNITE)
    return()
  endif()
  foreach(header IN LISTS ARGN)
    target_precompile_headers(${target} PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:${header}>")
  endforeach()
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # GCC forgets that precompiled headers are the system's, and warns of harmless code inlined from
    # them; the preset apart has these warnings on.
    target_compile_options(${target} PRIVATE
      "$<$<COMPILE_LANGUAGE:CXX>:-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>")
  endif()
endfunction()
