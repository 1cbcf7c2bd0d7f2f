# Puts files inside the program: an assembler file that includes their bytes, and a C++ table over it.

# Asset paths begin where the file's directory in this list ends.
function(mote_embed_assets library)
  set(assembly ".section .rodata\n")
  set(declarations "")
  set(rows "")
  set(dependencies "")
  set(count 0)

  macro(embed path file)
    string(APPEND assembly ".balign 16\n.global mote_asset_${count}\nmote_asset_${count}:\n.incbin \"${file}\"\n.global mote_asset_${count}_end\nmote_asset_${count}_end:\n.byte 0\n")
    string(APPEND declarations "extern \"C\" const char mote_asset_${count}[], mote_asset_${count}_end[];\n")
    string(APPEND rows "      row(\"${path}\", mote_asset_${count}, mote_asset_${count}_end),\n")
    list(APPEND dependencies ${file})
    math(EXPR count "${count} + 1")
  endmacro()

  macro(embed_all root prefix pattern)
    file(GLOB_RECURSE found CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/${root} ${CMAKE_SOURCE_DIR}/${root}/${pattern})
    foreach(each ${found})
      embed(${prefix}${each} ${CMAKE_SOURCE_DIR}/${root}/${each})
    endforeach()
  endmacro()

  embed_all(device/include "" "*.hpp")
  embed_all(compiler/emulate/runtime "runtime/" "*.*")
  embed_all(compiler/targets/data "targets/" "*.json")
  embed_all(compiler/targets/boards "boards/" "*.json")
  embed(plugin/libmote_profile.so ${CMAKE_BINARY_DIR}/libmote_profile.so)

  set(assembly_file ${CMAKE_BINARY_DIR}/generated/assets.S)
  set(table_file ${CMAKE_BINARY_DIR}/generated/assets_table.cpp)
  file(CONFIGURE OUTPUT ${assembly_file} CONTENT "${assembly}.section .note.GNU-stack,\"\",%progbits\n" @ONLY)
  file(CONFIGURE OUTPUT ${table_file} @ONLY CONTENT "#include <algorithm>
#include \"support/assets.hpp\"
${declarations}
namespace mote {
const std::vector<Asset>& assets() {
  static const std::vector<Asset> list = [] {
    const auto row = [](std::string_view path, const char* begin, const char* end) {
      return Asset{path, std::string_view(begin, static_cast<std::size_t>(end - begin))};
    };
    std::vector<Asset> made{
${rows}    };
    std::sort(made.begin(), made.end(), [](const Asset& a, const Asset& b) { return a.path < b.path; });
    return made;
  }();
  return list;
}
}  // namespace mote
")
  set_source_files_properties(${assembly_file} PROPERTIES OBJECT_DEPENDS "${dependencies}")
  target_sources(${library} PRIVATE ${assembly_file} ${table_file})
  set_target_properties(mote_profile PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR} OUTPUT_NAME mote_profile)
  add_dependencies(${library} mote_profile)
endfunction()
