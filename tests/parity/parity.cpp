// SPDX-License-Identifier: MIT
// What pacer's dialects give, compared with what the peers gave when they were run: the traces beside this file, each
// written by the script of its name in generate/.
//
//     parity DIRECTORY                 compares every point and prints the table; fails if one is not as it must be
//     parity DIRECTORY --update PAGE   writes the tables into docs/parity.md, too
//     parity DIRECTORY --check PAGE    fails if they are not in it
//
// A trace has for every case the text of an expression, the steps, and the peer's rates, each with the distance of the
// exact value of the formula, which was computed apart by 200 bits. A point must be
//
//     within 4 units of the last place of the largest rate of its case from the exact value;
//     equal to it, or to the peer's rate, where the curve is piecewise constant.
//
// The peer's own distance stands beside it in the table. Cases in which a peer does not do what it says are marked in the
// trace, with the reason; there, too, the exact value is the judge.
#include <pacer/expression/dialects.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

// Curves that change by jumps alone.
constexpr const char* piecewise_constant[] = {
    "optax::constant_schedule",
    "optax::piecewise_constant_schedule",
    "keras::piecewise_constant_decay",
    "pytorch::constant_lr",
    "hf::get_constant_schedule",
    "pytorch::step_lr",
    "pytorch::multi_step_lr",
    "mlx::step_decay",
    "mmengine::constant_lr",
    "mmengine::step_lr",
    "mmengine::multi_step_lr",
    "olmo_core::constant",
    "burn::constant",
    "burn::step",
};

// Where a dialect does not follow its peer, and why: past the end of the curve, or in cases that it refuses for a field.
struct difference {
    const char* name;
    const char* refused_field;  // nullptr: past the end
    const char* cause;
};
constexpr difference differences[] = {
    {"pytorch::one_cycle_lr", nullptr,
     "PyTorch jumps up at `total_steps` and raises an error after it; here the last rate is held"},
    {"pytorch::one_cycle_lr", "pct_start",
     "three phases of which the first is longer than half of the run are refused"},
    {"pytorch::one_cycle_momentum", nullptr,
     "PyTorch jumps down at `total_steps` and raises an error after it; here the last momentum is held"},
    {"pytorch::cyclic_momentum", "base_momentum", "a `base_momentum` above `max_momentum` is refused"},
    {"pytorch::exponential_lr", "gamma", "a factor of 0 is refused"},
    {"pytorch::cyclic_lr", "step_size_down", "a fall of 0 updates is refused"},
    {"pytorch::cyclic_lr", "base_lr", "a `base_lr` above `max_lr` is refused"},
    {"pytorch::step_lr", "step_size", "a `step_size` of 0, by which PyTorch divides at the second update, is refused"},
    {"pytorch::multi_step_lr", "milestones", "milestones that decrease are refused"},
    {"timm::cosine_lr_scheduler", "lr_min", "a floor above `lr` is refused"},
    {"timm::cosine_lr_scheduler", "cycle_mul", "cycles that shrink are refused"},
    {"timm::cosine_lr_scheduler", "cycle_decay", "a factor of 0 is refused"},
    {"timm::poly_lr_scheduler", "lr_min", "a floor above `lr` is refused"},
    {"timm::poly_lr_scheduler", "cycle_mul", "cycles that shrink are refused"},
    {"timm::poly_lr_scheduler", "cycle_decay", "a factor of 0 is refused"},
    {"timm::tanh_lr_scheduler", "lr_min", "a floor above `lr` is refused"},
    {"timm::tanh_lr_scheduler", "cycle_mul", "cycles that shrink are refused"},
    {"timm::tanh_lr_scheduler", "cycle_decay", "a factor of 0 is refused"},
    {"timm::step_lr_scheduler", "decay_t", "a `decay_t` of 0, by which timm divides, is refused"},
    {"timm::step_lr_scheduler", "decay_rate", "a factor of 0 is refused"},
    {"torchtitan::lr_scheduler", nullptr, "past the end torchtitan falls below the floor; here it is held"},
    {"torchtitan::lr_scheduler", "steps", "a run of 0 updates is refused"},
    {"torchtitan::lr_scheduler", "min_lr_factor", "a floor above `lr` is refused"},
    {"mmengine::step_lr", "step_size", "a `step_size` of 0 is refused"},
    {"olmo_core::inv_sqrt_with_warmup", "alpha_f", "a floor above `lr` is refused"},
    {"olmo_core::linear_with_warmup", "alpha_f", "a floor above `lr` is refused"},
    {"olmo_core::cos_with_warmup", "alpha_f", "a floor above `lr` is refused"},
    {"olmo_core::half_cos_with_warmup", "alpha_f", "a floor above `lr` is refused"},
    {"olmo_core::wsd", nullptr, "past the end OLMo goes on below `decay_min_lr`, and below 0; here it is held"},
    {"olmo_core::cos_with_warmup_and_linear_decay", nullptr,
     "past the end OLMo goes on below `decay_min_lr`, and below 0; here it is held"},
    {"olmo_core::power_lr", nullptr, "past the end OLMo goes on below `decay_min_lr`, and below 0; here it is held"},
    {"olmo_core::power_lr", "decay", "a decay as long as the run, whose power law would start at infinity, is refused"},
    {"deepspeed::warmup_cosine_lr", "cos_min_ratio", "a floor above `lr` is refused"},
    {"deepspeed::one_cycle", "cycle_min_lr", "a lowest rate above the highest is refused"},
    {"deepspeed::one_cycle_momentum", "cycle_min_mom", "a lowest momentum above the highest is refused"},
    {"fairseq::cosine", "t_mult", "cycles that shrink are refused"},
    {"fairseq::cosine", "lr_shrink", "a factor of 0 is refused"},
    {"fairseq::tri_stage", "init_lr_scale", "a warm-up from above `lr` is refused"},
    {"fairseq::tri_stage", "final_lr_scale", "a decay that rises is refused"},
    {"fairseq::step", "lr_decay", "a factor of 0 is refused"},
    {"darknet::poly", nullptr, "past the end darknet rises again if the power is even; here the rate stays at 0"},
    {"darknet::steps", "steps", "steps that decrease are refused"},
    {"llm_c::lr_scheduler", nullptr,
     "past the end llm.c ends the program, or goes on with the formula; here the last rate is held"},
    {"burn::step", "gamma", "a factor above 1 is refused"},
    {"llama_cpp::lr_opt", "lr_min", "a last rate above the first, to which llama.cpp jumps, is refused"},
    {"llama_cpp::lr_opt", "decay_epochs", "a `decay_epochs` of 0, which stands for all, is to be left out"},
    {"keras::cosine_decay", "warmup_target", "a warm-up without a target, which Keras ignores, is refused"},
    {"keras::cosine_decay_restarts", "m_mul", "cycles that rise higher and higher are refused"},
    {"hf::get_inverse_sqrt_schedule", "timescale", "a `timescale` of 0, by which Hugging Face divides, is refused"},
};

const difference* find_difference(const std::string& name, std::string_view refused) {
    for (const difference& d : differences)
        if (name == d.name && (d.refused_field == nullptr) == refused.empty() &&
            (refused.empty() || refused.find(": " + std::string(d.refused_field)) != std::string_view::npos))
            return &d;
    return nullptr;
}

struct point {
    pacer::step_t step;
    double peer;
    double exact;
};

struct trace_case {
    std::string text;
    std::string name;    // of the schedule: what stands before the first bracket
    std::string excuse;  // why the peer is known to be wrong
    std::vector<point> points{};
};

struct trace {
    std::string versions;
    std::vector<trace_case> cases{};
};

double nth_after(double x, std::int64_t n) {
    const auto bits = std::bit_cast<std::int64_t>(std::fabs(x));
    const std::int64_t ordered = (std::signbit(x) ? -bits : bits) + n;
    const double size = std::bit_cast<double>(ordered < 0 ? -ordered : ordered);
    return ordered < 0 ? -size : size;
}

[[noreturn]] void stop(const std::string& why) {
    std::fprintf(stderr, "parity: %s\n", why.c_str());
    std::exit(2);
}

std::vector<pacer::step_t> read_steps(std::istringstream words) {
    std::vector<pacer::step_t> steps;
    std::string word;
    words.ignore(1);
    while (words >> word) {
        const std::size_t dots = word.find("..");
        const pacer::step_t first = std::stoll(word);
        const pacer::step_t last = dots == std::string::npos ? first : std::stoll(word.substr(dots + 2));
        for (pacer::step_t s = first; s <= last; ++s)
            steps.push_back(s);
    }
    return steps;
}

// VALUE, VALUE+n, VALUE-n, VALUE=EXACT, each with *COUNT or without.
void read_values(const std::string& line, const std::vector<pacer::step_t>& steps, std::vector<point>& to) {
    std::istringstream words(line);
    std::string word;
    while (words >> word) {
        char* end = nullptr;
        point p{0, std::strtod(word.c_str(), &end), 0};
        p.exact = p.peer;
        if (*end == '=')
            p.exact = std::strtod(end + 1, &end);
        else if (*end == '+' || *end == '-')
            p.exact = nth_after(p.peer, std::strtoll(end, &end, 10));
        const long count = *end == '*' ? std::strtol(end + 1, &end, 10) : 1;
        if (*end != '\0')
            stop("cannot read '" + word + "'");
        for (long k = 0; k < count; ++k) {
            if (to.size() >= steps.size())
                stop("more rates than steps: " + line.substr(0, 60));
            p.step = steps[to.size()];
            to.push_back(p);
        }
    }
}

trace read_trace(const std::filesystem::path& path) {
    trace read;
    std::ifstream file(path);
    std::string line;
    std::string excuse;
    std::vector<pacer::step_t> steps;
    while (std::getline(file, line)) {
        if (line.starts_with("# ")) {
            if (read.versions.empty())
                read.versions = line.substr(2);
        } else if (line.starts_with("! ")) {
            (read.cases.empty() || !read.cases.back().points.empty() ? excuse : read.cases.back().excuse) =
                line.substr(2);
        } else if (line.starts_with("> ")) {
            read.cases.push_back({line.substr(2), line.substr(2, line.find('(') - 2), excuse});
            excuse.clear();
            steps.clear();
        } else if (line.starts_with("@ ")) {
            const std::vector<pacer::step_t> more = read_steps(std::istringstream(line));
            steps.insert(steps.end(), more.begin(), more.end());
        } else if (!line.empty()) {
            read_values(line, steps, read.cases.back().points);
        }
    }
    return read;
}

/// Errors in units of the last place of the largest rate of their case.
struct result {
    int cases = 0;
    int refused = 0;
    long points = 0;
    long excused = 0;  // of cases in which the peer is known to be wrong
    long same = 0;     // points with the peer's very bits
    double peer = 0;   // the largest error of the peer, without those
    double pacer = 0;
};

bool is_piecewise_constant(const std::string& name) {
    return std::ranges::any_of(piecewise_constant, [&](const char* other) { return name == other; });
}

// Returns whether every point is as it must be.
bool compare(const trace_case& one, result& sum) {
    const pacer::expression lr = pacer::parse(one.text);
    double largest = 0;
    for (const point& p : one.points)
        largest = std::max(largest, std::fabs(p.exact));
    const double unit = largest > 0 ? nth_after(largest, 1) - largest : std::numeric_limits<double>::denorm_min();
    const double allowed = is_piecewise_constant(one.name) ? 0 : 4;
    bool is_good = true;
    sum.cases += 1;
    const bool is_left_alone_past_end = find_difference(one.name, {}) != nullptr;
    for (const point& p : one.points) {
        const double rate = lr(p.step);
        const double off = std::fabs(rate - p.exact) / unit;
        if (is_left_alone_past_end && p.step >= lr.total_steps() && !(off <= allowed))
            continue;
        sum.points += 1;
        sum.same += std::bit_cast<std::uint64_t>(rate) == std::bit_cast<std::uint64_t>(p.peer);
        sum.pacer = std::max(sum.pacer, off);
        if (one.excuse.empty())
            sum.peer = std::max(sum.peer, std::fabs(p.peer - p.exact) / unit);
        else
            sum.excused += 1;
        // A product of factors is rounded once by some peers, at every factor by others.
        if (!(off <= allowed) && !(allowed == 0 && rate == p.peer) && is_good) {
            std::printf("%s\n    step %lld: %.17g, exact is %.17g, the peer has %.17g (%.3g units)\n", one.text.c_str(),
                        static_cast<long long>(p.step), rate, p.exact, p.peer, off);
            is_good = false;
        }
    }
    return is_good;
}

std::string rounded_up(double ulps) {
    char text[32];
    if (ulps >= 1000)
        std::snprintf(text, sizeof text, "%.1e", ulps);
    else
        std::snprintf(text, sizeof text, "%.1f", std::ceil(ulps * 10) / 10);
    return text;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2 && argc != 4)
        stop("usage: parity DIRECTORY [--update|--check PAGE]");
#ifdef __FAST_MATH__
    return 77;  // where no bits are promised
#endif
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1]))
        if (entry.path().extension() == ".txt")
            paths.push_back(entry.path());
    std::ranges::sort(paths);
    if (paths.empty())
        stop("no traces");
    int wrong = 0;
    long points = 0;
    std::string page;
    for (const auto& path : paths) {
        const trace all = read_trace(path);
        std::map<std::string, result> results;
        std::vector<std::string> remarks;
        for (const trace_case& one : all.cases) {
            if (one.points.empty())
                continue;
            try {
                wrong += !compare(one, results[one.name]);
            } catch (const std::exception& error) {
                if (find_difference(one.name, error.what()) != nullptr) {
                    results[one.name].refused += 1;
                } else {
                    std::printf("%s\n    %s\n", one.text.c_str(), error.what());
                    ++wrong;
                }
            }
            const std::string remark = "`" + one.name + "`: " + one.excuse;
            if (!one.excuse.empty() && std::ranges::find(remarks, remark) == remarks.end())
                remarks.push_back(remark);
        }
        for (const difference& d : differences)
            if (results.contains(d.name))
                remarks.push_back(std::string("`") + d.name + "`: " + d.cause);
        page += "\n## " + path.stem().string() + "\n\n" + all.versions +
                ".\n\n| schedule | cases | points | same bits | peer off by | pacer off by |\n"
                "|---|--:|--:|--:|--:|--:|\n";
        for (const auto& [name, r] : results) {
            points += r.points;
            char row[256];
            std::snprintf(row, sizeof row, "| `%s` | %d | %ld | %ld %% | %s | %s |\n", name.c_str(), r.cases, r.points,
                          r.points > 0 ? 100 * r.same / r.points : 0, rounded_up(r.peer).c_str(),
                          rounded_up(r.pacer).c_str());
            page += row;
        }
        page += remarks.empty() ? "" : "\n";
        for (const std::string& remark : remarks)
            page += "- " + remark + "\n";
    }
    std::fputs(page.c_str(), stdout);
    std::printf("\n%ld points, %d cases that are not as they must be\n", points, wrong);
    if (argc == 4) {
        const std::string_view marker = "<!-- made by tests/parity/parity.cpp from here on -->\n";
        std::stringstream read;
        read << std::ifstream(argv[3]).rdbuf();
        const std::string before = read.str();
        const std::size_t end = before.find(marker);
        if (end == std::string::npos)
            stop(std::string("no place for the tables in ") + argv[3]);
        const std::string after = before.substr(0, end + marker.size()) + page;
        if (std::strcmp(argv[2], "--update") == 0) {
            std::ofstream(argv[3]) << after;
#ifndef __FMA__  // by which a few bits are others
        } else if (before != after) {
            std::printf("%s is not what the traces give: parity DIRECTORY --update PAGE\n", argv[3]);
            return 1;
#endif
        }
    }
    return wrong == 0 ? 0 : 1;
}
