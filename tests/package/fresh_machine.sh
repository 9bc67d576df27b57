#!/bin/bash
# fresh_machine.sh DEB FOLDER: installs inn2 and then DEB on a Debian 12 that was just made, and lets
# the installed innduct feed an article of the installed innd.
#
# Run by `./dev deb --test`, as root. The machine is a folder with namespaces of its own: nothing outside
# FOLDER is written to, and what was started ends with it. While packages are installed it has the
# network; while innd and innduct run, only loopback. FOLDER keeps the bare Debian for the next time.
set -euo pipefail
deb=$(readlink -f "$1")
folder=$(readlink -f "$2")
readonly bare=$folder/debian-12.tar machine=$folder/machine
readonly name=news.fresh.example

end() {
  umount "$machine" 2>/dev/null || true
  rm -rf "$machine"
}

# in_machine [OPTION OF UNSHARE...] -- COMMAND...
in_machine() {
  local options=()
  while [ "$1" != -- ]; do options+=("$1") && shift; done
  shift
  unshare --mount --uts --ipc --pid --fork --kill-child "${options[@]}" -- bash -ec '
    machine=$1 name=$2
    shift 2
    hostname "$name"
    ip link set lo up 2>/dev/null || true
    mount -t proc proc "$machine/proc"
    mount --rbind /dev "$machine/dev"
    exec chroot "$machine" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"
  ' - "$machine" "$name" "$@"
}

if [ ! -f "$bare" ]; then
  mmdebstrap --quiet --format=tar --variant=minbase --aptopt='APT::Sandbox::User "root"' bookworm "$bare.new" http://deb.debian.org/debian
  mv "$bare.new" "$bare"
fi
end
trap end EXIT
mkdir "$machine"
tar -xf "$bare" -C "$machine" --exclude=./dev
mkdir -p "$machine/dev"
cp /etc/resolv.conf "$machine/etc/resolv.conf"
printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$name" >"$machine/etc/hosts"
# No service is started by its package.
printf '#!/bin/sh\nexit 101\n' >"$machine/usr/sbin/policy-rc.d"
chmod +x "$machine/usr/sbin/policy-rc.d"
cp "$deb" "$machine/root/innduct.deb"
cp "$(dirname "$0")/first_article.sh" "$machine/root/"

in_machine -- sh -ec '
  apt-get -qq update
  apt-get -qq install -y --no-install-recommends inn2 >/root/inn2.log 2>&1 || { tail /root/inn2.log; exit 1; }
  apt-get -qq install -y --no-install-recommends /root/innduct.deb >/root/innduct.log 2>&1 ||
    { tail /root/innduct.log; exit 1; }'
in_machine --net -- bash /root/first_article.sh
in_machine -- apt-get -qq purge -y innduct >"$folder/purge.log" 2>&1
! find "$machine/usr" "$machine/lib" "$machine/etc" "$machine/var/lib/dpkg/info" -name '*innduct*' | grep .
echo "installed, fed and removed: $(basename "$deb")"
