# bash completion of goaktctl: it asks the tool itself, so it knows names of actors, nodes and kinds.
_goaktctl() {
  local line directive='' cur candidates=()
  local words=("${COMP_WORDS[@]:1:COMP_CWORD}")
  # bash cuts words at "=" and ":"; the tool wants them whole.
  if declare -F _get_comp_words_by_ref >/dev/null; then
    local cword
    _get_comp_words_by_ref -n =: -w words -i cword -c cur
    words=("${words[@]:1:cword}")
  else
    cur=${COMP_WORDS[COMP_CWORD]}
  fi
  while IFS= read -r line; do
    case $line in
      :files | :nospace | :none) directive=$line ;;
      *) candidates+=("${line%%$'\t'*}") ;;
    esac
  done < <("${COMP_WORDS[0]}" __complete -- "${words[@]}" 2>/dev/null)
  COMPREPLY=("${candidates[@]}")
  [ "$directive" = :files ] && mapfile -t COMPREPLY < <(compgen -f -- "${cur#@}")
  [ "$directive" = :nospace ] && compopt -o nospace
  declare -F __ltrim_colon_completions >/dev/null && __ltrim_colon_completions "$cur"
  return 0
}
complete -F _goaktctl goaktctl
