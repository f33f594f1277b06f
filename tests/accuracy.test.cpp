// SPDX-License-Identifier: MIT
// Guarantee 4, accurate: the shapes against exact values (golden/reference.csv), in ULP of the exact value, so that the
// end of a decay to zero counts as much as its beginning.
#include "support/check.hpp"
#include "support/golden.hpp"

#include <pacer/pacer.hpp>

#include <algorithm>
#include <map>

namespace {

using support::number;

struct bound {
    double ulps;       // largest error allowed
    double fast_math;  // the same under -ffast-math, which undoes the compensated sums of `power`
};

// Measured maxima, rounded up.
const std::map<std::string, bound> bounds{
    {"linear", {2, 2}},    {"cosine", {4, 4}},      {"one_minus_sqrt", {3, 3}}, {"half_life", {3, 3}},
    {"power:0.5", {3, 3}}, {"power:0.9", {3, 300}}, {"power:1.7", {4, 300}},    {"power:2", {3, 3}},
    {"power:3", {4, 4}},   {"power:3.5", {4, 4}},
};

double computed(const std::string& curve, double a, double b, double n, pacer::step_t x) {
    if (curve == "linear")
        return pacer::ramp<>(a, b, n)(x);
    if (curve == "cosine")
        return pacer::ramp<pacer::shapes::cosine>(a, b, n)(x);
    if (curve == "one_minus_sqrt")
        return pacer::ramp<pacer::shapes::one_minus_sqrt>(a, b, n)(x);
    if (curve == "half_life")
        return pacer::ramp<pacer::shapes::half_life>(a, b, n)(x);
    return pacer::ramp<pacer::shapes::power>(a, b, n, {number(curve.substr(sizeof "power:" - 1))})(x);
}

}  // namespace

TEST_CASE("every shape is within a stated number of ULP of the exact value") {
    std::map<std::string, double> worst;
    support::complaints wrong;
    for (const auto& row : support::golden("reference.csv", 7)) {
        const std::string& curve = row[0];
        if (bounds.count(curve) == 0)
            continue;  // a schedule's, in tests/schedules
        // `power` is for decays: it is counted from its end alone.
        if (curve.substr(0, 6) == "power:" && number(row[1]) < number(row[2]))
            continue;
        const double hi = number(row[5]);
        const double lo = number(row[6]);
        const double value =
            computed(curve, number(row[1]), number(row[2]), number(row[3]), static_cast<pacer::step_t>(number(row[4])));
        const double error = support::magnitude((value - hi) - lo) / support::ulp(hi);
        const std::string way = number(row[1]) < number(row[2]) ? curve + " rising" : curve;
        worst[way] = std::max(worst[way], error);
#ifdef __FAST_MATH__
        const double allowed = bounds.at(curve).fast_math;
#else
        const double allowed = bounds.at(curve).ulps;
#endif
        if (!(error <= allowed))
            wrong.add(curve, ' ', row[1], ' ', row[2], " n ", row[3], " x ", row[4], ": ", value, " is ", error,
                      " ULP off");
    }
    for (const auto& [curve, error] : worst)
        WARN(curve << ": at most " << error << " ULP");
    CHECK(wrong.text() == "");
    CHECK(worst.size() == 2 * 4 + 6);  // four shapes both ways, six powers only falling
}
