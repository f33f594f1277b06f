// SPDX-License-Identifier: MIT
// Linked with other_expressions.cpp, which has no exceptions, or -ffast-math: errors are caught here, and the rates of an
// expression are those of this unit.
#include <pacer/expression/make.hpp>
#include <pacer/fill.hpp>
#include <pacer/training/plan.hpp>
#include <pacer/training/resume.hpp>

#include <cstdio>
#include <vector>

double other(const char* text, std::vector<double>& rates);

namespace {

template <class Act>
int is_caught(const char* what, const Act& act) {
    try {
        act();
    } catch (const std::exception&) {
        return 1;
    }
    std::printf("%s: no error\n", what);
    return 0;
}

}  // namespace

int main() {
    constexpr const char* text = "join(polynomial(peak_lr=1e-3, total_steps=997, power=0.9), 300, cosine(peak_lr=3e-4, "
                                 "total_steps=500, warmup=3%))";
    const int caught =
        is_caught("parse", [] { static_cast<void>(pacer::parse("cosin(peak_lr=1)")); }) +
        is_caught("parse of a value", [] { static_cast<void>(pacer::parse("cosine(peak_lr=-1, total_steps=10)")); }) +
        is_caught("make",
                  [] {
                      static_cast<void>(pacer::make("linear", {{"peak_lr", -1.0}, {"total_steps", 10}}));
                  }) +
        is_caught("checkpoint", [] { static_cast<void>(pacer::from_text("no checkpoint")); }) +
        is_caught("plan", [] { static_cast<void>(pacer::plan(pacer::plan_params{})); });

    const pacer::expression lr = pacer::parse(text);
    const pacer::polynomial first{{.peak_lr = 1e-3, .power = 0.9, .total_steps = 997}};
    std::vector<double> rates(600);
    pacer::fill(lr, 0, rates);
    int differ = 0;
    for (int s = 0; s < 600; ++s)
        differ += rates[static_cast<std::size_t>(s)] != lr(s);
    for (int s = 0; s < 300; ++s)
        differ += lr(s) != first(s);
    if (differ > 0)
        std::printf("%d rates differ\n", differ);
    return caught == 5 && differ == 0 && other(text, rates) > 0 ? 0 : 1;
}
