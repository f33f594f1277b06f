// SPDX-License-Identifier: MIT
#include <pacer/exact.hpp>
#include <pacer/expression/make.hpp>
#include <pacer/fill.hpp>
#include <pacer/training/resume.hpp>

#include <cstdio>
#include <vector>

int main() {
    const pacer::polynomial direct{{.peak_lr = 1e-3, .power = 3, .total_steps = 100}};
    const pacer::expression lr = pacer::parse("polynomial(peak_lr=1e-3, power=3, total_steps=100)");
    const pacer::expression made = pacer::make("polynomial", {{"peak_lr", 1e-3}, {"power", 3}, {"total_steps", 100}});
    const pacer::any_schedule<float> small = pacer::make<float>("constant", {{"peak_lr", 0.5}});
    const pacer::checkpoint back = pacer::from_text(pacer::to_text(pacer::checkpoint{{}, lr}));
    std::vector<double> rates(100);
    pacer::fill(lr, 0, rates);
    int differ = small(7) != 0.5F || lr != made || back.curve.schedule != lr;
    for (int s = 0; s < 100; ++s)
        differ += rates[static_cast<std::size_t>(s)] != direct(s) || lr(s) != direct(s);
    pacer::fill(direct, 0, rates);
    const pacer::exact exact(pacer::linear{{.peak_lr = 1, .total_steps = 100}});
    for (int s = 0; s < 100; ++s)
        differ += rates[static_cast<std::size_t>(s)] != direct(s) || exact(s) != (100 - s) / 100.0;
    constexpr pacer::cosine at_compile_time{{.peak_lr = 1, .total_steps = 100}};
    static_assert(at_compile_time(50) == 0.5);
    bool is_caught = false;
    try {
        static_cast<void>(pacer::polynomial{{.peak_lr = rates[0], .power = -direct(0), .total_steps = 100}});
        differ += 1;
    } catch (const pacer::invalid_schedule&) {
    }
    try {
        static_cast<void>(pacer::parse("polynomial(peak_lr=-1, total_steps=100)"));
    } catch (const pacer::expression_error&) {
        is_caught = true;
    }
    if (differ != 0 || !is_caught)
        std::printf("%d differ, caught: %d\n", differ, is_caught);
    return differ == 0 && is_caught ? 0 : 1;
}
