#include <pacer/pacer.hpp>

#include <iostream>

int main() {
    constexpr pacer::cosine_with_min_lr lr{
        {.peak_lr = 0.2, .min_lr = 0.02, .total_steps = 10, .warmup = pacer::warmup_ratio(0.2)}};
    static_assert(lr(2) == 0.2 && lr(10) == 0.02);  // exact, and known before the program runs

    double w = 8;  // to be trained: the loss (w - 3)^2 is least at 3
    for (pacer::step_t step = 0; step < lr.total_steps(); ++step) {
        w -= lr(step) * 2 * (w - 3);
        std::cout << "update " << step << ": lr " << lr(step) << ", w " << w << '\n';
    }
}
