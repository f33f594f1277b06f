// SPDX-License-Identifier: MIT
#ifndef PACER_ANY_SCHEDULE_HPP
#define PACER_ANY_SCHEDULE_HPP

#include <pacer/error.hpp>
#include <pacer/schedule.hpp>

#include <cstddef>
#include <new>

namespace pacer {

template <Rate Real = double, std::size_t Capacity = 1024>
class any_schedule;

namespace detail {

template <class S>
inline constexpr bool is_any_schedule = false;
template <class Real, std::size_t Capacity>
inline constexpr bool is_any_schedule<any_schedule<Real, Capacity>> = true;

/// What `any_schedule` holds in its own memory.
template <class S, std::size_t Capacity>
concept Holdable = Schedule<S> && std::is_trivially_copyable_v<S> && sizeof(S) <= Capacity &&
                   alignof(S) <= alignof(std::max_align_t);

/// The same schedule with every `any_schedule` in it, however deep in operators, of another capacity.
template <std::size_t Capacity>
struct with_capacity {
    template <class S>
    PACER_HOST constexpr auto operator()(const S& schedule) const {
        if constexpr (requires { schedule.with_schedules(*this); })
            return schedule.with_schedules(*this);
        else
            return schedule;
    }
    template <class Real, std::size_t Other>
    PACER_HOST any_schedule<Real, Capacity> operator()(const any_schedule<Real, Other>& schedule) const {
        return any_schedule<Real, Capacity>(schedule);
    }
};

template <class S, std::size_t Capacity>
inline constexpr std::size_t size_with_capacity = sizeof(std::invoke_result_t<with_capacity<Capacity>, const S&>);

/// How much each `any_schedule` inside an operator may hold so that the whole fits; 0 if there is none, or no room.
template <class S, std::size_t Capacity>
PACER_HOST constexpr std::size_t room_inside() noexcept {
    constexpr std::size_t step = alignof(std::max_align_t);
    constexpr std::size_t number = (size_with_capacity<S, 2 * step> - size_with_capacity<S, step>) / step;
    constexpr std::size_t rest = size_with_capacity<S, step> - number * step;
    if constexpr (number == 0 || rest + number * step > Capacity)
        return 0;
    else
        return (Capacity - rest) / number / step * step;
}

/// An operator on schedules of which some are an `any_schedule`, which fits if those are smaller.
template <class S, std::size_t Capacity>
concept HoldableShrunk = Schedule<S> && !Holdable<S, Capacity> && requires(const S& schedule) {
    schedule.with_schedules(with_capacity<alignof(std::max_align_t)>{});
    requires(room_inside<S, Capacity>() > 0);
};

}  // namespace detail

/// Any schedule behind one type, for when the kind of schedule is known only at run time.
///
///     pacer::any_schedule<double> lr = pacer::cosine{{.peak_lr = 1e-3, .total_steps = 1000}};
///     lr = pacer::scale(lr, 0.1);
///
/// Holds a copy inside itself: no heap, no virtual function; a call costs one indirect call more. The values are those
/// of the schedule it holds, converted to `Real`; an `any_schedule` of the other type converts too. It is trivially
/// copyable, so what it holds must be (no std::function, no vector), and must fit into `Capacity` bytes, which is room for
/// operators on two or three named schedules; both are in its constraints. What an `any_schedule` inside an operator
/// holds must fit into what the operator leaves of that (else `invalid_schedule`): for more, and for any number of
/// schedules, there are expressions. It cannot be empty. (It is not usable in constant expressions.)
template <Rate Real, std::size_t Capacity>
class any_schedule {
public:
    static constexpr std::size_t capacity = Capacity;  ///< how many bytes it has room for

    /// A copy of a schedule.
    template <detail::OtherSchedule<any_schedule> S>
        requires(!detail::is_any_schedule<S> && detail::Holdable<S, Capacity>)
    PACER_HOST any_schedule(const S& schedule)
    noexcept
        : call_(call<S>),
          call_rounded_(call_as_float<S>),
          total_steps_(pacer::total_steps(schedule)),
          size_(sizeof(S)) {
        ::new (static_cast<void*>(storage_)) S(schedule);
    }

    /// A copy of an operator on other `any_schedule`s, which become smaller. An error (`invalid_schedule`): what they hold
    /// does not fit.
    template <detail::OtherSchedule<any_schedule> S>
        requires(!detail::is_any_schedule<S> && detail::HoldableShrunk<S, Capacity>)
    PACER_HOST any_schedule(const S& schedule)
        : any_schedule(detail::with_capacity<detail::room_inside<S, Capacity>()>{}(schedule)) {}

    // For their names, which compilers print.
    template <detail::OtherSchedule<any_schedule> NotTriviallyCopyable>
        requires(!std::is_trivially_copyable_v<NotTriviallyCopyable>)
    any_schedule(const NotTriviallyCopyable&)
    = delete;

    template <detail::OtherSchedule<any_schedule> TooLargeForItsCapacity>
        requires(std::is_trivially_copyable_v<TooLargeForItsCapacity> &&
                 !detail::is_any_schedule<TooLargeForItsCapacity> &&
                 !detail::Holdable<TooLargeForItsCapacity, Capacity> &&
                 !detail::HoldableShrunk<TooLargeForItsCapacity, Capacity>)
    any_schedule(const TooLargeForItsCapacity&)
    = delete;

    /// What the other one holds. An error (`invalid_schedule`): it does not fit.
    template <Rate Other, std::size_t Size>
        requires(!std::same_as<any_schedule<Other, Size>, any_schedule>)
    PACER_HOST any_schedule(const any_schedule<Other, Size>& other)
        : call_(std::same_as<Other, float> ? other.call_rounded_ : other.call_),
          call_rounded_(other.call_rounded_),
          total_steps_(other.total_steps_),
          size_(other.size_) {
        detail::require(detail::check_at_most("schedule", static_cast<step_t>(size_), static_cast<step_t>(Capacity),
                                              "must be small enough for the any_schedule, in bytes"));
        PACER_COPY_BYTES(storage_, other.storage_, size_);
    }

    /// The rate used by update `step`.
    [[nodiscard]] PACER_HOST Real operator()(step_t step) const { return static_cast<Real>(call_(storage_, step)); }
    PACER_REFUSE_FRACTIONAL_STEPS

    /// The length of what it holds; `endless` if that has none.
    [[nodiscard]] PACER_HOST step_t total_steps() const noexcept { return total_steps_; }

private:
    template <Rate, std::size_t>
    friend class any_schedule;

    using function = double (*)(const void*, step_t);

    template <class S>
    PACER_OUT_OF_LINE PACER_HOST static double call(const void* held, step_t step) {
        PACER_FRESH_REGISTER;
        return static_cast<double>((*static_cast<const S*>(held))(step));
    }
    // Rounded to float in between: what an any_schedule<float> that becomes one of double gives.
    template <class S>
    PACER_HOST static double call_as_float(const void* held, step_t step) {
        return static_cast<double>(static_cast<float>(call<S>(held, step)));
    }

    alignas(std::max_align_t)
        std::byte storage_[Capacity]{};  // all of it is copied, and g++ would warn of what was never written
    function call_;
    function call_rounded_;
    step_t total_steps_;
    std::size_t size_;
};

}  // namespace pacer

#endif
