# Emscripten's linker runs scripts that need acorn, which Debian keeps where only its own Node.js looks.
if(EMSCRIPTEN)
  set_property(GLOBAL PROPERTY RULE_LAUNCH_LINK
    "\"${CMAKE_COMMAND}\" -E env NODE_PATH=/usr/share/nodejs")
endif()

# A program that Node runs with the machine's own files.
function(whittle_node_program target)
  target_link_options(${target} PRIVATE
    -O1 # the linker's own optimiser takes minutes and gains a command line nothing
    -sENVIRONMENT=node -sNODERAWFS=1 -sALLOW_MEMORY_GROWTH=1 -sEXIT_RUNTIME=1 -sTOTAL_STACK=1048576
    "SHELL:--pre-js ${PROJECT_SOURCE_DIR}/cmake/node_prelude.js")
  set_target_properties(${target} PROPERTIES SUFFIX .js
    LINK_DEPENDS "${PROJECT_SOURCE_DIR}/cmake/node_prelude.js")
endfunction()
