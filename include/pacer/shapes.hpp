// SPDX-License-Identifier: MIT
#ifndef PACER_SHAPES_HPP
#define PACER_SHAPES_HPP

/// The shapes of a ramp. With r = x/n, after x of n updates:
///
/// | shape            | done                          | where it is from                          |
/// |------------------|-------------------------------|-------------------------------------------|
/// | linear           | r                             |                                           |
/// | cosine           | (1 - cos(pi r)) / 2           | Loshchilov and Hutter, SGDR (2016)        |
/// | one_minus_sqrt   | sqrt(r)                       | Haegele et al. (2024); Hugging Face's and llm.c's WSD |
/// | half_life        | 2 (1 - 2^-r)                  | Megatron-LM's WSD tail, which it calls exponential |
/// | power            | 1 - (1 - r)^p                 | PolynomialLR; run backwards, r^p: darknet's burn-in |
/// | exponential      | rate = from (to / from)^r     | geometric, a straight line on a logarithmic scale |
///
/// A shape of one's own is a copyable class with
///
///     split_point()       the fraction of the ramp, 0 to 1, after which half of the rise is done: up to there updates are
///                         counted from the start, from there on from the end, so that nothing cancels near either
///     profile             a type that is made of (rise, n), or of (rise, n, shape) if the shape has parameters, for a ramp
///                         that rises by `rise` (negative if it falls) in n updates; it has
///         done(x)         the rise done after x updates, for 0 <= x <= split_point() n
///         left(m)         minus the rise that is left m updates before the end, for 0 <= m <= (1 - split_point()) n
///
/// Both must be exactly 0 at 0, never more than half of the rise, and monotone. For example
///
///     struct smoothstep {   // 3 r^2 - 2 r^3
///         struct profile {
///             double rise, n;
///             constexpr profile(double rise_, double n_) noexcept : rise(rise_), n(n_) {}
///             constexpr double done(double x) const noexcept { const double r = x / n; return rise * (r * r * (3 - 2 * r)); }
///             constexpr double left(double m) const noexcept { return -done(m); }
///         };
///         constexpr double split_point() const noexcept { return 0.5; }
///     };
///     constexpr pacer::ramp lr(1e-3, 0, 1000, smoothstep{});
///
/// A compiler may fuse a product with the sum after it, or not, depending on the code around; the same update would have
/// two rates. So such a profile is called out of line, by `fill` as well, and its bits are those of one piece of code. Two
/// words more make it as fast as pacer's own, and the same at compile time, too: every product that is added to something
/// is an `unfused_product`, and the profile promises that by
///
///     static constexpr bool is_unfused = true;
///
/// It is then compiled into the loop, and `fill` computes it by vector instructions (best with [[gnu::always_inline]]).

#include <pacer/error.hpp>
#include <pacer/numerics/elementary.hpp>

namespace pacer {

/// a * b, rounded before anything is added to it: never part of a fused multiply-add, whatever the compiler may do for the
/// processor it compiles for. (Not under clang's -ffp-contract=fast.)
[[nodiscard]] PACER_ALWAYS_INLINE PACER_HD constexpr double unfused_product(double a, double b) noexcept {
    return detail::times(a, b);
}

/// A shape chosen at run time, by name: `ramp_shape::cosine`, `ramp_shape::power(4)`. The one that is not given is linear.
/// The formulas stand in shapes.hpp.
class ramp_shape {
public:
    /// In the order of their names.
    enum class kind : unsigned char { linear, cosine, one_minus_sqrt, half_life, exponential, power };

    static const ramp_shape linear;          ///< done(r) = r
    static const ramp_shape cosine;          ///< done(r) = (1 - cos(pi r)) / 2
    static const ramp_shape one_minus_sqrt;  ///< done(r) = sqrt(r)
    static const ramp_shape half_life;       ///< done(r) = 2 (1 - 2^-r)
    static const ramp_shape exponential;     ///< the logarithm of the rate is linear

    /// 1 - (1 - r)^exponent; run backwards, as a warm-up is, r^exponent. The exponent is above 0 and finite, anything else
    /// is an `invalid_schedule`.
    [[nodiscard]] PACER_HOST static constexpr ramp_shape power(double exponent) {
        if (!(exponent > 0 && detail::is_between_0_and(pacer::detail::largest<double>, exponent)))
            detail::reject(detail::bad_rate("exponent", exponent, "the power of a shape must be above 0 and finite"));
        return ramp_shape(exponent);
    }

    PACER_HOST constexpr ramp_shape() noexcept = default;
    /// One without a number; a power of 1.
    PACER_HD constexpr explicit ramp_shape(kind k) noexcept : code_(k == kind::power ? 1 : -static_cast<int>(k)) {}

    /// Which one it is.
    [[nodiscard]] PACER_HD constexpr kind which() const noexcept {
        return code_ > 0 ? kind::power : static_cast<kind>(static_cast<int>(-code_));
    }
    [[nodiscard]] PACER_HD constexpr bool is_linear() const noexcept { return code_ == 0; }

    /// Of a power; 1 of the others.
    [[nodiscard]] PACER_HD constexpr double exponent() const noexcept { return code_ > 0 ? code_ : 1; }

    /// "cosine", of a power "power".
    [[nodiscard]] PACER_HOST constexpr const char* name() const noexcept;

    [[nodiscard]] PACER_HOST friend constexpr bool operator==(const ramp_shape&, const ramp_shape&) noexcept = default;

private:
    PACER_HOST constexpr explicit ramp_shape(double code) noexcept : code_(code) {}

    double code_ = 0;  // the exponent of a power, or minus the number of the kind
};

inline constexpr ramp_shape ramp_shape::linear{kind::linear};
inline constexpr ramp_shape ramp_shape::cosine{kind::cosine};
inline constexpr ramp_shape ramp_shape::one_minus_sqrt{kind::one_minus_sqrt};
inline constexpr ramp_shape ramp_shape::half_life{kind::half_life};
inline constexpr ramp_shape ramp_shape::exponential{kind::exponential};

namespace detail {

template <>
struct names<ramp_shape::kind> {
    static constexpr const char* type = "ramp_shape";
    static constexpr const char* values[] = {"linear", "cosine", "one_minus_sqrt", "half_life", "exponential", "power"};
};

/// What most profiles are made of: the rise, the length and its inverse.
struct basic_profile {
    static constexpr bool is_unfused = true;

    double rise;
    double n;
    double inverse;

    PACER_HD constexpr basic_profile(double rise_, double n_) noexcept : rise(rise_), n(n_), inverse(1 / n_) {}
};

/// The rates at the ends of a ramp.
struct ramp_ends {
    double rates[2];

    [[nodiscard]] PACER_HD constexpr double from() const noexcept { return rates[0]; }
    [[nodiscard]] PACER_HD constexpr double to() const noexcept { return rates[1]; }
    [[nodiscard]] PACER_ALWAYS_INLINE PACER_HD constexpr double at(bool end) const noexcept { return pick(rates, end); }
};

/// `to - from`, made so that `from + rise/2` never oversteps `to - rise/2`: the two halves of a ramp meet in order.
PACER_HD constexpr double rise_between(double from, double to) noexcept {
    const double rise = to - from;
    const double half = rise * 0.5;
    const bool oversteps = rise > 0 ? from + half > to - half : from + half < to - half;
    return oversteps ? towards_zero(rise) : rise;
}

/// What a shape asks of the rates at its ends, which have these names.
PACER_HOST constexpr violation check_ends(const ramp_shape& shape, const char* from_field, double from,
                                          const char* to_field, double to) noexcept {
    constexpr const char* rule = "must be above 0 for an exponential ramp";
    if (shape == ramp_shape::exponential && !(from > 0))
        return bad_rate(from_field, from, rule);
    if (shape == ramp_shape::exponential && !(to > 0))
        return bad_rate(to_field, to, rule);
    return {};
}

// Profiles of pacer's own may have, instead of `done` and `left`,
//
//     symmetric(k)              done(k) for k >= 0, left(-k) for the others; then also
//     on_side(from_end)         a profile whose done(k) is `symmetric` of that sign of k, without asking for the sign
//     rate(ends, k, from_end)   the rate itself, k >= 0 updates after the start or -k >= 0 before the end
//
// and, to be told in kernels that differ in numbers alone, so that few have to be compiled,
//
//     visit_kernel(end, from_end, backwards, visit)    see `visit_kernel_of`; `end` is the rate that k is counted from
template <class Profile>
concept SymmetricProfile = requires(const Profile& profile, double k) {
    profile.symmetric(k);
};
template <class Profile>
concept RateProfile = requires(const Profile& profile, const ramp_ends& ends, double k, bool from_end) {
    profile.rate(ends, k, from_end);
};
template <class Profile>
concept KernelProfile = requires(const Profile& profile) {
    profile.visit_kernel(0.0, true, false, [](const auto&, bool) {});
};
template <class Profile>
concept UnfusedProfile = requires {
    requires Profile::is_unfused;
};

}  // namespace detail

PACER_HOST constexpr const char* ramp_shape::name() const noexcept {
    return detail::names<kind>::values[static_cast<int>(which())];
}

namespace detail {

// Kernels: one side of a ramp, `k` updates after its start or -k before its end.

/// Of done(k) alone: of a profile that is for this side.
template <class Profile>
struct own_side {
    double end;
    Profile profile;

    PACER_ALWAYS_INLINE PACER_HOST constexpr double operator()(double k) const noexcept {
        return end + profile.done(k);
    }
};

template <class Profile, bool FromEnd>
struct ramp_side {
    double end;
    Profile profile;

    PACER_ALWAYS_INLINE PACER_HOST constexpr double operator()(double k) const noexcept {
        return end + (FromEnd ? profile.left(-k) : profile.done(k));
    }
};

struct half_life_side {
    double end;
    double factor;
    double scale;
    double n;
    double inverse;

    PACER_ALWAYS_INLINE PACER_HOST constexpr double operator()(double k) const noexcept {
        return end + times(factor, at_most_half(scale * exp2m1(-k, n, inverse)));
    }
};

struct exponential_side {
    double end;
    geometric_progression progression;

    PACER_ALWAYS_INLINE PACER_HOST constexpr double operator()(double k) const noexcept {
        return progression.at(end, k);
    }
};

/// end + factor (bias + sign (m/n)^p), m = offset - k
struct power_side {
    double end;
    double factor;
    double bias;
    double sign;
    double offset;
    double n;
};

template <class Raised>
struct power_kernel {
    power_side side;
    Raised raised;

    PACER_ALWAYS_INLINE PACER_HOST constexpr double operator()(double k) const noexcept {
        const double part = raised(side.offset - k, side.n);
        return side.end + times(side.factor, at_most_half(side.bias + side.sign * part));
    }
};

/// `half_integer_power`: q, or its root, times q up to so many times, as numbers say.
template <bool Root, unsigned Most>
class few_factors {
    static_assert(Most == 1 || Most == 3);

public:
    PACER_HOST constexpr explicit few_factors(unsigned count) noexcept {
        for (unsigned k = 0; k < Most; ++k)
            least_[k] = k < count ? 0 : 1;
    }

    PACER_ALWAYS_INLINE PACER_HOST constexpr double operator()(double m, double n) const noexcept {
        const double q = m / n;
        const double one = times(Root ? square_root(q) : q, q > least_[0] ? q : least_[0]);
        if constexpr (Most == 1)
            return one;
        else  // no loop: in it g++ would vectorise nothing
            return times(times(one, q > least_[1] ? q : least_[1]), q > least_[2] ? q : least_[2]);
    }

private:
    double least_[Most]{};  // of each factor: q is at most 1, so 1 leaves it out
};

struct prepared_general_power {
    prepared_power prepared;

    PACER_ALWAYS_INLINE PACER_HOST constexpr double operator()(double m, double n) const noexcept {
        return prepared.general(m, n);
    }
};

/// visit(kernel, backwards) for one side of a ramp; kernel(backwards ? -k : k) is the rate. `backwards`: the profile is run
/// from its end to its start. False if there is no kernel.
template <class Profile, class Visit>
PACER_HOST constexpr bool visit_kernel_of(const Profile& profile, double end, bool from_end, bool backwards,
                                          const Visit& visit) {
    const bool from_its_end = from_end != backwards;
    if constexpr (KernelProfile<Profile>)
        return profile.visit_kernel(end, from_its_end, backwards, visit);
    else if constexpr (RateProfile<Profile>)
        return false;
    else if constexpr (SymmetricProfile<Profile>)
        visit(own_side<std::remove_cvref_t<decltype(profile.on_side(true))>>{end, profile.on_side(from_its_end)},
              backwards);
    else if (from_its_end)
        visit(ramp_side<Profile, true>{end, profile}, backwards);
    else
        visit(ramp_side<Profile, false>{end, profile}, backwards);
    return true;
}

}  // namespace detail

namespace shapes {

/// done(r) = r.
struct linear {
    class profile {
    public:
        static constexpr bool is_unfused = true;

        PACER_HD constexpr profile(double rise, double n) noexcept {
            // Of a ramp shorter than an update there is only a fraction; a slope that would overflow does not.
            const bool too_steep = n < 1 && (n < 0x1p-40 || rise > 0x1p900 || rise < -0x1p900);
            slope_ = (too_steep ? 0 : rise) / n;
            // Two units of the last place are what rounding has made too much, in any mode; of a subnormal slope, which
            // rounding may have made many times too large, nothing is left.
            for (int k = 0; k < 4 && detail::oversteps(done(n / 2), rise); ++k)
                slope_ = detail::towards_zero(slope_);
            if (detail::oversteps(done(n / 2), rise))
                slope_ = 0;
        }
        PACER_ALWAYS_INLINE PACER_HD constexpr double done(double x) const noexcept { return detail::times(slope_, x); }
        PACER_ALWAYS_INLINE PACER_HD constexpr double left(double m) const noexcept { return -done(m); }
        PACER_ALWAYS_INLINE PACER_HD constexpr double symmetric(double k) const noexcept { return done(k); }
        [[nodiscard]] PACER_HOST constexpr const profile& on_side(bool) const noexcept { return *this; }

    private:
        double slope_;
    };

    [[nodiscard]] PACER_HD constexpr double split_point() const noexcept { return 0.5; }
};

/// done(r) = (1 - cos(pi r)) / 2.
struct cosine {
    struct profile : detail::half_wave {
        static constexpr bool is_unfused = true;

        PACER_HD constexpr profile(double rise, double n) noexcept : half_wave(rise, n) {}

        [[nodiscard]] PACER_HOST constexpr half_wave on_side(bool from_end) const noexcept {
            return from_end ? negative() : half_wave(*this);
        }
    };

    [[nodiscard]] PACER_HD constexpr double split_point() const noexcept { return 0.5; }
};

/// done(r) = sqrt(r).
struct one_minus_sqrt {
    struct profile : detail::basic_profile {
        PACER_HD constexpr profile(double rise_, double n_) noexcept : basic_profile(rise_, n_) {}

        PACER_ALWAYS_INLINE PACER_HD constexpr double done(double x) const noexcept {
            return detail::times(rise, detail::at_most_half(detail::square_root(detail::times(x, inverse))));
        }
        // 1 - sqrt(x/n) with x = n - m, without its cancellation
        PACER_ALWAYS_INLINE PACER_HD constexpr double left(double m) const noexcept {
            const double root = detail::square_root(detail::times(n - m, n));
            return detail::times(-rise, detail::at_most_half(m / (n + root)));
        }
    };

    [[nodiscard]] PACER_HD constexpr double split_point() const noexcept { return 0.25; }
};

/// done(r) = 2 (1 - 2^-r).
struct half_life {
    struct profile : detail::basic_profile {
        PACER_HD constexpr profile(double rise_, double n_) noexcept : basic_profile(rise_, n_) {}

        PACER_ALWAYS_INLINE PACER_HD constexpr double done(double x) const noexcept { return moved(-x, false); }
        PACER_ALWAYS_INLINE PACER_HD constexpr double left(double m) const noexcept { return moved(m, true); }
        template <class Visit>
        PACER_HOST constexpr bool visit_kernel(double end, bool from_end, bool backwards, const Visit& visit) const {
            visit(detail::half_life_side{end, from_end ? -rise : rise, from_end ? 1.0 : -2, n, inverse}, backwards);
            return true;
        }
        /// left(k), or done(-k).
        PACER_ALWAYS_INLINE PACER_HD constexpr double moved(double k, bool from_end) const noexcept {
            const double part = detail::exp2m1(k, n, inverse);
            return from_end ? detail::times(-rise, detail::at_most_half(part))
                            : detail::times(rise, detail::at_most_half(-2 * part));
        }
    };

    /// Half of the rise is done at r = 2 - log2(3).
    [[nodiscard]] PACER_HD constexpr double split_point() const noexcept { return 0x1.a8ff971810a5ep-2; }
};

/// Counted from the end alone, where it is flat; run backwards, from the start alone. At the other end it loses digits
/// where the rate there is 0.
struct power {
    double exponent = 1;  ///< above 0

    class profile {
    public:
        static constexpr bool is_unfused = true;

        PACER_HD constexpr profile(double rise, double n, const power& shape) noexcept
            : rise_(rise), n_(n), prepared_(shape.exponent) {}

        template <class Visit>
        PACER_HOST constexpr bool visit_kernel(double end, bool from_end, bool backwards, const Visit& visit) const {
            const detail::power_side side{
                end, from_end ? -rise_ : rise_, from_end ? 0.0 : 1, from_end ? 1.0 : -1, from_end ? 0 : n_, n_};
            const auto visit_raised = [&]<class Raised>(const Raised& raised) {
                visit(detail::power_kernel<Raised>{side, raised}, backwards);
            };
            const auto twice = static_cast<unsigned>(prepared_.twice());
            if (twice == 0)
                visit_raised(detail::prepared_general_power{prepared_});
            else if (twice % 2 != 0)
                visit_raised(detail::few_factors<true, 3>(twice / 2));
            else if (twice <= 4)
                visit_raised(detail::few_factors<false, 1>(twice / 2 - 1));
            else
                visit_raised(detail::few_factors<false, 3>(twice / 2 - 1));
            return true;
        }
        PACER_ALWAYS_INLINE PACER_HD constexpr double done(double x) const noexcept {
            return detail::times(rise_, detail::at_most_half(1 - raised(n_ - x)));
        }
        PACER_ALWAYS_INLINE PACER_HD constexpr double left(double m) const noexcept {
            return detail::times(-rise_, detail::at_most_half(raised(m)));
        }
        /// The same with one copy of the power.
        PACER_ALWAYS_INLINE PACER_HD constexpr double rate(const detail::ramp_ends& ends, double k,
                                                           bool from_end) const noexcept {
            const double part = raised(from_end ? -k : n_ - k);
            return from_end ? ends.to() + detail::times(-rise_, detail::at_most_half(part))
                            : ends.from() + detail::times(rise_, detail::at_most_half(1 - part));
        }

    private:
        PACER_ALWAYS_INLINE PACER_HD constexpr double raised(double m) const noexcept {
            const double part = m / n_;
            return prepared_.twice() == 2   ? part
                   : prepared_.twice() == 4 ? detail::times(part, part)
                                            : prepared_(m, n_);
        }

        double rise_;
        double n_;
        detail::prepared_power prepared_;
    };

    [[nodiscard]] PACER_HD constexpr double split_point() const noexcept {
        return exponent < 0x1p-1000 ? 1 : 1 - detail::power(0.5, 1 / exponent);
    }
};

/// Between two rates above 0; anything else is an `invalid_schedule` of the ramp.
struct exponential {
    class profile {
    public:
        static constexpr bool is_unfused = true;

        PACER_HD constexpr profile(const detail::ramp_ends& ends, double n) noexcept
            : progression_(ends.from(), ends.to(), n) {}

        PACER_ALWAYS_INLINE PACER_HD constexpr double rate(const detail::ramp_ends& ends, double k,
                                                           bool from_end) const noexcept {
            return progression_.at(ends.at(from_end), k);
        }
        template <class Visit>
        PACER_HOST constexpr bool visit_kernel(double end, bool, bool backwards, const Visit& visit) const {
            visit(detail::exponential_side{end, progression_}, backwards);
            return true;
        }

    private:
        detail::geometric_progression progression_;
    };

    [[nodiscard]] PACER_HD constexpr double split_point() const noexcept { return 0.5; }
};

/// Any of the others, chosen when the program runs.
struct any {
    ramp_shape shape{};      ///< which one
    bool backwards = false;  ///< run from its end to its start: a warm-up with the shape of a decay

    class profile {
    public:
        static constexpr bool is_unfused = true;

        PACER_HD constexpr profile(const detail::ramp_ends& ends, double n, const any& by) noexcept
            : profile(made(ends, n, by)) {}

        /// Of a power there is none: it would cost more to compile than such a ramp is worth.
        template <class Visit>
        PACER_HOST constexpr bool visit_kernel(double end, bool from_end, bool, const Visit& visit) const {
            using kind = ramp_shape::kind;
            switch (kind_) {
            case kind::linear: return detail::visit_kernel_of(linear_, end, from_end, false, visit);
            case kind::cosine: return detail::visit_kernel_of(cosine_, end, from_end, false, visit);
            case kind::one_minus_sqrt:
                return detail::visit_kernel_of(one_minus_sqrt_, end, from_end, backwards_, visit);
            case kind::half_life: return detail::visit_kernel_of(half_life_, end, from_end, backwards_, visit);
            case kind::exponential: return detail::visit_kernel_of(exponential_, end, from_end, false, visit);
            case kind::power: break;
            }
            return false;
        }
        PACER_ALWAYS_INLINE PACER_HD constexpr double rate(const detail::ramp_ends& ends, double k,
                                                           bool from_end) const noexcept {
            using kind = ramp_shape::kind;
            const double end = ends.at(from_end);
            if (kind_ <= kind::cosine)
                return end + (kind_ == kind::linear ? linear_.symmetric(k) : cosine_.symmetric(k));
            const double distance = detail::magnitude(k);
            const bool from_its_end = from_end != backwards_;
            if (kind_ == kind::one_minus_sqrt)
                return end + (from_its_end ? one_minus_sqrt_.left(distance) : one_minus_sqrt_.done(distance));
            if (kind_ == kind::half_life)
                return end + half_life_.moved(backwards_ ? k : -k, from_its_end);
            return other_rate(ends, k, from_end);
        }

    private:
        PACER_OUT_OF_LINE PACER_HD constexpr double other_rate(const detail::ramp_ends& ends, double k,
                                                               bool from_end) const noexcept {
            if (kind_ == ramp_shape::kind::exponential)
                return exponential_.rate(ends, k, from_end);
            const double distance = detail::magnitude(k);
            return ends.at(from_end) + (from_end != backwards_ ? power_.left(distance) : power_.done(distance));
        }

        PACER_HD constexpr profile(const linear::profile& p, const any& by) noexcept
            : linear_(p), kind_(by.shape.which()), backwards_(by.backwards) {}
        PACER_HD constexpr profile(const cosine::profile& p, const any& by) noexcept
            : cosine_(p), kind_(by.shape.which()), backwards_(by.backwards) {}
        PACER_HD constexpr profile(const one_minus_sqrt::profile& p, const any& by) noexcept
            : one_minus_sqrt_(p), kind_(by.shape.which()), backwards_(by.backwards) {}
        PACER_HD constexpr profile(const half_life::profile& p, const any& by) noexcept
            : half_life_(p), kind_(by.shape.which()), backwards_(by.backwards) {}
        PACER_HD constexpr profile(const exponential::profile& p, const any& by) noexcept
            : exponential_(p), kind_(by.shape.which()), backwards_(by.backwards) {}
        PACER_HD constexpr profile(const power::profile& p, const any& by) noexcept
            : power_(p), kind_(by.shape.which()), backwards_(by.backwards) {}

        PACER_SELDOM PACER_HD static constexpr profile made(const detail::ramp_ends& ends, double n,
                                                            const any& by) noexcept {
            using kind = ramp_shape::kind;
            const double rise = detail::rise_between(ends.from(), ends.to());
            // Backwards, the end of the shape is the start of the ramp.
            const double mirrored = by.backwards ? -rise : rise;
            switch (by.shape.which()) {
            case kind::cosine: return profile(cosine::profile(rise, n), by);
            case kind::one_minus_sqrt: return profile(one_minus_sqrt::profile(mirrored, n), by);
            case kind::half_life: return profile(half_life::profile(mirrored, n), by);
            case kind::exponential: return profile(exponential::profile(ends, n), by);
            case kind::power: return profile(power::profile(mirrored, n, {by.shape.exponent()}), by);
            case kind::linear: break;
            }
            return profile(linear::profile(rise, n), by);
        }

        union {
            linear::profile linear_;
            cosine::profile cosine_;
            one_minus_sqrt::profile one_minus_sqrt_;
            half_life::profile half_life_;
            exponential::profile exponential_;
            power::profile power_;
        };
        ramp_shape::kind kind_;
        bool backwards_;
    };

    [[nodiscard]] PACER_HD constexpr double split_point() const noexcept {
        using kind = ramp_shape::kind;
        double forwards = 0;
        switch (shape.which()) {
        case kind::one_minus_sqrt: forwards = one_minus_sqrt{}.split_point(); break;
        case kind::half_life: forwards = half_life{}.split_point(); break;
        case kind::power: forwards = power{shape.exponent()}.split_point(); break;
        default: return 0.5;
        }
        // Backwards, the update at the split point itself is counted from the end.
        return !backwards ? forwards : forwards < 1 ? detail::towards_zero(1 - forwards) : 0;
    }
};

/// `any` in the room of `linear`, for warm-ups, most of which are linear: as fast as that. The others, with the bits of
/// `any`, are prepared anew for every rate that is asked for.
struct compact : any {
    class profile {
    public:
        static constexpr bool is_unfused = true;

        PACER_HD constexpr profile(const detail::ramp_ends& ends, double n, const compact& by) noexcept
            : shape_(by.shape), linear_(0, 1) {
            if (by.shape.is_linear())
                linear_ = linear::profile(detail::rise_between(ends.from(), ends.to()), n);
            else
                length_ = by.backwards ? -n : n;
        }

        PACER_ALWAYS_INLINE PACER_HD constexpr double symmetric(double k) const noexcept {
            return linear_.symmetric(k);
        }
        PACER_ALWAYS_INLINE PACER_HD constexpr double done(double x) const noexcept { return linear_.done(x); }
        PACER_ALWAYS_INLINE PACER_HD constexpr double left(double m) const noexcept { return linear_.left(m); }
        [[nodiscard]] PACER_HD constexpr bool is_linear() const noexcept { return shape_.is_linear(); }
        [[nodiscard]] PACER_HOST constexpr const linear::profile& as_linear() const noexcept { return linear_; }
        /// Of the others: the shape, and the length that it is made for.
        [[nodiscard]] PACER_HD constexpr any shape() const noexcept { return {shape_, length_ < 0}; }
        [[nodiscard]] PACER_HD constexpr double length() const noexcept { return length_ < 0 ? -length_ : length_; }

    private:
        ramp_shape shape_;
        union {
            linear::profile linear_;
            double length_;  // of the others; below 0 if backwards
        };
    };
};

}  // namespace shapes
}  // namespace pacer

#endif
