// SPDX-License-Identifier: MIT
#ifndef PACER_WAVES_HPP
#define PACER_WAVES_HPP

#include <pacer/numerics/phase.hpp>
#include <pacer/ramp.hpp>

namespace pacer::detail {

/// `waves` whole waves over `length` whole updates. A position in the wave is counted as updates of a wave that is `length`
/// long, so that a wave that ends on an update ends there exactly.
class wave_clock {
public:
    PACER_HOST constexpr wave_clock(step_t length, double waves) noexcept : length_(length) {
        if (length > 0 && waves <= 0x1p53 && static_cast<double>(floor_to_int(waves)) == waves)
            waves_ = floor_to_int(waves) % length;
        if (waves_ > (endless >> 2) / (length > 0 ? length : 1))
            waves_ = unset;
    }

    /// Whether the waves are whole, and their products with positions fit.
    [[nodiscard]] PACER_HOST constexpr bool is_valid() const noexcept { return waves_ != unset; }

    /// The position after x updates, from 0 to `length - 1`.
    [[nodiscard]] PACER_HOST constexpr step_t position(step_t x) const noexcept {
        return x % length_ * waves_ % length_;
    }

    /// The positions of a range of steps that are `shift` updates ahead, up to the first that is in the next wave.
    [[nodiscard]] PACER_HOST constexpr step_range positions(step_range steps, step_t shift) const noexcept {
        const step_t first = position(steps.first % length_ + shift % length_);
        const step_range positions{first, position(steps.stride), steps.count};
        return positions.take(positions.until(length_));
    }

private:
    static constexpr step_t unset = -1;

    step_t length_;
    step_t waves_ = unset;
};

/// `num_cycles` waves of a cosine over `length` updates, from the top (0: always the top), that go on past the length: down
/// and up again, or (`Restarting`) only down, each from the top, the last one cut if their number is not whole. Where the
/// length is a whole number of updates the phase is reduced exactly, for any number of waves. A single descent is a plain
/// ramp as long as it is asked inside its length.
template <bool Restarting, class Half = ramp<shapes::cosine>>
class cosine_train {
    static constexpr double single = Restarting ? 1 : 0.5;
    static constexpr double most_whole_waves = 500;  // their products with 2^54 updates fit

public:
    PACER_OUT_OF_LINE PACER_HOST constexpr cosine_train(double from, double to, double length, double num_cycles,
                                                        double shift)
        : half_(from, to, length > 0 ? length : 1, {}, shift) {
        if (half_.is_plain() && (Restarting || num_cycles != single || !(length > 0)))
            half_.hide();
        const double waves = Restarting ? num_cycles : 2 * num_cycles;
        const auto whole = static_cast<step_t>(waves < most_whole_waves ? waves : 0);
        const bool is_whole = !half_.is_fractional() && whole > 0 && static_cast<double>(whole) == waves;
        waves_ = is_whole ? whole : static_cast<step_t>(to_bits(-num_cycles));
    }

    [[nodiscard]] PACER_ALWAYS_INLINE PACER_HD constexpr double operator()(step_t step) const noexcept {
        if constexpr (Restarting)  // of more than one as a rule
            return waves_ > 0 && is_below(step, longest) ? repeated(static_cast<std::uint64_t>(step))
                                                         : fractional(step);
        else
            return is_below(step, half_.place_[1]) ? half_.plain(step) : anywhere(step);
    }

    /// See segments.hpp.
    template <class Visitor>
    PACER_OUT_OF_LINE PACER_HOST constexpr void visit_segments(step_range steps, Visitor& v) const {
        const step_t n = num_cycles() == single ? steps.until(half_.total_steps()) : 0;
        if (n > 0)
            half_.visit_segments(steps.take(n), v);
        steps = steps.drop(n);
        const wave_clock clock = half_.is_fractional()
                                     ? wave_clock(0, 0)
                                     : wave_clock(period(), Restarting ? num_cycles() : 2 * num_cycles());
        if (!clock.is_valid()) {
            if (steps.count > 0)
                v.each([this](step_t step) { return (*this)(step); }, steps);
            return;
        }
        while (steps.count > 0) {
            const step_range x = clock.positions(steps, half_.before());
            const step_t down = x.until(length() + 1);
            const step_range up = x.drop(down);
            half_.visit_segments(x.take(down).later(-half_.before()), v);
            if (up.count > 0)
                half_.visit_segments(step_range{period() - up.first, -up.stride, up.count}.later(-half_.before()), v);
            steps = steps.drop(x.count);
        }
    }

private:
    // Of a whole length.
    [[nodiscard]] PACER_HD constexpr step_t length() const noexcept {
        return half_.before() + (Restarting ? half_.split_ : half_.left());
    }
    [[nodiscard]] PACER_HD constexpr step_t period() const noexcept { return Restarting ? length() : 2 * length(); }
    [[nodiscard]] PACER_HD constexpr double num_cycles() const noexcept {
        return waves_ > 0 ? static_cast<double>(waves_) * single : -from_bits(static_cast<std::uint64_t>(waves_));
    }

    // Kept out of line, so that the usual case is small enough to be compiled into a loop.
    [[nodiscard]] PACER_OUT_OF_LINE PACER_HD constexpr double anywhere(step_t step) const noexcept {
        return waves_ > 0 && is_below(step, longest) ? repeated(static_cast<std::uint64_t>(step)) : fractional(step);
    }

    [[nodiscard]] PACER_OUT_OF_LINE PACER_HD constexpr double fractional(step_t step) const noexcept {
        if (waves_ < 0 && step >= 0 && !half_.is_fractional()) {
            const auto n = static_cast<std::uint64_t>(length());
            const quick_place quick(static_cast<std::uint64_t>(step) + static_cast<std::uint64_t>(half_.before()),
                                    num_cycles(), Restarting ? 0 : 1, static_cast<std::uint64_t>(period()), n);
            if (quick.fits)
                return at(quick.place, 0.5 * static_cast<double>(n));
        }
        return rarely(step);
    }

    [[nodiscard]] PACER_ALWAYS_INLINE PACER_HD constexpr double repeated(std::uint64_t step) const noexcept {
        const std::uint64_t x = step + static_cast<std::uint64_t>(half_.before());
        return at(static_cast<step_t>(x * static_cast<std::uint64_t>(waves_) % static_cast<std::uint64_t>(period())));
    }

    // y updates of a wave of two half waves.
    [[nodiscard]] PACER_ALWAYS_INLINE PACER_HD constexpr double at(step_t y) const noexcept {
        const step_t n = length();
        const step_t back = Restarting ? y : 2 * n - y;
        const step_t x = y < back ? y : back;
        const bool from_end = 2 * x > n;
        return half_.ends_.at(from_end) + half_.profile_.symmetric(static_cast<double>(from_end ? x - n : x));
    }

    // Where not all is whole, or too large for a product of 64 bits.
    [[nodiscard]] PACER_SELDOM PACER_HD constexpr double rarely(step_t given) const noexcept {
        const auto step = static_cast<std::uint64_t>(given < 0 ? 0 : given);
        constexpr int doublings = Restarting ? 0 : 1;
        if (!half_.is_fractional()) {
            const std::uint64_t x = step + static_cast<std::uint64_t>(half_.before());
            const auto n = static_cast<std::uint64_t>(length());
            return at(folded(reduced(x, num_cycles(), doublings, static_cast<std::uint64_t>(period())), n),
                      0.5 * static_cast<double>(n));
        }
        if (num_cycles() == single && step < static_cast<std::uint64_t>(half_.total_steps()))
            return half_.anywhere(static_cast<step_t>(step));
        const double shift = half_.fractional_shift();
        const double left = half_.fractional_left();
        return at(folded(step, shift, left, num_cycles(), doublings, Restarting), 0.5 * (shift + left));
    }

    [[nodiscard]] PACER_HD constexpr double at(half_wave_place p, double middle) const noexcept {
        const double done = half_.profile_.done(p.k, middle);
        return p.from_end ? half_.ends_.to() - done : half_.ends_.from() + done;
    }

    Half half_;
    step_t waves_;  // a few whole half waves or descents over a whole length; otherwise the bits of -num_cycles
};

using cosine_wave = cosine_train<false>;
using cosine_restarts = cosine_train<true>;

PACER_IN_LIBRARY(class cosine_train<false>)
PACER_IN_LIBRARY(class cosine_train<true>)

}  // namespace pacer::detail

#endif
