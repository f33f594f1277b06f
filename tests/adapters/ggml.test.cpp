// SPDX-License-Identifier: MIT
// What ggml would call. Compiled with the real header where there is one, else with declarations like it; ggml itself is
// not needed here. examples/adapters/ggml.cpp trains with it.
#include <pacer/adapters/ggml.hpp>
#include <pacer/pacer.hpp>

#include "catch.hpp"
#include "support/error_of.hpp"

#include <limits>
#include <string>

// ggml's own defaults (ggml-opt.cpp).
extern "C" ggml_opt_optimizer_params ggml_opt_get_default_optimizer_params(void*) {
    ggml_opt_optimizer_params p{};
    p.adamw = {0.001F, 0.9F, 0.999F, 1e-8F, 0.0F};
    p.sgd = {1e-3F, 0.0F};
    return p;
}

namespace {

using pacer::step_t;

constexpr float lowest = 1e-7F;
constexpr pacer::linear lr{{.peak_lr = 0.01, .total_steps = 10, .warmup = pacer::warmup_steps(4)}};

/// As ggml does, by pointers of C.
struct context {
    ggml_opt_get_optimizer_params get_opt_pars;
    void* get_opt_pars_ud;

    ggml_opt_optimizer_params update() const { return get_opt_pars(get_opt_pars_ud); }
};

using support::error_of;

}  // namespace

TEST_CASE("ggml: update k gets lr(k), not below the floor, and all else as it was set") {
    pacer::ggml_rates rates(lr, lowest);
    rates.parameters.adamw.wd = 0.1F;
    const context c{rates.callback, &rates};
    for (step_t k = 0; k < 13; ++k) {
        CAPTURE(k);
        CHECK(rates.step() == k);
        const auto p = c.update();
        const float rate = std::max(static_cast<float>(lr(k)), lowest);
        CHECK(p.adamw.alpha == rate);
        CHECK(p.sgd.alpha == rate);
        CHECK(p.adamw.wd == 0.1F);
        CHECK(p.adamw.beta1 == 0.9F);
        CHECK(p.sgd.wd == 0);
    }
    pacer::ggml_rates resumed(lr, lowest, 6);
    CHECK(context{resumed.callback, &resumed}.update().adamw.alpha == static_cast<float>(lr(6)));
    CHECK(resumed.step() == 7);
}

TEST_CASE("ggml: a rate of 0 is an error unless a floor was asked for") {
    pacer::ggml_rates rates(lr);
    const context c{rates.callback, &rates};
    const std::string refused = "must be above 0 for this trainer; give a lowest rate to use instead";
    CHECK(error_of([&] { c.update(); }) == "pacer: lr = 0: " + refused);
    CHECK(rates.step() == 0);

    pacer::ggml_rates tiny([](step_t) { return 1e-60; });  // 0 as a float
    CHECK(error_of([&] { tiny.callback(&tiny); }) == "pacer: lr = 1e-60: " + refused);
    pacer::ggml_rates nan([](step_t) { return std::numeric_limits<double>::quiet_NaN(); }, lowest);
    CHECK(error_of([&] { nan.callback(&nan); }) == "pacer: lr = nan: must be a finite rate of 0 or more");
    CHECK(error_of([] { pacer::ggml_rates(lr, -1.0F); }) == "pacer: lowest = -1: must be a finite rate of 0 or more");
    CHECK(error_of([] { pacer::ggml_rates(lr, lowest, -1); }) == "pacer: first = -1: must be 0 or more");
}
