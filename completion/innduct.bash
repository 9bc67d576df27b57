# innduct.bash: completion of innduct's and innductctl's arguments in bash.
#
# To be found by bash-completion it is installed twice, or once with a link, under the names
# `innduct` and `innductctl` in /usr/share/bash-completion/completions/. Options are those that the
# program itself lists; sites those of newsfeeds, or those that can be asked now.

_innduct_options() {
  "$1" --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]*' | sort -u
}

# The sites of newsfeeds; a line that goes on from the one before it begins with a blank.
_innduct_sites() {
  sed -nE '/^[^[:space:]#$:]/s/^([^:\/\\]+).*/\1/p' /etc/news/newsfeeds 2>/dev/null | grep -vx ME
}

_innduct() {
  local word=${COMP_WORDS[COMP_CWORD]}
  case $word in
    -*) mapfile -t COMPREPLY < <(compgen -W "$(_innduct_options "$1")" -- "$word") ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$(_innduct_sites)" -- "$word") ;;
  esac
}

# The words that may follow these words of a command.
_innductctl_commands() {
  case $* in
    '') echo batch dump flush h logstats next quarantine show stop top trace ;;
    dump) echo a q ;;
    next) echo blscan conn ;;
    quarantine) echo drop retry ;;
    'quarantine drop' | 'quarantine retry') echo all ;;
    show) echo json ;;
    trace) echo off peer ;;
  esac
}

_innductctl() {
  local word=${COMP_WORDS[COMP_CWORD]} said=() given
  for given in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $given in
      -*) ;;
      *) said+=("$given") ;;
    esac
  done
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_innduct_options "$1")" -- "$word")
  elif [ "${#said[@]}" = 0 ]; then
    mapfile -t COMPREPLY < <(compgen -W "$(ls /run/news/innduct 2>/dev/null)" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -W "$(_innductctl_commands "${said[@]:1}")" -- "$word")
  fi
}

complete -F _innduct innduct
complete -F _innductctl innductctl
