# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of sipctl in bash: the program says itself what may come.
_sipctl() {
  local line=${COMP_LINE:0:COMP_POINT} words current prefix word
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  current=${words[-1]}
  # Bash puts it in place of what comes after the last of these only.
  prefix=${current%"${current##*[@:=]}"}
  COMPREPLY=()
  # compgen -W would expand what the names of others hold.
  while IFS= read -r word; do
    [[ $word == "$current"* ]] && COMPREPLY+=("$(printf %q "${word#"$prefix"}")")
  done < <("${words[0]}" complete "${words[@]:1}" 2>/dev/null)
}
complete -o default -F _sipctl sipctl
