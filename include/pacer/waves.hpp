// SPDX-License-Identifier: MIT
#ifndef PACER_WAVES_HPP
#define PACER_WAVES_HPP

#include <pacer/ramp.hpp>

namespace pacer::detail {

/// A train of equal waves: `waves` of them over `length` updates. Where the numbers are whole (and their product fits) a
/// position in the wave is counted in integers, as updates of a wave that is `length` long, so that a wave that ends on
/// an update ends there exactly; in binary64 otherwise.
class wave_clock {
public:
    constexpr wave_clock(double length, double waves, double shift) noexcept
        : length_(length > 0 ? length : 1), waves_(waves), shift_(shift) {
        if (is_whole(length_) && is_whole(waves) && is_whole(shift) && length_ * waves <= 0x1p61) {
            whole_length_ = floor_to_int(length_);
            whole_waves_ = floor_to_int(waves);
            whole_shift_ = floor_to_int(shift);
        }
    }

    [[nodiscard]] PACER_HD constexpr double length() const noexcept { return length_; }
    [[nodiscard]] PACER_HD constexpr bool is_whole() const noexcept { return whole_length_ != 0; }

    /// The position after `step` updates, from 0 to `length() - 1`, where it is whole.
    [[nodiscard]] PACER_HD constexpr step_t whole_position(step_t step) const noexcept {
        return (step % whole_length_ + whole_shift_) % whole_length_ * whole_waves_ % whole_length_;
    }

    /// The positions of a range of steps, up to the first that is in the next wave.
    [[nodiscard]] constexpr step_range whole_positions(step_range steps) const noexcept {
        const step_t stride = steps.stride % whole_length_ * whole_waves_ % whole_length_;
        const step_range positions{whole_position(steps.first), stride, steps.count};
        return positions.take(positions.until(whole_length_));
    }

    /// The position, and what is left of the wave, as x and m of a shape of length `length()`.
    struct position {
        double x;
        double m;
    };

    [[nodiscard]] PACER_HD constexpr position operator()(step_t step) const noexcept {
        if (is_whole()) {
            const step_t x = whole_position(step);
            return {static_cast<double>(x), static_cast<double>(whole_length_ - x)};
        }
        const double waves = times((static_cast<double>(step) + shift_) / length_, waves_);
        double part = waves < 0x1p53 ? waves - static_cast<double>(floor_to_int(waves)) : 0;
        // Where updates lie as close as neighbouring doubles, the kernel's last bit may turn their order: take every
        // fourth double only.
        if (waves_ < 0x1p-47 * length_)
            part = from_bits(to_bits(part) & ~std::uint64_t{3});
        return {times(part, length_), times(1 - part, length_)};
    }

private:
    static constexpr bool is_whole(double x) noexcept {
        return x <= 0x1p54 && static_cast<double>(floor_to_int(x)) == x;
    }

    double length_;
    double waves_;
    double shift_;
    step_t whole_length_ = 0;
    step_t whole_waves_ = 0;
    step_t whole_shift_ = 0;
};

/// `num_cycles` full waves of a cosine over `length` updates, from the top; it goes on past its length.
///
/// The usual half wave (num_cycles = 1/2) is a plain ramp as long as it is asked inside its length.
class cosine_wave {
public:
    constexpr cosine_wave(double from, double to, double length, double num_cycles, double shift)
        : half_(from, to, length > 0 ? length : 1, {}, shift),
          clock_(2 * (length > 0 ? length : 1), 2 * num_cycles, shift),
          shift_(floor_to_int(shift)),
          ramp_until_(num_cycles == 0.5 && length > 0 ? half_.end() : 0),
          plain_until_(ramp_until_ > 0 ? half_.plain_until() : 0) {}

    [[nodiscard, gnu::always_inline]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        return is_below(step, plain_until_) ? half_.plain(step) : swing(step);
    }

    /// See segments.hpp.
    template <class Visitor>
    constexpr void visit_segments(step_range steps, Visitor& v) const {
        const step_t n = steps.until(ramp_until_);
        if (n > 0)
            half_.visit_segments(steps.take(n), v);
        steps = steps.drop(n);
        if (!clock_.is_whole()) {
            if (steps.count > 0)
                v.each([this](step_t step) { return swing(step); }, steps);
            return;
        }
        while (steps.count > 0) {
            const step_range x = clock_.whole_positions(steps);
            const step_t down = x.until(half_wave_end() + 1);
            const step_range up = x.drop(down);
            half_.visit_segments(x.take(down).later(-shift_), v);
            if (up.count > 0)
                half_.visit_segments(step_range{2 * half_wave_end() - up.first, -up.stride, up.count}.later(-shift_),
                                     v);
            steps = steps.drop(x.count);
        }
    }

private:
    [[nodiscard]] PACER_HD constexpr step_t half_wave_end() const noexcept { return floor_to_int(clock_.length() / 2); }

    // Kept out of line, so that the usual case is small enough to be compiled into a loop.
    [[nodiscard]] PACER_OUT_OF_LINE PACER_HD constexpr double swing(step_t step) const noexcept {
        if (step < ramp_until_)
            return half_.anywhere(step);
        const auto [x, m] = clock_(step);
        const double n = clock_.length() / 2;
        const bool down = m >= n;  // not by x, which is not exact above 2^53
        return half_.between(down ? x : m, down ? n - x : n - m);
    }

    ramp<shapes::cosine> half_;
    wave_clock clock_;
    step_t shift_;
    step_t ramp_until_;
    step_t plain_until_;
};

/// `num_cycles` descents of a cosine over `length` updates, each from the top.
class cosine_restarts {
public:
    constexpr cosine_restarts(double from, double to, double length, double num_cycles, double shift)
        : wave_(from, to, length > 0 ? length : 1), clock_(length, num_cycles, shift) {}

    [[nodiscard]] PACER_HD constexpr double operator()(step_t step) const noexcept {
        const auto [x, m] = clock_(step);
        return wave_.between(x, m);
    }

    /// See segments.hpp.
    template <class Visitor>
    constexpr void visit_segments(step_range steps, Visitor& v) const {
        if (!clock_.is_whole()) {
            v.each([this](step_t step) { return (*this)(step); }, steps);
            return;
        }
        while (steps.count > 0) {
            const step_range x = clock_.whole_positions(steps);
            wave_.visit_segments(x, v);
            steps = steps.drop(x.count);
        }
    }

private:
    ramp<shapes::cosine> wave_;
    wave_clock clock_;
};

}  // namespace pacer::detail

#endif
