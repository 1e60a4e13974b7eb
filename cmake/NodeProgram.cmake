# A program that Node runs with the machine's own files.
function(whittle_node_program target)
  target_link_options(${target} PRIVATE
    -sENVIRONMENT=node -sNODERAWFS=1 -sALLOW_MEMORY_GROWTH=1 -sEXIT_RUNTIME=1 -sTOTAL_STACK=1048576
    "SHELL:--pre-js ${PROJECT_SOURCE_DIR}/cmake/node_prelude.js")
  set_target_properties(${target} PROPERTIES SUFFIX .js
    LINK_DEPENDS "${PROJECT_SOURCE_DIR}/cmake/node_prelude.js")
endfunction()
