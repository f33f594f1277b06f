#include <pacer/pacer.hpp>

#include <cstdio>

int main() {
    constexpr pacer::cosine lr{{.peak_lr = 1e-3, .total_steps = 1000}};
    static_assert(lr(0) == 1e-3 && lr(1000) == 0.0);

    for (pacer::step_t step = 0; step <= lr.total_steps(); step += 250)
        std::printf("%4d  %.3e\n", static_cast<int>(step), lr(step));
    return lr(lr.total_steps()) == 0.0 ? 0 : 1;
}
