// SPDX-License-Identifier: MIT
// One rate at a time: the cosine with warm-up and floor in every way it can be called, then every schedule and dialect.
#include "by_hand.hpp"
#include "measure.hpp"

#include <pacer/any_schedule.hpp>
#include <pacer/dialects/deepspeed.hpp>
#include <pacer/dialects/hugging_face.hpp>
#include <pacer/exact.hpp>
#include <pacer/pacer.hpp>

namespace {

using bench::step_t;

constexpr step_t total = 1'000'000;
constexpr step_t warmup = total / 100;
constexpr double peak = 3e-4;
constexpr double floor_lr = 3e-5;
constexpr by_hand::run run{peak, floor_lr, warmup, total};
constexpr by_hand::run run_to_zero{peak, 0, warmup, total};

void add_reference() {
    const std::string row = "cosine_with_min_lr";
    const by_hand::cosine_with_min_lr hand{run};
    const pacer::cosine_with_min_lr own{
        {.peak_lr = peak, .min_lr = floor_lr, .total_steps = total, .warmup = pacer::warmup_steps(warmup)}};
    const pacer::cosine_with_min_lr<float> own_float{{.peak_lr = static_cast<float>(peak),
                                                      .min_lr = floor_lr,
                                                      .total_steps = total,
                                                      .warmup = pacer::warmup_steps(warmup)}};
    const by_hand::cosine_with_min_lr_float hand_float{static_cast<float>(peak), static_cast<float>(floor_lr), warmup,
                                                       total};
    const by_hand::cosine_by_reciprocal reciprocal(run);

    const auto add_all = [&](const std::string& who, const auto& lr) {
        bench::add_throughput(row, who, lr, total);
        bench::add_latency(row, who, lr, total);
        bench::add_random(row, who, lr, total);
    };
    add_all("pacer", own);
    add_all("by hand", hand);
    add_all("pacer, any_schedule", pacer::any_schedule<double>(own));
    add_all("pacer, float", own_float);
    add_all("by hand, float", hand_float);
    add_all("by hand, divided beforehand", reciprocal);
    add_all("pacer, exact", pacer::exact{own});
}

template <class Own, class Hand>
void add(const std::string& row, const Own& own, const Hand& hand) {
    bench::add_pair(row, own, hand, total);
}

void add_named() {
    using namespace pacer;
    const auto warm = warmup_steps(warmup);

    add("constant", constant{{.peak_lr = peak}}, by_hand::constant{run});
    add("linear_warmup", linear_warmup{{.peak_lr = peak, .total_steps = total}},
        by_hand::warmed_up{{peak, 0, total, total}});
    add("constant_with_warmup", constant_with_warmup{{.peak_lr = peak, .warmup = warm}}, by_hand::warmed_up{run});
    add("linear", linear{{.peak_lr = peak, .total_steps = total, .warmup = warm}}, by_hand::linear{run_to_zero});
    add("cosine", cosine{{.peak_lr = peak, .total_steps = total, .warmup = warm}}, by_hand::cosine{run});
    add("cosine, num_cycles 1", cosine{{.peak_lr = peak, .num_cycles = 1, .total_steps = total, .warmup = warm}},
        by_hand::cosine_of_waves{run, 1});
    add("cosine_warmup_with_min_lr",
        hf::cosine_warmup_with_min_lr{{.peak_lr = peak, .min_lr = floor_lr, .total_steps = total, .warmup = warm}},
        by_hand::cosine_one_ahead{run});
    add("cosine_with_restarts, 4 cycles",
        cosine_with_restarts{{.peak_lr = peak, .num_cycles = 4, .total_steps = total, .warmup = warm}},
        by_hand::restarts{run_to_zero, 4});

    const auto poly = [&](double power) {
        return polynomial{{.peak_lr = peak, .end_lr = 1e-7, .power = power, .total_steps = total, .warmup = warm}};
    };
    const by_hand::run to_end{peak, 1e-7, warmup, total};
    add("polynomial, power 1", poly(1), by_hand::linear{to_end});
    add("polynomial, power 2", poly(2), by_hand::square{to_end});
    add("polynomial, power 2 (by hand: std::pow)", poly(2), by_hand::power{to_end, 2});
    add("polynomial, power 0.9", poly(0.9), by_hand::power{to_end, 0.9});
    add("inverse_sqrt", inverse_sqrt{{.peak_lr = peak, .warmup = warm}},
        by_hand::inverse_sqrt{run, static_cast<double>(warmup)});

    const auto stable = [&](ramp_shape shape) {
        return warmup_stable_decay{{.peak_lr = peak,
                                    .min_lr = floor_lr,
                                    .decay_steps = total / 2,
                                    .total_steps = total,
                                    .warmup = warm,
                                    .decay_shape = shape}};
    };
    add("warmup_stable_decay, linear", stable(ramp_shape::linear),
        by_hand::stable_then<by_hand::linear_left>{run, total / 2});
    add("warmup_stable_decay, cosine", stable(ramp_shape::cosine),
        by_hand::stable_then<by_hand::cosine_left>{run, total / 2});
    add("warmup_stable_decay, one_minus_sqrt", stable(ramp_shape::one_minus_sqrt),
        by_hand::stable_then<by_hand::sqrt_left>{run, total / 2});
    add("warmup_stable_decay, half_life", stable(ramp_shape::half_life),
        by_hand::stable_then<by_hand::half_life_left>{run, total / 2});
}

void add_dialects() {
    namespace ds = pacer::deepspeed;
    // Half of the run is warm-up, so that both halves are measured.
    constexpr step_t half = total / 2;
    const double inverse_log = 1 / std::log(static_cast<double>(half));
    for (const bool logarithmic : {true, false}) {
        const auto type = logarithmic ? ds::warmup_type::log : ds::warmup_type::linear;
        const std::string kind = logarithmic ? ", log" : ", linear";
        const auto hand = [&](double min) {
            return by_hand::deepspeed_run{{peak, min, half, total}, logarithmic, inverse_log};
        };
        add("deepspeed::warmup_lr" + kind,
            ds::warmup_lr{{.warmup_max_lr = peak, .warmup_num_steps = half, .warmup_type = type}},
            by_hand::deepspeed_warmup{hand(0)});
        add("deepspeed::warmup_decay_lr" + kind,
            ds::warmup_decay_lr{
                {.total_num_steps = total, .warmup_max_lr = peak, .warmup_num_steps = half, .warmup_type = type}},
            by_hand::deepspeed_decay{hand(0)});
        add("deepspeed::warmup_cosine_lr" + kind,
            ds::warmup_cosine_lr{{.lr = peak,
                                  .total_num_steps = total,
                                  .warmup_num_steps = half,
                                  .cos_min_ratio = 0.1,
                                  .warmup_type = type}},
            by_hand::deepspeed_cosine{hand(floor_lr)});
    }
}

}  // namespace

int main(int argc, char** argv) {
    add_reference();
    add_named();
    add_dialects();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv))
        return 1;
    benchmark::RunSpecifiedBenchmarks();
}
