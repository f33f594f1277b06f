// SPDX-License-Identifier: MIT
#ifndef PACER_ANY_SCHEDULE_HPP
#define PACER_ANY_SCHEDULE_HPP

#include <pacer/schedule.hpp>

#include <cstddef>
#include <new>

namespace pacer {

/// Any schedule behind one type, for when the kind of schedule is known only at run time.
///
///     pacer::any_schedule<double> lr = pacer::cosine{{.peak_lr = 1e-3, .total_steps = 1000}};
///
/// Holds a copy inside itself: no heap, no virtual function; a call costs one indirect call more. The values are those
/// of the schedule it holds, converted to `Real`. It is trivially copyable, so what it holds must be, and must fit into
/// `capacity` bytes; both are checked when it is compiled. It cannot be empty. (It is not usable in constant
/// expressions.)
template <std::floating_point Real = double>
class any_schedule {
public:
    static constexpr std::size_t capacity = 640;

    template <detail::OtherSchedule<any_schedule> S>
    any_schedule(const S& schedule) noexcept
        : call_([](const void* held, step_t step) {
#if defined(__clang__) && defined(__x86_64__)
              // The conversion of the step writes half of a register. clang leaves the other half as it was, so that each
              // call would wait for the result of the one before.
              asm volatile("xorps %%xmm0, %%xmm0" ::: "xmm0");
#endif
              return static_cast<Real>((*static_cast<const S*>(held))(step));
          }),
          total_steps_(pacer::total_steps(schedule)) {
        static_assert(sizeof(S) <= capacity, "this schedule is too large for any_schedule");
        static_assert(alignof(S) <= alignof(std::max_align_t),
                      "this schedule is too strictly aligned for any_schedule");
        static_assert(std::is_trivially_copyable_v<S>, "any_schedule holds trivially copyable schedules only");
        ::new (static_cast<void*>(storage_)) S(schedule);
    }

    [[nodiscard]] Real operator()(step_t step) const { return call_(storage_, step); }

    [[nodiscard]] step_t total_steps() const noexcept { return total_steps_; }

private:
    alignas(std::max_align_t) std::byte storage_[capacity];
    Real (*call_)(const void*, step_t);
    step_t total_steps_;
};

}  // namespace pacer

#endif
