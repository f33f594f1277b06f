// SPDX-License-Identifier: MIT
#ifndef PACER_MACROS_HPP
#define PACER_MACROS_HPP

// What device code (CUDA, HIP, SYCL) needs of the headers. A schedule is made on the host, where it is checked, and
// passed to a kernel by value; `lr(step)` may then be asked there:
//
//     template <pacer::Schedule S>
//     __global__ void update(S lr, const pacer::step_t* step, ...) { const auto rate = lr(*step); ... }
//
// The rate has the host's bits: additions, divisions and square roots are IEEE 754's on all these devices, in binary64,
// and no product is fused with an addition (see `times` in numerics/elementary.hpp, which every product goes through, those by powers
// of two apart). Options that change binary64 void this: -ffast-math of clang, and of icpx, whose default it is (say
// -fp-model=precise); nvcc's --use_fast_math is about floats alone.
//
// The correctly rounded schedules (exact.hpp) are made of integers there too. Where one word does not decide, about once
// in a hundred rates, they call a function, which needs some 2 KB of the thread's own memory.
//
// tests/device holds it against the host: the PTX of every schedule, by clang and nvcc, is run by an
// interpreter; the code for AMD is read. Nothing has been run on a device, and nothing compiled for SYCL.
//
// Not for devices: constructors, also in constant expressions there; `check` and errors; any_schedule, which has a function
// pointer of the host. A function of one's own that is composed needs `PACER_HD` too, unless only the host asks.

// One program may be linked of units that are compiled in different modes: with and without exceptions, -ffast-math, wider
// instructions. An inline function has one copy in a program, and the linker takes it from any of the units. So every
// function of pacer carries its mode in its symbol, and so does every table of functions. The types do not, and pass from
// unit to unit.
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
#define PACER_HAS_EXCEPTIONS 1
#define PACER_MODE_EXCEPTIONS "e"
#else
#define PACER_HAS_EXCEPTIONS 0
#define PACER_MODE_EXCEPTIONS "n"
#endif
#if defined(__FAST_MATH__) || defined(__ASSOCIATIVE_MATH__) || defined(__RECIPROCAL_MATH__) ||                         \
    (defined(__FINITE_MATH_ONLY__) && __FINITE_MATH_ONLY__)
#define PACER_MODE_MATH "f"
#else
#define PACER_MODE_MATH "s"
#endif
#if defined(__AVX512F__)
#define PACER_MODE_VECTORS "5"
#elif defined(__AVX2__)
#define PACER_MODE_VECTORS "2"
#elif defined(__AVX__)
#define PACER_MODE_VECTORS "1"
#else
#define PACER_MODE_VECTORS "0"
#endif
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
#define PACER_MODE_FMA "m"
#else
#define PACER_MODE_FMA "p"
#endif
#if defined(__GNUC__)
#define PACER_MODE                                                                                                     \
    __attribute__((abi_tag("pacer_" PACER_MODE_EXCEPTIONS PACER_MODE_MATH PACER_MODE_VECTORS PACER_MODE_FMA)))
#else
#define PACER_MODE
#endif

/// Before every function that only the host calls.
#define PACER_HOST PACER_MODE

/// What stands before every function that device code may call: `__host__ __device__` where the compiler is one for
/// CUDA or HIP, nothing elsewhere (SYCL wants nothing). May be defined before pacer is included, for other dialects.
#ifndef PACER_HD
#if defined(__CUDACC__) || defined(__CUDA__) || defined(__HIPCC__) || defined(__HIP__)
#if defined(__clang__) && (defined(__CUDA_ARCH__) || defined(__HIP_DEVICE_COMPILE__))
// A call would be made with a copy of the schedule in the thread's own memory.
#define PACER_HD PACER_MODE __host__ __device__ __attribute__((always_inline))
#else
#define PACER_HD PACER_MODE __host__ __device__
#endif
#if defined(__CUDA_ARCH__) || defined(__HIP_DEVICE_COMPILE__)
#define PACER_HD_APART PACER_MODE __host__ __device__ __attribute__((noinline))
#endif
#else
#define PACER_HD PACER_MODE
#endif
#endif

/// Instead of PACER_HD, before a function that devices keep out of line: a large one, seldom needed, whose parameters
/// are numbers.
#ifndef PACER_HD_APART
#define PACER_HD_APART PACER_HD
#endif

/// Before a function that calls what the user gave it, which may be for the host alone: nvcc would warn even where the
/// device does not ask.
#if defined(__CUDACC__) && !defined(__clang__)
#define PACER_HD_UNCHECKED _Pragma("nv_exec_check_disable")
#else
#define PACER_HD_UNCHECKED
#endif

/// Whether the code is being compiled for a device, and not for the host beside it.
#if defined(__CUDA_ARCH__) || defined(__HIP_DEVICE_COMPILE__) || defined(__SYCL_DEVICE_ONLY__)
#define PACER_DEVICE_PASS 1
#else
#define PACER_DEVICE_PASS 0
#endif

/// Before a function that is kept out of line on the host, and not on devices; and before one that is seldom called, too,
/// so that it is compiled to be small.
#if PACER_DEVICE_PASS
#define PACER_OUT_OF_LINE
#define PACER_SELDOM
#else
#define PACER_OUT_OF_LINE [[gnu::noinline]]
#define PACER_SELDOM [[gnu::noinline, gnu::cold]]
#endif

/// At the start of a function whose sums must be made in the order they are written in, also under clang's -ffast-math.
#if defined(__clang__)
#define PACER_DETAIL_KEEP_ORDER _Pragma("clang fp reassociate(off)")
#else
#define PACER_DETAIL_KEEP_ORDER
#endif

#endif
