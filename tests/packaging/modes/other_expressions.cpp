// SPDX-License-Identifier: MIT
// Compiled in another mode than the unit it is linked with.
#include <pacer/expression/make.hpp>
#include <pacer/fill.hpp>
#include <pacer/training/plan.hpp>
#include <pacer/training/resume.hpp>

#include <vector>

double other(const char* text, std::vector<double>& rates) {
    const pacer::expression lr = pacer::parse(text);
    pacer::fill(lr, 0, rates);
    const pacer::polynomial first{{.peak_lr = 1e-3, .power = 0.9, .total_steps = 997}};
    pacer::fill(first, 0, rates);
    const pacer::checkpoint read = pacer::from_text(pacer::to_text(pacer::checkpoint{{}, lr}));
    const pacer::plan run(pacer::plan_params{.examples = 100});
    return rates[0] + first(1) + read.curve(read.at) + static_cast<double>(run.total_steps()) +
           pacer::make("linear", {{"peak_lr", 1.0}, {"total_steps", 10}})(0);
}
