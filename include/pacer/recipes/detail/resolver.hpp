// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_RESOLVER_HPP
#define PACER_RECIPES_DETAIL_RESOLVER_HPP

// From a recipe to the schedule that Hugging Face would really run with it.

#include <pacer/dialects/deepspeed.hpp>
#include <pacer/dialects/hugging_face_formula.hpp>
#include <pacer/expression/make.hpp>
#include <pacer/recipes/detail/build.hpp>
#include <pacer/recipes/detail/compiled.hpp>
#include <pacer/recipes/detail/facts.hpp>
#include <pacer/recipes/recipe.hpp>
#include <pacer/recipes/resolved.hpp>
#include <pacer/training/plan.hpp>

#include <cmath>
#include <cstdio>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pacer::recipes::detail {

/// Resolves one recipe; the members are what is known so far.
class resolver {
public:
    PACER_HOST resolver(const recipe& r, const run_facts& facts) : r_(r), facts_(facts) {}

    [[nodiscard]] PACER_HOST resolved run() {
        notes_ = r_.notes;
        check_facts(facts_);
        choose_trainer();
        count_processes();
        if (!r_.deepspeed)
            refuse_controllers();
        count_updates();
        if (r_.deepspeed_missing)
            say("the DeepSpeed configuration " + visible(r_.deepspeed_file) + " (" + source("deepspeed") +
                ") was not found; if it has a scheduler, that one runs instead");
        else if (!r_.deepspeed && !r_.deepspeed_file.empty())
            say("the DeepSpeed configuration " + visible(r_.deepspeed_file) + " (" + source("deepspeed") +
                ") is taken to have no scheduler");
        if (!facts_.trainer && !r_.transformers_version.empty())
            add("transformers", visible(r_.transformers_version), source("transformers_version"));
        compare_with_deepspeed();
        if (r_.deepspeed)
            return with_deepspeed();
        mismatches_.refuse();
        return with_hugging_face();
    }

private:
    using kwarg_list = std::initializer_list<std::string_view>;

    // Words.

    PACER_HOST void say(std::string text) { notes_.push_back(std::move(text)); }

    [[nodiscard]] PACER_HOST bool is_written(const std::string& key) const { return r_.places.count(key) != 0; }

    [[nodiscard]] PACER_HOST std::string source(const std::string& key) const {
        const auto found = r_.places.find(key);
        if (found == r_.places.end())
            return "default";
        return visible(found->second.file, 400) + ":" + std::to_string(found->second.line);
    }

    [[nodiscard]] PACER_HOST std::string written(const std::string& key) const {
        const auto found = r_.written.find(key);
        return found == r_.written.end() ? "nothing" : found->second;
    }

    [[noreturn]] PACER_HOST void fail(const std::string& key, const std::string& accepted) const {
        throw recipe_error(r_.where(key), "found " + written(key) + ", accepted: " + accepted);
    }

    PACER_HOST static std::string kwarg(std::string_view name) { return "lr_scheduler_kwargs." + std::string(name); }

    PACER_HOST void add(std::string name, std::string value, std::string from) {
        figures_.push_back({std::move(name), std::move(value), std::move(from)});
    }

    // Fields of the schedule.

    PACER_HOST void give(const char* field, const field_value& value) {
        leave_out(field);
        fields_.push_back({field, value});
    }
    PACER_HOST void leave_out(const char* field) {
        std::erase_if(fields_, [&](const field_given& f) { return f.name == field; });
    }
    [[nodiscard]] PACER_HOST const field_given* find(const char* field) const {
        for (const field_given& f : fields_)
            if (f.name == field)
                return &f;
        return nullptr;
    }

    /// The first of the keys that is written; the last one if none is.
    [[nodiscard]] PACER_HOST std::string first_written(std::initializer_list<const char*> keys) const {
        for (const char* key : keys)
            if (is_written(key))
                return key;
        return *(keys.end() - 1);
    }

    // Which version of the Trainer.

    /// The version whose arithmetic is that of a transformers version: "4.46.3", "5.0.0.dev0".
    [[nodiscard]] PACER_HOST static std::optional<hf_trainer> trainer_of(std::string_view version) {
        int parts[2] = {0, 0};
        for (int& part : parts) {
            const auto [end, error] = std::from_chars(version.data(), version.data() + version.size(), part);
            if (error != std::errc{})
                return std::nullopt;
            version.remove_prefix(static_cast<std::size_t>(end - version.data()));
            if (!version.empty() && version[0] == '.')
                version.remove_prefix(1);
        }
        if (parts[0] >= 5)
            return hf_trainer::v5;
        if (parts[0] < 4 || parts[1] <= 43)
            return hf_trainer::v4_43;
        return parts[1] <= 48 ? hf_trainer::v4_48 : parts[1] <= 51 ? hf_trainer::v4_51 : hf_trainer::v4;
    }

    PACER_HOST void choose_trainer() {
        if (facts_.trainer) {
            trainer_ = *facts_.trainer;
            return;
        }
        if (!r_.transformers_version.empty()) {
            const std::optional<hf_trainer> named = trainer_of(r_.transformers_version);
            if (!named)
                fail("transformers_version", "a version of transformers, 4.46.3 for one");
            trainer_ = *named;
            return;
        }
        version_is_open_ = true;
        const double steps = r_.warmup_steps.value_or(0);
        if (steps >= 0x1p53 || static_cast<double>(pacer::detail::floor_to_int(steps)) == steps)
            return;
        const std::string text =
            "warmup_steps " + written("warmup_steps") + " (" + source("warmup_steps") + ") is no whole number, which ";
        if (is_written("evaluation_strategy")) {
            trainer_ = hf_trainer::v4_43;
            say(text + "only transformers up to 4.43 and 5 take, and evaluation_strategy (" +
                source("evaluation_strategy") + ") is of 4.45 and older; taken for a run of up to 4.43");
        } else {
            trainer_ = hf_trainer::v5;
            say(text + "only transformers 5 reads; taken for a run of that version");
        }
    }

    // Processes and batches.

    [[nodiscard]] PACER_HOST step_t batch() const {
        return r_.per_gpu_batch ? *r_.per_gpu_batch : r_.per_device_batch.value_or(plan_params{}.per_device_batch);
    }
    [[nodiscard]] PACER_HOST step_t accumulation() const { return r_.accumulation.value_or(1); }
    [[nodiscard]] PACER_HOST const char* batch_key() const {
        return r_.per_gpu_batch ? "per_gpu_train_batch_size" : "per_device_train_batch_size";
    }
    [[nodiscard]] PACER_HOST bool is_ppo() const { return r_.is_llamafactory && r_.stage == "ppo"; }

    PACER_HOST void count_processes() {
        if (r_.per_gpu_batch && r_.per_device_batch)
            say("per_gpu_train_batch_size " + written("per_gpu_train_batch_size") + " (" +
                source("per_gpu_train_batch_size") + ") wins over per_device_train_batch_size " +
                written("per_device_train_batch_size") + " (" + source("per_device_train_batch_size") + ")");
        const step_t product = multiply(batch(), accumulation());
        if (facts_.world_size) {
            world_size_ = *facts_.world_size;
            if (r_.world_size && *r_.world_size != world_size_)
                say("the run has " + count_of(world_size_, "process", "processes") + ", not the " +
                    (is_written("num_devices")
                         ? r_.where("num_devices").key + " " + written("num_devices") + " of " + source("num_devices")
                         : std::to_string(*r_.world_size) + " that its command starts"));
            return;
        }
        world_is_open_ = !r_.world_size && !r_.is_model_card && !r_.total_batch;
        world_size_ = r_.world_size.value_or(1);
        if (r_.total_batch) {
            if (!r_.world_size && *r_.total_batch % product == 0) {
                world_size_ = *r_.total_batch / product;
                if (world_size_ > 1)
                    say("total_train_batch_size " + written("total_train_batch_size") + " (" +
                        source("total_train_batch_size") + ") makes it " + std::to_string(world_size_) + " processes");
            } else if (multiply(product, world_size_) != *r_.total_batch) {
                fail("total_train_batch_size",
                     std::to_string(multiply(product, world_size_)) + ", which is the batch size " +
                         std::to_string(batch()) + " (" + source(batch_key()) + ") x accumulation " +
                         std::to_string(accumulation()) + " (" + source("gradient_accumulation_steps") + ") x " +
                         count_of(world_size_, "process", "processes") + " (" +
                         (r_.world_size && !is_written("num_devices") ? "its launcher's" : source("num_devices")) +
                         ")");
            }
        }
        const std::optional<step_t>& all = r_.deepspeed_says.train_batch.value;
        if (world_is_open_ && all && *all % product == 0) {
            world_size_ = *all / product;
            world_is_open_ = false;
            say("train_batch_size " + written("deepspeed.train_batch_size") + " (" +
                source("deepspeed.train_batch_size") + ") makes it " + count_of(world_size_, "process", "processes"));
        }
    }

    [[nodiscard]] PACER_HOST static step_t multiply(step_t a, step_t b) { return pacer::detail::capped_product(a, b); }

    [[nodiscard]] PACER_HOST static std::string updates(step_t n) { return count_of(n, "update", "updates"); }

    [[nodiscard]] PACER_HOST static std::string count_of(step_t n, const char* one, const char* many) {
        return std::to_string(n) + " " + (n == 1 ? one : many);
    }

    PACER_HOST void refuse_controllers() const {
        if (std::find(controllers.begin(), controllers.end(), r_.scheduler) != controllers.end())
            fail("lr_scheduler_type", "a schedule; this is a controller, fed by a metric, not a function of the step");
    }

    // Length and warm-up.

    [[nodiscard]] PACER_HOST bool ignores_warmup() const {
        return r_.scheduler == "constant" || r_.scheduler == "linear_warmup";
    }

    /// Whether the curve is the same for every length of the run.
    [[nodiscard]] PACER_HOST bool needs_no_total() const {
        if (r_.deepspeed && !is_warmup_of_deepspeed())
            return true;
        if (r_.deepspeed)
            return r_.deepspeed->type == "WarmupLR" && !warmup_is_a_ratio();
        if (r_.scheduler == "constant")
            return true;
        return (r_.scheduler == "constant_with_warmup" || r_.scheduler == "inverse_sqrt") && !warmup_is_a_ratio();
    }

    [[nodiscard]] PACER_HOST bool is_warmup_of_deepspeed() const {
        return r_.deepspeed->type.compare(0, 6, "Warmup") == 0;
    }

    [[nodiscard]] PACER_HOST bool warmup_is_a_ratio() const {
        const double ratio = r_.warmup_ratio.value_or(0);
        const double steps = r_.warmup_steps.value_or(0);
        if (trainer_ == hf_trainer::v5)
            return r_.warmup_ratio ? ratio > 0 && ratio < 1 : steps > 0 && steps < 1;
        return steps == 0 && ratio > 0;
    }

    /// ms-swift's GRPO multiplies the accumulation by it, which makes it 1 for the count.
    [[nodiscard]] PACER_HOST step_t sequence_parallel() const {
        if (facts_.sequence_parallel > 1 || r_.rollouts.num_generations)
            return facts_.sequence_parallel;
        return r_.sequence_parallel.value_or(1);
    }

    [[nodiscard]] PACER_HOST plan_params asked() const {
        plan_params p;
        p.trainer = trainer_;
        p.per_device_batch = batch();
        p.accumulation = accumulation();
        p.epochs = r_.epochs.value_or(p.epochs);
        p.drop_last = r_.drop_last;
        p.split_batches = r_.split_batches;
        p.world_size = world_size_;
        p.sequence_parallel = sequence_parallel();
        p.examples = facts_.examples.value_or(-1);
        p.batches = facts_.batches.value_or(-1);
        p.tokens = facts_.tokens.value_or(-1);
        p.sequence_length = facts_.sequence_length
                                ? *facts_.sequence_length
                                : r_.data.cutoff_len.value_or(r_.is_llamafactory ? step_t{2048} : step_t{-1});
        if (p.tokens == -1)
            p.sequence_length = -1;
        p.max_steps = facts_.total_steps ? *facts_.total_steps : r_.max_steps.value_or(-1);
        if (r_.warmup_ratio)
            p.warmup_ratio = *r_.warmup_ratio;
        if (r_.warmup_steps)
            p.warmup_steps = *r_.warmup_steps;
        const rollout_arguments& rollouts = r_.rollouts;
        if (rollouts.num_generations) {
            p.rollouts = *rollouts.num_generations;
            p.iterations = rollouts.num_iterations.value_or(1);
            p.steps_per_generation = rollouts.steps_per_generation.value_or(-1);
            if (rollouts.generation_batch)
                p.steps_per_generation =
                    (std::max)(*rollouts.generation_batch / multiply(batch(), world_size_), step_t{1});
        }
        // LLaMA-Factory's PPO makes an update of a whole buffer, and rounds up in every version.
        if (is_ppo()) {
            p.accumulation = multiply(p.accumulation, r_.ppo_buffer.value_or(1));
            if (trainer_ <= hf_trainer::v4_51 && p.max_steps != 0)
                p.trainer = hf_trainer::v4;
        }
        return p;
    }

    PACER_HOST void count_updates() {
        plan_params p = asked();
        check_rollouts();
        if (r_.is_llamafactory && r_.data.streaming && r_.max_steps.value_or(-1) == -1)
            throw recipe_error(r_.where("streaming"), "found " + written("streaming") +
                                                          " without max_steps, accepted: max_steps with it "
                                                          "(LLaMA-Factory refuses it otherwise)");
        if (r_.data.streaming && p.max_steps < 1)
            throw recipe_error(r_.where("streaming"),
                               "found " + written("streaming") +
                                   " without max_steps, accepted: max_steps with it (a streamed "
                                   "data set has no length, and the Trainer ends with an error)");
        const bool has_data = p.examples != -1 || p.batches != -1 || p.tokens != -1;
        if (p.max_steps <= 0 && has_data && world_is_open_ && is_written("processes"))
            throw recipe_error(r_.where("processes"),
                               written("processes") + "; accepted: its value, or else the world_size of the run");
        const bool unknown = p.max_steps <= 0 && !has_data;
        if (unknown && !needs_no_total())
            throw recipe_error(r_.where("max_steps"),
                               "found " + written("max_steps") +
                                   ", accepted: the number of updates, or else the number of examples the run has");
        if (unknown)
            p.max_steps = 1;  // any length will do
        if (const violation v = check(p))
            refuse_plan(v, p);
        const plan planned(p);
        total_ = unknown ? endless : planned.total_steps();
        warmup_ = planned.warmup_steps();
        fractional_warmup_ = planned.unrounded_warmup();

        if (unknown)
            add("updates", "unknown", "not needed");
        else if (facts_.total_steps)
            add("updates", std::to_string(total_), facts_.total_from);
        else if (p.max_steps > 0)
            add("updates", std::to_string(total_), source("max_steps"));
        else
            add("updates", std::to_string(total_), how_planned(planned));
        if (facts_.total_steps)
            say_total_is_given(p);
        else if (!unknown && p.max_steps > 0 && is_written("max_steps") && is_written("num_train_epochs"))
            say("max_steps " + written("max_steps") + " (" + source("max_steps") + ") wins over num_train_epochs " +
                written("num_train_epochs") + " (" + source("num_train_epochs") + ")");
        else if (p.max_steps <= 0)
            say_how_counted(p);
        if (planned.makes_no_update())
            say(data_of(p) + makes(p) + " no whole " + (p.rollouts > 1 ? "generation" : "batch for every process") +
                (p.drop_last ? " with dataloader_drop_last (" + source("dataloader_drop_last") + ")" : "") +
                ": the Trainer plans " + updates(total_) + " and then makes 0");
        if (r_.deepspeed && !is_warmup_of_deepspeed())
            return;
        if (!r_.deepspeed && ignores_warmup()) {
            say_warmup_is_ignored();
            return;
        }
        add_warmup();
        overlong_ = warmup_ > total_ && !r_.deepspeed;
    }

    PACER_HOST void check_rollouts() const {
        const rollout_arguments& rollouts = r_.rollouts;
        if (!rollouts.num_generations || !rollouts.generation_batch)
            return;
        if (rollouts.steps_per_generation)
            throw recipe_error(r_.where("generation_batch_size"), "found beside steps_per_generation (" +
                                                                      source("steps_per_generation") +
                                                                      "), accepted: one of them");
        const step_t unit = multiply(batch(), world_size_);
        if (*rollouts.generation_batch % unit != 0)
            fail("generation_batch_size", "a multiple of " + std::to_string(unit) + ", the batch of all processes");
    }

    /// What the examples go through before they are counted, and which versions count otherwise.
    PACER_HOST void say_how_counted(const plan_params& p) {
        if (world_is_open_)
            say("the recipe does not say how many processes there are; taken for 1");
        if (p.rollouts > 1)
            say("num_generations " + written("num_generations") + " (" + source("num_generations") + ") makes " +
                std::to_string(p.rollouts) + " examples of each prompt");
        if (is_ppo() && r_.ppo_buffer.value_or(1) > 1)
            say("ppo_buffer_size " + written("ppo_buffer_size") + " (" + source("ppo_buffer_size") + ") makes " +
                std::to_string(*r_.ppo_buffer) + " batches one update");
        if (r_.split_batches)
            say("split_batches (" + source("split_batches") + "): the batch of " + std::to_string(batch()) +
                " is that of all processes together");
        if (packs() && p.tokens == -1)
            say("packing (" + source_of_packing() + ") makes one sequence of several examples" +
                (r_.data.cutoff_len
                     ? ", of at most cutoff_len " + written("cutoff_len") + " tokens (" + source("cutoff_len") + ")"
                     : "") +
                ": the number of " + (p.batches != -1 ? "batches" : "examples") + " has to be that of the sequences");
        if (r_.data.max_samples && p.examples > *r_.data.max_samples)
            say("max_samples " + written("max_samples") + " (" + source("max_samples") +
                ") leaves no more of each data set; the " + std::to_string(p.examples) +
                " examples are taken for what is left of all of them");
        if (p.sequence_parallel > 1)
            say("every " + std::to_string(p.sequence_parallel) + " of the " +
                count_of(world_size_, "process", "processes") + " share a sequence (" +
                (facts_.sequence_parallel > 1 ? "sequence_parallel" : source("sequence_parallel_size")) +
                "), and go through the same batches");
        if (const double part = r_.data.val_size.value_or(0); part > 0 && p.examples != -1)
            say("val_size " + written("val_size") + " (" + source("val_size") + ") takes " +
                (part < 1 ? shortest(part) + " of the data" : shortest(part) + " examples") + " for evaluation; the " +
                std::to_string(p.examples) + " examples are taken for what is left");
        if (p.tokens != -1)
            say_how_tokens_are_cut(p);
        if (is_written("auto_find_batch_size") && written("auto_find_batch_size") != "false")
            say("auto_find_batch_size (" + source("auto_find_batch_size") +
                ") halves the batch where memory runs out, and the updates grow");
        if (version_is_open_ && trainer_ != hf_trainer::v5 && !is_ppo())
            say_other_versions(p);
    }

    /// Whether several examples make one sequence: LLaMA-Factory's other stages do not look at `packing`.
    [[nodiscard]] PACER_HOST bool packs() const {
        if (r_.stage == "pt")
            return r_.data.packing || !is_written("packing");
        return r_.data.packing && (r_.stage.empty() || r_.stage == "sft");
    }

    [[nodiscard]] PACER_HOST std::string source_of_packing() const {
        return is_written("packing")        ? source("packing")
               : is_written("neat_packing") ? source("neat_packing")
                                            : "stage pt, " + source("stage");
    }

    PACER_HOST void say_how_tokens_are_cut(const plan_params& p) {
        const std::string length = std::to_string(p.sequence_length);
        if (!facts_.sequence_length && r_.data.cutoff_len)
            say("the tokens are cut into sequences of cutoff_len " + written("cutoff_len") + " (" +
                source("cutoff_len") + ")");
        else if (!facts_.sequence_length)
            say("the tokens are cut into sequences of " + length +
                ", LLaMA-Factory's cutoff_len where none is given (1024 up to 0.9.0)");
        if (r_.is_llamafactory && !packs())
            say("without packing every example is a sequence of its own, however short: this many sequences are the "
                "fewest, and the number of examples says how many there are");
        else if (r_.is_llamafactory && r_.stage != "pt")
            say("packing (" + source_of_packing() +
                ") does not fill every sequence: this many sequences are the fewest");
    }

    PACER_HOST void say_other_versions(plan_params p) {
        const auto total_by = [&](hf_trainer version) {
            p.trainer = version;
            return check(p) ? step_t{-1} : plan(p).total_steps();
        };
        const step_t before = total_by(hf_trainer::v4_48);
        const step_t after = total_by(hf_trainer::v4);
        if (before == after || before < 0)
            return;
        const bool by_zero = p.max_steps == 0;
        const std::string old = by_zero ? "4.48" : "4.51";
        std::string text = "the version of transformers is not known: up to " + old + " this makes " +
                           count_of(before, "update", "updates") +
                           (by_zero ? " (max_steps 0 is not set)" : " (an epoch's last, incomplete one is left out)") +
                           ", later " + std::to_string(after) + "; taken for a later one";
        if (is_written("evaluation_strategy"))
            text += ", though evaluation_strategy (" + source("evaluation_strategy") + ") is of 4.45 and older";
        say(text + "; transformers_version in the recipe says which");
    }

    PACER_HOST void say_total_is_given(plan_params p) {
        if (r_.max_steps.value_or(-1) > 0) {
            if (*r_.max_steps != total_)
                say("the run has " + updates(total_) + ", not the max_steps " + written("max_steps") + " of " +
                    source("max_steps"));
            return;
        }
        p.max_steps = r_.max_steps.value_or(-1);
        const bool has_data = p.examples != -1 || p.batches != -1 || p.tokens != -1;
        if (!has_data || check(p)) {
            say("the run has " + updates(total_) + "; the recipe itself does not say how many");
            return;
        }
        const plan other(p);
        if (other.total_steps() == total_)
            return;
        std::string text = "the run has " + updates(total_) + ", where " + data_of(p) + makes(p) + " " +
                           std::to_string(other.total_steps()) + " (" + how_planned(other) + ")";
        p.trainer = hf_trainer::v4_48;
        if (version_is_open_ && !check(p) && plan(p).total_steps() == total_)
            text += "; transformers up to " + std::string(p.max_steps == 0 ? "4.48" : "4.51") + " makes " +
                    std::to_string(total_);
        say(text);
    }

    [[nodiscard]] PACER_HOST static std::string data_of(const plan_params& p) {
        return p.examples != -1  ? count_of(p.examples, "example", "examples")
               : p.batches != -1 ? count_of(p.batches, "batch", "batches")
                                 : count_of(p.tokens, "token", "tokens");
    }

    [[nodiscard]] PACER_HOST static const char* makes(const plan_params& p) {
        return (std::max)({p.examples, p.batches, p.tokens}) == 1 ? " makes" : " make";
    }

    [[nodiscard]] PACER_HOST std::string how_planned(const plan& planned) const {
        const plan_params& p = planned.params();
        if (p.max_steps == 0 && planned.total_steps() == 0)
            return "max_steps 0";
        std::string text = "ceil(" + shortest(p.epochs) + (p.epochs == 1 ? " epoch x " : " epochs x ") +
                           updates(planned.updates_per_epoch()) + "), each epoch " + data_of(p);
        if (p.tokens != -1)
            text += " in sequences of " + std::to_string(p.sequence_length);
        if (p.rollouts > 1)
            text += " x " + std::to_string(p.rollouts) + " rollouts" +
                    (p.iterations > 1 ? " x " + std::to_string(p.iterations) + " iterations" : "");
        text += " / (";
        if (p.batches == -1)
            text += std::to_string(p.per_device_batch) + " x ";
        if (!p.split_batches)
            text += count_of(p.world_size / p.sequence_parallel, "process", "processes") + " x ";
        return text + std::to_string(p.accumulation) + ")";
    }

    /// A training set of which no process gets a batch.
    [[noreturn]] PACER_HOST void refuse_empty_epoch(plan_params p) const {
        const step_t batch_of_all = multiply(p.per_device_batch, p.split_batches ? 1 : p.world_size);
        const std::string all_of = std::to_string(p.per_device_batch) +
                                   (p.split_batches ? "" : " x " + count_of(p.world_size, "process", "processes"));
        const char* const data = p.examples != -1 ? "examples" : p.batches != -1 ? "batches" : "tokens";
        const std::string found = "found " + std::to_string(p.examples != -1  ? p.examples
                                                            : p.batches != -1 ? p.batches
                                                                              : p.tokens);
        if (p.rollouts > 1) {
            const step_t steps = p.steps_per_generation == -1 ? p.accumulation : p.steps_per_generation;
            throw recipe_error(
                {"", 0, data},
                found + ", of which no generation can be made: the Trainer ends with an error; accepted: " +
                    std::to_string(multiply(batch_of_all, steps) / p.rollouts) + " prompts or more (" + all_of + " x " +
                    std::to_string(steps) + " / " + std::to_string(p.rollouts) + " rollouts)");
        }
        const step_t given = p.batches;
        p.drop_last = false;
        if (check(p))
            throw recipe_error({"", 0, data}, found + ", which make no example; accepted: " +
                                                  std::to_string(p.sequence_length) + " tokens or more");
        p.drop_last = true;
        p.trainer = hf_trainer::v4_48;
        throw recipe_error(r_.where("dataloader_drop_last"),
                           "found " + written("dataloader_drop_last") + ", with which " + data_of(p) + makes(p) +
                               " no batch for every process: transformers ends with an error (up to 4.48 it plans " +
                               updates(plan(p).total_steps()) + " and then makes 0); accepted: false, or " +
                               (given != -1 ? std::to_string(p.world_size) + " batches"
                                            : std::to_string(batch_of_all) + " examples (" + all_of + ")") +
                               " or more");
    }

    [[noreturn]] PACER_HOST void refuse_plan(const violation& v, const plan_params& p) const {
        const std::string_view field = v.field;
        const bool v5 = trainer_ == hf_trainer::v5;
        // These rules say "are not enough ...", the others "must be" or "cannot be".
        if (std::string_view(v.rule).substr(0, 3) == "are")
            refuse_empty_epoch(p);
        if (field == "sequence_length")
            throw recipe_error({"", 0, "tokens"}, "found " + std::to_string(p.tokens) +
                                                      " without a sequence_length, accepted: the tokens of an example "
                                                      "with them");
        if (field == "sequence_parallel" && world_is_open_ && facts_.sequence_parallel == 1)
            fail("sequence_parallel_size", "a divisor of the number of processes, which the recipe does not say "
                                           "(world_size)");
        if (field == "warmup_ratio")
            fail("warmup_ratio", v5 ? "a number from 0 to 2^53"
                                    : "a number from 0 to 1 (only transformers 5 takes more, as a number of updates)");
        if (field == "warmup_steps")
            fail("warmup_steps",
                 v5 ? "a number from 0 to 2^53"
                    : "a whole number from 0 to 2^53 (only transformers 5 takes a fraction of the run)");
        if (field == "rollouts")
            fail("num_generations", "a divisor of the completions that are made at once: " + std::string(batch_key()) +
                                        " x processes x steps_per_generation");
        if (field == "per_device_batch")
            fail(batch_key(), "a multiple of the " + std::to_string(world_size_) +
                                  " processes, among which split_batches divides it");
        if (field == "sequence_parallel" && facts_.sequence_parallel == 1)
            fail("sequence_parallel_size", "a divisor of the " + count_of(world_size_, "process", "processes"));
        if (field == "max_steps")
            fail("max_steps", "a number of updates, at most 2^53");
        if (field == "epochs")
            fail("num_train_epochs", "a number that makes at most 2^53 updates");
        throw recipe_error({"", 0, v.field}, "found " + std::to_string(v.count) + ", which " + v.rule);
    }

    PACER_HOST void say_warmup_is_ignored() {
        for (const char* key : {"warmup_ratio", "warmup_steps"}) {
            const double value =
                (key == std::string_view("warmup_ratio") ? r_.warmup_ratio : r_.warmup_steps).value_or(0);
            if (value > 0)
                say(std::string(key) + " " + written(key) + " (" + source(key) + ") is ignored by " +
                    (r_.deepspeed ? r_.deepspeed->type : r_.scheduler));
        }
        warmup_ = 0;
    }

    PACER_HOST void add_warmup() {
        const bool v5 = trainer_ == hf_trainer::v5;
        const double ratio = r_.warmup_ratio.value_or(0);
        const double steps = r_.warmup_steps.value_or(0);
        const bool by_ratio = v5 ? r_.warmup_ratio.has_value() : !(steps > 0) && ratio > 0;
        const std::string key = by_ratio ? "warmup_ratio" : "warmup_steps";
        const std::string other = by_ratio ? "warmup_steps" : "warmup_ratio";
        const double asked = by_ratio ? ratio : steps;
        const bool rounded_up = warmup_is_a_ratio();
        std::string from = source(key);
        if (rounded_up)
            from += ", ceil(" + shortest(asked) + " x " + std::to_string(total_) + ")";
        add("warm-up", updates(warmup_), from);

        if (is_written(other) && is_written(key) && (by_ratio ? steps : ratio) > 0)
            say(key + " " + written(key) + " (" + source(key) + ") wins over " + other + " " + written(other) + " (" +
                source(other) + ")" + (v5 ? " in transformers 5" : " in transformers 4"));
        if (v5 && by_ratio)
            say("transformers 5.15 and later have no warmup_ratio and refuse it");
        const double exact = asked * static_cast<double>(total_);
        if (rounded_up && exact != static_cast<double>(warmup_))
            say(key + " " + shortest(asked) + " of " + updates(total_) + " is " + shortest(exact) + ", rounded up to " +
                std::to_string(warmup_));
        if (v5 && asked > 0 && !rounded_up && asked != static_cast<double>(warmup_))
            say(key + " " + written(key) + " is rounded down to " + updates(warmup_));
        if (v5 && by_ratio && asked >= 1)
            say("transformers 5 reads warmup_ratio " + written(key) + " as " + updates(warmup_));
    }

    // Hugging Face's own schedulers.

    /// Refuses what the scheduler does not take; says what it takes but does not look at.
    PACER_HOST void check_kwargs(kwarg_list taken, bool rest_is_dropped) {
        mistakes found;
        for (const std::string_view name : kwarg_names) {
            const std::string key = kwarg(name);
            if (!is_written(key) || std::find(taken.begin(), taken.end(), name) != taken.end())
                continue;
            if (rest_is_dropped) {
                say(std::string(name) + " (" + source(key) + ") is ignored by " + r_.scheduler +
                    (r_.scheduler == "inverse_sqrt" ? " of transformers 4" : ""));
                continue;
            }
            const bool floor_of_cosine = r_.scheduler == "cosine" && name.substr(0, 6) == "min_lr";
            found.add(r_.where(key), r_.scheduler + " does not take it, accepted: " +
                                         (taken.size() == 0 ? "no lr_scheduler_kwargs" : listed(taken)) +
                                         (floor_of_cosine ? " (cosine_with_min_lr takes min_lr or min_lr_rate)" : ""));
        }
        found.refuse();
    }

    /// The floor of the cosines that have one: a rate or a fraction, exactly one of the two.
    [[nodiscard]] PACER_HOST lr_or_ratio floor_of_cosine() {
        const scheduler_kwargs& k = r_.kwargs;
        if (k.min_lr && k.min_lr_rate)
            throw recipe_error(r_.where(kwarg("min_lr_rate")),
                               "found beside min_lr (" + source(kwarg("min_lr")) + "), accepted: one of them");
        if (!k.min_lr && !k.min_lr_rate)
            throw recipe_error(r_.where("lr_scheduler_kwargs"),
                               "found neither min_lr nor min_lr_rate, accepted: one of them (" + r_.scheduler +
                                   " needs it" + not_printed() + ")");
        if (k.min_lr && r_.learning_rate == 0)
            fail("learning_rate", "a rate above 0 (Hugging Face divides min_lr by it)");
        const double floor = k.min_lr ? *k.min_lr : *k.min_lr_rate * r_.learning_rate;
        const std::string key = kwarg(k.min_lr ? "min_lr" : "min_lr_rate");
        add("floor", shortest(floor),
            source(key) + (k.min_lr ? "" : ", " + shortest(*k.min_lr_rate) + " of the learning rate"));
        if (floor > r_.learning_rate)
            say("the floor " + shortest(floor) + " (" + source(key) + ") is above the learning rate " +
                shortest(r_.learning_rate) + " (" + source("learning_rate") + "): the rate rises to it");
        if (k.min_lr)
            return *k.min_lr;
        if (*k.min_lr_rate <= 1)
            return lr_ratio(*k.min_lr_rate);
        return floor;
    }

    /// The Trainer does not write the scheduler's arguments into a model card.
    [[nodiscard]] PACER_HOST std::string not_printed() const {
        return r_.is_model_card ? "; a model card does not print lr_scheduler_kwargs" : "";
    }

    [[nodiscard]] PACER_HOST static ramp_shape shape(const std::string& name) {
        return name == "cosine"   ? ramp_shape::cosine
               : name == "1-sqrt" ? ramp_shape::one_minus_sqrt
                                  : ramp_shape::linear;
    }

    [[nodiscard]] PACER_HOST resolved with_hugging_face() {
        const scheduler_kwargs& k = r_.kwargs;
        name_ = r_.scheduler;
        give("peak_lr", r_.learning_rate);
        figures_.insert(figures_.begin(),
                        {figure{"scheduler", name_, source("lr_scheduler_type")},
                         figure{"learning rate", shortest(r_.learning_rate), source("learning_rate")}});
        if (name_ != "constant") {
            give("total_steps", total_);
            give("warmup", pacer::warmup_steps(warmup_));
        }

        if (name_ == "constant" || name_ == "constant_with_warmup") {
            check_kwargs({}, true);
            if (total_ == endless)
                leave_out("total_steps");
        } else if (name_ == "linear") {
            check_kwargs({}, false);
        } else if (name_ == "linear_warmup") {
            check_kwargs({}, false);
            leave_out("warmup");
        } else if (name_ == "cosine") {
            check_kwargs({"num_cycles"}, false);
            take_cycles("0.5");
            give("past_end", past_end::wave);
        } else if (name_ == "cosine_with_restarts") {
            check_kwargs({"num_cycles"}, false);
            take_cycles("1");
        } else if (name_ == "cosine_with_min_lr") {
            check_kwargs({"min_lr", "min_lr_rate", "num_cycles"}, false);
            give("min_lr", floor_of_cosine());
            take_cycles("0.5");
            give("past_end", past_end::wave);
        } else if (name_ == "cosine_warmup_with_min_lr") {
            check_kwargs({"min_lr", "min_lr_rate", "num_cycles", "warmup_lr_rate"}, false);
            give("min_lr", floor_of_cosine());
            take_cycles("0.5");
            give("past_end", past_end::wave);
            if (k.warmup_lr_rate)
                take_first_rate(*k.warmup_lr_rate);
        } else if (name_ == "polynomial") {
            check_kwargs({"lr_end", "power"}, false);
            const double end = k.lr_end.value_or(1e-7);
            const double power = k.power.value_or(1);
            give("end_lr", end);
            give("power", power);
            add("end", shortest(end), source(kwarg("lr_end")));
            add("power", shortest(power), source(kwarg("power")));
            if (!(end < r_.learning_rate))
                throw recipe_error(r_.where(kwarg("lr_end")), "found " + shortest(end) +
                                                                  ", accepted: a rate below the learning rate " +
                                                                  shortest(r_.learning_rate));
        } else if (name_ == "inverse_sqrt") {
            take_timescale();
        } else {
            plan_stable_decay();
        }
        if (r_.is_model_card && (name_ == "polynomial" || name_ == "cosine_with_restarts"))
            say("a model card does not print lr_scheduler_kwargs; those of " + name_ + " are taken for the defaults");
        if (overlong_)
            warm_up_past_the_end();
        return finish();
    }

    PACER_HOST void take_cycles(const char* by_default) {
        const std::optional<double>& cycles = r_.kwargs.num_cycles;
        const std::string from = source(kwarg("num_cycles"));
        add("cycles", cycles ? shortest(*cycles) : by_default, from);
        if (!cycles)
            return;
        give("num_cycles", *cycles);
        if (r_.scheduler == "cosine_with_restarts") {
            if (*cycles < 1)
                say("num_cycles " + shortest(*cycles) + " (" + from + ") ends before the first descent does");
            return;
        }
        // Waves: 0.5 is one descent.
        const double part = *cycles - std::floor(*cycles);
        if (part == 0)
            say("num_cycles " + shortest(*cycles) + " (" + from + ") is " +
                (*cycles == 0 ? "no wave: the rate stays at the peak"
                              : "a number of whole waves: the run ends at the peak; one descent is 0.5"));
        else if (part != 0.5)
            say("num_cycles " + shortest(*cycles) + " (" + from + ") does not end at the floor; one descent is 0.5");
    }

    PACER_HOST void take_first_rate(double part) {
        add("warm-up from", shortest(part * r_.learning_rate), source(kwarg("warmup_lr_rate")));
        if (part <= 1)
            give("init_lr", lr_ratio(part));
        else
            give("init_lr", part * r_.learning_rate);
    }

    PACER_HOST void take_timescale() {
        const std::optional<double>& given = r_.kwargs.timescale;
        const bool v5 = trainer_ == hf_trainer::v5;
        check_kwargs(v5 ? kwarg_list{"timescale"} : kwarg_list{}, !v5);
        if (v5 && given) {
            if (*given == std::floor(*given) && *given <= 0x1p53)
                give("timescale", static_cast<step_t>(*given));
            else
                is_odd_ = "a timescale that is no whole number";
            add("timescale", shortest(*given), source(kwarg("timescale")));
        } else {
            add("timescale", std::to_string(warmup_ > 0 ? warmup_ : 10'000), "default, the warm-up or 10000");
        }
        // Hugging Face's goes on decaying, whatever the length of the run.
        leave_out("total_steps");
    }

    PACER_HOST void plan_stable_decay() {
        const scheduler_kwargs& k = r_.kwargs;
        check_kwargs({"num_stable_steps", "num_decay_steps", "warmup_type", "decay_type", "min_lr_ratio", "num_cycles"},
                     false);
        const std::string decay_type = k.decay_type.value_or("cosine");
        stable_ = k.num_stable_steps.value_or(-1);
        decay_ = k.num_decay_steps.value_or(-1);
        const bool is_split = r_.is_llamafactory && (stable_ < 0 || decay_ < 0);
        if (is_split) {
            // Python's // rounds down, also below 0.
            const step_t rest = total_ - warmup_;
            const step_t third = rest >= 0 ? rest / 3 : -((2 - rest) / 3);
            say("LLaMA-Factory fills in num_stable_steps and num_decay_steps where they are not given, as 1/3 and 2/3 "
                "of the updates after the warm-up");
            stable_ = stable_ < 0 ? third : stable_;
            decay_ = decay_ < 0 ? rest - third : decay_;
        }
        if (decay_ < 0 && !is_split)
            throw recipe_error(r_.where("lr_scheduler_kwargs"),
                               "found no num_decay_steps, accepted: a whole number of 0 or more (warmup_stable_decay "
                               "needs it" +
                                   not_printed() + ")");
        const bool stable_is_left = !k.num_stable_steps && !is_split;
        if (warmup_ > longest - (std::max)(decay_, step_t{0}) || (std::max)(stable_, decay_) > longest ||
            warmup_ + (std::max)(stable_, step_t{0}) + (std::max)(decay_, step_t{0}) > longest)
            throw recipe_error(r_.where(kwarg(stable_ > decay_ ? "num_stable_steps" : "num_decay_steps")),
                               "makes a schedule that is too long, accepted: at most 2^53 updates");
        if (stable_is_left)
            stable_ = total_ - warmup_ - decay_;

        const step_t sum = warmup_ + stable_ + decay_;
        if (stable_ < 0 || decay_ < 0) {
            is_odd_ = "a decay that begins before the warm-up ends";
            say("the warm-up of " + updates(warmup_) + " (" + warmup_key() + ") and the decay of " +
                std::to_string(decay_) + " are longer than the run of " + std::to_string(total_) +
                ": the decay begins part-way down");
        } else {
            give("stable_steps", stable_);
            give("decay_steps", decay_);
            give("total_steps", sum);
            give("decay_shape", shape(decay_type));
            give("warmup_shape", shape(k.warmup_type.value_or("linear")));
        }
        const std::string from_rest = stable_is_left ? "what warm-up and decay leave" : "LLaMA-Factory's default";
        add("stable", updates(stable_), k.num_stable_steps ? source(kwarg("num_stable_steps")) : from_rest);
        add("decay", updates(decay_) + ", " + decay_type,
            k.num_decay_steps ? source(kwarg("num_decay_steps")) : "LLaMA-Factory's default");
        if (k.min_lr_ratio && *k.min_lr_ratio > 0)
            take_stable_floor(*k.min_lr_ratio);
        add("floor", shortest(k.min_lr_ratio.value_or(0) * r_.learning_rate), source(kwarg("min_lr_ratio")));
        if (k.num_cycles && *k.num_cycles != 0.5 && decay_type == "cosine") {
            is_odd_ = "a decay of other than one half wave";
            add("cycles", shortest(*k.num_cycles), source(kwarg("num_cycles")));
        }
        if (sum < total_)
            say("warm-up, stable part and decay are " + std::to_string(sum) + " of " + std::to_string(total_) +
                " updates; the other " + std::to_string(total_ - sum) + " run at the floor");
        if (sum > total_ && !overlong_)
            say("warm-up, stable part and decay are " + std::to_string(sum) + " updates; the run ends after " +
                std::to_string(total_) + " of them");
    }

    PACER_HOST void take_stable_floor(double part) {
        give("min_lr", lr_ratio((std::min)(part, 1.0)));
        give("init_lr", lr_ratio((std::min)(part, 1.0)));
        if (part > 1)
            is_odd_ = "a floor above the peak";
        say("the warm-up starts at the floor, min_lr_ratio " + shortest(part) + " (" + source(kwarg("min_lr_ratio")) +
            ") of the learning rate, not at 0");
    }

    /// Hugging Face lets the warm-up be longer than the run; then only the warm-up is ever used.
    PACER_HOST void warm_up_past_the_end() {
        if (name_ == "warmup_stable_decay" || name_ == "inverse_sqrt") {
            // These do not need to know where the run ends.
        } else if (name_ == "constant_with_warmup") {
            leave_out("total_steps");
        } else {
            const bool one_ahead = name_ == "cosine_warmup_with_min_lr";
            const field_given* init = find("init_lr");
            std::vector<field_given> rise{{"peak_lr", r_.learning_rate}};
            if (one_ahead && init != nullptr) {
                rise.push_back(*init);
                rise.push_back({"total_steps", (std::max)(warmup_ - 1, step_t{1})});
            } else {
                rise.push_back({"total_steps", warmup_});
                if (one_ahead)
                    rise.push_back({"first_step", first_step::from_first});
            }
            fields_ = rise;
            name_ = "linear_warmup";
        }
    }

    [[nodiscard]] PACER_HOST resolved finish() {
        if (fractional_warmup_ != static_cast<double>(warmup_) && !ignores_warmup())
            is_odd_ = "a warm-up that ends between two updates";
        std::optional<any_schedule<double>> schedule;
        std::optional<expression> curve;
        try {
            if (is_odd_.empty()) {
                schedule = make<double>(name_, fields_);
                curve = make(name_, fields_);
            }
        } catch (const invalid_schedule& error) {
            is_odd_ = error.what();
        }
        if (!is_odd_.empty()) {
            say("pacer's " + name_ + " does not have " +
                (is_odd_.substr(0, 5) == "pacer" ? "this (" + is_odd_ + ")" : is_odd_) +
                "; it is read as Hugging Face computes it");
            schedule = as_hugging_face_computes();
        }
        if (overlong_) {
            const double reached =
                total_ > 0 && r_.learning_rate > 0 ? (*schedule)(total_ - 1) / r_.learning_rate * 100 : 0;
            char percent[32];
            std::snprintf(percent, sizeof percent, "%.4g", reached);
            say("the warm-up of " + updates(warmup_) + " (" + source(warmup_key()) + ") is longer than the run of " +
                std::to_string(total_) + ": the last update runs at " + percent +
                " % of the learning rate, which is never reached");
        }
        return {name_, r_.learning_rate, total_, warmup_, trainer_, *schedule, curve, figures_, notes_};
    }

    /// What Hugging Face's functions make of the same numbers, where pacer has no such schedule.
    [[nodiscard]] PACER_HOST hf::formula as_hugging_face_computes() const {
        const scheduler_kwargs& k = r_.kwargs;
        hf::formula f;
        // Those that Hugging Face does not have are a warm-up and nothing else.
        f.is = hf::function_named(r_.scheduler, hf::function::constant_with_warmup);
        f.lr = r_.learning_rate;
        f.warmup = fractional_warmup_;
        f.total = static_cast<double>(total_);
        f.num_cycles = k.num_cycles.value_or(f.is == hf::function::cosine_with_restarts ? 1 : 0.5);
        f.floor = k.min_lr         ? *k.min_lr / r_.learning_rate
                  : k.min_lr_rate  ? *k.min_lr_rate
                  : k.min_lr_ratio ? *k.min_lr_ratio
                                   : 0;
        f.init = k.warmup_lr_rate.value_or(-1);
        f.lr_end = k.lr_end.value_or(1e-7);
        f.power = k.power.value_or(1);
        f.timescale = trainer_ == hf_trainer::v5 ? k.timescale.value_or(0) : 0;
        f.stable = static_cast<double>(stable_);
        f.decay = static_cast<double>(decay_);
        f.warmup_shape = shape(k.warmup_type.value_or("linear"));
        f.decay_shape = shape(k.decay_type.value_or("cosine"));
        return f;
    }

    [[nodiscard]] PACER_HOST std::string warmup_key() const {
        return first_written({warmup_is_a_ratio() ? "warmup_ratio" : "warmup_steps", "warmup_ratio", "warmup_steps"});
    }

    // DeepSpeed's schedulers.

    template <class T>
    PACER_HOST T fill(const or_auto<T>& given, const char* name, T if_auto, T by_default) {
        const std::string key = std::string("scheduler.params.") + name;
        const T value = given.is_auto ? if_auto : given.value.value_or(by_default);
        std::string text;
        if constexpr (std::floating_point<T>)
            text = shortest(value);
        else
            text = std::to_string(value);
        add(name, text, given.is_auto ? source(key) + ", auto" : given.value ? source(key) : "DeepSpeed's default");
        return value;
    }

    /// Hugging Face refuses a DeepSpeed configuration that says otherwise than its own arguments.
    template <class T>
    PACER_HOST void must_match(const or_auto<T>& given, const std::string& key, T ours, const std::string& argument) {
        if (!given.value || *given.value == ours)
            return;
        std::string text;
        if constexpr (std::floating_point<T>)
            text = shortest(ours);
        else
            text = std::to_string(ours);
        mismatches_.add(r_.where(key), "found " + written(key) + ", accepted: " + text + " (" + argument +
                                           "; Hugging Face refuses another) or \"auto\"");
    }

    PACER_HOST void compare_with_deepspeed() {
        const deepspeed_arguments& says = r_.deepspeed_says;
        const auto named = [&](const char* key) { return std::string(key) + ", " + source(key); };
        const step_t per_device = r_.per_device_batch.value_or(plan_params{}.per_device_batch);
        must_match(says.micro_batch, "deepspeed.train_micro_batch_size_per_gpu", per_device,
                   named("per_device_train_batch_size"));
        must_match(says.accumulation, "deepspeed.gradient_accumulation_steps", accumulation(),
                   named("gradient_accumulation_steps"));
        must_match(says.train_batch, "deepspeed.train_batch_size",
                   multiply(multiply(per_device, accumulation()), world_size_),
                   "per_device_train_batch_size x gradient_accumulation_steps x " +
                       count_of(world_size_, "process", "processes"));
        must_match(says.optimizer_lr, "deepspeed.optimizer.params.lr", r_.learning_rate, named("learning_rate"));
    }

    [[nodiscard]] PACER_HOST resolved with_deepspeed() {
        const deepspeed_scheduler& d = *r_.deepspeed;
        name_ = d.type;
        figures_.insert(figures_.begin(),
                        {figure{"scheduler", name_, source("scheduler.type")},
                         figure{"learning rate", shortest(r_.learning_rate), source("learning_rate")}});
        const bool cosine = d.type == "WarmupCosineLR";
        const bool decays = cosine || d.type == "WarmupDecayLR";
        if (std::find(deepspeed_types.begin(), deepspeed_types.end(), d.type) == deepspeed_types.end())
            fail("scheduler.type", listed(deepspeed_types));
        say("DeepSpeed's scheduler " + d.type + " (" + source("scheduler.type") + ") replaces " + r_.scheduler + " (" +
            source("lr_scheduler_type") + ")");
        if (!is_warmup_of_deepspeed())
            return with_cycle_or_range_test();
        say("DeepSpeed sets the rate one update late: the first two updates both run at the lowest rate");
        must_match(d.warmup_max_lr, "scheduler.params.warmup_max_lr", r_.learning_rate, "learning_rate");
        must_match(d.warmup_num_steps, "scheduler.params.warmup_num_steps", warmup_,
                   "the warm-up of the training arguments");
        if (total_ != endless)
            must_match(d.total_num_steps, "scheduler.params.total_num_steps", total_, "the updates of the run");
        mismatches_.refuse();
        if (d.last_iteration.value_or(-1) != -1)
            say("last_batch_iteration " + written("scheduler.params.last_batch_iteration") + " (" +
                source("scheduler.params.last_batch_iteration") +
                ") begins inside the schedule; the curve here is that from its start");
        if (decays && !d.total_num_steps.value && !d.total_num_steps.is_auto)
            throw recipe_error(r_.where("scheduler"), "found no total_num_steps, accepted: " + std::to_string(total_) +
                                                          " or \"auto\" (" + d.type + " needs it)");

        const step_t warmup = fill(d.warmup_num_steps, "warmup_num_steps", warmup_, step_t{1000});
        if (warmup < 2)
            say("DeepSpeed makes a warm-up of " + updates(warmup) + " one of 2");
        const bool linear = d.warmup_type.value_or("log") == "linear";
        const auto type = linear ? deepspeed::warmup_type::linear : deepspeed::warmup_type::log;
        add("warmup_type", linear ? "linear" : "log",
            d.warmup_type ? source("scheduler.params.warmup_type") : "DeepSpeed's default");
        warmup_ = (std::max)(warmup, step_t{2});
        if (warmup_ > total_)
            say("the warm-up of " + updates(warmup_) + " is longer than the run of " + std::to_string(total_));
        try {
            if (cosine)
                return finish(deepspeed::warmup_cosine_lr{{.lr = r_.learning_rate,
                                                           .total_num_steps = total_,
                                                           .warmup_min_ratio = d.warmup_min_ratio.value_or(0),
                                                           .warmup_num_steps = warmup_,
                                                           .cos_min_ratio = d.cos_min_ratio.value_or(0.0001),
                                                           .warmup_type = type}},
                              r_.learning_rate);
            const double low = fill(d.warmup_min_lr, "warmup_min_lr", 0.0, 0.0);
            // Older versions have 0.001 here.
            const double high = fill(d.warmup_max_lr, "warmup_max_lr", r_.learning_rate, r_.learning_rate);
            if (!d.warmup_max_lr.value && !d.warmup_max_lr.is_auto)
                say("warmup_max_lr is not given: the learning rate in newer versions of DeepSpeed, 0.001 in older "
                    "ones");
            if (decays)
                return finish(deepspeed::warmup_decay_lr{{.total_num_steps = total_,
                                                          .warmup_min_lr = low,
                                                          .warmup_max_lr = high,
                                                          .warmup_num_steps = warmup_,
                                                          .warmup_type = type}},
                              high);
            return finish(
                deepspeed::warmup_lr{
                    {.warmup_min_lr = low, .warmup_max_lr = high, .warmup_num_steps = warmup_, .warmup_type = type}},
                high);
        } catch (const invalid_schedule& error) {
            throw recipe_error(r_.where(std::string("scheduler.params.") + error.field()), error.what());
        }
    }

    /// DeepSpeed's schedulers that know neither the warm-up nor the rate of the arguments.
    [[nodiscard]] PACER_HOST resolved with_cycle_or_range_test() {
        const deepspeed_scheduler& d = *r_.deepspeed;
        mismatches_.refuse();
        say_warmup_is_ignored();
        if (d.last_iteration.value_or(-1) != -1)
            say("last_batch_iteration " + written("scheduler.params.last_batch_iteration") + " (" +
                source("scheduler.params.last_batch_iteration") +
                ") begins inside the schedule; the curve here is that from its start");
        const auto read = [&](const char* name, auto& to) {
            const auto found = d.numbers.find(name);
            if (found != d.numbers.end())
                to = static_cast<std::remove_reference_t<decltype(to)>>(found->second);
            if (found != d.numbers.end())
                add(name, written(std::string("scheduler.params.") + name),
                    source(std::string("scheduler.params.") + name));
        };
        try {
            if (d.type == "OneCycle") {
                deepspeed::one_cycle_params p;
                for (const char* needed : {"cycle_min_lr", "cycle_max_lr"})
                    if (d.numbers.count(needed) == 0)
                        throw recipe_error(r_.where("scheduler"), std::string("found no ") + needed +
                                                                      ", accepted: a rate (OneCycle needs it)");
                read("cycle_min_lr", p.cycle_min_lr);
                read("cycle_max_lr", p.cycle_max_lr);
                read("decay_lr_rate", p.decay_lr_rate);
                read("cycle_first_step_size", p.cycle_first_step_size);
                read("cycle_second_step_size", p.cycle_second_step_size);
                read("cycle_first_stair_count", p.cycle_first_stair_count);
                read("cycle_second_stair_count", p.cycle_second_stair_count);
                read("decay_step_size", p.decay_step_size);
                return finish(deepspeed::one_cycle(p), p.cycle_max_lr);
            }
            deepspeed::lr_range_test_params p;
            read("lr_range_test_min_lr", p.lr_range_test_min_lr);
            read("lr_range_test_step_size", p.lr_range_test_step_size);
            read("lr_range_test_step_rate", p.lr_range_test_step_rate);
            read("lr_range_test_staircase", p.lr_range_test_staircase);
            return finish(deepspeed::lr_range_test(p), p.lr_range_test_min_lr);
        } catch (const invalid_schedule& error) {
            throw recipe_error(r_.where(std::string("scheduler.params.") + error.field()), error.what());
        }
    }

    template <Schedule S>
    [[nodiscard]] PACER_HOST resolved finish(const S& schedule, double peak) {
        return {name_, peak, total_, warmup_, trainer_, schedule, std::nullopt, figures_, notes_};
    }

    const recipe& r_;
    const run_facts& facts_;
    hf_trainer trainer_ = hf_trainer::v4;
    bool version_is_open_ = false;
    bool world_is_open_ = false;
    step_t world_size_ = 1;
    double fractional_warmup_ = 0;  // the warm-up, not rounded
    step_t stable_ = 0;
    step_t decay_ = 0;
    std::string is_odd_{};  // why pacer's own schedule cannot be taken
    mistakes mismatches_{};
    step_t total_ = 0;
    step_t warmup_ = 0;
    bool overlong_ = false;
    std::string name_{};
    std::vector<field_given> fields_{};  // of the schedule
    std::vector<figure> figures_{};
    std::vector<std::string> notes_{};
};

/// The recipe as LLaMA-Factory's PPO runs it, which makes the scheduler without its arguments.
PACER_HOST inline recipe without_kwargs(recipe r) {
    const auto found = r.places.find("lr_scheduler_kwargs");
    if (r.scheduler == "cosine_with_min_lr" || r.scheduler == "cosine_warmup_with_min_lr" ||
        r.scheduler == "warmup_stable_decay")
        throw recipe_error(r.where("lr_scheduler_type"),
                           "found " + r.scheduler +
                               ", accepted: a scheduler without arguments (LLaMA-Factory's PPO drops " +
                               "lr_scheduler_kwargs, and " + r.scheduler + " fails without them)");
    if (found == r.places.end())
        return r;
    r.notes.push_back("lr_scheduler_kwargs (" + visible(found->second.file, 400) + ":" +
                      std::to_string(found->second.line) + ") are dropped by LLaMA-Factory's PPO");
    r.kwargs = {};
    std::erase_if(r.places, [](const auto& at) { return at.first.starts_with("lr_scheduler_kwargs"); });
    std::erase_if(r.written, [](const auto& at) { return at.first.starts_with("lr_scheduler_kwargs"); });
    return r;
}

template <class>
PACER_HOST resolved resolve_recipe(const recipe& r, const run_facts& facts) {
    if (r.rules)
        return r.rules(r, facts);
    if (r.is_llamafactory && r.stage == "ppo")
        return resolver(without_kwargs(r), facts).run();
    return resolver(r, facts).run();
}

}  // namespace pacer::recipes::detail

#endif
