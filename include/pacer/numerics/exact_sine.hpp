// SPDX-License-Identifier: MIT
#ifndef PACER_NUMERICS_EXACT_SINE_HPP
#define PACER_NUMERICS_EXACT_SINE_HPP

// sin^2 in integers: sin^2(t) = X (1 - X H(X)) with X = t^2, to 64 bits and to as many as are asked for.

#include <pacer/numerics/exact_arithmetic.hpp>

namespace pacer::detail {

/// H(X) in units of 2^-64, from X in the same units; X at most (pi/4)^2 = 0.617. tests/golden/fit_exact.py has fitted
/// the polynomial, and evaluates to: X H is within 0.46 units of the exact one. Rounding makes H, in units:
///     z2 = X^2       (-1, 0]       z4 = z2^2        (-1.8, 0]      pairs a - b X   [0, 1)
///     low  = pair + z2 pair   (-1.1, 1.4)           high, likewise (-1.1, 1.4)
///     low + z4 high           (-2.3, 1.6)           and so X H by no more than 2.3 x 0.617 = 1.4 units
PACER_HD constexpr word sine_polynomial(word z) noexcept {
    const word z2 = times_high(z, z);
    const word z4 = times_high(z2, z2);
    const word low = (6148914691236517137u - times_high(819855292164865372u, z)) +
                     times_high(z2, 58561092297426150u - times_high(2602715212661233u, z));
    const word high =
        (78870155280129u - times_high(1733402504956u, z)) + times_high(z2, 28877859641u - times_high(366851879u, z));
    return low + times_high(z4, high);
}

/// pi / 4, as a fraction rounded down.
template <int N>
PACER_HD constexpr fraction<N> quarter_pi() noexcept {
    constexpr word words[] = {0x020BBEA63B139B22u, 0x29024E088A67CC74u, 0xC4C6628B80DC1CD1u, 0xC90FDAA22168C234u};
    fraction<N> result;
    for (int k = 0; k < N; ++k)
        result.w[k] = words[4 - N + k];
    return result;
}

/// m x / n for 0 < x, n; below the exact one by less than 2^(2-64N) of it.
template <int N>
PACER_HD constexpr wide<N> times_ratio(const fraction<N>& m, word x, word n) noexcept {
    const number factor = number_from_count(x);
    const number divisor = number_from_count(n);
    fraction<N + 1> quotient;  // at first the product, in units of 2^-64 (N+1)
    word carry = 0;
    for (int k = 0; k < N; ++k) {
        const two_words sum = two_words{m.w[k]} * factor.m + carry;
        quotient.w[k] = static_cast<word>(sum);
        carry = static_cast<word>(sum >> 64);
    }
    quotient.w[N] = carry >= divisor.m ? 1 : 0;
    word rest = quotient.w[N] != 0 ? carry - divisor.m : carry;
    for (int k = N - 1; k >= 0; --k) {
        const word part = quotient.w[k];
        quotient.w[k] = quotient_of(rest, part, divisor.m);
        rest = part - quotient.w[k] * divisor.m;
    }
    return normalised<N>(quotient, 64 + factor.e - divisor.e);
}

/// The coefficients 2^(2k+3) / (2k+4)! of H in sin^2(t) = X (1 - X H(X)), X = t^2; the signs alternate. Each is below
/// the exact one by less than 3 units.
template <int N>
struct sine_series {
    static constexpr int size = N == 2 ? 20 : 36;
    fraction<N> c[static_cast<std::size_t>(size)]{};

    PACER_HD constexpr sine_series() noexcept {
        for (int k = 0; k < size; ++k) {
            // c[k] = 2 c[k-1] / ((2k + 3) (k + 2)), from c[-1] = 1
            const auto term = static_cast<word>(k);
            const word divisor = (2 * term + 3) * (term + 2);
            word rest = k == 0 ? 2 : 0;
            for (int j = N - 1; j >= 0; --j) {
                const two_words part = two_words{rest} << 64 | (k == 0 ? 0 : c[k - 1].w[j]);
                c[k].w[j] = static_cast<word>(part / divisor);
                rest = static_cast<word>(part % divisor);
            }
            for (int j = N - 1; j >= 0 && k > 0; --j)
                c[k].w[j] = c[k].w[j] << 1 | (j > 0 ? c[k].w[j - 1] >> 63 : 0);
        }
    }
};

/// sin^2(pi/2 x/n) for 0 < x <= n/2, from the exact value by less than 2^(8-64N) of it.
///
/// In units of 2^-64N, of the value or of 1: the angle is below by less than 4 (pi/4, and the quotient), its square by
/// less than 10, z by less than 8. The series: what it leaves out is below 2^-150 (N = 2) and 2^-300 (N = 4); its
/// coefficients are off by less than 3, which makes 3 / (1 - 0.617) < 8, and each product by less than 1, together less
/// than 3. So z times the sum is off by less than 0.62 x 11 + 8 / 3 + 1 < 11, the result by less than 10 + 11 + 1, of a
/// number of at least 0.4.
template <int N>
PACER_HD constexpr wide<N> wide_half_wave(word x, word n) noexcept {
    constexpr sine_series<N> series;
    wide<N> angle = times_ratio(quarter_pi<N>(), x, n);
    angle.e += 1;
    const wide<N> square = times(angle, angle);
    const fraction<N> z = square.m >> -square.e;
    fraction<N> sum = series.c[series.size - 1];
    for (int k = series.size - 2; k >= 0; --k) {
        const fraction<N> higher = z * sum;
        sum = series.c[k];
        sum -= higher;
    }
    fraction<N> result = square.m;
    result -= square.m * (z * sum);
    return normalised<N>(result, square.e);
}

}  // namespace pacer::detail

#endif
