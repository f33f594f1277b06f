// SPDX-License-Identifier: MIT
// Prints what a build for one target computes, to be compared with another's, line by line: hashes of the bits of every
// schedule of every list, over a grid of lengths and warm-ups; of `fill` and of `exact`; and numbers as text. A plain program:
// it needs the standard library alone.
#include <pacer/any_schedule.hpp>
#include <pacer/exact.hpp>
#include <pacer/expression/describe.hpp>
#include <pacer/expression/dialects.hpp>
#include <pacer/expression/example.hpp>
#include <pacer/fill.hpp>
#include <pacer/pacer.hpp>

#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <vector>

namespace {

using pacer::step_t;

struct hash {
    std::uint64_t value = 0xCBF2'9CE4'8422'2325u;

    constexpr void add(std::uint64_t bits) {  // FNV-1a, by bytes
        for (int k = 0; k < 64; k += 8)
            value = (value ^ (bits >> k & 0xFF)) * 0x0000'0100'0000'01B3u;
    }
    constexpr void add(double x) { add(PACER_BIT_CAST(std::uint64_t, x)); }
    constexpr void add(float x) { add(std::uint64_t{PACER_BIT_CAST(std::uint32_t, x)}); }
};

bool good = true;

void print(const char* kind, const std::string& of, const hash& h) {
    std::printf("%s %08lx%08lx %s\n", kind, static_cast<unsigned long>(h.value >> 32),
                static_cast<unsigned long>(h.value & 0xFFFF'FFFFu), of.c_str());
}

void check(bool holds, const char* what, const std::string& of) {
    if (holds)
        return;
    std::printf("FAILED %s: %s\n", what, of.c_str());
    good = false;
}

// Every step from -2 to past the end, then far ones.
template <class S>
hash of_steps(const S& lr, step_t total) {
    hash h;
    for (step_t step = -2; step < total + total / 3 + 2; step += 1 + total / 3000)
        h.add(lr(step));
    for (int k = 20; k < 63; ++k)
        h.add(lr(step_t{1} << k));
    h.add(lr(pacer::endless));
    return h;
}

template <class S>
void check_fill(const S& lr, step_t total, const std::string& of) {
    std::vector<double> rates(static_cast<std::size_t>(total < 2000 ? total + 9 : 2009));
    pacer::fill(lr, -1, std::span(rates));
    bool same = true;
    step_t step = -1;
    for (const double rate : rates)
        same = same && PACER_BIT_CAST(std::uint64_t, rate) == PACER_BIT_CAST(std::uint64_t, lr(step++));
    check(same, "fill has the bits of the single calls", of);
}

void expressions() {
    const auto lists = pacer::describe_schedules();
    for (const auto& schedule : lists)
        for (const step_t total : {step_t{40}, step_t{1000}, step_t{123'457}, step_t{1} << 30})
            for (const double warmup : {0.03, 0.1}) {
                const std::string text =
                    pacer::example(schedule, {.peak_lr = 3e-4, .total_steps = total, .warmup_ratio = warmup});
                const pacer::expression lr = pacer::parse(text);
                const step_t up_to = lr.total_steps() < 20'000 ? lr.total_steps() : 20'000;
                print("lr   ", text, of_steps(lr, up_to));
                check_fill(lr, up_to, text);
                check(pacer::parse(pacer::to_text(lr)) == lr, "what is written reads back", text);
            }
}

template <class S>
void print_exact(const char* of, const S& schedule) {
    const pacer::exact lr(schedule);
    print("exact", of, of_steps(lr, lr.total_steps() < 5000 ? lr.total_steps() : 5000));
    check_fill(lr, lr.total_steps(), of);
}

constexpr hash at_compile_time() {
    hash h;
    constexpr pacer::cosine_with_min_lr lr{
        {.peak_lr = 3e-4, .min_lr = 1e-5, .total_steps = 1000, .warmup = pacer::warmup_ratio(0.03)}};
    constexpr pacer::polynomial power{{.peak_lr = 3e-4, .power = 1.7, .total_steps = 1000}};
    constexpr pacer::exact wave{pacer::cosine{{.peak_lr = 3e-4, .num_cycles = 1.5, .total_steps = 1000}}};
    for (step_t step = 0; step < 1000; step += 7) {
        h.add(lr(step));
        h.add(power(step));
        h.add(wave(step));
    }
    return h;
}

}  // namespace

int main() {
    expressions();

    using namespace pacer;
    print_exact("cosine", cosine{{.peak_lr = 3e-4, .total_steps = 1000, .warmup = warmup_steps(30)}});
    print_exact("cosine, 7.5 waves", cosine{{.peak_lr = 3e-4, .num_cycles = 7.5, .total_steps = 4001}});
    print_exact("linear", linear{{.peak_lr = 7e-4, .total_steps = 12'345, .warmup = warmup_ratio(0.03)}});
    print_exact("polynomial", polynomial{{.peak_lr = 3e-4, .end_lr = 1e-7, .power = 3, .total_steps = 4000}});
    print_exact("polynomial^32", polynomial{{.peak_lr = 3e-4, .power = 32, .total_steps = 999}});

    constexpr hash constant = at_compile_time();
    print("const", "at compile time", constant);
    hash rounded;
    const cosine<float> small_rates{{.peak_lr = 3e-4f, .total_steps = 1000, .warmup = warmup_steps(30)}};
    for (step_t step = 0; step < 1001; ++step)
        rounded.add(small_rates(step));
    print("float", "cosine<float>", rounded);

    const any_schedule<> any = cosine{{.peak_lr = 3e-4, .total_steps = 1000}};
    const std::function<double(step_t)> function = any;
    print("any  ", "any_schedule in a std::function", of_steps(function, 1000));

#ifdef __cpp_exceptions
    for (const char* wrong : {"cosine(peak_lr=-1, total_steps=10)", "cosin(peak_lr=1)", "cosine(peak_lr=1e999)"}) {
        try {
            static_cast<void>(parse(wrong));
            check(false, "is refused", wrong);
        } catch (const std::exception& error) {
            std::printf("error %s\n", error.what());
        }
    }
#endif
    std::puts(good ? "all good" : "some FAILED");
    return good ? 0 : 1;
}
