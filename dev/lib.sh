# shellcheck shell=bash
# What the scripts in dev/ share. Source it after `set -euo pipefail`.

home=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd) # Antiphon's own: its scripts, its page
root=${SERVICE_ROOT:-$home}                           # what is built and run: see dev/antiphon-dev

# fail MESSAGE: one line, and the end.
fail() {
    echo "${0#"$home"/}: $1" >&2
    exit 1
}

# service_name: of what is built to run, as antiphon_add_service has left it in the build.
service_name() {
    cat "$root/build/release/service.name" 2>/dev/null ||
        fail "there is no service in build/release: build it, without --no-build"
}

# installed PACKAGE: is it, and not just its remains? Or is another that provides it?
installed() {
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ] ||
        dpkg-query -W -f='${db:Status-Status} ${Provides},\n' | awk -v name="$1," '
            $1 == "installed" { for (i = 2; i <= NF; ++i) found = found || $i == name }
            END { exit !found }'
}

# install_packages GROUP...: those of dev/packages that are missing, from Debian 12 itself. Services
# that come with them are not started, now or at the next boot.
install_packages() {
    local group package reason output missing=() sudo=() failed=''
    local policy=/usr/sbin/policy-rc.d made_policy=''
    # shellcheck source=/dev/null
    [ "$(. /etc/os-release && echo "$ID-${VERSION_ID:-}")" = debian-12 ] ||
        fail "packages are installed on Debian 12 only: install what dev/packages lists by yourself"
    while read -r group package reason; do
        [[ " $* " == *" $group "* ]] || continue
        if installed "$package"; then continue; fi
        missing+=("$package")
        printf 'needs %-24s %s\n' "$package" "$reason"
    done <"$home/dev/packages"
    [ ${#missing[@]} != 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || fail "as root, run: apt-get install ${missing[*]}"
        sudo=(sudo)
    fi
    echo "installing ${missing[*]}"
    # Debian asks this file before it starts a service. If we are killed, it is void in an hour.
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\n[ "$(date +%%s)" -gt %s ] || exit 101\n' "$(($(date +%s) + 3600))" |
            "${sudo[@]}" install -m 755 /dev/stdin "$policy"
        made_policy=1
    fi
    output=$(
        "${sudo[@]}" apt-get -qq update 2>&1 &&
            "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
                apt-get -qq -y install --no-install-recommends "${missing[@]}" 2>&1
    ) || failed=1
    [ -z "$made_policy" ] || "${sudo[@]}" rm "$policy"
    [ -z "$failed" ] || fail "apt-get could not install them: $(tail -3 <<<"$output")"
    for package in "${missing[@]}"; do
        if systemctl is-enabled -q "$package" 2>/dev/null; then
            "${sudo[@]}" systemctl disable -q "$package"
        fi
    done
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

# identity PID: which living process has that number: the number, when it began, since which boot.
identity() {
    local stat
    { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
    read -ra stat <<<"${stat##*) }" # what follows its name, which may hold blanks
    [ "${stat[0]}" != Z ] && echo "$1 ${stat[19]} $(</proc/sys/kernel/random/boot_id)"
}

# sign FILE: notes there that this very process is the one, also when it becomes another program.
# Done by the process itself, so whoever started it may be killed at any moment.
sign() {
    identity "$BASHPID" >"$1.new"
    mv "$1.new" "$1"
}

# running FILE: does the process live that signed it? Its program may have been replaced by a build,
# and its number may by now be another's.
running() {
    local pid rest
    { read -r pid rest <"$1"; } 2>/dev/null && [ "$(identity "$pid")" = "$pid $rest" ]
}

# end FILE SECONDS: asks the process that signed it to end, and makes it after so many seconds.
end() {
    local pid deadline=$((SECONDS + $2))
    if running "$1"; then
        read -r pid _ <"$1"
        kill "$pid" 2>/dev/null || true
        while running "$1"; do # not our child, so it cannot be waited for in one go
            [ $SECONDS -lt $deadline ] || kill -9 "$pid" 2>/dev/null || true
            sleep 0.05
        done
    fi
    rm -f "$1"
}

# setting FILE NAME: its value in a settings file; nothing if it is not there.
setting() {
    [ ! -f "$1" ] || sed -n "s/^[[:space:]]*$2[[:space:]]*=[[:space:]]*//p" "$1" | tail -1
}
