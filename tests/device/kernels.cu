// SPDX-License-Identifier: MIT
// One kernel for each kind of schedule: what run.py compiles for devices, and reads.
#include "schedules.hpp"

template <int Number, class S>
__global__ void rate(S schedule, const pacer::step_t* step, double* out) {
    *out = static_cast<double>(schedule(*step));
}

// Never called; that it names the kernels is what makes a compiler keep them.
void instantiate(void (*use)(const void*)) {
    device_test::with_each([&](auto number, const char*, const auto& schedule) {
        use(reinterpret_cast<const void*>(&rate<decltype(number)::value, std::remove_cvref_t<decltype(schedule)>>));
    });
    device_test::with_each_dialect([&]<class S>(auto number) {
        if constexpr (!device_test::is_left_out<S>)
            use(reinterpret_cast<const void*>(&rate<decltype(number)::value, typename S::meaning_type>));
    });
}

// A function for the host alone may be composed like any other, and nvcc has nothing to warn of.
double host_only(pacer::step_t step) {
    const auto saw = [](pacer::step_t s) { return 0.1 * static_cast<double>(s % 4); };
    return pacer::join(saw, 100, pacer::scale(pacer::clamp(pacer::advance(saw, 1), 0.0, 1.0), 2.0))(step);
}
