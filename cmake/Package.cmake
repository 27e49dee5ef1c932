# antiphon_public(<target> <name>): what other repositories link as Antiphon::<name>, whether it is
# installed or a part of their build.
function(antiphon_public target name)
  add_library(Antiphon::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name})
endfunction()
