// SPDX-License-Identifier: MIT
#include "support/rounded_reference.hpp"
#include "support/schedules.hpp"

#include <pacer/exact_ramp.hpp>

namespace detail = pacer::detail;
namespace shapes = pacer::shapes;
using detail::word;
using pacer::step_t;
using support::dice;

TEST_CASE("square_root: of 128 bits, to 61") {
    dice roll(1);
    double worst = 0;
    for (int k = 0; k < 100'000; ++k) {
        const int e = -static_cast<int>(roll() % 100);
        const detail::wide<2> z{{{roll(), k == 0 ? ~word{0} : k == 1 ? detail::top_bit : roll() | detail::top_bit}}, e};
        const detail::number root = detail::square_root(z);
        REQUIRE(root.m >= detail::top_bit);
        // root^2 and z, in units of 2^-128 of a number with the same exponent
        const detail::two_words have = detail::two_words{root.m} * root.m;
        const int up = 2 * root.e + 2 - e;  // 0 or 1
        REQUIRE((up == 0 || up == 1));
        const detail::two_words want = (detail::two_words{z.m.w[1]} << 64 | z.m.w[0]) >> up;
        const double off = have > want ? static_cast<double>(have - want) : static_cast<double>(want - have);
        worst = std::max(worst, off / static_cast<double>(want) / 2);
    }
    WARN("square_root: off by at most " << worst * 0x1p64 << " 2^-64");
    CHECK(worst < 0x1p-61);
}

#if defined(__SIZEOF_FLOAT128__) && !defined(__FAST_MATH__)

namespace {

// The largest error of neighbours, as a part of the bound.
template <class Shape>
double largest_error(Shape shape, std::uint64_t seed) {
    constexpr bool is_cosine = std::is_same_v<Shape, shapes::cosine>;
    dice roll(seed);
    double worst = 0;
    int runs = 0;
    for (int draw = 0; draw < 20'000; ++draw) {
        const word n = 30'000 + roll() % ((word{1} << (15 + roll() % 38)) - 1);
        const double from = 1 + roll.fraction();
        const double to = roll() % 4 == 0 ? 0 : from * roll.fraction();
        const bool rising = roll() % 2 == 0;
        const double start = rising ? to : from;
        const double end = rising ? from : to;
        const detail::exact_kernel<Shape> kernel(start, end, n, shape);
        const auto stride = static_cast<step_t>(1 + roll() % (1 + n / 1'000'000));
        detail::exact_run run(kernel, stride);
        const step_t half = run.half();
        if (half == 0)
            continue;
        const word span = static_cast<word>(half * stride);
        if (n <= 2 * span)
            continue;
        ++runs;
        const word middle = span + roll() % (n - 2 * span);
        const auto neighbours = run.template around<is_cosine>(middle);
        // The exact value without head and tail, which is small enough for a double.
        const auto value = [&](word x) -> support::quad {
            if constexpr (is_cosine) {
                const bool first = 2 * x <= n;
                const support::quad moved =
                    (static_cast<support::quad>(end) - start) * support::sine_squared(first ? x : n - x, n);
                return first ? start + moved : end - moved;
            } else {
                const support::quad q = static_cast<support::quad>(x) / static_cast<support::quad>(n);
                return start + (static_cast<support::quad>(end) - start) * q;
            }
        };
        for (const step_t k : {-half, -half / 2, step_t{-1}, step_t{0}, step_t{1}, half / 3, half - 1}) {
            auto shown = neighbours;
            shown.head = 0;  // what is left is the bracket, or unknown
            shown.within = 0;
            const double bracket = shown(static_cast<double>(k));
            if (bracket == detail::unknown_rate)
                continue;
            const support::quad want = value(static_cast<word>(static_cast<step_t>(middle) + k * stride));
            const auto off = static_cast<double>(want - neighbours.head - bracket);
            worst = std::max(worst, support::magnitude(off) / neighbours.within);
        }
    }
    CHECK(runs > 5'000);
    return worst;
}

}  // namespace

TEST_CASE("exact_run: neighbours are within their bound") {
    const double line = largest_error(shapes::linear{}, 1);
    const double cosine = largest_error(shapes::cosine{}, 2);
    WARN("of the bound: line " << line << ", cosine " << cosine);
    CHECK(line < 1);
    CHECK(cosine < 1);
    CHECK(line > 0.2);
    CHECK(cosine > 0.2);
}

#endif
