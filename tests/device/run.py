#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compiles kernels.cu for devices and holds what comes out against the host's rates.

    run.py ptx  --compiler clang++ or nvcc   the PTX of every kernel is run (ptx.py): it gives the host's bits
    run.py hip  --compiler clang++           the code for AMD has no operation whose bits are not the host's
    run.py host --compiler nvcc              the host code that nvcc makes gives the bits of the plain compiler's
    run.py self                              ptx.py refuses what it has to refuse

Exits with 77 where the compiler or its backend is missing.
"""
import argparse
import math
import os
import re
import shutil
import struct
import subprocess
import sys

import ptx

HERE = os.path.dirname(os.path.abspath(__file__))
SKIPPED = 77
APART = ["15decide_rounding", "12wide_squares"]  # what exact schedules call, seldom: integers in their own memory

# Without any vendor's headers, and without clang's habit of compiling unannotated constexpr functions for the device.
CLANG = ["-std=c++20", "-O2", "-fno-unroll-loops", "-S", "--cuda-device-only",
         "-Xclang", "-fno-cuda-host-device-constexpr", "-Wall", "-Wextra", "-Wshadow", "-Wconversion", "-Wsign-conversion",
         "-Werror", "-include", "cstdlib",
         "-D__global__=__attribute__((global))", "-D__host__=__attribute__((host))",
         "-D__device__=__attribute__((device))"]
CUDA = ["-x", "cuda", "--cuda-gpu-arch=sm_70", "-nocudainc", "-nocudalib"]
HIP = ["-x", "hip", "--offload-arch=gfx906", "-nogpuinc", "-nogpulib"]
HIP_ASSEMBLY = ["-x", "ir", "-S", "-O2", "-Xclang", "-disable-llvm-passes", "--target=amdgcn-amd-amdhsa",
                "-mcpu=gfx906", "-nogpulib"]
NVCC = ["-std=c++20", "-Xcompiler", "-Wall,-Wextra,-Werror", "-Werror", "all-warnings"]


def fail(*lines):
    print(*lines, sep="\n")
    sys.exit(1)


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)


def run(*command, may_fail=False):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0 and not may_fail:
        fail("failed: " + " ".join(command), done.stdout)
    return done


def find_compiler(name):
    path = shutil.which(name) if name else None
    if not path:
        skip(f"there is no {name or 'compiler'}")
    return path


def need_target(clang, name):
    if not re.search(rf"^\s+{name}\s", run(clang, "--print-targets", may_fail=True).stdout, re.M):
        skip(f"{clang} does not compile for {name}")


class Expected:
    """What host.cpp prints of one schedule."""

    def __init__(self, number, name):
        self.number = number
        self.name = name
        self.argument = b""
        self.rates = []


def read_expected(text):
    schedules = []
    for line in text.splitlines():
        words = line.split(maxsplit=2)
        if words[0] == "schedule":
            schedules.append(Expected(int(words[1]), words[2]))
        elif words[0] == "left":
            continue
        elif words[0] == "bytes":
            schedules[-1].argument = bytes.fromhex(words[1])
        else:
            schedules[-1].rates.append((int(words[0]), int(words[1], 16)))
    return schedules


def numbered(kernels):
    """The kernels by the number in their (mangled) name."""
    by_number = {}
    for name, kernel in kernels.items():
        found = re.match(r"_Z4rateILi(\d+)E", name)
        if found:
            by_number[int(found[1])] = kernel
    return by_number


def rate_of(kernel, argument, step):
    """The bits that a kernel stores for one step: kernel(schedule, const step_t* step, double* out)."""
    parameters = bytearray(max(kernel.offsets.values()) + 8)
    parameters[:len(argument)] = argument
    _, first, second = sorted(kernel.offsets.values())
    parameters[first:first + 8] = (0).to_bytes(8, "little")
    parameters[second:second + 8] = (8).to_bytes(8, "little")
    memory = bytearray(struct.pack("<qQ", step, 0x7FF8_0000_0000_0000))
    kernel.run(bytes(parameters), memory)
    return int.from_bytes(memory[8:], "little")


def check_ptx(args):
    compiler = find_compiler(args.compiler)
    output = os.path.join(args.work, "kernels.ptx")
    source = os.path.join(HERE, "kernels.cu")
    if "clang" in os.path.basename(compiler):
        need_target(compiler, "nvptx64")
        run(compiler, *CLANG, *CUDA, "-I", args.include, source, "-o", output)
        if run(compiler, *CLANG, *CUDA, "-D", "PACER_HD=", "-I", args.include, source, "-o", os.devnull,
               may_fail=True).returncode == 0:
            fail("this compiler does not notice a missing PACER_HD")
        run(compiler, *CLANG, *CUDA, "-I", args.include, os.path.join(HERE, "example.cu"), "-o", os.devnull)
    else:
        run(compiler, *NVCC, "-I", args.include, "-ptx", source, "-o", output)
    with open(output, encoding="utf-8") as file:
        kernels = numbered(ptx.read(file.read(), APART))
    output_of_host = run(args.host).stdout
    expected = read_expected(output_of_host)
    numbers = {schedule.number for schedule in expected}
    if not numbers or kernels.keys() != numbers:
        fail(f"kernels {sorted(kernels)} of schedules {sorted(numbers)}")
    different = rates = 0
    for schedule in expected:
        for step, bits in schedule.rates:
            rates += 1
            found = rate_of(kernels[schedule.number], schedule.argument, step)
            if found != bits:
                different += 1
                print(f"{schedule.name}: lr({step}) is {found:016x} on the device, {bits:016x} on the host")
    print(f"{len(expected)} schedules, {len(kernels)} kernels, {rates} rates, {different} different")
    left_out = re.findall(r"^left out (.+)$", output_of_host, re.M)
    if left_out:
        print(f"{len(left_out)} of dialects are not tried, because their kernels are long:", *left_out)
    if different or not rates:
        sys.exit(1)


def check_hip(args):
    """No product that may be fused, no call, no approximate function: in LLVM's intermediate code, where it is said
    what may be done; and in the assembly there are no more fused operations than divisions (five each) and exact
    products."""
    compiler = find_compiler(args.compiler)
    need_target(compiler, "amdgcn")
    source = os.path.join(HERE, "kernels.cu")
    code = {}
    output = {name: os.path.join(args.work, "kernels." + name) for name in ("ll", "s")}
    run(compiler, *CLANG, *HIP, "-emit-llvm", "-I", args.include, source, "-o", output["ll"])
    run(compiler, *HIP_ASSEMBLY, output["ll"], "-o", output["s"])
    for name in output:
        with open(output[name], encoding="utf-8") as file:
            code[name] = file.read()

    kernels = len(re.findall(r"^define .*amdgpu_kernel.*@_Z4rateILi\d+E", code["ll"], re.M))
    if kernels != len({schedule.number for schedule in read_expected(run(args.host).stdout)}):
        fail(f"{kernels} kernels")
    products = exact_products = 0
    function = ""
    calling = set()
    for line in code["ll"].splitlines():
        function = line if line.startswith("define") else function
        product = re.search(r"= fmul (.*?)(?:double|float) [^,]+, ([^,]+)", line)
        if product:
            products += 1
            if product[1]:
                exact_products += 1
                if not is_power_of_two(product[2]):
                    fail("a product that may be fused:" + line)
        if re.search(r"= f(add|sub|div|neg|cmp) .*\b(fast|reassoc|nnan|ninf|arcp|afn)\b", line):
            fail("an operation that may be changed:" + line)
        call = re.search(r"\bcall .*?@([\w.]+)\(", line)
        if call and is_apart(call[1]):
            calling.add(re.search(r"@(\w+)", function)[1])
        elif call and not re.match(r"llvm\.(amdgcn\.kernarg|[su](max|min)\.|ct(lz|tz|pop)\.|fsh[lr]\.|assume|lifetime"
                                   r"|mem(cpy|set)\.)", call[1]):
            fail("a call:" + line)
        if "= alloca" in line and not is_apart(function):
            fail("local memory:" + line)

    def count(instruction):
        return len(re.findall(rf"^\s+{instruction}", code["s"], re.M))

    fused, divisions = count("v_fma_f64"), count("v_div_fixup_f64")
    print(f"{kernels} kernels, {products} products, {exact_products} of them by a power of two, {divisions} divisions, "
          f"{fused} fused operations")
    if not divisions or not products or fused > 5 * divisions + exact_products:
        fail("fused operations that are not a division's")
    for name, body in re.findall(r"^(_Z\w+):(.*?)^\.Lfunc_end", code["s"], re.M | re.S):
        body = re.sub(r".*; \d+-byte Folded (Spill|Reload)\n", "", body)  # registers put aside for a while
        in_registers = [] if is_apart(name) or name in calling else ["s_swappc", "scratch_", "buffer_"]
        for wrong in "v_sqrt_f64", "v_rsq_f64", *in_registers:
            if re.search(rf"^\s+{wrong}", body, re.M):
                fail(f"in the assembly of {name}: {wrong}")


def is_apart(name):
    return any(part in name for part in APART)


def is_power_of_two(constant):
    """A floating-point constant as LLVM writes it: decimal, or its bits."""
    if constant.startswith("0x"):
        value = ptx.to_value(int(constant, 16), "f64")
    elif re.fullmatch(r"-?\d+\.\d+e[+-]\d+", constant):
        value = float(constant)
    else:
        return False
    return abs(math.frexp(value)[0]) == 0.5


def check_host(args):
    nvcc = find_compiler(args.compiler)
    source = os.path.join(args.work, "host.cu")
    with open(source, "w", encoding="utf-8") as file:
        file.write(f'#include "{HERE}/host.cpp"\n')

    def rates(text):
        return [line for line in text.splitlines() if not line.startswith("bytes")]  # some of them are padding

    expected = rates(run(args.host).stdout)
    for flags in [], ["-O3", "-Xcompiler", "-march=native"]:
        program = os.path.join(args.work, "host")
        run(nvcc, *NVCC, *flags, "-I", args.include, source, "-o", program)
        found = rates(run(program).stdout)
        different = [pair for pair in zip(found, expected) if pair[0] != pair[1]]
        print(f"nvcc {' '.join(flags)}: {len(expected)} lines, {len(different)} different")
        if different or len(found) != len(expected):
            fail(*map(str, different[:10]))


def check_self(_):
    frame = ".visible .entry k(\n\t.param .u64 k_0,\n\t.param .f64 k_1\n)\n{\n\t.reg .f64 %%fd<9>;\n%s\n\tret;\n}\n"
    refused = ["fma.rn.f64 %fd1, %fd2, %fd3, %fd4;", "fma.rn.f64 %fd1, %fd2, 0d3FF8000000000000, %fd4;",
               "mul.f64 %fd1, %fd2, %fd3;", "mul.f64 %fd1, %fd2, 0d4008000000000000;", "mul.rz.f64 %fd1, %fd2, %fd3;",
               "add.rz.f64 %fd1, %fd2, %fd3;", "div.approx.f32 %f1, %f2, %f3;", "div.full.f32 %f1, %f2, %f3;",
               "sqrt.approx.f32 %f1, %f2;", "rcp.approx.ftz.f64 %fd1, %fd2;", "cos.approx.f32 %f1, %f2;",
               "call.uni (retval0), cos, (param0);", "mov.f64 %fd1, 0f3F800000;", "cvt.rz.f32.f64 %f1, %fd1;",
               ".local .align 8 .b8 __local_depot0[16];", "ld.local.f64 %fd1, [%rd1];", "add.f32.ftz %f1, %f2, %f3;"]
    for instruction in refused:
        try:
            ptx.read(frame % instruction)
        except ptx.Refused:
            continue
        fail("not refused: " + instruction)
    for outside in "\t.func f()\n{\n\tret;\n}\n", ".extern .func f;\n":
        try:
            ptx.read(outside + frame % "")
        except ptx.Refused:
            continue
        fail("not refused: " + outside)

    # f(x) = x < 2 ? sqrt(x * 0.1) / 3 - x : -x, converted to float
    body = """
	ld.param.u64 %rd1, [k_0];
	ld.param.f64 %fd1, [k_1];
	setp.ltu.f64 %p1, %fd1, 0d4000000000000000;
	@!%p1 bra $L2;
	mul.rn.f64 %fd2, %fd1, 0d3FB999999999999A;
	sqrt.rn.f64 %fd2, %fd2;
	div.rn.f64 %fd2, %fd2, 0d4008000000000000;
	sub.f64 %fd2, %fd2, %fd1;
	bra.uni $L3;
$L2:
	neg.f64 %fd1, %fd1;
	mov.f64 %fd2, %fd1;
$L3:
	cvt.rn.f32.f64 %f1, %fd2;
	cvt.f64.f32 %fd2, %f1;
	st.global.f64 [%rd1], %fd2;"""
    kernel = ptx.read(frame % body)["k"]
    for x in 0.0, 0.1, 0.7, 1.9999999999999998, 2.0, 3.3:
        memory = bytearray(8)
        kernel.run(struct.pack("<Qd", 0, x), memory)
        value = math.sqrt(x * 0.1) / 3 - x if x < 2 else -x
        if struct.unpack("<d", memory)[0] != struct.unpack("<f", struct.pack("<f", value))[0]:
            fail(f"the wrong value for {x}")
    print(f"{len(refused) + 2} refused")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("check", choices=["ptx", "hip", "host", "self"])
    parser.add_argument("--compiler", default="")
    parser.add_argument("--include", help="pacer's include directory")
    parser.add_argument("--host", help="the program host.cpp")
    parser.add_argument("--work", help="a directory of its own")
    args = parser.parse_args()
    if args.work:
        os.makedirs(args.work, exist_ok=True)
    try:
        {"ptx": check_ptx, "hip": check_hip, "host": check_host, "self": check_self}[args.check](args)
    except ptx.Refused as refused:
        fail(str(refused))


main()
