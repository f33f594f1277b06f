// SPDX-License-Identifier: MIT
#ifndef PACER_SCHEDULES_ALL_HPP
#define PACER_SCHEDULES_ALL_HPP

/// The one list of schedules. Everything that goes over all of them, or finds one by its name, does so by this list.

#include <pacer/schedules/constant.hpp>
#include <pacer/schedules/constant_with_warmup.hpp>
#include <pacer/schedules/cosine.hpp>
#include <pacer/schedules/cosine_with_min_lr.hpp>
#include <pacer/schedules/cosine_with_restarts.hpp>
#include <pacer/schedules/cyclic.hpp>
#include <pacer/schedules/exponential.hpp>
#include <pacer/schedules/inverse_sqrt.hpp>
#include <pacer/schedules/inverse_time.hpp>
#include <pacer/schedules/linear.hpp>
#include <pacer/schedules/linear_warmup.hpp>
#include <pacer/schedules/multi_step.hpp>
#include <pacer/schedules/one_cycle.hpp>
#include <pacer/schedules/piecewise.hpp>
#include <pacer/schedules/polynomial.hpp>
#include <pacer/schedules/sgdr.hpp>
#include <pacer/schedules/step_decay.hpp>
#include <pacer/schedules/warmup_stable_decay.hpp>

namespace pacer {

/// Several schedules, each a template over the type of its rates.
template <template <class> class... S>
struct schedule_list {
    /// `visitor.template operator()<S>()` for each, in their order.
    template <class Visitor>
    PACER_HOST static constexpr void for_each(Visitor&& visitor) {
        (visitor.template operator()<S>(), ...);
    }

    static constexpr int size = sizeof...(S);  ///< how many there are

    /// Their names, in their order.
    static constexpr const char* names[] = {detail::params_of<S>::name...};
};

namespace detail {

template <class... Lists>
struct joined_lists;
template <template <class> class... A, template <class> class... B>
struct joined_lists<schedule_list<A...>, schedule_list<B...>> {
    using type = schedule_list<A..., B...>;
};

}  // namespace detail

/// The schedules of pacer; their names are Hugging Face's where Hugging Face has one.
using schedules = schedule_list<constant, constant_with_warmup, linear_warmup, linear, cosine, cosine_with_min_lr,
                                cosine_with_restarts, polynomial, inverse_sqrt, inverse_time, warmup_stable_decay,
                                exponential, step_decay, multi_step, piecewise, one_cycle, cyclic, sgdr>;

}  // namespace pacer

#endif
