// SPDX-License-Identifier: MIT
#include "support/check.hpp"
#include "support/golden.hpp"

#include <pacer/compose.hpp>
#include <pacer/schedules/constant_with_warmup.hpp>
#include <pacer/training/greedy.hpp>

#include <bit>
#include <clocale>
#include <initializer_list>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace {

using pacer::greedy;
using pacer::greedy_params;
using pacer::greedy_state;
using pacer::metric_mode;
using pacer::step_t;
using pacer::threshold_mode;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

static_assert(!pacer::Schedule<greedy> && !pacer::Schedule<greedy_state>);

greedy_state fed(const greedy& control, std::initializer_list<double> metrics) {
    greedy_state state = control.start();
    for (const double metric : metrics)
        state = control.update(state, metric);
    return state;
}

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

struct trace {
    greedy_params params;
    struct row {
        double metric, lr, best;
        step_t good, bad, cooldown, warmup;
    };
    std::vector<row> rows;
};

greedy_params params_of(double lr, const std::string& kwargs) {
    greedy_params p{.init_lr = lr, .min_lr = 1e-3, .max_lr = 1};
    bool smooth = false;
    step_t window = 50;
    for (const auto& [key, value] : support::options(kwargs)) {
        if (key == "mode")
            p.mode = value == "max" ? metric_mode::max : metric_mode::min;
        else if (key == "threshold_mode")
            p.threshold_mode = value == "rel" ? threshold_mode::torch_relative : threshold_mode::absolute;
        else if (key == "factor")
            p.factor = support::number(value);
        else if (key == "patience")
            p.patience = support::count(value);
        else if (key == "threshold")
            p.threshold = support::number(value);
        else if (key == "cooldown")
            p.cooldown = support::count(value);
        else if (key == "warmup")
            p.warmup = support::count(value);
        else if (key == "eps")
            p.eps = support::number(value);
        else if (key == "min_lr")
            p.min_lr = support::number(value);
        else if (key == "max_lr")
            p.max_lr = support::number(value);
        else if (key == "reset_start")
            p.reset_start = support::count(value);
        else if (key == "smooth")
            smooth = value == "True";
        else if (key == "window_size")
            window = support::count(value);
        else
            FAIL(key);
    }
    if (smooth)
        p.window_size = window;
    return p;
}

std::map<std::string, trace> traces() {
    std::map<std::string, trace> all;
    for (const auto& cells : support::golden("greedy.csv", 10)) {
        trace& t = all[cells[0]];
        if (t.rows.empty())
            t.params = params_of(support::number(cells[1]), cells[2]);
        t.rows.push_back({support::number(cells[3]), support::number(cells[4]), support::number(cells[5]),
                          support::count(cells[6]), support::count(cells[7]), support::count(cells[8]),
                          support::count(cells[9])});
    }
    return all;
}

TEST_CASE("greedy: the states and rates of Hugging Face, to the bit, saved and restored before every metric") {
    support::complaints wrong;
    const auto all = traces();
    CHECK(all.size() > 60);
    int rises = 0, cuts = 0;
    for (const auto& [name, t] : all) {
        const greedy control(t.params);
        greedy_state state = control.start();
        for (std::size_t k = 0; k < t.rows.size(); ++k) {
            const trace::row& peer = t.rows[k];
            const double before = state.lr;
            state = control.update(pacer::parse_greedy_state(pacer::to_text(state)), peer.metric);
            rises += state.lr > before;
            cuts += state.lr < before;
            if (!same_bits(state.lr, peer.lr) || !same_bits(state.best, peer.best) || state.good != peer.good ||
                state.bad != peer.bad || state.cooldown != peer.cooldown || state.warmup != peer.warmup ||
                state.metrics != static_cast<step_t>(k + 1))
                wrong.add(name, ", metric ", k, ": ", pacer::to_text(state), ", Hugging Face has lr ", peer.lr,
                          " best ", peer.best, " good ", peer.good, " bad ", peer.bad);
        }
    }
    CHECK(wrong.text() == "");
    CHECK(rises > 200);
    CHECK(cuts > 200);
}

TEST_CASE("greedy: it rises after patience + 1 good metrics in a row, and is cut after as many bad ones") {
    const greedy control({.init_lr = 1, .min_lr = 0.25, .max_lr = 3, .factor = 0.5, .patience = 1});
    CHECK(fed(control, {9}).lr == 1);
    CHECK(fed(control, {9, 8}).lr == 2);
    CHECK(fed(control, {9, 8, 7}).lr == 2);
    CHECK(fed(control, {9, 8, 7, 6}).lr == 3);
    CHECK(fed(control, {9, 8, 9, 9}).lr == 1);
    CHECK(fed(control, {9, 9, 9}).lr == 0.5);
    CHECK(fed(control, {9, 9, 9, 9, 9, 9, 9}).lr == 0.25);
    CHECK(fed(control, {9, 9, nan}).lr == 0.5);
}

TEST_CASE("greedy: it starts anew where it has been at its floor for long") {
    const greedy control(
        {.init_lr = 1, .min_lr = 0.5, .max_lr = 2, .factor = 0.5, .patience = 0, .threshold = 0, .reset_start = 2});
    const greedy_state low = fed(control, {9, 8, 9, 9});
    CHECK(low.lr == 0.5);
    CHECK(low.at_min == 1);
    const greedy_state anew = control.update(low, 9);
    CHECK(anew == greedy_state{.lr = 1, .best = infinity, .metrics = 5});
    const greedy never({.init_lr = 1, .min_lr = 1, .max_lr = 2, .patience = 0, .reset_start = pacer::longest});
    CHECK(fed(never, {9, 9, 9, 9, 9}).lr == 1);
    CHECK(fed(never, {9, 9, 9, 9, 9}).at_min == 4);
}

TEST_CASE("greedy: a mean forgets a NaN with its window, and a longer window that was saved") {
    const greedy control({.init_lr = 1, .min_lr = 0.25, .max_lr = 4, .factor = 0.5, .patience = 0, .window_size = 2});
    CHECK(fed(control, {8, 6}).best == 7);
    CHECK(fed(control, {8, nan}).bad == 0);  // cut: back to 0
    CHECK(fed(control, {8, nan}).lr == 1);   // 2, and cut
    CHECK(fed(control, {8, nan, 2, 4}).best == 3);
    greedy_state longer = control.start();
    longer.window = {1, 2, 3, 4, 5};
    CHECK(control.update(longer, 7).window == std::vector<double>{5, 7});
}

TEST_CASE("greedy: after a warm-up, as a multiplier of a schedule") {
    constexpr pacer::constant_with_warmup lr{{.peak_lr = 0.5, .warmup = pacer::warmup_steps(4)}};
    const greedy control({.init_lr = 1, .min_lr = pacer::lr_ratio(0.1), .max_lr = 4, .factor = 0.5, .patience = 0});
    greedy_state state = control.start();
    CHECK(pacer::scale(lr, state.lr)(3) == lr(3));
    state = control.update(state, 2);
    CHECK(pacer::scale(lr, state.lr)(9) == 1);
    state = control.update(control.update(state, 2), 2);
    CHECK(pacer::scale(lr, state.lr)(9) == 0.25);
    CHECK(pacer::scale(lr, state.lr)(0) == 0);
}

TEST_CASE("greedy: the text of a state") {
    const greedy control({.init_lr = 0.5, .min_lr = 0, .max_lr = 1, .window_size = 3});
    CHECK(pacer::to_text(control.start()) ==
          "greedy 1 lr=0.5 best=inf good=0 bad=0 cooldown=0 warmup=0 at_min=0 metrics=0 window=");
    CHECK(pacer::to_text(fed(control, {0.5, 0.25, 4})) ==
          "greedy 1 lr=0.5 best=0.375 good=0 bad=1 cooldown=0 warmup=0 at_min=0 metrics=3 window=0.5,0.25,4");
    for (const greedy_state& s :
         {control.start(), fed(control, {0.1, 0.3}), fed(control, {-0.1, nan, 1e300, infinity, 0.7})}) {
        INFO(pacer::to_text(s));
        CHECK(pacer::to_text(pacer::parse_greedy_state(pacer::to_text(s))) == pacer::to_text(s));
    }
    const std::string good = "greedy 1 lr=0.5 best=0.375 good=0 bad=1 cooldown=0 warmup=0 at_min=0 metrics=3 window=";
    CHECK(pacer::parse_greedy_state(good).bad == 1);
    for (const std::string& wrong :
         {std::string(), std::string("greedy 1"), "greedy 2" + good.substr(8), good + "1,", good + ",1", good + "1;2",
          good + " ", good + "x", good.substr(0, good.size() - 1)}) {
        INFO(wrong);
        CHECK_THROWS_AS(pacer::parse_greedy_state(wrong), pacer::invalid_schedule);
    }
    for (const char* field :
         {" lr=", " best=", " good=", " bad=", " cooldown=", " warmup=", " at_min=", " metrics=", " window="}) {
        std::string wrong = good;
        const std::size_t at = wrong.find(field);
        wrong.erase(at, wrong.find(' ', at + 1) - at);
        INFO(wrong);
        CHECK_THROWS_AS(pacer::parse_greedy_state(wrong), pacer::invalid_schedule);
        wrong = good;
        wrong.replace(wrong.find('=', at), 1, ":");
        CHECK_THROWS_AS(pacer::parse_greedy_state(wrong), pacer::invalid_schedule);
    }
    for (const char* field : {"lr=-1", "lr=inf", "lr=nan", "best=nan", "good=-1", "bad=-1", "cooldown=-1", "warmup=-1",
                              "at_min=-1", "metrics=0.5", "good=9223372036854775807"}) {
        std::string wrong = good;
        const std::string name(field, std::string(field).find('=') + 1);
        const std::size_t at = wrong.find(" " + name) + 1;
        wrong.replace(at, wrong.find(' ', at) - at, field);
        INFO(wrong);
        CHECK_THROWS_AS(pacer::parse_greedy_state(wrong), pacer::invalid_schedule);
    }
}

TEST_CASE("greedy: every field is checked") {
    const auto message = [](const greedy_params& p) {
        const pacer::violation asked = pacer::check(p);
        try {
            const greedy made(p);
            return std::string(asked ? "made, against check" : "");
        } catch (const pacer::invalid_schedule& error) {
            return std::string(asked ? error.what() : "not made, against check");
        }
    };
    const auto with = [&](auto change) {
        greedy_params p{.init_lr = 0.1, .min_lr = 0.01, .max_lr = 1};
        change(p);
        return message(p);
    };
    CHECK(with([](greedy_params&) {}).empty());
    CHECK(greedy({.init_lr = 0.1, .min_lr = 0.01, .max_lr = 1, .patience = 3}).params().patience == 3);
    greedy_state full{.lr = 0.1};
    full.window.resize(1'000'001);
    CHECK(std::string(pacer::check(full).field) == "window");
    full.window.pop_back();
    CHECK(!pacer::check(full));
    CHECK(message({}) == "pacer: init_lr: must be given, as a finite rate of 0 or more");
    CHECK(with([](greedy_params& p) { p.min_lr = -1; }).find("min_lr") != std::string::npos);
    CHECK(with([](greedy_params& p) { p.min_lr = 0.2; }) == "pacer: min_lr = 0.2: must be at most init_lr (0.1)");
    CHECK(with([](greedy_params& p) { p.max_lr = -1; }).find("max_lr") != std::string::npos);
    CHECK(with([](greedy_params& p) { p.max_lr = 0.05; }) == "pacer: init_lr = 0.1: must be at most max_lr (0.05)");
    for (const double factor : {0.0, 1.0, -0.5, 2.0, nan})
        CHECK(with([&](greedy_params& p) { p.factor = factor; }).find("factor") != std::string::npos);
    CHECK(with([](greedy_params& p) { p.patience = -1; }) ==
          "pacer: patience = -1: must be a number of metrics from 0 to 2^53");
    CHECK(with([](greedy_params& p) { p.threshold = nan; }).find("threshold") != std::string::npos);
    CHECK(with([](greedy_params& p) { p.cooldown = -1; }).find("cooldown") != std::string::npos);
    CHECK(with([](greedy_params& p) { p.warmup = -1; }).find("warmup") != std::string::npos);
    CHECK(with([](greedy_params& p) { p.reset_start = -1; }).find("reset_start") != std::string::npos);
    CHECK(with([](greedy_params& p) { p.window_size = -1; }) ==
          "pacer: window_size = -1: must be a number of metrics from 0 to 1000000");
    CHECK(with([](greedy_params& p) { p.patience = pacer::longest + 1; }) ==
          "pacer: patience = 9007199254740993: must be a number of metrics from 0 to 2^53");
    CHECK(with([](greedy_params& p) { p.window_size = 1'000'001; }) ==
          "pacer: window_size = 1000001: must be a number of metrics from 0 to 1000000");
    CHECK(with([](greedy_params& p) { p.eps = -1; }) == "pacer: eps = -1: must be finite, 0 or more");
}

}  // namespace
