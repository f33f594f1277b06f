// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_KOHYA_HPP
#define PACER_RECIPES_FORMATS_KOHYA_HPP

/// kohya's sd-scripts: TOML, and the arguments of its scripts.
/// Source: sd-scripts at February 2026, `library/train_util.py` (`get_scheduler_fix`), `train_network.py`.

#include <pacer/recipes/formats/sheet.hpp>

namespace pacer::recipes::trainers {
namespace detail {

/// What the files have under any section, as the scripts read them: all sections are one.
PACER_HOST inline tree without_sections(const tree& root) {
    tree flat;
    flat.is = tree::kind::map;
    flat.line = root.line;
    for (const entry& e : root.entries) {
        if (e.value.is != tree::kind::map || is_about_command(e))
            flat.entries.push_back(e);
        else
            flat.entries.insert(flat.entries.end(), e.value.entries.begin(), e.value.entries.end());
    }
    return flat;
}

class kohya_reader {
public:
    PACER_HOST kohya_reader(const document& from, const run_facts& facts, const recipe&)
        : s_(from, facts), processes_(s_.world_size()) {}

    [[nodiscard]] PACER_HOST resolved run() {
        s_.check_names("", {"learning_rate",           "unet_lr",
                            "text_encoder_lr",         "lr_scheduler",
                            "lr_scheduler_type",       "lr_scheduler_args",
                            "lr_warmup_steps",         "lr_decay_steps",
                            "lr_scheduler_num_cycles", "lr_scheduler_power",
                            "lr_scheduler_timescale",  "lr_scheduler_min_lr_ratio",
                            "max_train_steps",         "max_train_epochs",
                            "train_batch_size",        "gradient_accumulation_steps",
                            "optimizer_type",          "lr_warmup",
                            "save_every_n_steps",      "save_every_n_epochs"});
        for (const char* foreign : {"lr_warmup", "warmup_steps", "warmup_ratio", "num_train_epochs", "max_steps"})
            if (s_.has(foreign))
                s_.say(std::string(foreign) + " " + s_.written(foreign) +
                       " is no key of sd-scripts, which would not read it");
        if (s_.text("optimizer_type").value_or("").ends_with("ScheduleFree")) {
            read_rate();
            count_updates();
            s_.say("the optimizer " + s_.written("optimizer_type") +
                   " has its own schedule; the scheduler is not used");
            s_.add_head("constant", "no scheduler", lr_, lr_path_);
            return s_.finish("constant", lr_, total_, 0, "constant", {{"peak_lr", lr_}});
        }
        if (!s_.text("lr_scheduler_type").value_or("").empty())
            s_.wrong("lr_scheduler_type",
                     "nothing (a scheduler of another library is not supported), and lr_scheduler");
        name_ = s_.choice("lr_scheduler", "constant",
                          {"constant", "constant_with_warmup", "linear", "cosine", "cosine_with_restarts", "polynomial",
                           "inverse_sqrt", "cosine_with_min_lr", "warmup_stable_decay"});
        read_rate();
        count_updates();
        warmup_ = in_scheduler_steps("lr_warmup_steps");
        return choose();
    }

private:
    PACER_HOST void read_rate() {
        lr_path_ = s_.has("unet_lr") && s_.has("network_module") ? "unet_lr" : "learning_rate";
        lr_ = s_.number(lr_path_).value_or(2e-6);
        s_.is_from("peak_lr", lr_path_);
        s_.say_unread({"text_encoder_lr", "text_encoder_lr1", "text_encoder_lr2"},
                      "gives the text encoder a rate of its own, on the same curve");
    }

    PACER_HOST void count_updates() {
        const std::optional<step_t> epochs = s_.count("max_train_epochs", 1);
        if (s_.facts().total_steps) {
            total_ = *s_.facts().total_steps;
            total_from_ = s_.facts().total_from;
        } else if (epochs) {
            const step_t examples = s_.examples("max_train_epochs", "the number of updates");
            const step_t batch = s_.count("train_batch_size", 1).value_or(1);
            const step_t accumulation = s_.count("gradient_accumulation_steps", 1).value_or(1);
            const step_t batches = divided_up(examples, batch);
            const step_t of_epoch = divided_up(batches, bounded_product(processes_, accumulation));
            if (of_epoch > longest / *epochs)
                s_.clash("max_train_epochs", "a number that makes a run of at most 2^53 updates");
            total_ = of_epoch > longest / *epochs ? 1 : *epochs * of_epoch;
            total_from_ = count_of_epochs(*epochs) + " x ceil(" + std::to_string(batches) + " batches of " +
                          std::to_string(batch) + " / " + std::to_string(processes_) + " processes / " +
                          std::to_string(accumulation) + ")";
            s_.say("the number of examples is taken for that of the images, repeats included, in one bucket; each "
                   "further bucket may make one batch more");
            if (s_.has("max_train_steps"))
                s_.say("max_train_epochs " + s_.written("max_train_epochs") + " wins over max_train_steps " +
                       s_.written("max_train_steps"));
        } else {
            total_ = s_.count("max_train_steps", 1).value_or(1600);
            total_from_ = s_.source("max_train_steps");
        }
        if (total_ > longest / processes_) {
            s_.clash("max_train_steps", "a run of at most 2^53 updates of all processes");
            total_ = 1;
        }
    }

    /// A whole number of the scheduler's own steps, of which every process makes one in each update; or a part of them.
    [[nodiscard]] PACER_HOST step_t in_scheduler_steps(const char* key) const {
        if (!s_.has(key))
            return 0;
        const std::string accepted = "a whole number of 0 or more, or a part of the run below 1";
        tree value = s_.find(key)->value;
        if (value.is == tree::kind::text && value.text.ends_with("%")) {
            value = number_or_text(value.text.substr(0, value.text.size() - 1));
            value.real = value.number() / 100;
            value.is = value.is == tree::kind::text ? value.is : tree::kind::real;
        } else if (value.is == tree::kind::text) {
            value = number_or_text(value.text);
        }
        // On the command line 100.0 is a count; in TOML it is a hundred times the run.
        if (value.is == tree::kind::real && value.real >= 1 && s_.from().is_command) {
            value.integer = floor_count(value.real);
            value.is = tree::kind::integer;
        }
        if (value.is == tree::kind::integer && value.integer >= 0 && value.integer <= longest)
            return value.integer;
        if (value.is != tree::kind::real || !(value.real >= 0 && value.real < 1)) {
            s_.wrong(key, accepted);
            return 0;
        }
        return floor_count(value.real * static_cast<double>(bounded_product(total_, processes_)));
    }

    [[nodiscard]] PACER_HOST resolved choose() {
        s_.add_head(name_, s_.source("lr_scheduler"), lr_, lr_path_);
        s_.add("updates", std::to_string(total_), total_from_);
        if (name_ == "constant") {
            if (warmup_ != 0)
                s_.mistake(s_.where("lr_warmup_steps"), "found beside lr_scheduler constant, which sd-scripts "
                                                        "refuses; accepted: constant_with_warmup, or no warm-up");
            return s_.finish(name_, lr_, total_, 0, "constant", {{"peak_lr", lr_}});
        }
        const entry* given = s_.find("lr_warmup_steps");
        const bool is_part = given != nullptr && given->value.is == tree::kind::real;
        s_.add("warm-up", in_updates(warmup_) + " updates",
               s_.source("lr_warmup_steps") +
                   (is_part ? ", floor(" + given->value.text + " x " +
                                  std::to_string(bounded_product(total_, processes_)) + ")"
                            : "") +
                   (processes_ > 1 ? ", " + std::to_string(warmup_) + " steps of the scheduler" : ""));
        if (processes_ > 1)
            s_.say("each of the " + std::to_string(processes_) +
                   " processes steps the scheduler in each update: a warm-up "
                   "that is given in steps is that much shorter");
        if (warmup_ > bounded_product(total_, processes_)) {
            s_.clash("lr_warmup_steps", "at most " + std::to_string(bounded_product(total_, processes_)));
            warmup_ = 0;
        }
        fields_ = {{"peak_lr", lr_}, {"total_steps", total_}};
        if (warmup_ % processes_ == 0)
            fields_.push_back({"warmup", warmup_steps(warmup_ / processes_)});
        else
            fields_.push_back({"warmup", warmup_ratio(static_cast<double>(warmup_) / (static_cast<double>(total_) *
                                                                                      static_cast<double>(processes_)),
                                                      rounding::exact)});
        return by_name();
    }

    [[nodiscard]] PACER_HOST std::string in_updates(step_t steps) const {
        return shortest(static_cast<double>(steps) / static_cast<double>(processes_));
    }

    [[nodiscard]] PACER_HOST resolved by_name() {
        const step_t cycles = s_.count("lr_scheduler_num_cycles", 1).value_or(1);
        const std::optional<double> floor = s_.number("lr_scheduler_min_lr_ratio");
        read_extra();
        const char* name = name_.c_str();
        if (name_ == "cosine") {
            s_.say_unread({"lr_scheduler_num_cycles"}, "is not looked at by cosine");
            give("num_cycles", 0.5);
            fields_.push_back({"past_end", past_end::wave});
        } else if (name_ == "cosine_with_restarts") {
            give("num_cycles", static_cast<double>(cycles));
        } else if (name_ == "polynomial") {
            give("power", s_.number("lr_scheduler_power").value_or(1));
            give("end_lr", 1e-7);
        } else if (name_ == "cosine_with_min_lr") {
            if (!floor && !is_given("min_lr"))
                s_.wrong("lr_scheduler_min_lr_ratio", std::string(a_rate) + " (cosine_with_min_lr needs it)");
            if (!is_given("min_lr")) {
                fields_.push_back({"min_lr", lr_ratio(floor.value_or(0))});
                s_.add("floor", shortest(floor.value_or(0) * lr_), s_.source("lr_scheduler_min_lr_ratio"));
            }
            s_.is_from("min_lr", "lr_scheduler_min_lr_ratio");
            give("num_cycles", static_cast<double>(cycles) / 2);
            fields_.push_back({"past_end", past_end::wave});
        } else if (name_ == "warmup_stable_decay") {
            return stable_decay(floor.value_or(0), cycles);
        } else if (name_ == "inverse_sqrt") {
            return inverse_root();
        }
        if (name_ != "cosine_with_min_lr")
            s_.say_unread({"lr_scheduler_min_lr_ratio"}, "is not looked at by " + name_);
        return s_.finish(name_, lr_, total_, divided_up(warmup_, processes_), name, fields_);
    }

    /// --lr_scheduler_args "power=2": what is handed on to the scheduler.
    PACER_HOST void read_extra() {
        if (!s_.has("lr_scheduler_args"))
            return;
        const tree& given = s_.find("lr_scheduler_args")->value;
        std::vector<tree> all = given.is == tree::kind::list ? given.items : std::vector<tree>{given};
        for (const tree& one : all) {
            const std::size_t equals = one.text.find('=');
            const std::string key = one.text.substr(0, equals);
            const tree value = number_or_text(equals == std::string::npos ? "" : one.text.substr(equals + 1));
            const bool cosine = name_ == "cosine";
            if (cosine && key == "num_cycles" && value.is_number())
                give("num_cycles", value.number());
            else if (name_ == "polynomial" && key == "lr_end" && value.is_number())
                give("end_lr", value.number());
            else if (name_ == "cosine_with_min_lr" && key == "min_lr" && value.is_number())
                give("min_lr", value.number());
            else
                s_.mistake(s_.where("lr_scheduler_args"),
                           "found \"" + recipes::detail::visible(one.text) + "\", accepted: " +
                               (cosine                          ? "num_cycles=NUMBER"
                                : name_ == "polynomial"         ? "lr_end=NUMBER"
                                : name_ == "cosine_with_min_lr" ? "min_lr=NUMBER"
                                                                : "nothing for " + name_));
        }
    }

    [[nodiscard]] PACER_HOST bool is_given(const char* field) const {
        return std::any_of(fields_.begin(), fields_.end(), [&](const field_given& f) { return f.name == field; });
    }
    PACER_HOST void give(const char* field, double value) {
        if (!is_given(field))
            fields_.push_back({field, value});
    }

    [[nodiscard]] PACER_HOST resolved stable_decay(double floor, step_t cycles) {
        const step_t decay = in_scheduler_steps("lr_decay_steps");
        if (decay % processes_ != 0 || warmup_ % processes_ != 0)
            s_.clash("lr_decay_steps", "a length that is a whole number of updates (a multiple of " +
                                           std::to_string(processes_) + ", as the warm-up)");
        if (cycles != 1)
            s_.wrong("lr_scheduler_num_cycles", "1 (other waves of a warmup_stable_decay are not supported)");
        if (warmup_ + decay > bounded_product(total_, processes_))
            s_.clash("lr_decay_steps", "at most what the warm-up leaves of the run");
        s_.add("decay", in_updates(decay) + " updates", s_.source("lr_decay_steps"));
        fields_.push_back({"decay_steps", decay / processes_});
        fields_.push_back({"decay_shape", ramp_shape::cosine});
        if (floor > 0) {
            fields_.push_back({"min_lr", lr_ratio(floor)});
            fields_.push_back({"init_lr", lr_ratio(floor)});
            s_.is_from("min_lr", "lr_scheduler_min_lr_ratio");
            s_.add("floor", shortest(floor * lr_), s_.source("lr_scheduler_min_lr_ratio"));
        }
        return s_.finish(name_, lr_, total_, warmup_ / processes_, "warmup_stable_decay", fields_);
    }

    [[nodiscard]] PACER_HOST resolved inverse_root() {
        const step_t scale = s_.count("lr_scheduler_timescale", 1).value_or(warmup_ > 0 ? warmup_ : 10'000);
        if (scale % processes_ != 0 || warmup_ % processes_ != 0)
            s_.clash("lr_scheduler_timescale", "a length that is a whole number of updates (a multiple of " +
                                                   std::to_string(processes_) + ", as the warm-up)");
        std::erase_if(fields_, [](const field_given& f) { return f.name == "total_steps"; });
        fields_.push_back({"timescale", scale / processes_});
        s_.add("timescale", in_updates(scale), s_.source("lr_scheduler_timescale"));
        return s_.finish(name_, lr_, total_, warmup_ / processes_, "inverse_sqrt", fields_);
    }

    sheet s_;
    step_t processes_;
    std::string name_{};
    std::string lr_path_{};
    double lr_ = 0;
    step_t total_ = 0;
    std::string total_from_{};
    step_t warmup_ = 0;  // in steps of the scheduler
    std::vector<field_given> fields_{};
};

}  // namespace detail

/// kohya's sd-scripts, TOML or arguments. The scheduler is constant unless said otherwise; a warm-up is a count or a part
/// of the run, rounded down; max_train_epochs makes epochs x ceil(batches / processes / accumulation) updates.
/// An error (`recipe_error`): `constant` with a warm-up, as there; a scheduler of another library.
PACER_MODE inline constexpr format kohya_format{
    "kohya", "sd-scripts",
    [](const tree& root) {
        const tree flat = detail::without_sections(root);
        const bool is_script = is_command(root) && [&] {
            const document from = document_of(root, {});
            return std::any_of(from.words.begin(), from.words.end(), [](const std::string& word) {
                const std::string name = word.substr(word.find_last_of('/') + 1);
                return name.ends_with("train_network.py") || name == "train_db.py" || name == "fine_tune.py" ||
                       name == "sdxl_train.py" || name == "flux_train.py" || name == "sd3_train.py" ||
                       name == "train_textual_inversion.py";
            });
        }();
        return is_script ||
               has_any(flat, {"network_module", "network_dim", "unet_lr", "lr_scheduler_num_cycles",
                              "lr_scheduler_min_lr_ratio", "max_train_epochs"}) ||
               (has(flat, "max_token_length") && !has(flat, "per_device_train_batch_size")) ||
               (has(flat, "pretrained_model_name_or_path") && has(flat, "lr_scheduler") &&
                has_any(flat, {"max_train_steps", "optimizer_type"}) && !is_command(root));
    },
    [](const tree& root, const std::string& file) {
        return with_rules<detail::kohya_reader>(detail::without_sections(root), file, "sd-scripts");
    }};

}  // namespace pacer::recipes::trainers

#endif
