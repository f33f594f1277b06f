// SPDX-License-Identifier: MIT
#ifndef PACER_NUMERICS_ELEMENTARY_HPP
#define PACER_NUMERICS_ELEMENTARY_HPP

// The elementary functions the curves need, without <cmath>: the same code at compile time and at run time, on every
// platform. Arguments are already in the range stated; nothing here checks.

#include <pacer/macros.hpp>

#include <cstdint>

#if (defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ == 2) || (defined(__i386__) && !defined(__SSE2_MATH__)) ||    \
    (defined(_M_IX86_FP) && _M_IX86_FP < 2)
#error                                                                                                                 \
    "pacer needs doubles that are rounded to double; the x87 unit does not do that. Compile with -msse2 -mfpmath=sse."
#endif

namespace pacer::detail {

PACER_ALWAYS_INLINE PACER_HD constexpr double from_bits(std::uint64_t bits) noexcept {
    return PACER_BIT_CAST(double, bits);
}
PACER_ALWAYS_INLINE PACER_HD constexpr std::uint64_t to_bits(double x) noexcept {
    return PACER_BIT_CAST(std::uint64_t, x);
}

PACER_ALWAYS_INLINE PACER_HD constexpr double magnitude(double x) noexcept { return PACER_MAGNITUDE(x); }

/// One of two. By its address on the host, where a branch would be mispredicted; on devices that would make a copy of the
/// array in the thread's own memory.
template <class T>
PACER_ALWAYS_INLINE PACER_HD constexpr const T& pick(const T (&pair)[2], bool second) noexcept {
#if PACER_DEVICE_PASS
    return second ? pair[1] : pair[0];
#else
    return pair[second];
#endif
}

/// a * b, rounded: never fused with an addition that follows. Fused or not, a compiler decides by what stands around a
/// call, so the same schedule would have two values for one step. (g++ takes the barrier; clang by default only fuses
/// within one expression. Its -ffp-contract=fast, and g++ where it vectorises, fuse all the same.)
PACER_ALWAYS_INLINE PACER_HD constexpr double times(double a, double b) noexcept {
#if defined(__CUDA_ARCH__) && defined(__clang__)
    double product = 0;
    if (PACER_IN_CONSTANT_EXPRESSION())
        product = a * b;
    else
        asm("mul.rn.f64 %0, %1, %2;" : "=d"(product) : "d"(a), "d"(b));  // clang takes __dmul_rn for a plain product
    return product;
#elif defined(__CUDA_ARCH__)
    return PACER_IN_CONSTANT_EXPRESSION() ? a * b : __dmul_rn(a, b);
#elif defined(__HIP_DEVICE_COMPILE__)
#pragma clang fp contract(off)
    double product = a * b;
    if (!PACER_IN_CONSTANT_EXPRESSION())
        asm("" : "+v"(product));  // without it clang turns c + (-a) b into c - a b, which it takes for free to be fused
    return product;
#elif PACER_DETAIL_GNU && defined(__GNUC__) &&                                                                         \
    (defined(__CUDACC__) || (!defined(__clang__) && __GNUC__ < 12 && defined(__FP_FAST_FMA)))
    // The barrier is unknown to g++ 11, and to nvcc's front end, which reads the host's part before g++ does.
    double product = a * b;
    if (!PACER_IN_CONSTANT_EXPRESSION()) {
#if defined(__x86_64__)
        asm("" : "+x"(product));
#elif defined(__aarch64__)
        asm("" : "+w"(product));
#else
        asm("" : "+m"(product));
#endif
    }
    return product;
#else
    return PACER_ROUNDED(a * b);
#endif
}

/// x, rounded before anything is added to it, even if -ffast-math allows another order. (g++ only; and not where it
/// vectorises.)
PACER_ALWAYS_INLINE PACER_HD constexpr double kept(double x) noexcept {
    return PACER_IN_CONSTANT_EXPRESSION() ? x : times(x, 1);
}

/// The same for floats: in binary64 the product is exact, so it is rounded once, to a float.
PACER_HD constexpr float times(float a, float b) noexcept {
    return static_cast<float>(times(static_cast<double>(a), static_cast<double>(b)));
}

/// A step as a double, in a call that is not part of a vectorised loop: see PACER_TO_FRESH_REGISTER.
[[nodiscard]] PACER_ALWAYS_INLINE PACER_HD constexpr double as_double(std::int64_t n) noexcept {
    if (PACER_IN_CONSTANT_EXPRESSION())
        return static_cast<double>(n);
    double x = 0;
    PACER_TO_FRESH_REGISTER(x, n);
    return x;
}

/// x with its last 27 bits cleared: a product of two such heads is exact. The mask, unlike Dekker's split by
/// multiplication, survives -ffast-math.
PACER_ALWAYS_INLINE PACER_HD constexpr double head(double x) noexcept {
    return from_bits(to_bits(x) & 0xFFFF'FFFF'F800'0000u);
}

/// A sum of two doubles, the second small beside the first.
struct two_doubles {
    double hi;
    double lo;
};

/// a b, exactly, by Dekker's method; for products and factors in the range of normal numbers.
PACER_HD constexpr two_doubles exact_product(double a, double b) noexcept {
    PACER_DETAIL_KEEP_ORDER
    const double product = times(a, b);
    const double a_head = head(a);
    const double b_head = head(b);
    const double a_rest = kept(a - a_head);
    const double b_rest = kept(b - b_head);
    // Every product of these is exact but the last, and so is every sum.
    const double lost = kept(kept(times(a_head, b_head) - product) + times(a_head, b_rest)) + times(a_rest, b_head);
    return {product, lost + times(a_rest, b_rest)};
}

/// a + b, exactly, by Knuth's method.
PACER_HD constexpr two_doubles exact_sum(double a, double b) noexcept {
    PACER_DETAIL_KEEP_ORDER
    const double sum = kept(a + b);
    const double b_part = kept(sum - a);
    const double a_part = kept(sum - b_part);
    return {sum, kept(a - a_part) + kept(b - b_part)};
}

/// Whether what is done of a rise is more than half of it.
PACER_HD constexpr bool oversteps(double done, double rise) noexcept {
    return rise < 0 ? done < 0.5 * rise : done > 0.5 * rise;
}

/// The next double towards 0, for a finite x that is not 0.
PACER_HD constexpr double towards_zero(double x) noexcept { return from_bits(to_bits(x) - 1); }

PACER_HD constexpr double at_most_half(double x) noexcept { return x < 0.5 ? x : 0.5; }

/// a b / (c d), rounded nearly once, for products that are in the range of normal numbers.
PACER_HD constexpr double ratio_of_products(double a, double b, double c, double d) noexcept {
    PACER_DETAIL_KEEP_ORDER
    const two_doubles above = exact_product(a, b);
    const two_doubles below = exact_product(c, d);
    const double quotient = above.hi / below.hi;
    const two_doubles back = exact_product(quotient, below.hi);
    const double rest = (kept(above.hi - back.hi) - back.lo) + (above.lo - times(quotient, below.lo));
    return quotient + rest / below.hi;
}

/// rise sin^2(pi k / (2 n)) for 0 <= k <= n/2: the first half of rise (1 - cos(pi k / n)) / 2, without its cancellation
/// near 0.
///
/// sin^2(pi r / 2) = r^2 P(r^2), with P the minimax polynomial of degree 7 on [0, 1/4] (relative error 6.3e-17 at 0,
/// where it is the rounding of its leading coefficient pi^2/4, and 2e-17 elsewhere), fitted by
/// tests/golden/fit_kernels.py. The coefficients are made for one rise and one n, so that no rounding of k/n, and no
/// factor, stands between the integer k and the rate: the argument is k^2. The leading term stands apart, so that little
/// is rounded in what is added to it; the rest is evaluated by Estrin's scheme, which is shorter in latency than
/// Horner's. Exactly 0 at 0, never above rise/2: the constructor lowers the sum by its last coefficient, which counts in the
/// middle alone, until it does not overstep.
///
/// Limits: for n up to 2^53 the last coefficients are n^-16 of the rise; rises below 1e-45 lose them there (none is
/// lost for n below 2^32 and rises above 1e-140). What is left is not the cosine, but as monotone.
class half_wave {
public:
    // Out of line: it is large, and -ffast-math would round the coefficients in another way at every place.
    PACER_SELDOM PACER_HD constexpr half_wave(double given_rise, double given_n) noexcept {
        // Of a wave shorter than two updates there is k = 0, and fractional parts; coefficients that would overflow do not.
        const bool too_steep = given_n < 2 && (given_n < 0x1p-40 || given_rise > 0x1p300 || given_rise < -0x1p300);
        const double rise = too_steep ? 0 : given_rise;
        const double n = too_steep ? 1 : given_n;
        constexpr double fitted[] = {0x1.3bd3cc9be45dep1,   -0x1.03c1f081b5a6ap1,  0x1.55d3c7e3c676ap-1,
                                     -0x1.e1f506847959cp-4, 0x1.a6d1f0a1ae0ebp-7,  -0x1.f9d292ec029ap-11,
                                     0x1.b69ee179eeeep-15,  -0x1.170bf73077ebfp-19};
        // One by one: in a loop, a device would keep them in the thread's own memory.
        double scale = rise / n / n;
        const auto next = [&](double coefficient) {
            scale = scale / n / n;
            return times(coefficient, scale);
        };
        c_[0] = ratio_of_products(0.25 * rise, fitted[0], 0.5 * n, 0.5 * n);
        c_[1] = next(fitted[1]);
        c_[2] = next(fitted[2]);
        c_[3] = next(fitted[3]);
        c_[4] = next(fitted[4]);
        c_[5] = next(fitted[5]);
        c_[6] = next(fitted[6]);
        c_[7] = next(fitted[7]);
        for (int k = 0; k < 8 && oversteps(done(n / 2), rise); ++k)
            c_[7] = times(c_[7], 1 + 0x1p-19);
        // A tiny rise has lost its last coefficients, which are missing in the middle: the first is lowered, more and
        // more. Where products are rounded upwards (FE_UPWARD), a rise of a few subnormal units may be above its half
        // whatever the first is; then it is made in one jump.
        for (double part = 0x1p-52; part <= 1 && oversteps(done(n / 2), rise); part *= 2)
            c_[0] = c_[0] - times(c_[0], part);
        if (oversteps(done(n / 2), rise))
            c_[0] = c_[1] = c_[2] = c_[3] = c_[4] = c_[5] = c_[6] = c_[7] = 0;
    }

    PACER_ALWAYS_INLINE PACER_HD constexpr double done(double k) const noexcept {
        const double z = times(k, k);
        return sum(z, z);
    }
    PACER_ALWAYS_INLINE PACER_HD constexpr double left(double k) const noexcept { return -done(k); }

    /// The wave of minus the rise: its done(k) is left(k), to the bit.
    [[nodiscard]] PACER_HOST constexpr half_wave negative() const noexcept {
        half_wave other = *this;
        for (double& c : other.c_)
            c = -c;
        return other;
    }

    /// done(k) for k >= 0, left(-k) for the others, without a branch.
    PACER_ALWAYS_INLINE PACER_HD constexpr double symmetric(double k) const noexcept {
        return sum(times(k, k), times(k, magnitude(k)));
    }

    /// done(k + rest) for a sum of two doubles that is at most `half`, n/2.
    PACER_HD constexpr double done(two_doubles k, double half) const noexcept {
        const double z = times(k.hi, k.hi) + times(2 * k.hi, k.lo);
        const double highest = times(half, half);
        const double inside = z < highest ? z : highest;
        return sum(inside, inside);
    }

private:
    // Of z = k^2 and the same with the sign of the sum.
    PACER_ALWAYS_INLINE PACER_HD constexpr double sum(double z, double signed_z) const noexcept {
        PACER_DETAIL_KEEP_ORDER
        const double z2 = times(z, z);
        const double low = kept(c_[1] + times(c_[2], z)) + times(c_[3] + times(c_[4], z), z2);
        const double high = kept(c_[5] + times(c_[6], z)) + times(c_[7], z2);
        return kept(times(c_[0], signed_z) + times(times(signed_z, z), kept(low) + times(times(z2, z2), high)));
    }

    double c_[8];
};

/// 2 y / (2^y - 1) for |y| <= log2(3) - 1 = 0.585.
///
///     2 y / (2^y - 1) = h(y^2) - y  with  h(y^2) = y (2^y + 1) / (2^y - 1), which is even in y
///
/// h is a minimax polynomial of degree 5 (relative error 1.5e-17, which is the rounding of its leading coefficient
/// 2/ln2), fitted by tests/golden/fit_kernels.py. The leading coefficient is added last, so that little is rounded
/// before it; the rest is in the order that has the least latency. Within 1 ULP.
PACER_ALWAYS_INLINE PACER_HD constexpr double per_exp2m1(double y) noexcept {
    const double z = times(y, y);
    const double z2 = times(z, z);
    const double low = 0x1.d9303fea2f7d5p-4 - times(0x1.e50096dd9d594p-11, z);
    const double high = (0x1.63144d673c6cfp-17 - times(0x1.10f1aa367e361p-23, z)) + times(0x1.a2d5a342ecd55p-30, z2);
    return 0x1.71547652b82fep1 + kept(kept(times(z, low) - y) + times(times(z, z2), high));
}

/// 2^y - 1 for |y| <= log2(3) - 1 = 0.585, without cancellation near 0, within 2 ULP; exactly 0 at 0.
PACER_ALWAYS_INLINE PACER_HD constexpr double exp2m1(double y) noexcept { return 2 * y / per_exp2m1(y); }

/// 2^(x / n) - 1 for |x / n| <= log2(3) - 1 = 0.585 and `inverse` = 1 / n, within 3 ULP; exactly 0 at 0. One division:
/// the quotient x / n is not rounded, and what is rounded in x * inverse hardly counts.
PACER_ALWAYS_INLINE PACER_HD constexpr double exp2m1(double x, double n, double inverse) noexcept {
    return 2 * x / times(n, per_exp2m1(times(x, inverse)));
}

/// The correctly rounded square root of a normal x > 0, or 0.
PACER_ALWAYS_INLINE PACER_HD constexpr double square_root(double x) noexcept {
#if defined(__CUDA_ARCH__) && !defined(__clang__)
    if (!PACER_IN_CONSTANT_EXPRESSION())
        return __dsqrt_rn(x);
#elif defined(__CUDA_ARCH__) || !PACER_DEVICE_PASS
    if (!PACER_IN_CONSTANT_EXPRESSION())
        return PACER_SQUARE_ROOT(x);
#endif
    // Also on other devices: AMD's instruction is right to half of the digits only, and not every compiler corrects it.
    if (x == 0)
        return 0;
    const std::uint64_t bits = to_bits(x);
    int exponent = static_cast<int>(bits >> 52) - 1023;
    std::uint64_t rest = (bits & 0x000F'FFFF'FFFF'FFFFu) | 0x0010'0000'0000'0000u;
    if (exponent % 2 != 0) {
        rest *= 2;
        exponent -= 1;
    }
    // Digit by digit: after the loop `root` holds 53 bits and one more to round by; `rest` says whether more follow.
    std::uint64_t root = 0;
    std::uint64_t sum = 0;
    rest *= 2;
    for (std::uint64_t bit = std::uint64_t{1} << 53; bit != 0; bit >>= 1) {
        const std::uint64_t trial = sum + bit;
        if (trial <= rest) {
            sum = trial + bit;
            rest -= trial;
            root += bit;
        }
        rest *= 2;
    }
    root += root & 1;  // 54 bits, odd = past the middle (a square root is never a tie)
    return from_bits(((root >> 1) - 0x0010'0000'0000'0000u) + (static_cast<std::uint64_t>(exponent / 2 + 1023) << 52));
}

// Doubles are rounded to integers, and integers become doubles, by their place in the bits of 2^52 + n, because most
// processors cannot convert a vector of 64-bit integers. A compiler that may take (x + 2^52) - 2^52 for x is told not
// to (clang), or the numbers are converted after all (g++).

/// n - offset as a double, for 0 <= n < 2^13.
PACER_ALWAYS_INLINE PACER_HD constexpr double less(std::uint64_t n, int offset) noexcept {
    PACER_DETAIL_KEEP_ORDER
#if defined(__ASSOCIATIVE_MATH__) && !defined(__clang__)
    return static_cast<double>(static_cast<int>(n) - offset);
#else
    return from_bits(0x4330'0000'0000'0000u | n) - (0x1p52 + offset);
#endif
}

/// x rounded to an integer, plus 4096, in the lowest 13 bits, for -4095 <= x <= 0.
PACER_ALWAYS_INLINE PACER_HD constexpr std::uint64_t nearest_plus_4096(double x) noexcept {
    PACER_DETAIL_KEEP_ORDER
#if defined(__ASSOCIATIVE_MATH__) && !defined(__clang__)
    return static_cast<std::uint64_t>(static_cast<int>((x > -4000 ? x : -4000) + 4096.5));
#else
    return to_bits(x + (0x1p52 + 4096));
#endif
}

/// x as 2^k y, with x / y from sqrt(1/2) to sqrt(2).
struct octave {
    double k;
    double nearest_octave;  ///< 2^k y
};

/// The octave of x above or below y, both normal and above 0, by their bits.
PACER_ALWAYS_INLINE PACER_HD constexpr octave octave_of(double x, double y) noexcept {
    // As integers, the bits of doubles are in the order of the doubles, and 2^52 apart for a factor of 2.
    const std::uint64_t apart = to_bits(x) - to_bits(times(y, 0x1.6a09e667f3bcdp-1)) + (std::uint64_t{1024} << 52);
    return {less(apart >> 52, 1024),
            from_bits(to_bits(y) + (apart & 0xFFF0'0000'0000'0000u) - (std::uint64_t{1024} << 52))};
}

/// (atanh(s) / s - 1) / z as a function of z = s^2, for |s| <= 3 - sqrt(8) = 0.1716.
///
///     log((1 + s) / (1 - s)) = 2 s (1 + z log_tail(z)),  where (1 + s) / (1 - s) is from sqrt(1/2) to sqrt(2)
///
/// A minimax polynomial of degree 6 (error 1.7e-18 of the logarithm), fitted by tests/golden/fit_kernels.py; by
/// Estrin's scheme.
PACER_ALWAYS_INLINE PACER_HD constexpr double log_tail(double z) noexcept {
    const double z2 = times(z, z);
    const double low = (0x1.5555555555592p-2 + times(0x1.999999997ebe2p-3, z)) +
                       times(0x1.249249435a488p-3 + times(0x1.c71c50bd80e9dp-4, z), z2);
    const double high = (0x1.7466866cd33f5p-4 + times(0x1.399a64628aa63p-4, z)) + times(0x1.2f4f7bea9c4e9p-4, z2);
    return low + times(times(z2, z2), high);
}

/// log2(n) = k + 2/ln2 (s + s^3 log_tail(s^2)), s = (n - 2^k) / (n + 2^k), for 1 <= n <= 2^1000; within 0.6 ULP, exact
/// for powers of two.
PACER_ALWAYS_INLINE PACER_HD constexpr double log2(double n) noexcept {
    const octave o = octave_of(n, 1);
    const double s = (n - o.nearest_octave) / (n + o.nearest_octave);
    const double z = times(s, s);
    const double cs = times(0x1.71547652b82fep1, s);
    return o.k + (cs + times(times(cs, z), log_tail(z)));
}

/// q^p with p = Twice / 2, by multiplication, which keeps the order of its arguments exactly.
template <int Twice>
PACER_ALWAYS_INLINE PACER_HD constexpr double half_integer_power(double q) noexcept {
    double result = Twice % 2 != 0 ? square_root(q) : q;
    for (int k = 2 - Twice % 2; k <= Twice / 2; ++k)
        result = times(result, q);
    return result;
}

/// A power p > 0, made ready for many (m / n)^p.
///
/// Integer and half-integer powers up to 4 are products (`half_integer_power`). All others are 2^y with
///
///     y = p log2(m / n) = p (k + 2/ln2 (s + s^3 log_tail(s^2))),  s = (m - 2^k n) / (m + 2^k n)
///
/// where the leading terms, p k and 2p/ln2 s, are kept to more than 53 bits: as products of heads of 26 bits, which are
/// exact, and rests. The quotient m / n is never rounded, and what s is the quotient of is exact for whole m and
/// n <= 2^52. Then 2^y = 2^w (1 + exp2m1(y - w)), with an integer w that leaves y - w in the range of `exp2m1`.
///
/// Within 1.3 + p / 40 ULP for whole m and n <= 2^52; otherwise p / 3 ULP more. g++'s -ffast-math spoils it to some
/// 20 (1 + p) ULP.
class prepared_power {
public:
    PACER_HD constexpr explicit prepared_power(double power) noexcept {
        if (power <= 4 && 2 * power == static_cast<double>(static_cast<int>(2 * power)))
            twice_ = static_cast<int>(2 * power);
        const double p = power < 0x1p64 ? power : 0x1p64;  // from there on, q^p is 0 for every double q < 1
        constexpr double per_s = 0x1.71547652b82fep1;      // 2/ln2, and what its rounding leaves
        constexpr double per_s_left = 0x1.777d0ffda0d24p-55;
        constexpr double per_s_head = head(per_s);
        constexpr double per_s_rest = (per_s - per_s_head) + per_s_left;
        p_head_ = head(p);
        p_rest_ = p - p_head_;
        c_ = times(p, per_s);
        c_head_ = head(c_);
        c_rest_ = (times(p_head_, per_s_head) - c_head_) + (times(p_head_, per_s_rest) + times(p_rest_, per_s));
    }

    /// Twice the power, if it is one that is computed by `half_integer_power`: 1 to 8. Otherwise 0.
    [[nodiscard]] PACER_HD constexpr int twice() const noexcept { return twice_; }

    /// (m / n)^p for 0 <= m <= n; in [0, 1], 0 for m = 0 and 1 for m = n.
    [[nodiscard]] PACER_HD constexpr double operator()(double m, double n) const noexcept {
        switch (twice_) {
        case 1: return half_integer_power<1>(m / n);
        case 2: return half_integer_power<2>(m / n);
        case 3: return half_integer_power<3>(m / n);
        case 4: return half_integer_power<4>(m / n);
        case 5: return half_integer_power<5>(m / n);
        case 6: return half_integer_power<6>(m / n);
        case 7: return half_integer_power<7>(m / n);
        case 8: return half_integer_power<8>(m / n);
        default: return m >= 0x1p-1022 ? general(m, n) : 0;
        }
    }

    /// The same for any power, without a branch, so that a loop over it is vectorised; 0 for what is below 2^-1022.
    /// Both numbers must be normal.
    [[nodiscard]] PACER_ALWAYS_INLINE PACER_HD constexpr double general(double m, double n) const noexcept {
        PACER_DETAIL_KEEP_ORDER
        const octave o = octave_of(m, n);
        const double above = m - o.nearest_octave;
        const double sum = m + o.nearest_octave;
        const double reciprocal = 1 / sum;
        const double s = times(above, reciprocal);
        const double z = times(s, s);
        const double pk = times(p_head_, o.k);
        const double cs = times(c_, s);
        const double csz = times(cs, z);
        // w, from an estimate of y
        const double y = pk + (cs + times(csz, 0x1.5555555555555p-2));
        const std::uint64_t whole = nearest_plus_4096(y);
        const double w = less(whole & 0x1FFFu, 4096);
        // s = above / sum, as s_head and a rest
        const double s_head = head(s);
        const double sum_head = head(sum);
        const double s_rest = kept(above - times(s_head, sum_head)) - times(s_head, sum - sum_head);
        const double y_rest = times(s_rest, times(c_, reciprocal)) +
                              ((times(c_rest_, s_head) + times(p_rest_, o.k)) + times(csz, log_tail(z)));
        const double fraction = 1 + exp2m1(kept(kept(pk - w) + times(c_head_, s_head)) + y_rest);
        // The choice is between two numbers at hand, so that there is no branch.
        const double scale = y < -1022 ? 0 : from_bits((whole + 1023) << 52);
        return times(fraction, scale);
    }

private:
    double p_head_;
    double p_rest_;
    double c_;  // 2p/ln2
    double c_head_;
    double c_rest_;
    int twice_ = 0;
};

/// log2(m / n) as a whole number of octaves and the rest, whose error is below 2^-57; m, n > 0.
struct log2_of_ratio {
    double octaves = 0;
    two_doubles rest{};

    PACER_SELDOM PACER_HD constexpr log2_of_ratio(double m, double n) noexcept {
        PACER_DETAIL_KEEP_ORDER
        // Subnormal numbers have no exponent in their bits. By the factor that is chosen, not the product: a compiler may
        // compute both of those, and one would overflow.
        const bool small_m = m < 0x1p-1000;
        const bool small_n = n < 0x1p-1000;
        m = times(m, small_m ? 0x1p100 : 1);
        n = times(n, small_n ? 0x1p100 : 1);
        octaves = (small_n ? 100 : 0) - (small_m ? 100 : 0);
        // Both to [1, 2) first, where nothing overflows.
        octaves += whole_log2(m) - whole_log2(n);
        m = from_bits((to_bits(m) & 0x000F'FFFF'FFFF'FFFFu) | 0x3FF0'0000'0000'0000u);
        n = from_bits((to_bits(n) & 0x000F'FFFF'FFFF'FFFFu) | 0x3FF0'0000'0000'0000u);
        if (times(m, 0x1.6a09e667f3bcdp0) < n) {
            octaves -= 1;
            m *= 2;
        } else if (times(n, 0x1.6a09e667f3bcdp0) < m) {
            octaves += 1;
            n *= 2;
        }
        constexpr two_doubles per_s{0x1.71547652b82fep1, 0x1.777d0ffda0d24p-55};  // 2/ln2
        const two_doubles sum = exact_sum(m, n);
        const double above = m - n;
        const double s = above / sum.hi;
        const two_doubles back = exact_product(s, sum.hi);
        const double s_rest = (((above - back.hi) - back.lo) - times(s, sum.lo)) / sum.hi;
        const double z = times(s, s);
        const two_doubles cs = exact_product(per_s.hi, s);
        rest = exact_sum(cs.hi,
                         cs.lo + (times(per_s.lo, s) + times(per_s.hi, s_rest)) + times(times(cs.hi, z), log_tail(z)));
    }

private:
    PACER_HD static constexpr double whole_log2(double normal) noexcept {
        return static_cast<double>(static_cast<int>(to_bits(normal) >> 52) - 1023);
    }
};

/// A geometric progression from `from` to `to`, both above 0, in n steps: from (to / from)^(k / n), or from the other end
/// to (to / from)^(-k / n), for |k| <= n / 2. That is rate 2^(c k) = rate 2^w (1 + exp2m1(c k - w)) with the whole number
/// w that is nearest to c k; c = log2(to / from) / n and the product are kept to more than 53 bits. Within 2.5 ULP. Exactly
/// `rate` at 0, and never past the middle, sqrt(from to), from either end.
class geometric_progression {
public:
    PACER_SELDOM PACER_HD constexpr geometric_progression(double from, double to, double n) noexcept {
        PACER_DETAIL_KEEP_ORDER
        const log2_of_ratio log(to, from);
        const double c = (log.octaves + log.rest.hi) / n;
        c_head_ = head(c);
        const two_doubles back = exact_product(c_head_, n);
        const two_doubles sum = exact_sum(log.octaves, log.rest.hi);
        c_rest_ = (((sum.hi - back.hi) - back.lo) + (sum.lo + log.rest.lo)) / n;
        middle_ = unbounded(from, n / 2);
    }

    /// The rate k > 0 steps after the start, of which the rate is given, or -k > 0 steps before the end, of which it is.
    PACER_ALWAYS_INLINE PACER_HD constexpr double at(double rate, double k) const noexcept {
        const double value = unbounded(rate, k);
        const double lowest = rate < middle_ ? rate : middle_;
        const double highest = rate < middle_ ? middle_ : rate;
        return value < lowest ? lowest : value > highest ? highest : value;
    }

private:
    PACER_ALWAYS_INLINE PACER_HD constexpr double unbounded(double rate, double k) const noexcept {
        PACER_DETAIL_KEEP_ORDER
        const std::uint64_t whole = nearest_plus_4096(times(c_head_ + c_rest_, k)) & 0x1FFFu;
        const double k_head = head(k);
        // The first product and the first difference are exact.
        const double y =
            kept(times(c_head_, k_head) - less(whole, 4096)) + kept(times(c_head_, k - k_head) + times(c_rest_, k));
        // In two factors: w goes beyond the exponents that a double has.
        const std::uint64_t half = whole >> 1;
        const double scaled =
            times(times(rate, from_bits((half - 2048 + 1023) << 52)), from_bits((whole - half - 2048 + 1023) << 52));
        return scaled + times(scaled, exp2m1(y));
    }

    double c_head_ = 0;
    double c_rest_ = 0;
    double middle_ = 0;
};

/// q^p for 0 <= q <= 1 and p > 0; in [0, 1], within 1.6 + p / 40 ULP. For many of one power, see `prepared_power`. Where q is
/// below 2^-500, p is half of a whole number: with others, up to 3, a reciprocal may overflow.
PACER_SELDOM PACER_HD constexpr double power(double q, double p) noexcept {
    if (q <= 0)
        return 0;
    if (q >= 1)
        return 1;
    const prepared_power prepared(p);
    if (prepared.twice() != 0)
        return prepared(q, 1);
    if (q < 0x1p-500)
        return 0;
    // Without its last bit, so that the sum of it and a power of 2 is exact; then the rest, to first order.
    const double rounder = from_bits(to_bits(q) & ~std::uint64_t{1});
    const double result = prepared.general(rounder, 1);
    return result + times(result, times(p, (q - rounder) / rounder));
}

// Rounding of 0 <= x <= 2^53 to an integer.
PACER_HD constexpr std::int64_t floor_to_int(double x) noexcept { return static_cast<std::int64_t>(x); }
PACER_HD constexpr std::int64_t ceil_to_int(double x) noexcept {
    const std::int64_t below = floor_to_int(x);
    return static_cast<double>(below) < x ? below + 1 : below;
}
PACER_HD constexpr std::int64_t nearest_even_to_int(double x) noexcept {
    const std::int64_t below = floor_to_int(x);
    const double rest = x - static_cast<double>(below);
    return rest > 0.5 || (rest == 0.5 && below % 2 != 0) ? below + 1 : below;
}

}  // namespace pacer::detail

#endif
