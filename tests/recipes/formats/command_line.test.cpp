// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "recipes/read.hpp"

#include <pacer/recipes/read_command_line.hpp>
#include <pacer/recipes/resolve.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace pacer::recipes;

resolved of(const std::string& command, run_facts facts = {}) {
    facts.trainer = pacer::hf_trainer::v4;
    return resolve(parse_command_line(command, "c.sh"), facts);
}

std::string reason(const std::string& command, const run_facts& facts = {.examples = 1000}) {
    return verdict([&] { return of(command, facts); });
}

// What every spelling of the same command has to give.
void check_the_same(const std::string& command) {
    INFO(command);
    const resolved run = of(command);
    CHECK(run.scheduler == "cosine");
    CHECK(run.peak_lr == 1e-4);
    CHECK(run.total_steps == 1000);
    CHECK(run.warmup_steps == 100);
}

}  // namespace

TEST_CASE("a command is read in every spelling a shell and argparse take") {
    check_the_same(
        "python train.py --learning_rate 1e-4 --lr_scheduler_type cosine --max_steps 1000 --warmup_steps 100");
    check_the_same(
        "python train.py --learning-rate=1e-4 --lr-scheduler-type=cosine --max-steps=1000 --warmup-steps=100");
    check_the_same("--learning_rate 1e-4 --lr_scheduler_type cosine --max_steps 1000 --warmup_steps 100");
    check_the_same("python train.py \\\n  --learning_rate \"1e-4\" \\\n  --lr_scheduler_type 'cosine' \\\n"
                   "  --max_steps 1_000 \\\r\n  --warmup_steps 100 \\\n  # --max_steps 5\n");
    check_the_same(
        "#!/bin/bash\n# a comment, with --learning_rate 3\nset -x\nexport A=1\n"
        "CUDA_VISIBLE_DEVICES=0 python train.py --learning_rate 1e-4 --lr_scheduler_type cosine --max_steps 1000 "
        "--warmup_steps 100 2>&1 | tee log.txt\necho done --now\n");
    check_the_same(
        "!python train.py --learning_rate 1e-4 --lr_scheduler_type cosine --max_steps 1000 --warmup_steps 100");
    // The last of several wins, as in argparse.
    check_the_same("python train.py --learning_rate 1 --learning_rate 1e-4 --lr_scheduler_type cosine --max_steps 1000 "
                   "--warmup_steps 100");
    check_the_same("nohup deepspeed --num_gpus 1 train.py --deepspeed --learning_rate .0001 --lr_scheduler_type cosine "
                   "--max_steps +1000 --warmup_steps 100 &");
}

TEST_CASE("a command without a name is quoted by its lines alone") {
    const resolved run = resolve(parse_command_line("python pretrain_gpt.py \\\n --lr 0.5 --train-iters 10", ""));
    REQUIRE(run.figures.size() > 2);
    CHECK(run.figures[1].source == "line 2");
    CHECK(verdict([] { return resolve(parse_command_line("python pretrain_gpt.py --lr x --train-iters 10", "")); }) ==
          "line 1: lr: found \"x\", accepted: a finite number of 0 or more");
}

TEST_CASE("how many processes there are is not said by a variable that is empty, or by no launcher") {
    const std::string arguments = "--learning_rate 1e-4 --per_device_train_batch_size 10 --num_train_epochs 1";
    const run_facts facts{.examples = 1000};
    CHECK(of("NPROC_PER_NODE=2 swift sft " + arguments + " --gradient_accumulation_steps 1", facts).total_steps == 50);
    CHECK(of("NPROC_PER_NODE= swift sft " + arguments + " --gradient_accumulation_steps 1", facts).total_steps == 100);
    CHECK(of("CUDA_VISIBLE_DEVICES=0,1 llamafactory-cli train --stage sft " + arguments, facts).total_steps == 50);
    CHECK(of("CUDA_VISIBLE_DEVICES= llamafactory-cli train --stage sft " + arguments, facts).total_steps == 100);
    CHECK(of("CUDA_VISIBLE_DEVICES='' llamafactory-cli train --stage sft " + arguments, facts).total_steps == 100);
    CHECK(of("deepspeed --include localhost:0,1 run.py " + arguments, facts).total_steps == 50);
    CHECK(of("--include localhost:0,1 " + arguments, facts).total_steps == 100);
    CHECK(of("torchrun --nproc_per_node 2 run.py " + arguments, facts).total_steps == 50);
}

TEST_CASE("variables that hold arguments are put in their place") {
    const std::string arguments = "--learning_rate 1e-4 --lr_scheduler_type cosine --max_steps 1000 --warmup_steps 100";
    check_the_same("ARGS=\"" + arguments + "\"\npython train.py $ARGS\n");
    check_the_same("ARGS=(\n  --learning_rate 1e-4  # the rate\n  --lr_scheduler_type cosine\n)\n"
                   "ARGS+=(--max_steps 1000 --warmup_steps 100)\npython train.py \"${ARGS[@]}\"\n");
    check_the_same("A=\"--learning_rate 1e-4 --max_steps 1000\"\nB=\"$A --lr_scheduler_type cosine\"\n"
                   "python train.py ${B} --warmup_steps 100");
    check_the_same("read -r -d '' cmd <<EOT\ntrain.py \\\n " + arguments + "\nEOT\nif true; then\n  python $cmd\nfi");
    check_the_same("ARGS=\"" + arguments + "\"");  // and no command at all
}

TEST_CASE("the number of processes is the launcher's") {
    const auto processes = [](const std::string& launcher) {
        const recipe r = parse_command_line(launcher + " train.py --learning_rate 1e-4");
        return r.world_size.value_or(0);
    };
    CHECK(processes("torchrun --nproc_per_node 8 --nnodes=2") == 16);
    CHECK(processes("torchrun --nproc-per-node=4 --master_port 1234") == 4);
    CHECK(processes("python -m torch.distributed.launch --nproc_per_node 2") == 2);
    CHECK(processes("accelerate launch --num_processes 6 --num_machines 2") == 6);
    CHECK(processes("deepspeed --num_gpus 3") == 3);
    CHECK(processes("deepspeed --include localhost:0,1,4 --master_port 1") == 3);
    CHECK(processes("deepspeed --include=a:0,1@b:3") == 3);
    CHECK(processes("deepspeed --include a@b:3") == 0);
    CHECK(processes("python --include localhost:0,1") == 0);
    CHECK(processes("NPROC_PER_NODE=5 python") == 5);
    CHECK(processes("torchrun --nproc_per_node $GPUS") == 0);
    CHECK(processes("python") == 0);
    const recipe r =
        parse_command_line("CUDA_VISIBLE_DEVICES=0,1,2 llamafactory-cli train --stage sft --learning_rate 1e-4");
    CHECK(r.world_size == 3);
    CHECK(r.is_llamafactory);
}

TEST_CASE("shell variables are not looked up: an error names them") {
    CHECK(reason("LR=1e-4\npython train.py \\\n  --learning_rate $LR --max_steps 10") ==
          "c.sh:3: learning_rate: found $LR, a shell variable, which is not expanded (line 1 sets it); accepted: its "
          "value");
    CHECK(reason("python train.py --learning_rate=${LR:-1e-4} --max_steps 10") ==
          "c.sh:1: learning_rate: found ${LR:-1e-4}, a shell variable, which is not expanded; accepted: its value");
    CHECK(reason("python train.py --learning_rate 1e-4 --max_steps $(expr 10 / 2)") ==
          "c.sh:1: max_steps: found $(expr 10 / 2), what a command prints, which is not run here; accepted: its value");
    CHECK(reason("a=16\nn=2\nswift sft --learning_rate 1e-4 --gradient_accumulation_steps $(expr $a / $n)") ==
          "c.sh:3: gradient_accumulation_steps: found $(expr $a / $n), what a command prints, which is not run here "
          "(line 1 sets a, line 2 sets n); accepted: its value");
    CHECK(reason("n=2\nswift sft --learning_rate 1e-4 --gradient_accumulation_steps $((16 / n))") ==
          "c.sh:2: gradient_accumulation_steps: found $((16 / n)), which the shell computes, and is not computed here "
          "(line 1 sets n); accepted: its value");
    CHECK(reason("python train.py --learning_rate 1e-4 --max_steps `expr 10 / 2`") ==
          "c.sh:1: max_steps: found `expr 10 / 2`, what a command prints, which is not run here; accepted: its value");
    // Where nothing depends on it, it may stay.
    CHECK(reason("python train.py --learning_rate 1e-4 --output_dir $OUT/x --max_steps 10") == "accepted");
}

TEST_CASE("processes that a shell variable counts are not taken for 1") {
    const auto planned = [](const std::string& command, const run_facts& facts) {
        return verdict([&] { return resolve(parse_command_line(command, "c.sh"), facts); });
    };
    const run_facts examples{.examples = 1000};
    const std::string train = " train.py --learning_rate 1e-4 --num_train_epochs 1";
    CHECK(planned("G=8\ntorchrun --nproc_per_node $G" + train, examples) ==
          "c.sh:2: nproc_per_node: found $G, a shell variable, which is not expanded (line 1 sets it); accepted: its "
          "value, or else the world_size of the run");
    CHECK(planned("torchrun --nproc_per_node 8 --nnodes ${N:-1}" + train, examples) ==
          "c.sh:1: nnodes: found ${N:-1}, a shell variable, which is not expanded; accepted: its value, or else the "
          "world_size of the run");
    CHECK(planned("deepspeed --include localhost:$G" + train, examples) ==
          "c.sh:1: include: found localhost:$G, a shell variable, which is not expanded; accepted: its value, or else "
          "the world_size of the run");
    CHECK(planned("n=2\nNPROC_PER_NODE=$n swift sft --learning_rate 1e-4", examples) ==
          "c.sh:2: NPROC_PER_NODE: found $n, a shell variable, which is not expanded (line 1 sets it); accepted: its "
          "value, or else the world_size of the run");
    CHECK(planned("CUDA_VISIBLE_DEVICES=$1 llamafactory-cli train --stage sft --learning_rate 1e-4", examples) ==
          "c.sh:1: CUDA_VISIBLE_DEVICES: found $1, a shell variable, which is not expanded; accepted: its value, or "
          "else the world_size of the run");
    CHECK(planned("accelerate launch --num_processes $N train_dreambooth.py --max_train_steps 9 --lr_warmup_steps 3 "
                  "--learning_rate 1e-4 --lr_scheduler linear --scale_lr",
                  {}) ==
          "c.sh:1: num_processes: found $N, a shell variable, which is not expanded; accepted: its value, or else the "
          "world_size of the run");
    // Where the run says it, or nothing depends on it, it may stay.
    CHECK(planned("torchrun --nproc_per_node $G" + train, {.examples = 1000, .world_size = 2}) == "accepted");
    CHECK(planned("torchrun --nproc_per_node $G" + train + " --max_steps 9", {}) == "accepted");
    CHECK(planned("accelerate launch --num_processes 4 --num_machines $N" + train, examples) == "accepted");
    CHECK(parse_command_line("accelerate launch --num_processes 4 --num_machines $N" + train).world_size == 4);
}

TEST_CASE("what a shell would cut off is not read as if it were there") {
    CHECK(reason("python train.py --learning_rate 1e-4 \\\n  # --warmup_ratio 0.1 \\\n  --max_steps 10") ==
          "c.sh:3: max_steps: belongs to no command: the one above ends before it (a comment, or a line without a "
          "backslash at its end); accepted: one command");
    CHECK(reason("python train.py --learning_rate 1e-4 \\ \n  --max_steps 10") ==
          "c.sh:1: found blanks behind the backslash, which end the command here for a shell; accepted: a backslash at "
          "the very end of the line");
    CHECK(reason("python a.py --learning_rate 1e-4\npython b.py --learning_rate 1e-5") ==
          "c.sh:2: found a second command that trains (the first is in line 1), accepted: one");
    CHECK(reason("python train.py --learning_rate '1e-4") == "c.sh:1: found ' that is not closed");
    CHECK(reason("python train.py --learning_rate ${LR") == "c.sh:1: found $ with no } behind it");
}

TEST_CASE("what only looks like an argument is not left out") {
    // From a page, with a no-break space or a long dash; from PowerShell.
    CHECK(reason("python train.py --learning_rate\xC2\xA0"
                 "1e-4 --max_steps 100") ==
          "c.sh:1: learning_rate: found a no-break space behind it, accepted: a blank");
    for (const std::string dash : {"\xE2\x80\x93", "\xE2\x80\x94"}) {
        CHECK(reason("train --do_train " + dash + "warmup_ratio 0.1 --learning_rate 1e-4 --max_steps 100") ==
              "c.sh:1: " + dash + "warmup_ratio: begins with a dash, accepted: two hyphens, --");
        CHECK(reason("train " + dash + "warmup_ratio 0.1 --learning_rate 1e-4 --max_steps 100") ==
              "c.sh:1: " + dash + "warmup_ratio: begins with a dash, accepted: two hyphens, --");
    }
    for (const std::string end : {"`\n", "`\r\n"})
        CHECK(reason("train " + end + "  --learning_rate 1e-4 " + end + "  --max_steps 100") ==
              "c.sh:1: found ` at the end of the line, as PowerShell has it; accepted: a backslash");
}

TEST_CASE("a command that says nothing of a schedule is no recipe") {
    CHECK(reason("swift infer --model x --max_new_tokens 100") ==
          "c.sh:1: found no argument of a known trainer's, accepted: --learning_rate, --lr_scheduler_type, --max_steps "
          "and their like");
    CHECK(reason("llamafactory-cli train sft.yaml") ==
          "c.sh:1: found a command that reads sft.yaml, accepted: that file");
    CHECK(reason("trl dpo --config dpo.yaml") == "c.sh:1: found a command that reads dpo.yaml, accepted: that file");
    CHECK(reason("").find("found no argument that says how the rate runs") != std::string::npos);
    const resolved both = of("trl sft --config sft.yaml --learning_rate 1e-4 --max_steps 10");
    CHECK(both.notes.front() == "the command reads sft.yaml, too, which is not read here");
}

TEST_CASE("misspelt arguments and wrong values are errors, as in a file") {
    CHECK(reason("python train.py --learning_rte 1e-4").find("learning_rate") != std::string::npos);
    CHECK(reason("python train.py --learning_rate fast --max_steps 10") ==
          "c.sh:1: learning_rate: found \"fast\", accepted: a finite number of 0 or more");
    CHECK(reason("python train.py --learning_rate 1e-4 --max_steps 10 --lr_scheduler_type cosin")
              .find("cosine is the nearest") != std::string::npos);
}

TEST_CASE("scheduler arguments come as JSON") {
    const resolved run = of("swift sft --max_steps 100 --lr_scheduler_type cosine_with_min_lr "
                            "--lr_scheduler_kwargs '{\"min_lr\": 1e-5}' --learning_rate 1e-4");
    CHECK(run.schedule(100) == 1e-5);
}

TEST_CASE("arguments that are split already are read the same way") {
    const recipe r =
        parse_arguments({"train", "--learning_rate", "1e-4", "--lr_scheduler_type=cosine", "--max_steps", "1000"});
    CHECK(r.scheduler == "cosine");
    CHECK(r.learning_rate == 1e-4);
    CHECK(r.max_steps == 1000);
    CHECK(verdict([] {
              return parse_arguments({"train", "--learning_rate", "1e", "--max_steps", "9"});
          }) == "arguments:1: learning_rate: found \"1e\", accepted: a finite number of 0 or more");
}

TEST_CASE("commands are recognised by their words") {
    const auto format = [](const std::string& command) { return parse_command_line(command).format; };
    CHECK(format("trl grpo --learning_rate 1e-6") == "TRL");
    CHECK(format("accelerate launch trl/scripts/sft.py --learning_rate 1e-6") == "TRL");
    CHECK(format("swift sft --learning_rate 1e-4") == "ms-swift");
    CHECK(format("python swift/cli/sft.py --learning_rate 1e-4") == "ms-swift");
    CHECK(format("python -m openrlhf.cli.train_dpo --learning_rate 1e-4") == "OpenRLHF");
    CHECK(format("accelerate launch sdxl_train_network.py --learning_rate 1e-4 --max_train_steps 10") == "sd-scripts");
    CHECK(format("python pretrain_gpt.py --lr 1e-4 --train-iters 10") == "Megatron-LM");
    CHECK(format("python train.py model.optim.lr=1e-4 trainer.max_steps=10") == "NeMo");
    CHECK(format("python train.py --learning_rate 1e-4") == "Hugging Face");
    CHECK(format("megatron sft --lr 1e-4 --train_iters 10") == "Megatron-SWIFT");
}

TEST_CASE("what stands in memory behind a script is no part of it") {
    const std::string script =
        "set -e # notes\nargs=(--warmup_ratio 0.1 \"--lr_scheduler_type\" 'cosine')\r\n"
        "read -d '' more <<'END'\n--max_steps 1000\nEND\n"
        "A=\"--weight_decay $(echo 0.1 | cut -c1) `date` ${B:-0}\" \\\r\n  torchrun --nproc_per_node 2 \\\n"
        "  train.py --learning_rate=1e-4 $more \"${args[@]}\" 2>&1 | tee 'a \\ b' >> log.txt; exit\n";
    const char* const ends[] = {"",   "\\",  "\\\r", "\r", "\\ ", "\\\t\r", "\"", "\"\\", "'",
                                "$",  "${",  "$(",   "`",  "`\r", "<",      "<<", "<<E",  "<<E\n",
                                "=(", "x=(", "x+=(", "#",  "&",   "2>",     "--", "--a="};
    const auto said = [](const std::string& text, const std::string& behind) {
        // Of the very size, for the address sanitizer.
        std::vector<char> memory(text.begin(), text.end());
        memory.insert(memory.end(), behind.begin(), behind.end());
        memory.shrink_to_fit();
        std::string plan;
        return verdict([&] {
                   for (const std::string& line :
                        resolve(parse_command_line(std::string_view(memory.data(), text.size()), "c.sh"),
                                {.examples = 1000})
                            .lines())
                       plan += line + '\n';
               }) +
               plan;
    };
    for (std::size_t n = 0; n <= script.size(); ++n)
        for (const char* end : ends) {
            const std::string text = script.substr(0, n) + end;
            CAPTURE(text);
            const std::string alone = said(text, "");
            CHECK(said(text, "\n --learning_rate x \n") == alone);
            CHECK(said(text, "x --learning_rate x )}'\"`\n") == alone);
        }
}

TEST_CASE("hostile scripts end in one line within a second") {
    const auto quickly = [](const std::string& text) {
        const auto start = std::chrono::steady_clock::now();
        const std::string said = reason(text);
        CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(1));
        CHECK(said.find('\n') == std::string::npos);
        return said;
    };
    const auto many = [](const std::string& part, int times) {
        std::string text;
        for (int i = 0; i < times; ++i)
            text += part;
        return text;
    };
    quickly(many("--a 1 ", 80'000));
    quickly(many("python x --lr 1\n", 30'000));
    quickly("python x --lr " + many("$(", 200'000));
    quickly(many("\"", 100'001));
    quickly(many("cat <<A\n", 60'000));
    quickly("A0=\"--lr 1 --x 2\"\n" + [] {
        std::string text;
        for (int i = 1; i < 60; ++i)
            text +=
                "A" + std::to_string(i) + "=\"$A" + std::to_string(i - 1) + " $A" + std::to_string(i - 1) + " --y\"\n";
        return text + "python train.py $A59";
    }());
    CHECK(quickly(many("x", 600 * 1024)) == "c.sh: is too large, accepted: at most 512 KiB");
    CHECK(quickly(std::string("python x --learning_rate 1") + '\0' + " --max_steps 9") ==
          "c.sh:1: learning_rate: found \"1\\x00\", accepted: a finite number of 0 or more");
}
