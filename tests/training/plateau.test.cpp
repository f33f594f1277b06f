// SPDX-License-Identifier: MIT
#include "support/check.hpp"
#include "support/golden.hpp"

#include <pacer/compose.hpp>
#include <pacer/schedules/constant_with_warmup.hpp>
#include <pacer/schedules/cosine.hpp>
#include <pacer/training/plateau.hpp>

#include <bit>
#include <clocale>
#include <initializer_list>
#include <limits>
#include <map>
#include <type_traits>
#include <vector>

namespace {

using pacer::metric_mode;
using pacer::plateau;
using pacer::plateau_params;
using pacer::plateau_state;
using pacer::step_t;
using pacer::threshold_mode;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

// A controller is no schedule, and cannot be taken for one.
static_assert(!pacer::Schedule<plateau>);
static_assert(!pacer::Schedule<plateau_state>);
static_assert(std::is_trivially_copyable_v<plateau_state> && std::is_trivially_copyable_v<plateau>);
static_assert(sizeof(plateau_state) == 40);  // no padding: it may be saved and compared as bytes
static_assert(std::is_nothrow_invocable_v<decltype(&plateau::update), const plateau&, plateau_state, double>);
static_assert(pacer::Schedule<decltype(pacer::cut(pacer::cosine{{.peak_lr = 1, .total_steps = 1}}, plateau_state{}))>);

constexpr plateau_state fed(const plateau& control, std::initializer_list<double> metrics) {
    plateau_state state = control.start();
    for (const double metric : metrics)
        state = control.update(state, metric);
    return state;
}

bool same_bits(double a, double b) { return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b); }

struct trace {
    plateau_params params;
    bool relative = false;
    struct row {
        double metric, lr, best;
        step_t bad, cooldown;
    };
    std::vector<row> rows;
};

// Per case and group, what PyTorch did.
std::map<std::string, trace> torch_traces() {
    std::map<std::string, trace> traces;
    for (const auto& cells : support::golden("plateau.csv", 9)) {
        trace& t = traces[cells[0] + " group " + cells[1]];
        t.params = {.peak_lr = support::number(cells[2])};
        t.relative = true;
        t.params.threshold_mode = threshold_mode::torch_relative;
        for (const auto& [key, value] : support::options(cells[3])) {
            if (key == "mode")
                t.params.mode = value == "max" ? metric_mode::max : metric_mode::min;
            else if (key == "threshold_mode" && value == "abs")
                t.params.threshold_mode = threshold_mode::absolute, t.relative = false;
            else if (key == "threshold_mode")
                REQUIRE(value == "rel");
            else if (key == "factor")
                t.params.factor = support::number(value);
            else if (key == "patience")
                t.params.patience = support::count(value);
            else if (key == "threshold")
                t.params.threshold = support::number(value);
            else if (key == "cooldown")
                t.params.cooldown = support::count(value);
            else if (key == "eps")
                t.params.eps = support::number(value);
            else if (key == "min_lr")
                t.params.min_lr = support::number(value);
            else
                FAIL(key);
        }
        t.rows.push_back({support::number(cells[4]), support::number(cells[5]), support::number(cells[6]),
                          support::count(cells[7]), support::count(cells[8])});
    }
    return traces;
}

void follow(const std::string& name, const trace& t, support::complaints& wrong) {
    const plateau control(t.params);
    plateau_state state = control.start();
    for (std::size_t k = 0; k < t.rows.size(); ++k) {
        const trace::row& torch = t.rows[k];
        state = control.update(pacer::parse_plateau_state(pacer::to_text(state)), torch.metric);
        if (!same_bits(state.lr, torch.lr) || !same_bits(state.best, torch.best) || state.bad != torch.bad ||
            state.cooldown != torch.cooldown || state.metrics != static_cast<step_t>(k + 1))
            wrong.add(name, ", metric ", k, ": ", pacer::to_text(state), ", PyTorch has lr ", torch.lr, " best ",
                      torch.best, " bad ", torch.bad, " cooldown ", torch.cooldown);
    }
}

TEST_CASE("plateau: a state of its own is of no run") {
    const pacer::plateau_state none;
    CHECK(none == pacer::plateau_state{0, 0, 0, 0, 0});
    CHECK(none.lr == 0);
}

TEST_CASE("plateau: PyTorch's own states and rates, to the bit, saved and restored before every metric") {
    support::complaints wrong;
    const auto traces = torch_traces();
    CHECK(traces.size() > 60);
    for (const auto& [name, t] : traces)
        follow(name, t, wrong);
    CHECK(wrong.text() == "");
}

TEST_CASE("plateau: the default threshold is PyTorch's where no best is negative") {
    support::complaints wrong;
    int followed = 0;
    for (auto [name, t] : torch_traces()) {
        bool negative = false;
        for (const trace::row& r : t.rows)
            negative = negative || (support::is_finite(r.best) && r.best < 0);
        if (!t.relative || negative)
            continue;
        t.params.threshold_mode = threshold_mode::relative;
        follow(name, t, wrong);
        ++followed;
    }
    CHECK(followed > 20);
    CHECK(wrong.text() == "");
}

TEST_CASE("plateau: the first cut comes after patience + 1 bad metrics") {
    static constexpr plateau control{{.peak_lr = 1, .factor = 0.5, .patience = 2}};
    static_assert(control.start().lr == 1);
    static_assert(fed(control, {3, 3, 3}).lr == 1);
    static_assert(fed(control, {3, 3, 3, 3}).lr == 0.5);
    static_assert(fed(control, {3, 3, 3, 2, 3, 3}).lr == 1);
    static_assert(fed(control, {3, 3, 3, 2, 3, 3, 3}) ==
                  plateau_state{.lr = 0.5, .best = 2, .bad = 0, .cooldown = 0, .metrics = 7});
    BOTH_CHECK(fed(control, {3, 3, v(3.0), 3}).lr == 0.5);
}

TEST_CASE("plateau: a negative metric of which the larger is better, as log-likelihoods are") {
    constexpr plateau control{{.peak_lr = 1, .mode = metric_mode::max, .factor = 0.5, .patience = 0, .threshold = 0.1}};
    constexpr plateau torch{{.peak_lr = 1,
                             .mode = metric_mode::max,
                             .factor = 0.5,
                             .patience = 0,
                             .threshold = 0.1,
                             .threshold_mode = threshold_mode::torch_relative}};
    // No better, or worse, than the best is bad. PyTorch asks for more than -1.1 after -1, so that both are good.
    static_assert(fed(control, {-1, -1}).lr == 0.5);
    static_assert(fed(control, {-1, -1.05}).lr == 0.5);
    static_assert(fed(torch, {-1, -1}).lr == 1 && fed(torch, {-1, -1.05}).best == -1.05);
    // Better by a tenth of |best| is good; by less it is not.
    static_assert(fed(control, {-10, -8.9}).lr == 1);
    static_assert(fed(control, {-10, -9.1}).lr == 0.5);
    static_assert(fed(control, {-1, 0}).best == 0 && fed(control, {-1, 0, 0}).lr == 0.5);
    // Any negative metric is better than none: the best is not 0 to begin with.
    static_assert(fed(control, {-1e300}).best == -1e300);

    constexpr plateau loss{{.peak_lr = 1, .factor = 0.5, .patience = 0, .threshold = 0.1}};
    static_assert(fed(loss, {-1, -1}).lr == 0.5 && fed(loss, {-1, -1.2}).lr == 1 && fed(loss, {-1, -1.05}).lr == 0.5);
}

TEST_CASE("plateau: absolute thresholds of a maximum are a distance, not a factor") {
    constexpr plateau control{{.peak_lr = 1,
                               .mode = metric_mode::max,
                               .factor = 0.5,
                               .patience = 0,
                               .threshold = 1e-4,
                               .threshold_mode = threshold_mode::absolute}};
    static_assert(fed(control, {0.9, 0.5}).lr == 0.5);  // 0.5 > 0.9 x 1e-4, and no better for it
    static_assert(fed(control, {0.9, 0.90005}).lr == 0.5);
    static_assert(fed(control, {0.9, 0.9002}).lr == 1);
}

TEST_CASE("plateau: NaN is bad, and never the best") {
    const plateau control({.peak_lr = 1, .factor = 0.5, .patience = 1});
    for (const double bad : {nan, -nan, std::bit_cast<double>(std::uint64_t{0x7FF0'0000'0000'0001u})}) {
        CHECK(fed(control, {1, bad, bad}).lr == 0.5);
        CHECK(fed(control, {1, bad, bad}).best == 1);
        CHECK(fed(control, {bad, 5}).best == 5);
        CHECK(fed(control, {bad, bad}).lr == 0.5);
        CHECK(fed(control, {bad, bad}) == fed(control, {infinity, infinity}));
    }
}

TEST_CASE("plateau: the floor is a rate or a ratio, and is reached exactly") {
    constexpr plateau rate{{.peak_lr = 0.1, .factor = 0.3, .patience = 0, .min_lr = 0.02}};
    constexpr plateau ratio{{.peak_lr = 0.1, .factor = 0.3, .patience = 0, .min_lr = pacer::lr_ratio(0.25)}};
    static_assert(fed(rate, {1, 1}).lr == 0.1 * 0.3);
    static_assert(fed(rate, {1, 1, 1}).lr == 0.02 && fed(rate, {1, 1, 1, 1, 1}).lr == 0.02);
    static_assert(fed(ratio, {1, 1, 1}).lr == 0.025);
}

TEST_CASE("plateau: after a warm-up, as a multiplier of a schedule") {
    constexpr pacer::constant_with_warmup lr{{.peak_lr = 0.5, .warmup = pacer::warmup_steps(4)}};
    constexpr plateau control{{.peak_lr = 1, .factor = 0.5, .patience = 0}};
    static_assert(pacer::cut(lr, control.start())(3) == lr(3));
    static_assert(pacer::cut(lr, control.start())(9) == 0.5);
    constexpr plateau_state twice = fed(control, {2, 2, 2});
    static_assert(pacer::cut(lr, twice)(9) == 0.125);
    // The floor stops cuts, and is no floor of the warm-up.
    constexpr auto floored = pacer::cut(lr, twice, 0.2);
    static_assert(floored(0) == 0 && floored(1) == 0.125 && floored(4) == 0.2 && floored(99) == 0.2);
    static_assert(pacer::total_steps(floored) == pacer::endless);
    // It is a schedule like any other.
    constexpr pacer::cosine decay{{.peak_lr = 0.5, .total_steps = 10}};
    static_assert(pacer::total_steps(pacer::cut(decay, twice)) == 10);
    static_assert(pacer::join(lr, 4, pacer::cut(decay, twice))(4) == 0.125);
}

TEST_CASE("plateau: cut refuses what is no multiplier") {
    const pacer::cosine lr{{.peak_lr = 0.5, .total_steps = 10}};
    CHECK(pacer::total_steps(pacer::cut(lr, plateau_state{.lr = 0.5})) == 10);
    CHECK(plateau({.peak_lr = 1, .patience = 3}).params().patience == 3);
    CHECK_THROWS_WITH(pacer::cut(lr, plateau_state{.lr = 1.5}),
                      "pacer: state.lr = 1.5: must be a multiplier, at most (1)");
    CHECK_THROWS_WITH(pacer::cut(lr, plateau_state{.lr = -0.5}),
                      "pacer: state.lr = -0.5: must be a finite rate of 0 or more");
    CHECK_THROWS_AS(pacer::cut(lr, plateau_state{.lr = 1}, -1.0), pacer::invalid_schedule);
}

TEST_CASE("plateau: the text of a state") {
    constexpr plateau control{{.peak_lr = 0.1, .factor = 0.5, .patience = 3}};
    CHECK(pacer::to_text(control.start()) == "plateau 1 lr=0.1 best=inf bad=0 cooldown=0 metrics=0");
    CHECK(pacer::to_text(fed(control, {0.3125, 0.5, 0.5})) ==
          "plateau 1 lr=0.1 best=0.3125 bad=2 cooldown=0 metrics=3");

    const double odd = 0x1.23456789abcdep-3;
    for (const plateau_state& s :
         {control.start(), plateau_state{odd, -odd, 1, 2, 3}, plateau_state{0, 0x1p-1022, 0, 0, 0},
          plateau_state{1, -0.0, pacer::longest, pacer::longest, pacer::longest},
          plateau_state{std::numeric_limits<double>::max(), std::numeric_limits<double>::lowest(), 0, 0, 0},
          plateau{{.peak_lr = 1, .mode = metric_mode::max}}.start()}) {
        const plateau_state back = pacer::parse_plateau_state(pacer::to_text(s));
        INFO(pacer::to_text(s));
        CHECK(same_bits(back.lr, s.lr));
        CHECK(same_bits(back.best, s.best));
        CHECK((back.bad == s.bad && back.cooldown == s.cooldown && back.metrics == s.metrics));
        CHECK(pacer::to_text(s).size() < 150);
        CHECK(pacer::to_text(s).find('\n') == std::string::npos);
    }

    for (const char* wrong :
         {"", "plateau", "plateau 1 lr=0.1 best=1 bad=0 cooldown=0",
          "plateau 2 lr=0.1 best=1 bad=0 cooldown=0 metrics=0", "plateau 1", "plateau 1 lr=0.1",
          "plateau 1 lr=0.1 best=1 bad=0 cooldown=0 metrics=0 ", "plateau 1 lr=0.1 best=1 bad=0 cooldown=0 metrics=0\n",
          "plateau 1 best=1 lr=0.1 bad=0 cooldown=0 metrics=0", "plateau 1 lr=0,1 best=1 bad=0 cooldown=0 metrics=0",
          "plateau 1 lr=-1 best=1 bad=0 cooldown=0 metrics=0", "plateau 1 lr=inf best=1 bad=0 cooldown=0 metrics=0",
          "plateau 1 lr=0.1 best=nan bad=0 cooldown=0 metrics=0", "plateau 1 lr=0.1 best=1 bad=-1 cooldown=0 metrics=0",
          "plateau 1 lr=0.1 best=1 bad=0.5 cooldown=0 metrics=0",
          "plateau 1 lr=0.1 best=1 bad=99999999999999999999 cooldown=0 metrics=0",
          "plateau 10 lr=0.1 best=1 bad=0 cooldown=0 metrics=0"}) {
        INFO(wrong);
        CHECK_THROWS_AS(pacer::parse_plateau_state(wrong), pacer::invalid_schedule);
    }
}

TEST_CASE("plateau: the text does not depend on the locale") {
    const char* before = std::setlocale(LC_ALL, nullptr);
    const std::string restore = before != nullptr ? before : "C";
    for (const char* comma : {"de_DE.UTF-8", "fr_FR.UTF-8"})
        if (std::setlocale(LC_ALL, comma) != nullptr)
            break;
    const plateau_state s{0.5, 0.25, 0, 0, 0};
    CHECK(pacer::to_text(s) == "plateau 1 lr=0.5 best=0.25 bad=0 cooldown=0 metrics=0");
    CHECK(pacer::parse_plateau_state(pacer::to_text(s)) == s);
    std::setlocale(LC_ALL, restore.c_str());
}

TEST_CASE("plateau: every field is checked") {
    const auto message = [](plateau_params p) {
        const pacer::violation asked = pacer::check(p);
        try {
            const plateau made(p);
            return std::string(asked ? "made, against check" : "");
        } catch (const pacer::invalid_schedule& error) {
            return std::string(asked ? error.what() : "not made, against check");
        }
    };
    using params = plateau_params;
    const auto unknown = [](auto e) { return static_cast<decltype(e)>(9); };
    CHECK(message({.peak_lr = 0.1}).empty());
    CHECK(message({}) == "pacer: peak_lr: must be given, as a finite rate of 0 or more");
    CHECK(message(params{.peak_lr = nan}).find("peak_lr") != std::string::npos);
    CHECK(message(params{.peak_lr = 1, .mode = unknown(metric_mode::min)}) ==
          "pacer: mode = 9: must be one of min, max");
    CHECK(message(params{.peak_lr = 1, .factor = 1}) == "pacer: factor = 1: must be from 0 to less than 1");
    CHECK(message(params{.peak_lr = 1, .factor = -0.5}) == "pacer: factor = -0.5: must be from 0 to less than 1");
    CHECK(message(params{.peak_lr = 1, .factor = nan}).find("factor") != std::string::npos);
    CHECK(message(params{.peak_lr = 1, .patience = -1}) ==
          "pacer: patience = -1: must be a number of metrics from 0 to 2^53");
    CHECK(message(params{.peak_lr = 1, .threshold = -1}) == "pacer: threshold = -1: must be finite, 0 or more");
    CHECK(message(params{.peak_lr = 1, .threshold = infinity}).find("threshold") != std::string::npos);
    CHECK(message(params{.peak_lr = 1, .threshold_mode = unknown(threshold_mode::relative)}) ==
          "pacer: threshold_mode = 9: must be one of relative, absolute, torch_relative");
    CHECK(message(params{.peak_lr = 1, .cooldown = -1}).find("cooldown") != std::string::npos);
    CHECK(message(params{.peak_lr = 1, .min_lr = 2}) == "pacer: min_lr = 2: must be at most peak_lr (1)");
    CHECK(message(params{.peak_lr = 1, .eps = -1}) == "pacer: eps = -1: must be finite, 0 or more");
}

TEST_CASE("a cut of a function of the user's: from step 0 on, and a NaN stays one") {
    const auto counting = [](step_t step) { return 100 + static_cast<double>(step); };
    CHECK(pacer::cut(counting, {.lr = 0.5})(-4) == 50);
    // The floor holds a rate up, but lifts none above what it is without the cut.
    CHECK(pacer::cut(counting, {.lr = 0.5}, 60)(0) == 60);
    CHECK(pacer::cut(counting, {.lr = 0.5}, 60)(40) == 70);
    CHECK(pacer::cut(counting, {.lr = 0.5}, 120)(10) == 110);
#ifndef __FAST_MATH__
    const auto none = [](step_t) { return std::numeric_limits<double>::quiet_NaN(); };
    const double rate = pacer::cut(none, {.lr = 0.5}, 0.1)(3);
    CHECK(rate != rate);
#endif
}

}  // namespace

TEST_CASE("plateau: a state that has seen as many metrics as can be counted is saved and read all the same") {
    constexpr pacer::plateau control{{.peak_lr = 0.1}};
    pacer::plateau_state s =
        pacer::parse_plateau_state("plateau 1 lr=0.1 best=1 bad=0 cooldown=0 metrics=9223372036854775805");
    for (int k = 0; k < 5; ++k) {
        s = control.update(s, 1);
        CHECK(pacer::parse_plateau_state(pacer::to_text(s)) == s);
    }
    CHECK(s.metrics == 9'223'372'036'854'775'806);
    CHECK(s.bad == 5);
}
