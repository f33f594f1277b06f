# SPDX-License-Identifier: MIT
# install_missing PACKAGE...: on Debian and its like, installs what is not there yet; asks nothing, and says nothing when
# there is nothing to do. Elsewhere it does nothing: CMake fetches the libraries, and names a tool it cannot find.
install_missing() {
    command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || return 0

    local package missing=()
    for package in "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
    done
    ((${#missing[@]})) || return 0

    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            echo "not installed, and this user may not install: ${missing[*]}" >&2
            return 0
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

build_packages=(g++ cmake ninja-build libfmt-dev libcli11-dev libyaml-cpp-dev libtomlplusplus-dev)
test_packages=(catch2 git pkg-config python3)
check_packages=(clang clang-format clang-tidy valgrind)
bench_packages=(libbenchmark-dev python3 python3-numpy)
mpi_packages=(libopenmpi-dev openmpi-bin)
adapter_packages=(libtorch-dev libdlib-dev libblas-dev liblapack-dev)  # large: .ci/run alone installs them
site_packages=(doxygen python3-pip python3-bs4 python3-sphinx python3-breathe python3-myst-parser python3-sphinx-copybutton)
