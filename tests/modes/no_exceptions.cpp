// SPDX-License-Identifier: MIT
// Compiled with -fno-exceptions -fno-rtti: the core must compile, give the same values, and report an invalid
// configuration to the replaceable handler. A plain program, because Catch2 needs both; the last check is the handler's.
#include <pacer/expression/make.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#ifdef __cpp_exceptions
#error "this program is for compilation without exceptions"
#endif

namespace {

int failures = 0;

void check(bool good, const char* what, int line) {
    if (!good) {
        std::printf("failed, line %d: %s\n", line, what);
        ++failures;
    }
}

#define CHECK(...) check(__VA_ARGS__, #__VA_ARGS__, __LINE__)

template <class T>
T at_run_time(T x) {
    volatile T unknown = x;
    return unknown;
}

void values() {
    using namespace pacer;
    constexpr cosine constant_lr{{.peak_lr = 2.0, .total_steps = 10}};
    static_assert(constant_lr(0) == 2.0 && constant_lr(5) == 1.0 && constant_lr(10) == 0.0);

    const cosine lr{{.peak_lr = at_run_time(2.0), .total_steps = 10, .warmup = warmup_steps(2)}};
    CHECK(lr(at_run_time(step_t{0})) == 0);
    CHECK(lr(at_run_time(step_t{1})) == 1);
    CHECK(lr(at_run_time(step_t{2})) == 2);
    CHECK(lr(at_run_time(step_t{6})) == 1);
    CHECK(lr(at_run_time(step_t{10})) == 0);

    const auto joined = join(lr, 4, constant<double>({.peak_lr = 0.5}), 8, scale(lr, 4));
    CHECK(joined(at_run_time(step_t{2})) == 2);
    CHECK(joined(at_run_time(step_t{7})) == 0.5);
    CHECK(joined(at_run_time(step_t{10})) == 8);

    const any_schedule<double> held = lr;
    CHECK(held(at_run_time(step_t{2})) == 2 && held.total_steps() == 10);
    CHECK(pacer::make("linear", {{"peak_lr", 8}, {"total_steps", 4}})(at_run_time(step_t{1})) == 6);
}

void asked_first() {
    const pacer::violation v = check(pacer::linear_params<double>{.peak_lr = at_run_time(-2.0), .total_steps = 10});
    CHECK(v && std::strcmp(v.field, "peak_lr") == 0 && v.rate == -2);
    CHECK(!check(pacer::linear_params<double>{.peak_lr = at_run_time(2.0), .total_steps = 10}));
}

void other(const char*) {}

void handler(const char* message) {
    CHECK(std::strcmp(message, "pacer: peak_lr = -2: must be a finite rate of 0 or more") == 0);
    std::printf("the handler was told: %s\n", message);
    std::exit(failures == 0 ? 0 : 1);
}

}  // namespace

int main() {
    values();
    asked_first();

    CHECK(pacer::set_invalid_handler(other) != nullptr);  // there is one from the start, which prints
    CHECK(pacer::set_invalid_handler(handler) == other);
    const pacer::cosine never{{.peak_lr = at_run_time(-2.0), .total_steps = 10}};
    std::printf("failed: an invalid schedule exists, %g\n", never(0));
    return 1;
}
