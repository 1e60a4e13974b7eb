cmake_policy(VERSION 3.25)
# Run by whittle_embed_text: writes FILES (separated by |, relative to ROOT) as string literals.

set(entries "")
string(REPLACE "|" ";" FILES "${FILES}")
list(LENGTH FILES count)
foreach(file IN LISTS FILES)
  file(READ "${ROOT}/${file}" text)
  # Short literals one after another: compilers limit the length of a single one.
  string(REPLACE "\n" "\n)~~\" R\"~~(" text "${text}")
  string(APPEND entries "    {\"${file}\", R\"~~(${text})~~\"},\n")
endforeach()
file(CONFIGURE OUTPUT "${HEADER}" CONTENT "#pragma once
#include <span>
#include <string_view>
namespace whittle::@NAMESPACE@ {
struct EmbeddedFile {
    std::string_view path;
    std::string_view text;
};
std::span<const EmbeddedFile> files();
}
" @ONLY)
file(WRITE "${SOURCE}" "#include \"${NAMESPACE}.h\"
#include <array>
namespace whittle::${NAMESPACE} {
namespace {
constexpr std::array<EmbeddedFile, ${count}> kFiles = {{
${entries}}};
}
std::span<const EmbeddedFile> files() { return kFiles; }
}
")
