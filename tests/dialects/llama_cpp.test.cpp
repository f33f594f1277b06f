// SPDX-License-Identifier: MIT
#include "support/vector.hpp"

#include <pacer/dialects/llama_cpp.hpp>

using support::gives;
namespace llama_cpp = pacer::llama_cpp;

TEST_CASE("llama.cpp: a straight line on a logarithmic scale, by epochs") {
    BOTH_CHECK(gives(llama_cpp::lr_opt({.lr0 = v(1.0), .lr_min = 0.0625, .epochs = 4}),
                     {1, 0.5, 0.25, 0.125, 0.0625, 0.0625}));
    BOTH_CHECK(gives(llama_cpp::lr_opt({.lr0 = v(1.0), .lr_min = 0.25, .decay_epochs = 2, .epochs = 4}),
                     {1, 0.5, 0.25, 0.25}));
    BOTH_CHECK(gives(llama_cpp::lr_opt({.lr0 = v(1.0)}), {1, 1, 1, 1}));
    BOTH_CHECK(gives(pacer::every(2, llama_cpp::lr_opt({.lr0 = v(1.0), .lr_min = 0.25})), {1, 1, 0.5, 0.5, 0.25}));
}
