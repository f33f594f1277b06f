// SPDX-License-Identifier: MIT
// What every curve is held to in its own test, beside its formula: bits of `fill`, floats, steps anywhere, size.
#ifndef PACER_TESTS_SUPPORT_CURVE_HPP
#define PACER_TESTS_SUPPORT_CURVE_HPP

#include "support/check.hpp"

#include <pacer/fill.hpp>

#include <cstring>
#include <type_traits>
#include <vector>

namespace support {

// The step `stride` * j after `first`, or the largest there is.
inline step_t step_at(step_t first, step_t stride, step_t j) {
    const bool fits = first < 0 || j == 0 || (pacer::endless - first) / j >= stride;
    return fits ? first + j * stride : pacer::endless;
}

template <class Real>
bool same_bits(Real a, Real b) {
#ifdef __FAST_MATH__  // which allows every loop its own rounding
    return magnitude(static_cast<double>(a) - static_cast<double>(b)) <= 1e-12 * static_cast<double>(b);
#else
    return std::memcmp(&a, &b, sizeof a) == 0;
#endif
}

// Where `fill` is not the call, or a rate is outside [lowest, highest].
template <class S>
void check_everywhere(const S& lr, double lowest, double highest, complaints& wrong) {
    using real = pacer::rate_t<S>;
    const step_t total = lr.total_steps();
    const step_t middle = total == pacer::endless ? 1'000'000 : total / 2;
    const step_t last = total == pacer::endless ? pacer::longest : total;
    std::vector<real> rates(200);
    for (const step_t first : {step_t{-7}, step_t{0}, middle > 100 ? middle - 100 : 0, last > 100 ? last - 100 : 0,
                               pacer::longest, pacer::endless - 150})
        for (const step_t stride : {step_t{1}, step_t{3}, last / 97 + 1, step_t{1} << 55}) {
            pacer::detail::fill_with(pacer::detail::instruction_set::baseline, lr, first, rates.data(), 200, stride);
            std::vector<real> wide(200);
            pacer::detail::fill_with(pacer::detail::widest_instruction_set(), lr, first, wide.data(), 200, stride);
            for (std::size_t j = 0; j < rates.size(); ++j) {
                const step_t step = step_at(first, stride, static_cast<step_t>(j));
                const real rate = lr(step);
                if (!same_bits(rates[j], rate) || !same_bits(wide[j], rate))
                    wrong.add("fill at ", step, ": ", rates[j], " and ", wide[j], ", not ", rate);
                if (!is_finite(static_cast<double>(rate)) || !(static_cast<double>(rate) >= lowest) ||
                    !(static_cast<double>(rate) <= highest))
                    wrong.add("lr(", step, ") is ", rate);
            }
        }
    if (lr(-1) != lr(0) || lr(std::numeric_limits<step_t>::min()) != lr(0))
        wrong.add("a negative step is ", lr(-1), ", not ", lr(0));
    static_assert(std::is_trivially_copyable_v<S> && sizeof(S) <= 512);
    static_assert(noexcept(lr(0)));
}

// Where the rates of [first, last] are further from `formula(step)`, in long double, than `bound` ULP.
template <class S, class Formula>
void check_formula(const S& lr, step_t first, step_t last, const Formula& formula, double bound, complaints& wrong) {
    const step_t stride = (last - first) / 2000 + 1;
    for (step_t step = first; step <= last; step += stride) {
        const long double exact = formula(static_cast<long double>(step));
        const long double off = static_cast<long double>(lr(step)) - exact;
        if ((off < 0 ? -off : off) > static_cast<long double>(bound * ulp(static_cast<double>(exact))))
            wrong.add("lr(", step, ") is ", lr(step), ", not ", static_cast<double>(exact));
    }
}

// Whether the rates of [first, last], where every update counts, only fall (or only rise).
template <class S>
bool is_monotone(const S& lr, step_t first, step_t last, bool falls = true) {
    for (step_t step = first; step < last; ++step)
        if (falls ? lr(step + 1) > lr(step) : lr(step + 1) < lr(step))
            return false;
    return true;
}

}  // namespace support

#endif
