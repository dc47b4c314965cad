#!/bin/sh
# What the machine must have before a virtual environment can be made: Python
# 3.11 with its venv module, and CA certificates. Or, for the test with Spark
# alone: Java 17. Says what is missing in one line, with the command that gets
# it. With --install, and as root on Debian, it runs that command itself.
#
#   requirements/system.sh [--install] [PYTHON | java]
set -eu

install=no
if [ "${1:-}" = --install ]; then
    install=yes
    shift
fi
python=${1:-python3}

# Sets `lacks`, a phrase for a person, and `packages`, Debian's names for them.
look() {
    lacks=
    packages=
    if [ "$python" = java ]; then
        look_for_java
        return
    fi
    if ! command -v "$python" >/dev/null 2>&1; then
        lack "$python" python3
        lack "its venv module" python3-venv
        [ -s /etc/ssl/certs/ca-certificates.crt ] || lack "CA certificates" ca-certificates
        return
    fi
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        lack "Python 3.11 or newer ($python is $("$python" --version 2>&1 | cut -d" " -f2))" \
            "python3.11 python3.11-venv"
    elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        lack "the venv module of $python" python3-venv
    fi
    "$python" - <<'PYTHON' || lack "CA certificates" ca-certificates
import os, ssl, sys

paths = ssl.get_default_verify_paths()
bundles = [paths.cafile, "/etc/ssl/certs/ca-certificates.crt"]
bundles += [os.environ.get(name) for name in ("PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")]
has_bundle = any(path and os.path.isfile(path) for path in bundles)
has_folder = paths.capath and any(name.endswith(".0") for name in os.listdir(paths.capath))
sys.exit(not (has_bundle or has_folder))
PYTHON
}

# Spark takes the Java of JAVA_HOME, else the one on the path.
look_for_java() {
    java=${JAVA_HOME:+$JAVA_HOME/bin/}java
    version=$("$java" -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p')
    [ "${version:-0}" -lt 17 ] || return 0
    what="Java 17 or newer"
    [ -z "$version" ] || what="$what ($java is $version)"
    [ -n "$version" ] || [ -z "${JAVA_HOME:-}" ] || what="$what (JAVA_HOME names $JAVA_HOME, where there is none)"
    lack "$what" "$(java_package)"
}

# Debian 12 has 17, and Debian 13 has 21.
java_package() {
    for name in openjdk-17-jre-headless openjdk-21-jre-headless; do
        if apt-cache show "$name" >/dev/null 2>&1; then
            echo "$name"
            return
        fi
    done
    echo openjdk-17-jre-headless
}

lack() {
    lacks="${lacks:+$lacks, }$1"
    packages="${packages:+$packages }$2"
}

look
[ -n "$lacks" ] || exit 0

if [ "$install" = yes ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Missing: $lacks. Installing: $packages"
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update >/dev/null || true
    look # What a package is called may be known only now.
    # shellcheck disable=SC2086  # One word for each package.
    apt-get -qq install -y --no-install-recommends $packages >/dev/null || true # What is still missing is said below.
    look
    [ -n "$lacks" ] || exit 0
fi

sudo=
[ "$(id -u)" = 0 ] || sudo="sudo "
then=
case $packages in
*python3.11*) then=", then add PYTHON=python3.11 to the make command" ;;
*jre*) [ -z "${JAVA_HOME:-}" ] || then=", then unset JAVA_HOME" ;;
esac
echo "Missing: $lacks. Get it with: ${sudo}apt-get install -y $packages$then" >&2
exit 1
