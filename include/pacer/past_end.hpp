// SPDX-License-Identifier: MIT
#ifndef PACER_PAST_END_HPP
#define PACER_PAST_END_HPP

#include <pacer/error.hpp>

namespace pacer {

/// What a schedule returns past the end, i.e. at steps >= `total_steps`.
enum class past_end : unsigned char {
    hold,    ///< the last value: the end of the decay, exactly (default)
    zero,    ///< 0
    repeat,  ///< the whole schedule again, warm-up included, every `total_steps`
    wave     ///< the curve goes on: Hugging Face's and PyTorch's cosine rises again. Only cosine schedules accept it
};

namespace detail {

template <>
struct names<past_end> {
    static constexpr const char* type = "past_end";
    static constexpr const char* values[] = {"hold", "zero", "repeat", "wave"};
};

PACER_HOST constexpr violation check(past_end policy, bool has_wave) noexcept {
    if (policy == past_end::wave && !has_wave)
        return bad_choice("past_end", policy, "is for cosine schedules");
    return check_choice("past_end", policy);
}

}  // namespace detail
}  // namespace pacer

#endif
