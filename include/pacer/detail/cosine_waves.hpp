// SPDX-License-Identifier: MIT
#ifndef PACER_DETAIL_COSINE_WAVES_HPP
#define PACER_DETAIL_COSINE_WAVES_HPP

#include <pacer/ramp.hpp>

namespace pacer::detail {

/// Where an update stands in a train of equal waves, as a fraction of one wave: x waves / length, without its whole
/// part.
///
/// In integers where length and waves are whole (and the product fits), so that a wave that ends on an update ends
/// there exactly; in binary64 otherwise.
class wave_clock {
public:
    constexpr wave_clock(double length, double waves, double shift) noexcept
        : length_(length > 0 ? length : 1), waves_(waves), shift_(shift) {
        const bool whole = is_whole(length_) && is_whole(waves) && is_whole(shift) && length_ * waves <= 0x1p61;
        if (whole) {
            whole_length_ = floor_to_int(length_);
            whole_waves_ = floor_to_int(waves);
            whole_shift_ = floor_to_int(shift);
        }
    }

    /// The position in the wave and what is left of it, as x and m of a shape of length `length()`.
    struct position {
        double x;
        double m;
    };

    [[nodiscard]] constexpr double length() const noexcept { return length_; }

    [[nodiscard]] constexpr position operator()(step_t step) const noexcept {
        if (whole_length_ != 0) {
            const step_t x = (step % whole_length_ + whole_shift_) % whole_length_ * whole_waves_ % whole_length_;
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
class cosine_swing {
public:
    constexpr cosine_swing(double from, double to, double length, double num_cycles, double shift)
        : half_(from, to, length, {}, shift),
          rates_(from, to),
          clock_(2 * (length > 0 ? length : 1), 2 * num_cycles, shift),
          ramp_until_(num_cycles == 0.5 ? ceil_to_int(length - shift) : 0) {}

    [[nodiscard, gnu::always_inline]] constexpr double operator()(step_t step) const noexcept {
        if (step < ramp_until_) [[likely]]
            return half_(step);
        return swing(step);
    }

private:
    // Kept out of line, so that the usual case is small enough to be compiled into a loop.
    [[nodiscard, gnu::noinline]] constexpr double swing(step_t step) const noexcept {
        const auto [x, m] = clock_(step);
        const double n = clock_.length() / 2;
        const bool down = x <= n;
        return rates_(shapes::cosine{}(down ? x : m, down ? n - x : n - m, n, 1 / n));
    }

    ramp<shapes::cosine> half_;
    interval rates_;
    wave_clock clock_;
    step_t ramp_until_;
};

/// `num_cycles` descents of a cosine over `length` updates, each from the top.
class cosine_restarts {
public:
    constexpr cosine_restarts(double from, double to, double length, double num_cycles, double shift)
        : rates_(from, to), clock_(length, num_cycles, shift) {}

    [[nodiscard]] constexpr double operator()(step_t step) const noexcept {
        const auto [x, m] = clock_(step);
        return rates_(shapes::cosine{}(x, m, clock_.length(), 1 / clock_.length()));
    }

private:
    interval rates_;
    wave_clock clock_;
};

}  // namespace pacer::detail

#endif
