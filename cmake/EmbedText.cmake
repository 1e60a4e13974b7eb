# whittle_embed_text(TARGET NAMESPACE FILE...) compiles text files into TARGET. The generated header
# "NAMESPACE.h" declares  whittle::NAMESPACE::files(), a span of {path, text} with paths relative to
# the source folder.

function(whittle_embed_text target namespace)
  set(source "${CMAKE_BINARY_DIR}/generated/${namespace}.cpp")
  set(header "${CMAKE_BINARY_DIR}/generated/${namespace}.h")
  list(TRANSFORM ARGN PREPEND "${PROJECT_SOURCE_DIR}/" OUTPUT_VARIABLE inputs)
  list(JOIN ARGN "|" files)
  add_custom_command(
    OUTPUT "${source}" "${header}"
    COMMAND "${CMAKE_COMMAND}" "-DNAMESPACE=${namespace}" "-DROOT=${PROJECT_SOURCE_DIR}"
      "-DFILES=${files}" "-DSOURCE=${source}" "-DHEADER=${header}"
      -P "${PROJECT_SOURCE_DIR}/cmake/EmbedTextScript.cmake"
    DEPENDS ${inputs} "${PROJECT_SOURCE_DIR}/cmake/EmbedTextScript.cmake"
    COMMENT "Embedding ${namespace}"
    VERBATIM)
  target_sources(${target} PRIVATE "${source}" "${header}")
endfunction()
