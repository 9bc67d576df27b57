#!/bin/bash
# first_article.sh: on a machine where the packages inn2 and innduct are installed and nothing runs
# yet: what a new administrator does, and that it works.
#
# innd's peer is innd itself, which declines what it has; that is a final answer.
set -euo pipefail

fail() {
  printf 'first_article.sh: %s\n' "$*" >&2
  exit 1
}

# within WHAT COMMAND...: repeats the command until it succeeds, half a minute at most.
within() {
  local what=$1 end=$((SECONDS + 30))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$end" ] || fail "not within 30 s: $what"
    sleep 0.1
  done
}

as_news() { setpriv --reuid=news --regid=news --clear-groups -- "$@"; }
show() { innductctl peer show; }

version=$(dpkg-query -W -f '${Version}' innduct)
[ "$(innduct --version)" = "innduct $version" ] || fail "innduct is not of version $version"
[ "$(innductctl --version)" = "innductctl $version" ] || fail "innductctl is not of version $version"
for file in /usr/share/man/man8/{innduct,innductctl}.8.gz /usr/share/man/man5/innduct-feedfiles.5.gz \
  /usr/share/doc/innduct/operating.md* \
  /usr/share/bash-completion/completions/{innduct,innductctl} /lib/systemd/system/innduct@.service; do
  [ -f "$file" ] || fail "$file is not installed"
done
grep -q "^ExecStart=$(command -v innduct) " /lib/systemd/system/innduct@.service ||
  fail "the unit starts another program than $(command -v innduct)"
! find /etc/systemd/system -name 'innduct*' | grep . || fail "a feed was enabled by the package"
[ -d /etc/news/innduct ] || fail "/etc/news/innduct is not there"

# Before anything is configured, the first aid says what is to be done.
install -d -o news -g news /run/news
line=$(innduct --check peer localhost | grep -A 9 'FAIL  newsfeeds' | sed -n 's/^ *\(peer:.*Wnm:\)$/\1/p') || true
[ "$line" = 'peer:*:Tf,Wnm:' ] || fail "--check does not show the line for newsfeeds: $line"
printf '%s\n' "$line" >>/etc/news/newsfeeds
as_news /usr/lib/news/bin/rc.news
within "innd runs" ctlinnd mode
within "all is well" innduct --check peer localhost
innduct --check peer localhost

exec 3<>/dev/tcp/localhost/119
printf 'IHAVE <first@fresh.example>\r\n' >&3
printf '%s\r\n' 'Path: fresh.example!not-for-mail' 'From: a@fresh.example' 'Newsgroups: junk' \
  'Subject: first' "Date: $(LC_ALL=C date -u '+%a, %d %b %Y %T +0000')" \
  'Message-ID: <first@fresh.example>' '' 'The first article.' '.' 'QUIT' >&3
timeout 30 grep -aq '^235' <&3 || fail "innd does not take an article"
exec 3>&-

innduct peer localhost
within "the article is fed, and declined" eval 'show | grep -Eq "\bunwanted=1\b"'
innductctl peer stop
within "innduct ends" eval '! innductctl peer show'
! grep -q '[^ ]' /var/spool/news/outgoing/peer || fail "an article is left in the feed file"
ctlinnd -s shutdown test
