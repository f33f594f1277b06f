// SPDX-License-Identifier: MIT
// Data-parallel training on real data, over MPI: how a learning rate stays the same on every rank, and the same curve
// when a run is killed and goes on with another number of ranks. `kill_and_resume.py` does that to it.
//   mpirun -n 4 mpi_data_parallel --checkpoint run.txt --log run.log
//
// The clock of the schedule is samples, not updates, because a run that goes on with another number of ranks may have
// another batch. No rank is ever told a rate: each computes it from how far the run is. The controller is fed a metric
// that all ranks have reduced, so its state, too, is the same everywhere. Both are asserted.
#include "digits.hpp"

#include <pacer/schedules/cosine_with_min_lr.hpp>
#include <pacer/training/plateau.hpp>
#include <pacer/training/resume.hpp>

#include <fmt/format.h>

#define OMPI_SKIP_MPICXX 1
#define MPICH_SKIP_MPICXX 1
#include <mpi.h>

#include <bit>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <span>
#include <sstream>
#include <string_view>

namespace {

constexpr pacer::step_t training_images = 1347;  // three quarters, as they come; the last quarter is the test
constexpr pacer::step_t epoch = training_images;
constexpr pacer::step_t total_samples = 12 * epoch;

constexpr pacer::cosine_with_min_lr schedule{{.peak_lr = 2,
                                              .min_lr = 0.01,
                                              .total_steps = total_samples,  // its steps are samples
                                              .warmup = pacer::warmup_steps(epoch)}};
constexpr pacer::plateau control{{.peak_lr = 1, .factor = 0.5, .patience = 0, .threshold = 0.02, .cooldown = 1}};

int rank = 0;
int ranks = 1;

// Sums over all images and ranks are taken in units of 2^-40. Integers add up to the same in any order, so the training
// is the same, to the bit, on any number of ranks.
using fixed = std::int64_t;
constexpr double unit = 0x1p-40;
fixed to_fixed(double x) { return static_cast<fixed>(std::llround(x / unit)); }

void sum_over_ranks(std::span<fixed> numbers) {
    MPI_Allreduce(MPI_IN_PLACE, numbers.data(), static_cast<int>(numbers.size()), MPI_INT64_T, MPI_SUM, MPI_COMM_WORLD);
}

/// That all ranks hold the same numbers, to the bit; otherwise the run ends.
void assert_same_on_all_ranks(const char* what, std::vector<std::uint64_t> words) {
    std::vector<std::uint64_t> lowest(words.size());
    std::vector<std::uint64_t> highest(words.size());
    const int count = static_cast<int>(words.size());
    MPI_Allreduce(words.data(), lowest.data(), count, MPI_UINT64_T, MPI_MIN, MPI_COMM_WORLD);
    MPI_Allreduce(words.data(), highest.data(), count, MPI_UINT64_T, MPI_MAX, MPI_COMM_WORLD);
    if (lowest != words || highest != words)
        throw std::runtime_error(fmt::format("rank {} has another {} than the others", rank, what));
}

std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }

std::vector<std::uint64_t> bits(const pacer::plateau_state& s) {
    return {bits(s.lr), bits(s.best), static_cast<std::uint64_t>(s.bad), static_cast<std::uint64_t>(s.cooldown),
            static_cast<std::uint64_t>(s.metrics)};
}

/// Softmax regression, trained by gradient descent with momentum. Every rank holds all of it.
struct model {
    static constexpr std::size_t inputs = digits::pixels + 1;  // and one that is always 1
    static constexpr std::size_t size = inputs * digits::classes;

    std::vector<double> weights = std::vector<double>(size);
    std::vector<double> momentum = std::vector<double>(size);

    static double input(const digits::image& x, std::size_t i) { return i < digits::pixels ? x.pixel[i] : 1; }

    [[nodiscard]] std::array<double, digits::classes> probabilities(const digits::image& x) const {
        std::array<double, digits::classes> p{};
        for (std::size_t i = 0; i < inputs; ++i)
            for (std::size_t c = 0; c < digits::classes; ++c)
                p[c] += input(x, i) * weights[i * digits::classes + c];
        const double largest = *std::max_element(p.begin(), p.end());
        double sum = 0;
        for (double& y : p)
            sum += y = std::exp(y - largest);
        for (double& y : p)
            y /= sum;
        return p;
    }

    void add_gradient(const digits::image& x, std::vector<fixed>& gradient) const {
        auto error = probabilities(x);
        error[x.digit] -= 1;
        for (std::size_t i = 0; i < inputs; ++i)
            for (std::size_t c = 0; c < digits::classes; ++c)
                gradient[i * digits::classes + c] += to_fixed(error[c] * input(x, i));
    }

    void update(const std::vector<fixed>& gradient, pacer::step_t batch, double lr) {
        for (std::size_t i = 0; i < size; ++i) {
            momentum[i] =
                0.9 * momentum[i] + 0.1 * static_cast<double>(gradient[i]) * unit / static_cast<double>(batch);
            weights[i] -= lr * momentum[i];
        }
    }
};

struct evaluation {
    double loss = 0;
    double accuracy = 0;
};

/// The test images, shared out to the ranks.
evaluation evaluate(const model& m, const std::vector<digits::image>& images) {
    std::array<fixed, 2> sums{};
    const auto first = static_cast<std::size_t>(training_images);
    for (std::size_t i = first + static_cast<std::size_t>(rank); i < images.size();
         i += static_cast<std::size_t>(ranks)) {
        const auto p = m.probabilities(images[i]);
        sums[0] += to_fixed(-std::log(std::max(p[images[i].digit], 1e-300)));
        const auto read = static_cast<std::size_t>(std::max_element(p.begin(), p.end()) - p.begin());
        sums[1] += read == images[i].digit ? 1 : 0;
    }
    sum_over_ranks(sums);
    const auto tested = static_cast<double>(images.size() - first);
    return {static_cast<double>(sums[0]) * unit / tested, static_cast<double>(sums[1]) / tested};
}

/// The image that is sample number `sample` of the run, whichever rank asks: splitmix64.
std::size_t image_of(pacer::step_t sample) {
    std::uint64_t x = static_cast<std::uint64_t>(sample) * 0x9E37'79B9'7F4A'7C15u + 0x9E37'79B9'7F4A'7C15u;
    x = (x ^ (x >> 30)) * 0xBF58'476D'1CE4'E5B9u;
    x = (x ^ (x >> 27)) * 0x94D0'49BB'1331'11EBu;
    return static_cast<std::size_t>((x ^ (x >> 31)) % static_cast<std::uint64_t>(training_images));
}

/// All that a run is made of. It is saved as one file, so that no part of it can be older than another: the position, the
/// curve, and as states of the checkpoint the controller and the model.
struct run {
    model net{};
    pacer::plateau_state plateau = control.start();
    pacer::progress at{};
    pacer::clocked_expression curve = pacer::by_samples(schedule);
};

void save(const run& r, const std::string& file) {
    std::ostringstream numbers;
    for (const auto* part : {&r.net.weights, &r.net.momentum})
        for (const double x : *part)
            numbers << std::hex << bits(x) << '\n';
    pacer::save(
        {.at = r.at, .curve = r.curve, .states = {{"plateau", pacer::to_text(r.plateau)}, {"model", numbers.str()}}},
        file);
}

run restored(const pacer::checkpoint& saved) {
    run r;
    r.plateau = pacer::parse_plateau_state(saved.state("plateau"));
    std::istringstream numbers(saved.state("model"));
    for (auto* part : {&r.net.weights, &r.net.momentum})
        for (double& x : *part) {
            std::uint64_t word = 0;
            if (!(numbers >> std::hex >> word))
                throw std::runtime_error("the model in the checkpoint is another one");
            x = std::bit_cast<double>(word);
        }
    const auto resumed = pacer::resume(saved, r.curve, pacer::require_same);
    r.at = resumed.at;
    r.curve = resumed.curve;
    return r;
}

/// Drops what a killed run has logged after its last checkpoint: it is done again.
void drop_from(pacer::step_t samples, const std::string& file) {
    std::ifstream in(file);
    std::string kept;
    pacer::step_t position = 0;
    for (std::string line; std::getline(in, line) && std::istringstream(line) >> position && position < samples;)
        kept += line + '\n';
    in.close();
    pacer::atomic_write(file, kept);
}

struct options {
    std::string data = (std::filesystem::path(__FILE__).parent_path() / "../tests/data/digits/digits.txt").string();
    std::string log{};                 // a line for each update: samples before it, bits of the curve and of the rate
    std::string checkpoint{};          // where the run is saved; if it is there, the run goes on from it
    pacer::step_t batch = 32;          // samples per update, of all ranks together
    pacer::step_t batch_per_rank = 0;  // instead: of each rank
    pacer::step_t save_every = 50;     // updates
    pacer::step_t die_at = -1;         // the update in which one rank is killed
    pacer::step_t die_rank = 0;        // that rank
};

options read_options(std::span<char*> arguments) {
    options o;
    const auto number = [](std::string_view text, pacer::step_t& to) {
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), to);
        return error == std::errc{} && end == text.data() + text.size() && to >= 0;
    };
    for (std::size_t k = 1; k < arguments.size(); k += 2) {
        const std::string_view name = arguments[k];
        const std::string value = k + 1 < arguments.size() ? arguments[k + 1] : "";
        const bool good = name == "--data"             ? !(o.data = value).empty()
                          : name == "--log"            ? !(o.log = value).empty()
                          : name == "--checkpoint"     ? !(o.checkpoint = value).empty()
                          : name == "--batch"          ? number(value, o.batch) && o.batch > 0
                          : name == "--batch-per-rank" ? number(value, o.batch_per_rank)
                          : name == "--save-every"     ? number(value, o.save_every) && o.save_every > 0
                          : name == "--die-at"         ? number(value, o.die_at)
                          : name == "--die-rank"       ? number(value, o.die_rank)
                                                       : false;
        if (!good)
            throw std::runtime_error(fmt::format("not understood: {} {}", name, value));
    }
    return o;
}

void train(const options& o) {
    const auto images = digits::read_images(o.data);
    if (images.size() <= static_cast<std::size_t>(training_images))
        throw std::runtime_error("too few images");
    const pacer::step_t batch = o.batch_per_rank > 0 ? o.batch_per_rank * ranks : o.batch;

    const auto saved = pacer::try_load(o.checkpoint);
    if (!saved && !saved.is_missing)
        throw std::runtime_error(saved.error);
    const bool resumed = static_cast<bool>(saved);
    run r = resumed ? restored(*saved) : run{};
    MPI_Barrier(MPI_COMM_WORLD);  // all have read the checkpoint, before it is written again

    std::ofstream log;
    if (rank == 0 && !o.log.empty()) {
        drop_from(r.at.samples(), o.log);
        log.open(o.log, std::ios::app);
    }
    if (rank == 0)
        fmt::print("{} at sample {}, {} ranks, batch {}\n", resumed ? "resumed" : "started", r.at.samples(), ranks,
                   batch);

    const pacer::expression& curve = r.curve.schedule;
    auto lr = pacer::by_samples(pacer::cut(curve, r.plateau));
    std::vector<fixed> gradient(model::size);
    while (!lr.finished(r.at)) {
        const double rate = lr(r.at);  // computed, not communicated
        assert_same_on_all_ranks("rate", {bits(rate)});

        const pacer::step_t size = std::min(batch, total_samples - r.at.samples());
        std::fill(gradient.begin(), gradient.end(), 0);
        for (pacer::step_t i = rank; i < size; i += ranks)
            r.net.add_gradient(images[image_of(r.at.samples() + i)], gradient);
        if (r.at.updates() == o.die_at && rank == o.die_rank)
            std::raise(SIGKILL);
        sum_over_ranks(gradient);
        r.net.update(gradient, size, rate);
        if (log)
            log << r.at.samples() << ' ' << std::hex << bits(curve(r.at.samples())) << ' ' << bits(rate) << std::dec
                << '\n';

        const pacer::step_t before = r.at.samples();
        r.at.apply({.samples = size});
        // The controller looks on after every epoch but the first, which is the warm-up.
        if (before / epoch < r.at.samples() / epoch && r.at.samples() >= 2 * epoch) {
            r.plateau = control.update(r.plateau, evaluate(r.net, images).loss);
            assert_same_on_all_ranks("state of the controller", bits(r.plateau));
            lr = pacer::by_samples(pacer::cut(curve, r.plateau));
        }
        if (rank == 0 && !o.checkpoint.empty() && r.at.updates() % o.save_every == 0) {
            log.flush();
            save(r, o.checkpoint);
        }
    }

    const evaluation final = evaluate(r.net, images);
    std::vector<std::uint64_t> weights;
    std::transform(r.net.weights.begin(), r.net.weights.end(), std::back_inserter(weights),
                   [](double x) { return bits(x); });
    assert_same_on_all_ranks("model", weights);
    if (rank == 0) {
        log << pacer::to_text(r.plateau) << ", loss " << std::hex << bits(final.loss) << '\n';
        fmt::print("{} samples, {} updates; the controller has cut the rate to {} of the curve's; test loss {:.4f}, "
                   "accuracy {:.1f}%\n",
                   r.at.samples(), r.at.updates(), r.plateau.lr, final.loss, 100 * final.accuracy);
    }
    if (final.accuracy < 0.88)
        throw std::runtime_error("it has not learned to read");
}

}  // namespace

int main(int argc, char** argv) {
    MPI_Init(&argc, &argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    try {
        train(read_options({argv, static_cast<std::size_t>(argc)}));
    } catch (const std::exception& error) {
        fmt::print(stderr, "mpi_data_parallel: rank {}: {}\n", rank, error.what());
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    MPI_Finalize();
}
