# shellcheck shell=bash
# What the scripts in dev/ share. Source it after `set -euo pipefail`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# fail MESSAGE: one line, and the end.
fail() {
    echo "${0#"$root"/}: $1" >&2
    exit 1
}

# installed PACKAGE: is it, and not just its remains?
installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# install_packages GROUP...: those of dev/packages that are missing, from Debian 12 itself.
install_packages() {
    local group package reason output missing=() sudo=()
    # shellcheck source=/dev/null
    [ "$(. /etc/os-release && echo "$ID-${VERSION_ID:-}")" = debian-12 ] ||
        fail "packages are installed on Debian 12 only: install what dev/packages lists by yourself"
    while read -r group package reason; do
        [[ " $* " == *" $group "* ]] || continue
        if installed "$package"; then continue; fi
        missing+=("$package")
        printf 'needs %-24s %s\n' "$package" "$reason"
    done <"$root/dev/packages"
    [ ${#missing[@]} != 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || fail "as root, run: apt-get install ${missing[*]}"
        sudo=(sudo)
    fi
    echo "installing ${missing[*]}"
    output=$(
        "${sudo[@]}" apt-get -qq update 2>&1 &&
            "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
                apt-get -qq -y install --no-install-recommends "${missing[@]}" 2>&1
    ) || fail "apt-get could not install them: $(tail -3 <<<"$output")"
}

# listens PORT: does somebody on this machine's loopback?
listens() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# free_port: one that nobody listens on, below those that the kernel gives out by itself.
free_port() {
    local port
    for port in $(shuf -i 20000-31999 -n 100); do
        if ! listens "$port"; then
            echo "$port"
            return
        fi
    done
    fail "no free port between 20000 and 31999"
}

# running PIDFILE NAME: is the process of that number still the program NAME?
running() {
    local pid
    pid=$(cat "$1" 2>/dev/null) || return 1
    [ "$(basename "$(readlink "/proc/$pid/exe" 2>/dev/null)" 2>/dev/null)" = "$2" ]
}

# setting FILE NAME: its value in a settings file; nothing if it is not there.
setting() {
    [ ! -f "$1" ] || sed -n "s/^[[:space:]]*$2[[:space:]]*=[[:space:]]*//p" "$1" | tail -1
}
