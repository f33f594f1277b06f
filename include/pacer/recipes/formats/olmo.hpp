// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_OLMO_HPP
#define PACER_RECIPES_FORMATS_OLMO_HPP

/// OLMo's YAML. (OLMo-core has no configuration files.)
/// Source: ai2-olmo 0.6.0, `optim.py`, `config.py`, `train.py`.

#include <pacer/dialects/olmo_core.hpp>
#include <pacer/recipes/formats/sheet.hpp>

namespace pacer::recipes::trainers {
namespace detail {

class olmo_reader {
public:
    PACER_HOST olmo_reader(const document& from, const run_facts& facts, const recipe&) : s_(from, facts) {}

    [[nodiscard]] PACER_HOST resolved run() {
        s_.check_names("scheduler", {"name", "units", "t_warmup", "t_max", "alpha_f", "warmup_min_lr",
                                     "grad_clip_warmup_steps", "grad_clip_warmup_factor"});
        s_.check_names("optimizer", {"name", "learning_rate", "weight_decay", "betas", "eps"});
        lr_ = s_.number("optimizer.learning_rate").value_or(1e-4);
        name_ = s_.choice("scheduler.name", "cosine_with_warmup",
                          {"cosine_with_warmup", "linear_with_warmup", "inverse_sqrt_with_warmup", "constant",
                           "constant_with_warmup", "cosine_linear_envelope"});
        in_tokens_ = s_.choice("scheduler.units", "steps", {"steps", "tokens"}) == "tokens";
        s_.add_head(name_, s_.source("scheduler.name"), lr_, "optimizer.learning_rate");
        tokens_ = bounded_product(s_.count("global_train_batch_size", 1).value_or(512),
                                  s_.count("model.max_sequence_length", 1).value_or(1024));
        count_updates();
        warmup_ = floor_count(s_.number("scheduler.t_warmup", 0, 0x1p53, a_rate).value_or(100));
        if (name_ == "constant")
            return s_.finish(name_, lr_, total_, 0, "constant", {{"peak_lr", lr_}});
        count_warmup();
        return choose();
    }

private:
    /// "2e12T" is tokens, "3ep" epochs, everything else updates.
    PACER_HOST void count_updates() {
        const std::string text = s_.text("max_duration").value_or("10000");
        const bool is_tokens = text.ends_with("T");
        const bool is_epochs = text.ends_with("ep");
        const std::string digits = text.substr(0, text.size() - (is_tokens ? 1 : is_epochs ? 2 : 0));
        const std::size_t end = digits.find_last_not_of(' ');
        const tree number = number_or_text(digits.substr(0, end == std::string::npos ? 0 : end + 1));
        const bool is_right = number.is_number() && number.number() >= 1 && number.number() <= 0x1p53;
        if (!is_right)
            s_.wrong("max_duration", "a number of updates, or of tokens (2e12T), or of epochs (1ep)");
        const step_t given = is_right ? floor_count(number.number()) : 1;
        std::string from = s_.source("max_duration");
        if (is_tokens) {
            total_ = divided_up(given, tokens_);
            length_ = given;
            from += ", ceil(" + std::to_string(given) + " tokens / " + std::to_string(tokens_) + " of a batch)";
        } else if (is_epochs) {
            const step_t batch = s_.count("global_train_batch_size", 1).value_or(512);
            const step_t examples = s_.examples("max_duration", "a number of updates");
            const bool fits = examples / batch <= longest / given;
            if (!fits)
                s_.clash("max_duration", "a run of at most 2^53 updates");
            total_ = fits ? given * (examples / batch) : 1;
            length_ = (std::min)(bounded_product(total_, tokens_), longest);
            from += ", " + count_of_epochs(given) + " x floor(" + std::to_string(examples) + " sequences / " +
                    std::to_string(batch) + ")";
        } else {
            total_ = given;
            length_ = (std::min)(bounded_product(given, tokens_), longest);
        }
        if (total_ < 1) {
            s_.clash("max_duration", "a run of at least one update");
            total_ = length_ = 1;
        }
        s_.add("updates", std::to_string(total_), from);
        if (!in_tokens_)
            length_ = total_;
        if (s_.facts().total_steps && *s_.facts().total_steps != total_) {
            total_ = *s_.facts().total_steps;
            s_.say("the run has " + std::to_string(total_) + " updates; the curve is for max_duration " +
                   s_.written("max_duration"));
        }
        for (const char* path : {"stop_at", "stop_after"})
            if (const std::optional<step_t> last = s_.count(path); last && *last < total_)
                s_.say_unread({path}, "ends the run before the curve");
    }

    PACER_HOST void count_warmup() {
        if (const std::optional<double> end = s_.number("scheduler.t_max", 1, 0x1p53, "a number from 1 to 2^53")) {
            length_ = floor_count(*end);
            s_.add("decay ends", std::to_string(length_) + unit(), s_.source("scheduler.t_max"));
        }
        start_ = s_.number("scheduler.warmup_min_lr").value_or(lr_ * 0.10);
        s_.add("warm-up", std::to_string(warmup_) + unit(), s_.source("scheduler.t_warmup"));
        s_.add("warm-up from", shortest(start_),
               s_.has("scheduler.warmup_min_lr") ? s_.source("scheduler.warmup_min_lr")
                                                 : "default, a tenth of the rate");
        if (!(start_ < lr_))
            s_.clash("scheduler.warmup_min_lr", "a rate below " + shortest(lr_));
        floor_ = s_.fraction("scheduler.alpha_f").value_or(0.1);
        if (name_ != "constant_with_warmup" && name_ != "inverse_sqrt_with_warmup")
            s_.add("floor", shortest(lr_ * floor_),
                   s_.source("scheduler.alpha_f") + ", " + shortest(floor_) + " of the learning rate");
        else
            s_.say_unread({"scheduler.alpha_f"}, "is not looked at by " + name_);
        s_.say(
            "OLMo sets the rate for the update that is being done: the first one is already a step into the warm-up");
    }

    [[nodiscard]] PACER_HOST std::string unit() const { return in_tokens_ ? " tokens" : " updates"; }

    /// A curve by its own clock, asked with updates.
    template <class Make>
    [[nodiscard]] PACER_HOST resolved by(const Make& make_schedule) const {
        const step_t updates = in_tokens_ ? divided_up(warmup_, tokens_) : warmup_;
        if (!in_tokens_)
            return s_.finish(name_, lr_, total_, updates, make_schedule);
        return s_.finish(name_, lr_, total_, updates, [&] {
            return in_other_units{make_schedule(), tokens_, tokens_ - 1};
        });
    }

    [[nodiscard]] PACER_HOST resolved choose() const {
        if (name_ == "cosine_with_warmup")
            return by([&] {
                return olmo_core::cos_with_warmup(
                    {.lr = lr_, .warmup = warmup_, .t_max = length_, .alpha_f = floor_, .warmup_min_lr = start_});
            });
        if (name_ == "linear_with_warmup")
            return by([&] {
                return olmo_core::linear_with_warmup(
                    {.lr = lr_, .warmup = warmup_, .t_max = length_, .alpha_f = floor_, .warmup_min_lr = start_});
            });
        if (name_ == "constant_with_warmup")
            return by([&] {
                return olmo_core::constant_with_warmup({.lr = lr_, .warmup = warmup_, .warmup_min_lr = start_});
            });
        if (name_ == "inverse_sqrt_with_warmup")
            return by([&] {
                return olmo_core::inv_sqrt_with_warmup(
                    {.lr = lr_, .warmup = warmup_, .alpha_f = 0, .warmup_min_lr = start_});
            });
        if (in_tokens_)
            s_.wrong("scheduler.units", "steps, for cosine_linear_envelope");
        const double floor = lr_ * floor_;
        const step_t decay = length_ > warmup_ ? length_ - warmup_ : 0;
        return s_.finish(name_, lr_, total_, warmup_, [&] {
            return advance(join(linear_warmup<>({.peak_lr = lr_, .total_steps = warmup_, .init_lr = start_}), warmup_,
                                sum(constant<>({.peak_lr = floor}),
                                    product(linear<>({.peak_lr = 1, .total_steps = decay}),
                                            cosine<>({.peak_lr = lr_ - floor, .total_steps = decay})))),
                           1);
        });
    }

    sheet s_;
    std::string name_{};
    bool in_tokens_ = false;
    double lr_ = 0;
    double start_ = 0;
    double floor_ = 0;
    step_t tokens_ = 1;  // of an update
    step_t total_ = 0;
    step_t length_ = 0;  // of the curve, updates or tokens
    step_t warmup_ = 0;  // as the length
};

}  // namespace detail

/// OLMo's YAML: `max_duration` beside `optimizer.learning_rate`. The scheduler is cosine_with_warmup (t_warmup 100, from a
/// tenth of the rate, down to a tenth) by updates or tokens; T = max_duration.
/// An error (`recipe_error`): `max_scheduler`; a warm-up that does not start below the rate.
PACER_MODE inline constexpr format olmo_format{
    "olmo", "OLMo",
    [](const tree& root) {
        return (has(root, "max_duration") &&
                has_any(root, {"optimizer.learning_rate", "scheduler.t_warmup", "scheduler.name"})) ||
               has_any(root, {"scheduler.t_warmup", "scheduler.alpha_f"});
    },
    [](const tree& root, const std::string& file) { return with_rules<detail::olmo_reader>(root, file, "OLMo"); }};

}  // namespace pacer::recipes::trainers

#endif
