# SPDX-License-Identifier: MIT
# install_missing PACKAGE...: on Debian and its like, installs what is not there yet; asks nothing, and says nothing when
# there is nothing to do. A user who may not install is told what is missing, and it ends; with PACER_FETCH=1, and on other
# systems, it does nothing: CMake fetches the libraries, and names a tool it cannot find.
install_missing() {
    command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 0

    local package missing=()
    for package in "$@"; do
        is_there "$package" || missing+=("$package")
    done
    ((${#missing[@]})) || return 0

    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            [ -z "${PACER_FETCH:-}" ] || return 0
            {
                echo "These packages are needed, and this user may not install them:"
                echo "    sudo apt-get install ${missing[*]}"
                echo "Libraries among them (lib...) CMake can download instead: set PACER_FETCH=1."
            } >&2
            return 1
        fi
        as_root=(sudo -n)
    fi

    echo "installing: ${missing[*]}"
    {
        "${as_root[@]}" apt-get update -qq &&
            "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
    } </dev/null >/dev/null || {
        echo "could not install: ${missing[*]}" >&2
        return 1
    }
}

# Tools may come from elsewhere.
is_there() {
    case "$1" in
    g++ | cmake | git | pkg-config | python3) command -v "$1" >/dev/null && return ;;
    ninja-build) command -v ninja >/dev/null && return ;;
    esac
    dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q '^install ok installed$'
}

build_packages=(g++ cmake ninja-build libfmt-dev libcli11-dev libyaml-cpp-dev libtomlplusplus-dev)
test_packages=(catch2 git pkg-config python3)
check_packages=(ccache meson clang clang-format clang-tidy valgrind librsvg2-dev)
bench_packages=(libbenchmark-dev python3 python3-numpy)
mpi_packages=(libopenmpi-dev openmpi-bin)
adapter_packages=(libtorch-dev libdlib-dev libblas-dev liblapack-dev)  # large: .ci/run alone installs them
site_packages=(doxygen python3-pip python3-bs4 python3-sphinx python3-breathe python3-myst-parser python3-sphinx-copybutton)
