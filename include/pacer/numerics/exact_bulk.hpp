// SPDX-License-Identifier: MIT
#ifndef PACER_NUMERICS_EXACT_BULK_HPP
#define PACER_NUMERICS_EXACT_BULK_HPP

// Correctly rounded ramps, many values at once: one point of the curve in integers, its neighbours in vectors of doubles
// with a check that knows where that does not decide.

#include <pacer/numerics/exact_arithmetic.hpp>
#include <pacer/numerics/exact_sine.hpp>
#include <pacer/numerics/step_range.hpp>

namespace pacer::detail {

/// A ramp near one of its updates, as a kernel of a checked run (segments.hpp), `k` updates of the run away.
///
///     value = head + (tail + a[0] k + a[1] k^2 + ...), the bracket within `within` of the exact one
///
/// The value is known if both ends of that range round to it. The bound holds fused or not, so the bits are those of the
/// correctly rounded value anyhow. Not so with -ffast-math, which leaves out the check.
template <int Degree>
struct exact_neighbours {
    double head = 0;
    double tail = 0;
    double within = 0;
    double a[static_cast<std::size_t>(Degree)]{};

    PACER_ALWAYS_INLINE PACER_HOST constexpr double operator()(double k) const noexcept {
        double rest = 0;
        if constexpr (Degree == 1)
            rest = tail + k * a[0];
        else
            rest = tail + k * (a[0] + k * (a[1] + k * (a[2] + k * (a[3] + k * a[4]))));
        const double above = head + (rest + within);
        const double below = head + (rest - within);
        return above == below ? above : unknown_rate;
    }
};

/// The square root, within 2^-61 of it.
PACER_HOST inline number square_root(wide<2> z) noexcept {
    if (z.e % 2 != 0) {
        z.m = z.m >> 1;
        z.e += 1;
    }
    const two_words m = two_words{z.m.w[1]} << 64 | z.m.w[0];
    // As a double, and one step of Newton's method; in units of 2^-63.
    const double about = square_root(static_cast<double>(z.m.w[1]) * 0x1p-64);
    const word root = about < 1 ? static_cast<word>(about * 0x1p63) : top_bit - 1;
    const two_words rest = m - 4 * two_words{root} * root;  // below 2^79 either way
    const auto sixteenths = static_cast<double>(static_cast<std::int64_t>(static_cast<word>(rest >> 16)));
    const word better =
        root + static_cast<word>(static_cast<std::int64_t>(sixteenths * 0x1p13 / static_cast<double>(root)));
    return {(better < top_bit ? better : top_bit - 1) << 1, z.e / 2 - 1};
}

/// Makes the neighbours of updates of a ramp, for steps that are `stride` updates apart.
///
/// With d = hi - lo, and sin^2(a) = h at the update itself, what a cosine moves while its angle moves by t is d times
///     sin(2a) sin(2t)/2 + cos(2a) sin^2(t),  t = unit k,
/// by Taylor up to t^5: sin(2t)/2 = t - 2/3 t^3 + 2/15 t^5, sin^2(t) = t^2 - t^4/3. What is left out is below t^7/64 and
/// t^6/16, for t <= 2^-10. A line moves by its slope.
///
/// The error, with u = 2^-53: the largest term is computed in integers, and a[0] is within 1.01 u of it. d and h are
/// within u, unit within 2.1 u, so a[1] is off by less than 13 u d unit^2; the others by less than 20 u of themselves, and
/// they are furthest smaller. By Horner's scheme: u of the whole product for its second factor, u for itself, u for the sum
/// with the tail and u for that with `within`; 4 u more of the higher terms. Together less than 5.02 u |a[0] k| +
/// 20 u d t^2, 2 u |tail| with |tail| < 2 u head, and 2^-112 head for head + tail.
template <class Kernel>
class exact_run {
public:
    PACER_HOST exact_run(const Kernel& ramp, step_t stride) noexcept : ramp_(ramp), rise_(ramp.rise()) {
        const step_t distance = stride < 0 ? -stride : stride;
        unit_ = times(ramp.slope(), number_from_count(static_cast<word>(distance)));
        down_ = (stride < 0) == ramp.rising() ? -1 : 1;
        if (Kernel::is_power || ramp.hi().e < -700 || ramp.hi().e > 900 || unit_.e < -800)
            return;
        half_ = longest_half;
        if (ramp.is_cosine()) {
            while (half_ >= shortest_half && half_ * to_double(unit_) > 0x1p-10)
                half_ /= 2;
            if (half_ < shortest_half)
                half_ = 0;
        }
        most_ = half_;
    }

    /// How many steps the next run should have before its middle, and as many from it on; 0 if there should be none.
    [[nodiscard]] PACER_HOST int half() const noexcept { return half_; }

    /// The neighbours of update x, 0 < x < length.
    template <bool IsCosine>
    [[nodiscard]] PACER_HOST auto around(word x) noexcept {
        const word from_hi = ramp_.rising() ? ramp_.length() - x : x;
        const word from_lo = ramp_.length() - from_hi;
        const bool near_hi = from_hi <= from_lo;
        const word from_near = near_hi ? from_hi : from_lo;
        exact_neighbours<IsCosine ? 5 : 1> found;
        wide<2> t;
        double further = 0;
        if constexpr (IsCosine) {
            const wide<2> moved = wide_half_wave<2>(from_near, ramp_.length());
            t = times(moved, rise_);
            fraction<2> left{{~word{0}, ~word{0}}};
            left -= moved.m >> -moved.e;
            number slope = square_root(times(moved, normalised<2>(left, 0)));
            slope.e += 1;
            found.a[0] = down_ * to_double(times(times(slope, ramp_.rounded_rise()), unit_));
            const double d = to_double(ramp_.rounded_rise());
            const double unit = to_double(unit_);
            const double square = unit * unit;
            const double h = static_cast<double>(moved.m.w[1]) * power_of_2(moved.e - 64);
            found.a[1] = d * (near_hi ? 2 * h - 1 : 1 - 2 * h) * square;
            found.a[2] = found.a[0] * square * (-2.0 / 3);
            found.a[3] = found.a[1] * square * (-1.0 / 3);
            found.a[4] = found.a[0] * square * square * (2.0 / 15);
            const double furthest = half_ * unit;
            const double furthest2 = furthest * furthest;
            further = d * furthest2 * (20 * u + furthest2 * furthest2 * (1.0 / 8));
        } else {
            t = times_ratio(rise_.m, from_near, ramp_.length());
            t.e += rise_.e;
            found.a[0] = down_ * to_double(unit_);
        }
        split(near_hi ? ramp_.hi() : ramp_.lo(), t, near_hi, found.head, found.tail);
        const double reach = magnitude(found.a[0]) * half_;
        found.within = 5.1 * u * reach + further + 0x1p-102 * found.head;
        choose_half(magnitude(found.a[0]), found.head);
        return found;
    }

private:
    static constexpr int longest_half = 1024;
    static constexpr int shortest_half = 32;
    static constexpr double u = 0x1p-53;

    PACER_HOST static double magnitude(double x) noexcept { return x < 0 ? -x : x; }
    PACER_HOST static double power_of_2(int e) noexcept { return from_bits(static_cast<word>(e + 1023) << 52); }
    PACER_HOST static double to_double(number x) noexcept { return static_cast<double>(x.m) * power_of_2(x.e - 63); }

    // Long runs need few middles; in short ones few rates stay unknown. What costs less in all, as measured.
    PACER_HOST void choose_half(double slope, double head) noexcept {
        half_ = most_;
        while (half_ > shortest_half && static_cast<double>(half_) * half_ * slope > 0.1 * head)
            half_ /= 2;
    }

    /// end + t or end - t, to 2^-114 of it, as 53 bits and the rest.
    PACER_HOST static void split(number end, const wide<2>& t, bool minus, double& head, double& tail) noexcept {
        const int e = (end.e > t.e - 1 ? end.e : t.e - 1) + 1;
        const two_words a = shifted(two_words{end.m} << 64, e - end.e);
        const two_words b = shifted(two_words{t.m.w[1]} << 64 | t.m.w[0], e - (t.e - 1));
        two_words v = minus ? a - b : a + b;  // times 2^(e-127)
        const int zeros = leading_zeros(static_cast<word>(v >> 64));
        v <<= zeros;
        head = static_cast<double>(static_cast<word>(v >> 75)) * power_of_2(e - zeros - 52);
        v &= (two_words{1} << 75) - 1;
        tail = static_cast<double>(static_cast<word>(v >> 11)) * power_of_2(e - zeros - 116);
    }
    PACER_HOST static two_words shifted(two_words v, int by) noexcept { return by < 128 ? v >> by : 0; }

    const Kernel& ramp_;
    wide<2> rise_;
    number unit_;      // cosine: of the angle. linear: of the rate
    double down_ = 1;  // the sign of the slope
    int most_ = 0;
    int half_ = 0;
};

}  // namespace pacer::detail

#endif
