// SPDX-License-Identifier: MIT
#include "support/check.hpp"
#include "support/golden.hpp"

#include <pacer/numerics/geometric.hpp>

#include <algorithm>

using namespace pacer::detail;

namespace {

// In ULP of the exact value, which is a sum of two doubles.
double error_of(double value, double high, double low) {
    return support::magnitude((value - high) - low) / support::ulp(high);
}

// -ffast-math undoes the sums of two doubles.
#ifdef __FAST_MATH__
constexpr double slack = 1e4;
#else
constexpr double slack = 1;
#endif

}  // namespace

TEST_CASE("powers of a factor are accurate over the whole range of binary64") {
    double smooth = 0;
    double term = 0;
    double long_term = 0;
    for (const auto& row : support::golden("geometric.csv", 5)) {
        const double rate = support::number(row[0]);
        const double factor = support::number(row[1]);
        const pacer::step_t k = support::count(row[2]);
        const double high = support::number(row[3]);
        const double low = support::number(row[4]);
        const two_doubles c = precise_log2(factor);
        const double curve = geometric_curve(rate, c, 0, rate)(static_cast<double>(k));
        smooth = std::max(smooth, error_of(curve, high, low));
        double& worst_term = k < pacer::step_t{1} << 40 ? term : long_term;
        worst_term =
            std::max(worst_term, error_of(geometric_term(rate, factor, static_cast<std::uint64_t>(k)), high, low));
    }
    CHECK(smooth <= 2 * slack);
    CHECK(term <= 0.5001 * slack);
    CHECK(long_term <= 2 * slack);
}

TEST_CASE("powers of a factor: exact at 0, 0 at last, and within bounds") {
    BOTH_CHECK(geometric_curve(v(3e-4), precise_log2(0.9), 0, 3e-4)(v(0.0)) == 3e-4);
    BOTH_CHECK(geometric_curve(v(1.7e308), precise_log2(0.5), 0, 1.7e308)(v(1e9)) == 0);
    BOTH_CHECK(geometric_curve(v(1.7e308), precise_log2(0.5), 1e-9, 1.7e308)(v(1e300)) == 1e-9);
    BOTH_CHECK(geometric_curve(v(1.0), precise_log2(4.0), 0, 8.0)(v(1.0)) == 4);
    BOTH_CHECK(geometric_curve(v(1e-3), precise_log2(4.0), 0, 1.7e308)(v(1e9)) >= 1.69e308);
    BOTH_CHECK(geometric_curve(v(0.0), precise_log2(0.5), 0, 0)(v(3.0)) == 0);
    BOTH_CHECK(geometric_term(v(1e-3), v(0.1), 0) == 1e-3);
    BOTH_CHECK(geometric_term(v(8.0), v(0.5), 3) == 1);
    BOTH_CHECK(geometric_term(v(1.0), v(0.5), 1076) == 0);
    BOTH_CHECK(geometric_term(v(0.7), v(1.0), ~std::uint64_t{0}) == 0.7);
    BOTH_CHECK(precise_log2(v(8.0)).hi == 3 && precise_log2(v(8.0)).lo == 0);
#ifndef __FAST_MATH__  // which takes subnormal numbers for 0
    BOTH_CHECK(geometric_curve(v(5e-324), precise_log2(0.9), 0, 1)(v(0.0)) == 5e-324);
    BOTH_CHECK(geometric_term(v(1.0), v(0.5), 1074) == 5e-324);
    BOTH_CHECK(geometric_term(v(1.0), v(5e-324), ~std::uint64_t{0}) == 0);
    BOTH_CHECK(precise_log2(v(5e-324)).hi == -1074);
#endif
}

TEST_CASE("powers of a factor never rise, also where a factor is 1 but for its last digit") {
    for (const double factor : {1 - 0x1p-53, 1 - 0x1p-52, 1 - 0x1p-49, 1 - 0x1p-46, 1 - 1e-9, 0.999, 0.5}) {
        INFO(factor);
        const geometric_curve curve(1e-3, precise_log2(factor), 0, 1e-3);
        bool falls = true;
        for (const double start : {0.0, 0x1p39, 0x1p40 - 3000, 0x1p45, 0x1p52, 0x1p53 - 6000})
            for (int k = 0; k < 6000; ++k) {
                const double x = start + k;
                const auto n = static_cast<std::uint64_t>(x);
                falls = falls && curve(x + 1) <= curve(x);
                falls =
                    falls && (k % 10 != 0 || geometric_term(1e-3, factor, n + 1) <= geometric_term(1e-3, factor, n));
            }
        CHECK(falls);
    }
}

// There two formulas meet, one for each whole number, whose values may be closer than their errors.
TEST_CASE("powers of a factor never rise where the logarithm is half of an odd number") {
    for (const double factor : {1 - 3 * 0x1p-53, 1 - 0x1p-53, 1 - 0x1p-52, 1 - 0x1p-51, 1 - 1e-13, 1 - 1e-9, 0.9999}) {
        INFO(factor);
        const two_doubles c = precise_log2(factor);
        bool falls = true;
        for (const double rate : {1e-3, 3e-4, 0.0012625178111975203 * 8, 0.9})
            for (double half = 0.5; half < 900 && half / -c.hi < 0x1p53 - 100; half += 1) {
                const geometric_curve curve(rate, c, 0, 1);
                const auto first = static_cast<double>(static_cast<std::int64_t>(half / -c.hi)) - 20;
                for (double x = first > 0 ? first : 0; x < first + 40; ++x)
                    falls = falls && curve(x + 1) <= curve(x);
            }
        CHECK(falls);
    }
}
