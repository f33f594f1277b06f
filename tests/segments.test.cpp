// SPDX-License-Identifier: MIT
// What a class of the user's has to do to be computed by vector instructions, and what a range of steps promises.
#include "support/check.hpp"

#include <pacer/fill.hpp>
#include <pacer/pacer.hpp>

#include <cstring>
#include <vector>

using pacer::endless;
using pacer::step_range;
using pacer::step_t;

namespace {

constexpr step_t lowest = -endless - 1;

// The example of segments.hpp.
struct inverse_time {
    double peak;
    double decay;

    [[nodiscard]] constexpr double formula(double s) const noexcept {
        return peak / (1 + pacer::unfused_product(decay, s));
    }
    constexpr double operator()(step_t step) const noexcept {
        return formula(static_cast<double>(step < 0 ? 0 : step));
    }
    template <class Visitor>
    constexpr void visit_segments(step_range steps, Visitor& v) const {
        v.segment([mine = *this](double s) { return mine.formula(s); }, steps);
    }
};

// Tells all its rates by the one member that `inverse_time` does not use.
struct table {
    double numbers[10];

    constexpr double operator()(step_t step) const noexcept { return numbers[step < 0 ? 0 : step % 10]; }
    template <class Visitor>
    constexpr void visit_segments(step_range steps, Visitor& v) const {
        if (steps.stride == 1 && steps.first >= 0 && steps.first + steps.count <= 10) {
            v.rates(numbers + steps.first, steps.count);
            return;
        }
        v.each(*this, steps);
    }
};

template <class Real>
bool same(Real a, Real b) {
#ifdef __FAST_MATH__
    return support::ulps(static_cast<double>(a), static_cast<double>(b)) <= 4;
#else
    return std::memcmp(&a, &b, sizeof a) == 0;
#endif
}

template <class S>
void compare(const S& lr, step_t first, step_t count, step_t stride, support::complaints& wrong) {
    std::vector<double> rates(static_cast<std::size_t>(count));
    std::vector<float> narrow(static_cast<std::size_t>(count));
    pacer::fill(lr, first, rates, stride);
    pacer::fill(lr, first, narrow, stride);
    for (step_t j = 0; j < count; ++j) {
        const auto at = static_cast<std::size_t>(j);
        const double want = static_cast<double>(lr(first + j * stride));
        if (!same(rates[at], want) || !same(narrow[at], static_cast<float>(want)))
            wrong.add("at ", first + j * stride, ": ", rates[at], ", ", narrow[at], " is not ", want);
    }
}

}  // namespace

TEST_CASE("a class of the user's is vectorizable by one member") {
    STATIC_REQUIRE(pacer::Vectorizable<inverse_time>);
    STATIC_REQUIRE(pacer::Vectorizable<table>);
    STATIC_REQUIRE(pacer::Vectorizable<pacer::cosine<>>);
    STATIC_REQUIRE(pacer::Vectorizable<decltype(pacer::sum(inverse_time{1, 1}, inverse_time{1, 1}))>);
    STATIC_REQUIRE(!pacer::Vectorizable<decltype([](step_t) { return 1.0; })>);
    STATIC_REQUIRE(!pacer::Vectorizable<double>);
}

TEST_CASE("fill of it gives the bits of the call, alone and inside operators") {
    support::complaints wrong;
    const inverse_time lr{1e-3, 1e-3};
    const pacer::cosine curve{{.peak_lr = 1e-3, .total_steps = 500}};
    for (const step_t count : {0, 1, 63, 64, 65, 200, 1000}) {
        compare(lr, 0, count, 1, wrong);
        compare(lr, 17, count, 13, wrong);
        compare(pacer::scale(lr, 0.3), 5, count, 1, wrong);
        compare(pacer::join(lr, 100, curve, 300, lr), 0, count, 1, wrong);
        compare(pacer::clamp(pacer::scale(table{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}, 0.7), 1.0, 6.0), 0,
                count < 10 ? count : 10, 1, wrong);
    }
    CHECK(wrong.text() == "");
}

TEST_CASE("fill of it where steps are no doubles any more") {
    support::complaints wrong;
    const inverse_time lr{1, 0x1p-53};
    const step_t far_step = step_t{1} << 53;
    compare(lr, far_step - 100, 200, 1, wrong);
    compare(lr, far_step - 100, 200, 3, wrong);
    compare(lr, step_t{1} << 60, 100, 1, wrong);
    compare(lr, step_t{1} << 60, 100, 12'345'678'901, wrong);
    compare(lr, endless - 99, 100, 1, wrong);
    CHECK(wrong.text() == "");
}

TEST_CASE("a kernel is asked for the positions of its segment, and no others") {
    static double lowest_asked;
    static double highest_asked;
    using pacer::detail::instruction_set;
    std::vector<double> rates(200);
    // Steps beyond 2^53 are told as the doubles they are rounded to.
    for (const step_t first : {step_t{0}, step_t{1000}, (step_t{1} << 53) - 20, (step_t{1} << 53) + 1})
        for (const step_t stride : {step_t{1}, step_t{7}, step_t{0}, step_t{-3}})
            for (const step_t count : {0, 1, 2, 63, 64, 65, 127, 128, 150}) {
                CAPTURE(first, stride, count);
                lowest_asked = 0x1p64;
                highest_asked = -0x1p64;
                pacer::detail::writer<double> to(rates.data(), instruction_set::baseline);
                to.segment(
                    [](double k) {
                        lowest_asked = k < lowest_asked ? k : lowest_asked;
                        highest_asked = k > highest_asked ? k : highest_asked;
                        return k;
                    },
                    {first, stride, count});
                const auto a = static_cast<double>(first);
                const auto b = static_cast<double>(first + (count - 1) * stride);
                CHECK(lowest_asked == (count == 0 ? 0x1p64 : a < b ? a : b));
                CHECK(highest_asked == (count == 0 ? -0x1p64 : a < b ? b : a));
            }
}

TEST_CASE("fill of it in a constant expression") {
    constexpr auto third = [] {
        double rates[4]{};
        pacer::fill(pacer::scale(inverse_time{1, 1}, 2), 0, rates);
        return rates[3];
    }();
    STATIC_REQUIRE(third == 0.5);
}

TEST_CASE("step_range: how many steps are on one side of a limit") {
    // Against counting, with every small range.
    for (step_t first = -5; first <= 5; ++first)
        for (step_t stride = -3; stride <= 3; ++stride)
            for (step_t count = 0; count <= 4; ++count)
                for (step_t limit = -9; limit <= 9; ++limit) {
                    const step_range steps{first, stride, count};
                    step_t n = 0;
                    while (n < count && (stride < 0 ? first + n * stride >= limit : first + n * stride < limit))
                        ++n;
                    if (steps.until(limit) != n)
                        FAIL(first << ' ' << stride << ' ' << count << ' ' << limit);
                }
    // Differences and products that are no steps.
    BOTH_CHECK(step_range{v(lowest), 1, endless}.until(0) == endless);
    BOTH_CHECK(step_range{v(lowest), endless, 3}.until(0) == 2);
    BOTH_CHECK(step_range{v(lowest), endless, 3}.until(endless) == 3);
    BOTH_CHECK(step_range{v(lowest), endless, 3}.at(2) == endless - 1);
    BOTH_CHECK(step_range{v(endless), lowest, 2}.until(0) == 1);
    BOTH_CHECK(step_range{v(endless), lowest, 2}.at(1) == -1);
    BOTH_CHECK(step_range{v(endless), -1, 9}.until(lowest) == 9);
    BOTH_CHECK(step_range{v(endless), 1, 0}.later(endless).count == 0);
}
