// SPDX-License-Identifier: MIT
// Several threads ask the same curves, and make their own, at once; under the thread sanitizer where the compiler has it.
// A plain program: the sanitizer would have to know all that it is linked with.
#include "support/random_expression.hpp"

#include <pacer/expression/make.hpp>
#include <pacer/expression/text.hpp>
#include <pacer/fill.hpp>
#include <pacer/pacer.hpp>
#include <pacer/training/checkpoint.hpp>

#include <array>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

namespace {

struct curve {
    std::string text;
    pacer::expression lr;
};

using rates = std::array<double, 100>;

/// Everything that reads a curve, and everything that makes one. Its rates, if all that was made is the same.
std::vector<rates> ask(const std::vector<curve>& curves) {
    std::vector<rates> found;
    for (const curve& c : curves) {
        rates filled{};
        pacer::fill(c.lr, 0, filled, 7);
        bool same = pacer::to_text(c.lr) == c.text && pacer::parse(c.text) == c.lr;
        for (std::size_t k = 0; k < filled.size(); ++k) {
            const auto step = static_cast<pacer::step_t>(7 * k);
            same = same && c.lr(step) == filled[k];
        }
        const pacer::loaded_checkpoint back = pacer::try_from_text(pacer::to_text({.at = {}, .curve = c.lr}));
        same = same && back && back->curve.schedule == c.lr;
        if (!same)
            filled.fill(-1);
        found.push_back(filled);
    }
    const double by_name = pacer::make("linear", {{"peak_lr", 1.0}, {"total_steps", 4}})(1);
    if (by_name != 0.75 || pacer::try_parse("cosin(peak_lr=1)"))
        found.clear();
    return found;
}

}  // namespace

int main() {
    support::dice roll(3);
    support::random_expression random_text(roll);
    std::vector<curve> curves;
    while (curves.size() < 200)
        if (const pacer::parsed_expression parsed = pacer::try_parse(random_text(static_cast<int>(roll.up_to(2)))))
            curves.push_back({pacer::to_text(*parsed.value), *parsed.value});

    // The threads are first: what is made once is made by them.
    std::array<std::vector<rates>, 4> found;
    std::vector<std::thread> threads;
    for (auto& own : found)
        threads.emplace_back([&] { own = ask(curves); });
    for (std::thread& t : threads)
        t.join();

    const std::vector<rates> alone = ask(curves);
    if (alone.size() != curves.size())
        return std::puts("what is made by name is another"), 1;
    for (std::size_t k = 0; k < curves.size(); ++k)
        for (const auto& own : found)
            if (own.size() != alone.size() || own[k] != alone[k] || own[k][0] < 0)
                return std::printf("not the same in every thread: %s\n", curves[k].text.c_str()), 1;
    std::printf("%zu curves by %zu threads\n", curves.size(), found.size());
    return 0;
}
