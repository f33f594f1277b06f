# SPDX-License-Identifier: MIT
"""Traces the learning rate of Marian NMT.

    git clone https://github.com/marian-nmt/marian-dev && git -C marian-dev checkout c9f287db75b4ed27979717ff0cf543000e2e5b2e
    python3 -m venv venv && venv/bin/pip install mpmath==1.4.1
    venv/bin/python tests/parity/generate/marian.py marian-dev

Compiles src/training/scheduler.h and training_state.h of the checkout with g++ (12 was tried) and yaml-cpp. What these headers include of the
rest of Marian, which needs a GPU's libraries, are stand-ins that hold the options and do nothing. A Scheduler is made and updated as
the trainer does; the optimizer takes the rate of the state before it updates. All arithmetic there is float32.
"""

import sys
from pathlib import Path

from common import Trace, log_uniform, mpf, random_of, steps, text, uniform
from compiled import Driver, commit, version

STAND_INS = {
    "common/definitions.h": r"""
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <functional>
#include <iomanip>
#include <limits>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>
#define LOG(...) ((void)0)
#define LOG_ONCE(...) ((void)0)
#define LOG_VALID(...) ((void)0)
#define ABORT(...) std::abort()
#define ABORT_IF(condition, ...) do { if(condition) std::abort(); } while(false)
namespace fmt {
template <class... T> std::string format(T&&...) { return {}; }
template <class T> int arg(const char*, const T&) { return 0; }
}
namespace marian {
template <class T> using Ptr = std::shared_ptr<T>;
template <class T> using Weak = std::weak_ptr<T>;
inline bool isFinite(float x) { return std::isfinite(x); }
}
""",
    "common/logging.h": "#pragma once\n#include \"common/definitions.h\"\n",
    "common/file_stream.h": r"""
#pragma once
#include <fstream>
#include <yaml-cpp/yaml.h>
namespace marian { namespace io {
struct InputFileStream { InputFileStream(const std::string&) {} std::string readToString() { return {}; } operator std::istream&(); };
struct OutputFileStream { OutputFileStream(const std::string&) {} template <class T> OutputFileStream& operator<<(const T&) { return *this; } };
} }
""",
    "common/filesystem.h": "#pragma once\nnamespace marian { namespace filesystem { inline bool exists(const std::string&) { return false; } } }\n",
    "common/utils.h": r"""
#pragma once
#include <string>
#include <vector>
namespace marian { namespace utils {
inline std::vector<std::string> split(const std::string& s, const std::string&) { return {s}; }
inline std::string withCommas(size_t) { return {}; }
inline double parseNumber(std::string s) { return std::stod(s); }
} }
""",
    "common/options.h": r"""
#pragma once
#include "common/definitions.h"
#include <any>
#include <map>
namespace marian {
struct Options {
  std::map<std::string, std::any> all;
  template <class T> T get(const std::string& key) const { auto it = all.find(key); return it == all.end() ? T{} : std::any_cast<T>(it->second); }
  template <class T> T get(const std::string& key, const T& other) const { auto it = all.find(key); return it == all.end() ? other : std::any_cast<T>(it->second); }
  std::vector<std::string> get(const char*, std::initializer_list<const char*>) const { return {}; }
  std::string asYamlString() const { return {}; }
};
}
""",
    "common/signal_handling.h": "#pragma once\nnamespace marian { inline bool saveAndExitRequested() { return false; } }\n",
    "layers/loss.h": "#pragma once\nnamespace marian { struct StaticLoss { float loss; float count; }; }\n",
    "training/communicator.h": r"""
#pragma once
enum { MPI_FLOAT, MPI_SUM };
namespace marian { struct IMPIWrapper {
  template <class... T> void allReduce(T&&...) {}
  template <class... T> void bCast(T&&...) {}
  template <class T> static int getDataType(T*) { return 0; }
  bool isMainProcess() const { return true; }
}; }
""",
    "training/validator.h": r"""
#pragma once
#include "training/training_state.h"
namespace marian {
namespace timer { struct Timer { void start() {} double elapsed() const { return 1; } }; }
namespace data { struct Batch { size_t size() const { return 1; } size_t wordsTrg() const { return 1; } }; }
struct ExpressionGraph {};
struct ValidatorBase : TrainingObserver {
  size_t stalled_ = 0; float best_ = 0;
  size_t& stalled() { return stalled_; }
  float& lastBest() { return best_; }
  float initScore() const { return 0; }
  std::string type() const { return {}; }
  float validate(const std::vector<Ptr<ExpressionGraph>>&, Ptr<TrainingState>) { return 0; }
};
}
""",
}

DRIVER = r"""
#include "training/validator.h"
#include "training/scheduler.h"
#include <cstdio>

int main() {
    double lr, start_rate, decay;
    unsigned long warmup, freq, decay_start, n, count;
    long inv_start;
    int cycle, repeat;
    if (std::scanf("%lf %lu %lf %d %lu %ld %lf %lu %lu %d %lu", &lr, &warmup, &start_rate, &cycle, &n, &inv_start, &decay, &decay_start, &freq, &repeat, &count) != 11)
        return 2;
    auto options = std::make_shared<marian::Options>();
    auto& o = options->all;
    o["learn-rate"] = float(lr);
    o["lr-warmup"] = std::to_string(warmup);
    o["lr-warmup-start-rate"] = float(start_rate);
    o["lr-warmup-cycle"] = cycle != 0;
    std::vector<std::string> root{std::to_string(n)};
    if (inv_start >= 0)
        root.push_back(std::to_string(inv_start));
    o["lr-decay-inv-sqrt"] = root;
    o["lr-decay"] = float(decay);
    o["lr-decay-strategy"] = std::string("batches");
    o["lr-decay-start"] = std::vector<size_t>{decay_start, 1};
    o["lr-decay-freq"] = size_t(freq);
    o["lr-decay-repeat-warmup"] = repeat != 0;
    o["logical-epoch"] = std::vector<std::string>{"1e", "0"};
    for (const char* text : {"disp-freq", "valid-freq", "save-freq", "after", "early-stopping-on", "mini-batch-warmup", "cost-type"})
        o[text] = std::string("0");
    auto state = std::make_shared<marian::TrainingState>(float(lr));
    auto scheduler = std::make_shared<marian::Scheduler>(options, state);
    scheduler->registerTrainingObserver(scheduler);
    unsigned long at = 0;
    for (unsigned long i = 0; i < count; ++i) {
        unsigned long step;
        if (std::scanf("%lu", &step) != 1)
            return 2;
        for (; at < step; ++at)
            scheduler->update(marian::StaticLoss{1, 1}, 1, 1, 1, 0.f);
        std::printf("%a ", double(state->eta));
    }
}
"""

checkout = Path(sys.argv[1]).resolve()
rng = random_of(16_000)
driver = Driver()
for name, source in STAND_INS.items():
    path = driver.folder / "stand_ins" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="ascii")
for name in ("training/scheduler.h", "training/training_state.h", "common/scheduling_parameter.h"):  # what is beside a file is found before -I
    path = driver.folder / "stand_ins" / name
    path.write_bytes((checkout / "src" / name).read_bytes())
driver.compile("g++", DRIVER, "-O2", "-std=c++17", "-w", f"-I{driver.folder / 'stand_ins'}", "-lyaml-cpp")
trace = Trace("marian", f"marian-dev {commit(checkout)[:8]}, g++ {version('g++')}, float32", far=1e-6)
trace.comment("The peer's values are float32 numbers: Marian's own arithmetic.")

DEFAULTS = dict(learn_rate=1e-4, lr_warmup=0, lr_warmup_start_rate=0.0, lr_warmup_cycle=False, lr_decay_inv_sqrt=0, lr_decay_inv_sqrt_start=-1,
                lr_decay=0.0, lr_decay_start=10, lr_decay_freq=50_000, lr_decay_repeat_warmup=False)


def exact(s, f):
    W, n, start, freq = f["lr_warmup"], f["lr_decay_inv_sqrt"], f["lr_decay_start"], f["lr_decay_freq"]
    m = f["lr_decay_inv_sqrt_start"] if f["lr_decay_inv_sqrt_start"] >= 0 else n
    decays = f["lr_decay"] > 0
    begun = 0
    if f["lr_warmup_cycle"] and W and s > 0:
        begun = (s - 1) // W * W
    elif f["lr_decay_repeat_warmup"] and decays and s > start:
        begun = start + (s - 1 - start) // freq * freq
    w = min(mpf(1), mpf(s - begun) / W) if W else mpf(1)
    low = mpf(f["lr_warmup_start_rate"])
    rate = (low + (mpf(f["learn_rate"]) - low) * w)
    if n and s > m:
        rate *= (mpf(n) / (s - m + n)) ** 0.5
    if decays and s >= start:
        rate *= mpf(f["lr_decay"]) ** ((s - start) // freq + 1)
    return rate


def add(total, landmarks=(), **fields):
    fields = {k: v for k, v in fields.items() if v is not None}
    chosen = steps(total, landmarks)
    f = {**DEFAULTS, **fields}
    trace.case(text("marian", "scheduler", **fields), chosen, driver.ask(list(f.values()), chosen), lambda s: exact(s, f))


add(20)
add(100, [30], learn_rate=3e-4, lr_warmup=30)
add(100, [30], learn_rate=3e-4, lr_warmup=30, lr_warmup_start_rate=1e-5)
add(100, [30], learn_rate=3e-4, lr_warmup=30, lr_warmup_start_rate=1e-2)
add(100, [30, 60], learn_rate=3e-4, lr_warmup=30, lr_warmup_cycle=True)
add(60_000, [16_000], learn_rate=3e-4, lr_warmup=16_000, lr_decay_inv_sqrt=16_000)   # the transformer of its documentation
add(2000, [100, 400], learn_rate=3e-4, lr_warmup=100, lr_decay_inv_sqrt=100, lr_decay_inv_sqrt_start=400)
add(2000, [100, 400], learn_rate=3e-4, lr_warmup=400, lr_decay_inv_sqrt=100)         # the decay starts in the warm-up
add(200, [], learn_rate=0.1, lr_decay_inv_sqrt=1)
add(200, [], learn_rate=0.1, lr_decay_inv_sqrt=10, lr_decay_inv_sqrt_start=0)
add(200, [10, 60, 110], learn_rate=0.1, lr_decay=0.5, lr_decay_freq=50)
add(200, [1, 2], learn_rate=0.1, lr_decay=0.9, lr_decay_start=1, lr_decay_freq=1)
add(200, [30, 80, 130], learn_rate=0.1, lr_warmup=20, lr_decay=0.5, lr_decay_start=30, lr_decay_freq=50, lr_decay_repeat_warmup=True)
add(200, [30, 40, 50], learn_rate=0.1, lr_warmup=20, lr_decay=0.5, lr_decay_start=30, lr_decay_freq=10, lr_decay_repeat_warmup=True)
add(200, [5, 45], learn_rate=0.1, lr_warmup=20, lr_decay=0.5, lr_decay_start=5, lr_decay_freq=40, lr_decay_repeat_warmup=True)
add(100, [30], learn_rate=0.1, lr_decay_repeat_warmup=True)
add(100, [30], learn_rate=0.1, lr_decay=1.0, lr_decay_freq=7)
for _ in range(40):
    W = rng.choice((0, 1, 2, 10, 77, 1000))
    n = rng.choice((0, 0, 1, max(W, 1), 100, 1000))
    decay = rng.choice((None, None, 0.5, 0.9, uniform(rng, 0.1, 1)))
    start, freq = rng.choice((1, 10, 100, W + 1)), rng.choice((1, 7, 100, 5000))
    again = rng.choice(("no", "no", "cycle", "repeat"))
    add(rng.choice((100, 1000, 12_345)), [W, n, start, start + freq, start + 2 * freq], learn_rate=log_uniform(rng, 1e-5, 1), lr_warmup=W,
        lr_warmup_start_rate=rng.choice((None, 1e-6, 0.01)), lr_warmup_cycle=True if again == "cycle" else None, lr_decay_inv_sqrt=n,
        lr_decay_inv_sqrt_start=rng.choice((None, None, 0, 500)), lr_decay=decay, lr_decay_start=start, lr_decay_freq=freq,
        lr_decay_repeat_warmup=True if again == "repeat" else None)

trace.write()
