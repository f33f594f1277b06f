// SPDX-License-Identifier: MIT
#include "catch.hpp"

#include <pacer/expression/cpp.hpp>
#include <pacer/expression/make.hpp>

TEST_CASE("to_cpp: what was given, and nothing else") {
    CHECK(pacer::to_cpp(pacer::parse("cosine(peak_lr=1e-3, total_steps=1000)")) ==
          "#include <pacer/schedules/cosine.hpp>\n"
          "\n"
          "constexpr auto lr = pacer::cosine{{.peak_lr = 0.001, .total_steps = 1000}};\n");
    CHECK(pacer::to_cpp(pacer::parse(
              "constant_with_warmup(peak_lr=1, total_steps=100, warmup=nearest_even(7%), warmup_shape=power(2))")) ==
          "#include <pacer/schedules/constant_with_warmup.hpp>\n"
          "\n"
          "constexpr auto lr = pacer::constant_with_warmup{{.peak_lr = 1, .total_steps = 100,\n"
          "    .warmup = pacer::warmup_ratio(0.07, pacer::rounding::nearest_even),\n"
          "    .warmup_shape = pacer::ramp_shape::power(2)}};\n");
}

TEST_CASE("to_cpp: operators, with a line for each schedule") {
    CHECK(pacer::to_cpp(pacer::parse("join(constant(peak_lr=1), 30, scale(linear(peak_lr=1, total_steps=10), 0.5))")) ==
          "#include <pacer/compose.hpp>\n"
          "#include <pacer/schedules/constant.hpp>\n"
          "#include <pacer/schedules/linear.hpp>\n"
          "\n"
          "constexpr auto lr = pacer::join(\n"
          "    pacer::constant{{.peak_lr = 1}}, 30,\n"
          "    pacer::scale(\n"
          "        pacer::linear{{.peak_lr = 1, .total_steps = 10}}, 0.5));\n");
}
