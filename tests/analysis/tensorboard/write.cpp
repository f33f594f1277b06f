// SPDX-License-Identifier: MIT
// Writes the event file that peer.py has the real TensorBoard read.
#include "curves.hpp"

#include <cstdio>

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: write FILE\n");
        return 2;
    }
    auto to = pacer::analysis::tensorboard_writer::append_to(argv[1]);
    write_curves(to);
    to.flush();
}
