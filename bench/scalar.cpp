// SPDX-License-Identifier: MIT
// One rate at a time: the cosine with warm-up and floor in every way it can be called, then every schedule and dialect.
#include "../tests/catalogue.hpp"
#include "measure.hpp"

#include <pacer/any_schedule.hpp>
#include <pacer/dialects/deepspeed.hpp>
#include <pacer/exact.hpp>

namespace {

using bench::step_t;

constexpr step_t total = 1'000'000;
constexpr step_t warmup = total / 100;
constexpr double peak = 3e-4;
constexpr double floor_lr = 3e-5;
constexpr by_hand::run run{peak, floor_lr, warmup, total};
constexpr const char* reference = "cosine_with_min_lr";

void add_reference() {
    const std::string row = reference;
    const by_hand::cosine_with_min_lr<> hand{run};
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
    support::for_each_named([](auto schedule) {
        using row = decltype(schedule);
        row::for_each_timed([](const std::string& label, support::change choose, auto hand, auto... other_hands) {
            if (label == reference)
                return;
            support::settings s = support::settings_of(run);
            choose(s);
            const auto own = row::template make<double>(s);
            row::read(s);
            const by_hand::run its_run{s.peak, s.floor(), s.warmup_updates(), s.total};
            add(label, own, hand(its_run));
            (add(label + " (by hand: std::pow)", own, other_hands(its_run)), ...);
        });
    });
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
