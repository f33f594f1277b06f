// SPDX-License-Identifier: MIT
#ifndef PACER_TESTS_ANALYSIS_SPOILT_LOGS_HPP
#define PACER_TESTS_ANALYSIS_SPOILT_LOGS_HPP

#include "support/dice.hpp"

#include <pacer/analysis/log_shapes.hpp>
#include <pacer/analysis/replay.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

// Logs of the trainer's own arithmetic that differ from their recipe in a known way, or that no recipe made.

namespace support {

using pacer::ramp_shape;
using pacer::analysis::hf_arguments;
using pacer::analysis::hf_formula;
using pacer::analysis::hf_function;
using pacer::analysis::log_point;
using pacer::analysis::training_log;

/// A part of a run: one curve, from a logged step on.
struct true_stretch {
    hf_arguments curve;
    step_t from;       ///< the first step of the run that it gives
    step_t delay = 0;  ///< of its positions
};

/// A log, the recipe that comes with it, and what really happened.
struct spoilt_log {
    std::string kind{};
    pacer::recipes::recipe recipe{};
    training_log log{};
    std::vector<true_stretch> truth{};
    std::size_t bad_points = 0;  ///< that no curve gave
    std::size_t skips = 0;       ///< times that updates were skipped in
    step_t steps_an_update = 1;
    bool may_hide = false;  ///< whether its schedule has levels, on which a log does not show all that happened
};

class spoiler {
public:
    /// Linear, cosine and polynomial schedules, or all that a recipe of Hugging Face's can name.
    enum class schedules : unsigned char { usual, all };

    explicit spoiler(std::uint64_t seed, schedules among = schedules::usual) : dice_(seed), among_(among) {}

    static constexpr const char* true_kinds[] = {"as the recipe says",
                                                 "another peak",
                                                 "no warm-up",
                                                 "another warm-up",
                                                 "another total",
                                                 "another scheduler",
                                                 "constant",
                                                 "several steps an update",
                                                 "five digits",
                                                 "skipped updates",
                                                 "resumed with another total",
                                                 "resumed with another rate",
                                                 "resumed inside the warm-up",
                                                 "state lost",
                                                 "cut",
                                                 "duplicated lines",
                                                 "bad points",
                                                 "two curves mixed"};
    static constexpr const char* senseless_kinds[] = {"noise of 1e-3",
                                                      "noise of 1e-6",
                                                      "noise of 1e-10",
                                                      "three random digits",
                                                      "random rates",
                                                      "shuffled",
                                                      "another step for each point"};

    spoilt_log make(const std::string& kind) {
        spoilt_log s;
        s.kind = kind;
        s.may_hide = among_ == schedules::all;
        const hf_arguments a = any_arguments();
        every_ = std::max<step_t>(1, a.total / (30 + dice_.up_to(120)));
        late_ = dice_.up_to(1);
        s.recipe = recipe_of(a);
        s.log.file = "log";
        s.log.total_steps = a.total;
        s.truth = {{a, 0, late_}};
        spoil(s, a);
        return s;
    }

private:
    hf_arguments any_arguments() {
        const hf_function functions[] = {hf_function::linear,
                                         hf_function::cosine,
                                         hf_function::cosine,
                                         hf_function::polynomial,
                                         hf_function::cosine_with_min_lr,
                                         hf_function::linear};
        const hf_function all_functions[] = {hf_function::linear,
                                             hf_function::cosine,
                                             hf_function::polynomial,
                                             hf_function::cosine_with_min_lr,
                                             hf_function::warmup_stable_decay,
                                             hf_function::warmup_stable_decay,
                                             hf_function::constant_with_warmup,
                                             hf_function::inverse_sqrt,
                                             hf_function::cosine_with_restarts};
        const double rates[] = {1e-3, 2e-4, 5e-5, 3e-4, 1.5e-4, 8e-6, 1e-5, 2.5e-5};
        hf_arguments a;
        a.function = among_ == schedules::all ? dice_.one_of(all_functions) : dice_.one_of(functions);
        a.lr = dice_.one_of(rates);
        a.total = 200 + dice_.up_to(20'000);
        a.warmup = dice_.up_to(2) == 0 ? a.total / 20 + dice_.up_to(a.total / 8)
                                       : static_cast<step_t>(std::ceil(0.1 * static_cast<double>(a.total)));
        if (a.function == hf_function::polynomial)
            a.lr_end = 1e-7;
        if (a.function == hf_function::cosine_with_min_lr)
            a.floor = 0.1;
        if (a.function == hf_function::cosine_with_restarts)
            a.num_cycles = static_cast<double>(1 + dice_.up_to(3));
        if (a.function == hf_function::warmup_stable_decay) {
            const ramp_shape shapes[] = {ramp_shape::linear, ramp_shape::cosine, ramp_shape::one_minus_sqrt};
            a.decay = a.total / 10 + dice_.up_to(a.total / 4);
            a.decay_shape = dice_.one_of(shapes);
            a.floor = dice_.up_to(2) == 0 ? 0.1 : 0;
        }
        return a;
    }

    static pacer::recipes::recipe recipe_of(const hf_arguments& a) {
        pacer::recipes::recipe r;
        r.scheduler = name_of(a.function);
        r.places["lr_scheduler_type"] = {"recipe", 1, "lr_scheduler_type"};
        r.learning_rate = a.lr;
        r.warmup_steps = static_cast<double>(a.warmup);
        r.max_steps = a.total;
        const auto keyword = [&r](const std::string& name) {
            r.places["lr_scheduler_kwargs." + name] = {"recipe", 2, name};
        };
        if (a.function == hf_function::warmup_stable_decay) {
            r.kwargs.num_decay_steps = a.decay;
            r.kwargs.decay_type = a.decay_shape.which() == ramp_shape::kind::cosine           ? "cosine"
                                  : a.decay_shape.which() == ramp_shape::kind::one_minus_sqrt ? "1-sqrt"
                                                                                              : "linear";
            r.kwargs.min_lr_ratio = a.floor;
            keyword("num_decay_steps");
            keyword("decay_type");
            keyword("min_lr_ratio");
        } else if (a.floor > 0) {
            r.kwargs.min_lr_rate = a.floor;
            keyword("min_lr_rate");
        }
        if (a.function == hf_function::cosine_with_restarts) {
            r.kwargs.num_cycles = a.num_cycles;
            keyword("num_cycles");
        }
        return r;
    }

    void write(spoilt_log& s, step_t last) {
        std::size_t k = 0;
        for (step_t step = every_; step <= last; step += every_) {
            while (k + 1 < s.truth.size() && step >= s.truth[k + 1].from)
                ++k;
            const step_t position = step * s.steps_an_update - s.truth[k].delay;
            if (position >= 0)
                s.log.points.push_back({step, hf_formula(s.truth[k].curve)(position)});
        }
    }

    void spoil(spoilt_log& s, const hf_arguments& a) {
        const std::string& kind = s.kind;
        hf_arguments& own = s.truth[0].curve;
        step_t last = a.total;
        const step_t middle = std::max(a.warmup + 2 * every_, a.total / 4 + dice_.up_to(a.total / 3)) / every_ * every_;
        if (kind == "another peak") {
            const double factors[] = {2, 0.5, 10, 0.1, 3};
            own.lr = pacer::analysis::detail::rounded(a.lr * dice_.one_of(factors), 1e-12);
        } else if (kind == "no warm-up") {
            own.warmup = 0;
        } else if (kind == "another warm-up") {
            own.warmup = a.total / 30 + dice_.up_to(a.total / 4);
        } else if (kind == "another total") {
            own.total = a.total + 1 + dice_.up_to(a.total);
        } else if (kind == "another scheduler") {
            own.function = a.function == hf_function::linear ? hf_function::cosine : hf_function::linear;
            own.floor = 0;
            own.lr_end = 0;
        } else if (kind == "constant") {
            own = {.function = hf_function::constant, .lr = a.lr, .total = a.total};
        } else if (kind == "several steps an update") {
            const step_t counts[] = {2, 4, 8, 3};
            s.steps_an_update = dice_.one_of(counts);
            s.truth[0].delay = late_ * s.steps_an_update;
            every_ = std::max<step_t>(1, every_ / s.steps_an_update);
            last = a.total / s.steps_an_update;
        } else if (kind == "skipped updates") {
            s.skips = 1 + static_cast<std::size_t>(dice_.up_to(3));
            for (std::size_t k = 1; k <= s.skips; ++k) {
                const step_t at = a.total / 5 * static_cast<step_t>(k) / every_ * every_;
                s.truth.push_back({a, at, s.truth.back().delay + 1 + dice_.up_to(std::min<step_t>(2, every_ - 1))});
            }
        } else if (kind == "resumed with another total") {
            own.total = a.total / 2 + dice_.up_to(a.total / 4);
            own.warmup = std::min(a.warmup, own.total / 4);
            s.recipe.warmup_steps = static_cast<double>(own.warmup);
            hf_arguments next = a;
            next.warmup = own.warmup;
            s.truth.push_back({next, std::max(middle, own.warmup + 4 * every_), late_});
        } else if (kind == "resumed with another rate") {
            own.lr = pacer::analysis::detail::rounded(a.lr * 2, 1e-12);
            s.truth.push_back({a, middle, late_});
        } else if (kind == "resumed inside the warm-up") {
            s.recipe.warmup_steps.reset();
            s.recipe.warmup_ratio = 0.4;
            own.total = a.total * 2 / 3;
            own.warmup = static_cast<step_t>(std::ceil(0.4 * static_cast<double>(own.total)));
            hf_arguments next = a;
            next.warmup = static_cast<step_t>(std::ceil(0.4 * static_cast<double>(a.total)));
            s.truth.push_back({next, own.warmup / 2 / every_ * every_, late_});
        } else if (kind == "state lost") {
            s.truth.push_back({a, middle + every_, middle + late_});
        }
        write(s, last);
        spoil_points(s, a);
    }

    void spoil_points(spoilt_log& s, const hf_arguments& a) {
        const std::string& kind = s.kind;
        std::vector<log_point>& points = s.log.points;
        const auto noise = [&](double size) {
            for (log_point& p : points)
                p.lr *= 1 + size * (2 * dice_.fraction() - 1);
        };
        if (kind == "five digits") {
            for (log_point& p : points)
                p.lr = printed(p.lr, 4);
        } else if (kind == "cut") {
            std::vector<log_point> kept;
            for (const log_point& p : points)
                if (dice_.up_to(2) > 0)
                    kept.push_back(p);
            points = kept;
        } else if (kind == "duplicated lines") {
            std::vector<log_point> twice;
            for (const log_point& p : points) {
                twice.push_back(p);
                if (dice_.up_to(3) == 0)
                    twice.push_back(p);
            }
            points = twice;
        } else if (kind == "bad points") {
            for (std::size_t i = 2; i + 2 < points.size(); ++i)
                if (dice_.up_to(9) == 0) {
                    points[i].lr *= 1 + 1e-3 * dice_.fraction() + 1e-9;
                    ++s.bad_points;
                }
        } else if (kind == "noise of 1e-3") {
            noise(1e-3);
        } else if (kind == "noise of 1e-6") {
            noise(1e-6);
        } else if (kind == "noise of 1e-10") {
            noise(1e-10);
        } else if (kind == "three random digits") {
            for (log_point& p : points)
                p.lr = printed(a.lr * (0.001 + dice_.fraction()), 2);
        } else if (kind == "random rates") {
            for (log_point& p : points)
                p.lr = a.lr * dice_.fraction();
        } else if (kind == "shuffled") {
            for (std::size_t i = points.size(); i > 1; --i)
                std::swap(points[i - 1].lr,
                          points[static_cast<std::size_t>(dice_.up_to(static_cast<step_t>(i) - 1))].lr);
        } else if (kind == "two curves mixed") {
            hf_arguments other = a;
            other.lr *= 1.37;
            other.total = a.total + a.total / 7;
            for (log_point& p : points)
                if (dice_.up_to(1) == 0) {
                    p.lr = hf_formula(other)(p.step) * (1 + 1e-4 * dice_.fraction());
                    ++s.bad_points;
                }
        } else if (kind == "another step for each point") {
            for (log_point& p : points)
                p.lr = hf_formula(a)(dice_.up_to(a.total));
        }
    }

    static double printed(double lr, int digits) {
        char text[40];
        std::snprintf(text, sizeof text, "%.*e", digits, lr);
        return std::strtod(text, nullptr);
    }

    dice dice_;
    schedules among_;
    step_t every_ = 1;
    step_t late_ = 0;
};

/// What a report makes of a spoilt log.
enum class verdict {
    right,       ///< the curves and the changes that there were
    equivalent,  ///< every point by others that take no more to say
    incomplete,  ///< some points are said not to be explained
    wrong        ///< a story that did not happen
};

/// Whether two functions are one curve: a polynomial of power 1 down to 0 is linear.
inline bool gives_the_same(const hf_arguments& a, const hf_arguments& b) {
    for (step_t k = 0; k <= 64; ++k) {
        const step_t at = std::max(a.total, b.total) * k / 64;
        if (!(std::abs(hf_formula(a)(at) - hf_formula(b)(at)) <= 1e-14 * a.lr))
            return false;
    }
    return true;
}

/// Whether a curve gives all that was logged of the one before it as well: then the log does not show the change.
inline bool takes_over(const spoilt_log& s, const hf_arguments& before, const true_stretch& t) {
    const step_t late = s.truth.front().delay;
    for (const log_point& p : s.log.points)
        if (p.step < t.from && p.step >= late &&
            hf_formula(before)(p.step - late) != hf_formula(t.curve)(p.step - late))
            return false;
    return t.delay == late;
}

inline verdict judge(const spoilt_log& s, const pacer::analysis::replay_report& report) {
    const auto is_true = [&](const pacer::analysis::replayed_stretch& part, const hf_arguments& a) {
        const auto& found = part.curve->arguments;
        if (!found || found->lr != a.lr || part.ratio.steps != s.steps_an_update)
            return false;
        if (found->function != a.function && !(s.may_hide && gives_the_same(*found, a)))
            return false;
        if (a.function == hf_function::constant)
            return true;
        // Inside of a warm-up by ratio several lengths are the same, and before a decay all that are long enough.
        const step_t last = s.log.points[part.end - 1].step;
        const bool only_stays = a.function == hf_function::warmup_stable_decay &&
                                last < std::min(a.total - a.decay, found->total - found->decay);
        const bool same_total = found->total == a.total || (s.may_hide && (!has_end(a) || only_stays)) ||
                                (s.recipe.warmup_ratio && std::abs(found->total - a.total) <= 3);
        return found->warmup == a.warmup && same_total;
    };
    std::vector<const pacer::analysis::replayed_stretch*> parts;
    std::size_t runs = 0;
    for (const auto& part : report.stretches)
        if (part.curve) {
            parts.push_back(&part);
            step_t delay = -1;
            for (const auto& run : part.runs) {
                runs += run.delay != delay ? 1 : 0;
                delay = run.delay;
            }
        }
    std::vector<hf_arguments> curves;
    for (const true_stretch& t : s.truth)
        if (curves.empty() || s.kind == "state lost" ||
            !(curves.back() == t.curve || (s.may_hide && takes_over(s, curves.back(), t))))
            curves.push_back(t.curve);
        else
            curves.back() = t.curve;
    const std::size_t explained = s.log.points.size() - s.bad_points;
    bool same = parts.size() == curves.size();
    for (std::size_t k = 0; same && k < parts.size(); ++k)
        same = is_true(*parts[k], curves[k]);
    if (same && report.explained == explained && runs <= s.truth.size())
        return verdict::right;
    if (report.explained >= explained && parts.size() <= curves.size() && runs <= s.truth.size())
        return verdict::equivalent;
    if (parts.size() > curves.size() + 1 || runs > s.truth.size() + 1)
        return verdict::wrong;
    return report.explained < explained ? verdict::incomplete : verdict::wrong;
}

}  // namespace support

#endif
