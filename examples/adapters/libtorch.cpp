// SPDX-License-Identifier: MIT
// libtorch: a small network that learns to read handwritten digits, with gradients that are accumulated over
// micro-batches, scaled, and rounded to half precision, so that now and then an update has to be skipped. The first beta
// falls while the rate rises, and rises while it falls. The run is stopped, saved and resumed: once as it was, once with
// another rate.
#include "digits.hpp"

#include <pacer/adapters/libtorch.hpp>
#include <pacer/pacer.hpp>
#include <pacer/training/resume.hpp>

#include <torch/nn/functional/activation.h>
#include <torch/nn/functional/loss.h>
#include <torch/nn/modules/linear.h>
#include <torch/optim/adamw.h>
#include <torch/serialize.h>
#include <torch/utils.h>

#include <cstdio>  // not fmt: PyTorch's directory of headers has a version of its own
#include <exception>
#include <sstream>

namespace {

constexpr std::int64_t training_images = 1347;  // three quarters, as they come; the last quarter is the test
constexpr std::int64_t micro_batch = 8;
constexpr int accumulation = 4;

struct data {
    torch::Tensor pixels;
    torch::Tensor digit;
};

data read(const std::filesystem::path& file) {
    const auto images = digits::read_images(file);
    const auto n = static_cast<std::int64_t>(images.size());
    data d{torch::empty({n, 64}), torch::empty({n}, torch::kInt64)};
    for (std::int64_t i = 0; i < n; ++i) {
        const digits::image& image = images[static_cast<std::size_t>(i)];
        d.digit[i] = static_cast<std::int64_t>(image.digit);
        for (std::int64_t k = 0; k < 64; ++k)
            d.pixels[i][k] = static_cast<float>(image.pixel[static_cast<std::size_t>(k)]);
    }
    return d;
}

struct network : torch::nn::Module {
    torch::nn::Linear first = register_module("first", torch::nn::Linear(64, 32));
    torch::nn::Linear second = register_module("second", torch::nn::Linear(32, 10));

    torch::Tensor forward(const torch::Tensor& x) { return second(torch::nn::functional::relu(first(x))); }
};

class training {
public:
    explicit training(const data& images) : images_(images), optimizer_(groups(), torch::optim::AdamWOptions(1)) {
        rates_into_groups(curve_.schedule);
    }

    /// Goes on from a saved run.
    training(const data& images, std::istream& file, const pacer::clocked_expression& wanted,
             const pacer::resume_policy& policy)
        : training(images) {
        torch::serialize::InputArchive archive, model, optimizer;
        archive.load_from(file);
        archive.read("model", model);
        archive.read("optimizer", optimizer);
        network_.load(model);
        optimizer_.load(optimizer);
        settings_ = pacer::hyperparameters(optimizer_);  // loading has replaced the options
        c10::IValue scale;
        archive.read("scale", scale);
        scale_ = scale.toDouble();

        const auto run = pacer::resume(pacer::load(archive), wanted, policy);
        for (const std::string& line : run.report.lines())
            std::printf("  %s\n", line.c_str());
        at_ = run.at;
        use(run.curve);
    }

    void use(const pacer::clocked_expression& curve) {
        curve_ = curve;
        rates_into_groups(curve.schedule);
    }

    void save(std::ostream& file) const {
        torch::serialize::OutputArchive archive, model, optimizer;
        network_.save(model);
        optimizer_.save(optimizer);
        archive.write("model", model);
        archive.write("optimizer", optimizer);
        archive.write("scale", c10::IValue(scale_));
        pacer::save({.at = at_, .curve = curve_}, archive);
        archive.save_to(file);
    }

    void run_until(pacer::step_t updates) {
        while (at_.updates() < updates) {
            std::mt19937 random(static_cast<unsigned>(at_.updates() + at_.skipped()));
            optimizer_.zero_grad();
            for (int i = 0; i < accumulation; ++i) {
                std::vector<std::int64_t> which(micro_batch);
                for (auto& w : which)
                    w = static_cast<std::int64_t>(random() % training_images);
                const auto index = torch::tensor(which);
                const auto out = network_.forward(images_.pixels.index_select(0, index));
                const auto loss = torch::nn::functional::cross_entropy(out, images_.digit.index_select(0, index));
                (loss * (scale_ / accumulation)).backward();
            }
            if (!unscale()) {
                at_.skip();  // the same rate again
                scale_ /= 2;
                continue;
            }
            settings_.set_lr(groups_, at_.updates());
            settings_.set_momentum(momentum(at_.updates()));
            optimizer_.step();
            at_.apply({.samples = micro_batch * accumulation});
            if (at_.updates() % 100 == 0)
                scale_ *= 2;
        }
    }

    double accuracy() {
        const torch::NoGradGuard no_grad;
        const auto n = images_.digit.size(0) - training_images;
        const auto read = network_.forward(images_.pixels.narrow(0, training_images, n)).argmax(1);
        return read.eq(images_.digit.narrow(0, training_images, n)).to(torch::kFloat64).mean().item<double>();
    }

    bool same_weights(const training& other) const {
        const auto a = network_.parameters(), b = other.network_.parameters();
        return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                          [](const auto& x, const auto& y) { return x.equal(y); });
    }

    const pacer::progress& at() const { return at_; }

private:
    /// Weights, which decay, and biases, which do not.
    std::vector<torch::optim::OptimizerParamGroup> groups() {
        std::vector<torch::Tensor> parameters[2];
        for (const auto& p : network_.named_parameters())
            parameters[p.value().dim() == 1 ? 1 : 0].push_back(p.value());
        const auto with_decay = [](double decay) {
            return std::make_unique<torch::optim::AdamWOptions>(torch::optim::AdamWOptions(1).weight_decay(decay));
        };
        return {{parameters[0], with_decay(0.01)}, {parameters[1], with_decay(0)}};
    }

    /// The biases at twice the rate of the weights.
    void rates_into_groups(const pacer::expression& lr) {
        groups_ = pacer::group_rates(lr);
        groups_.add({});
        groups_.add({.multiplier = 2, .multiplied = pacer::multiplied::curve});
    }

    /// Rounds the gradients to half precision; whether all are finite, and then divides them by the scale.
    bool unscale() {
        const torch::NoGradGuard no_grad;
        for (auto& p : network_.parameters()) {
            const auto half = p.grad().to(torch::kHalf).to(torch::kFloat32);
            if (!half.isfinite().all().item<bool>())
                return false;
            p.mutable_grad() = half / scale_;
        }
        return true;
    }

    static constexpr pacer::piecewise<> momentum{{.at = {0, 42, 420}, .rates = {0.95, 0.85, 0.95}}};

    const data& images_;
    network network_;
    torch::optim::AdamW optimizer_;
    pacer::hyperparameters settings_{optimizer_};
    double scale_ = 0x1p19;
    pacer::progress at_;
    pacer::clocked_expression curve_ = pacer::constant{{.peak_lr = 0}};
    pacer::group_rates groups_{curve_.schedule};
};

void report(const char* name, training& run) {
    std::printf("%s: %d updates, %d skipped, %.1f%% of the test images read\n\n", name,
                static_cast<int>(run.at().updates()), static_cast<int>(run.at().skipped()), 100 * run.accuracy());
}

}  // namespace

int main() try {
    torch::set_num_threads(1);
    const data images = read(std::filesystem::path(__FILE__).parent_path() / "../../tests/data/digits/digits.txt");
    pacer::cosine_params<> recipe{.peak_lr = 0.01, .total_steps = 420, .warmup = pacer::warmup_ratio(0.1)};
    const auto planned = pacer::cosine(recipe);
    recipe.peak_lr = 0.004;
    const auto smaller = pacer::cosine(recipe);

    torch::manual_seed(1);
    training whole(images);
    whole.use(planned);
    whole.run_until(420);
    report("never stopped", whole);

    torch::manual_seed(1);
    training first(images);
    first.use(planned);
    first.run_until(150);
    std::stringstream file;
    first.save(file);
    report("stopped", first);

    training same(images, file, planned, pacer::require_same);
    same.run_until(420);
    report("resumed as it was", same);

    file.seekg(0);
    training changed(images, file, smaller, pacer::blend(30));
    changed.run_until(420);
    report("resumed with another rate", changed);

    const bool good = same.same_weights(whole) && same.at() == whole.at();
    std::printf("resumed as it was, the weights are %s of the run that never stopped\n", good ? "those" : "NOT those");
    return good && whole.at().skipped() > 0 && whole.accuracy() > 0.88 && changed.accuracy() > 0.88 ? 0 : 1;
} catch (const std::exception& error) {
    std::fprintf(stderr, "libtorch: %s\n", error.what());
    return 1;
}
