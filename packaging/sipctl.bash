# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion of sipctl in bash: the program says itself what may come.
_sipctl() {
  local line=${COMP_LINE:0:COMP_POINT} words current prefix
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  current=${words[-1]}
  mapfile -t COMPREPLY < <(compgen -W "$("${words[0]}" complete "${words[@]:1}" 2>/dev/null)" -- "$current")
  # Bash puts it in place of what comes after the last of these only.
  prefix=${current%"${current##*[@:=]}"}
  COMPREPLY=("${COMPREPLY[@]#"$prefix"}")
}
complete -o default -F _sipctl sipctl
