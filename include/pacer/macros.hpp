// SPDX-License-Identifier: MIT
#ifndef PACER_MACROS_HPP
#define PACER_MACROS_HPP

// Every header includes this one before it says anything itself, so this is what a compiler of another mode reads first.
// The compiler stops at the file that is not there: what it would say next are hundreds of lines.
#if defined(_MSVC_LANG)
#if _MSVC_LANG < 202002L
#error "pacer needs C++20 (/std:c++20)"
#endif
#elif !defined(__cplusplus) || __cplusplus < 202002L
#error "pacer needs C++20 (-std=c++20)"
#include <the compiler stops here>
#endif

// This header is the one place for what is not in the standard: attributes, pragmas, built-in functions, integers of 128 bits,
// code for one processor. (A few lines for devices in numerics/elementary.hpp apart; a test holds the others to it.)
// PACER_DETAIL_PORTABLE: none of it is used, for tests; the bits are the same. PACER_DETAIL_MSVC: what Microsoft's compiler
// has of it, which clang understands, too.
#if defined(PACER_DETAIL_PORTABLE)
#define PACER_DETAIL_GNU 0
#elif defined(PACER_DETAIL_MSVC) || (defined(_MSC_VER) && !defined(__clang__))
#define PACER_DETAIL_GNU 0
#ifndef PACER_DETAIL_MSVC
#define PACER_DETAIL_MSVC
#endif
#elif defined(__GNUC__) || defined(__clang__)
#define PACER_DETAIL_GNU 1
#else
#define PACER_DETAIL_GNU 0
#endif

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
#if PACER_DETAIL_GNU && defined(__GNUC__)
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

/// Before a function that is part of its caller's inner loop.
#if PACER_DETAIL_GNU
#define PACER_ALWAYS_INLINE [[gnu::always_inline]]
#elif defined(PACER_DETAIL_MSVC)
#define PACER_ALWAYS_INLINE __forceinline
#else
#define PACER_ALWAYS_INLINE
#endif

/// Before a function that is kept out of line on the host, and not on devices; before one that is seldom called, too, so
/// that it is compiled to be small; and before one of which there must be one copy, whatever its arguments are.
#if PACER_DEVICE_PASS
#define PACER_OUT_OF_LINE
#define PACER_SELDOM
#define PACER_ONE_COPY
#elif PACER_DETAIL_GNU
#define PACER_OUT_OF_LINE [[gnu::noinline]]
#define PACER_SELDOM [[gnu::noinline, gnu::cold]]
#if defined(__clang__)
#define PACER_ONE_COPY [[gnu::noinline]]
#else
#define PACER_ONE_COPY [[gnu::noinline, gnu::noclone]]
#endif
#elif defined(PACER_DETAIL_MSVC)
#define PACER_OUT_OF_LINE __declspec(noinline)
#define PACER_SELDOM __declspec(noinline)
#define PACER_ONE_COPY __declspec(noinline)
#else
#define PACER_OUT_OF_LINE
#define PACER_SELDOM
#define PACER_ONE_COPY
#endif

/// Says of an instantiation that the library pacer::pacer_compiled has it: units that are linked to it make none of their own.
/// (Compilers for devices want the code of what runs there, too.)
#if defined(PACER_COMPILES_LIBRARY)
#define PACER_IN_LIBRARY(...) template __VA_ARGS__;
#elif defined(PACER_COMPILED) && !defined(__CUDACC__) && !defined(__HIPCC__) && !defined(SYCL_LANGUAGE_VERSION)
#define PACER_IN_LIBRARY(...) extern template __VA_ARGS__;
#else
#define PACER_IN_LIBRARY(...)
#endif

/// Before a member that may be empty.
#if defined(PACER_DETAIL_MSVC) && defined(_MSC_VER)
#define PACER_NO_UNIQUE_ADDRESS [[msvc::no_unique_address]]
#else
#define PACER_NO_UNIQUE_ADDRESS [[no_unique_address]]
#endif

/// After a pointer through which alone its objects are reached.
#if PACER_DETAIL_GNU || defined(PACER_DETAIL_MSVC)
#define PACER_RESTRICT __restrict
#else
#define PACER_RESTRICT
#endif

/// Where nothing comes to.
#if PACER_DETAIL_GNU
#define PACER_UNREACHABLE() __builtin_unreachable()
#elif defined(PACER_DETAIL_MSVC) && defined(_MSC_VER)
#define PACER_UNREACHABLE() __assume(false)
#else
#include <exception>
#define PACER_UNREACHABLE() std::terminate()
#endif

/// What std::bit_cast and std::is_constant_evaluated do, without the headers that they are in.
#if PACER_DETAIL_GNU || defined(PACER_DETAIL_MSVC)
#define PACER_BIT_CAST(Type, ...) __builtin_bit_cast(Type, __VA_ARGS__)
#define PACER_IN_CONSTANT_EXPRESSION() __builtin_is_constant_evaluated()
#else
#include <bit>
#include <type_traits>
#define PACER_BIT_CAST(Type, ...) std::bit_cast<Type>(__VA_ARGS__)
#define PACER_IN_CONSTANT_EXPRESSION() std::is_constant_evaluated()
#endif

/// What functions of the standard library do, without its headers: of a word above 0, of a double that is not negative, of
/// bytes. (Not std::countl_zero with nvcc, which compiles that, of 64 bits, to a constant.)
#if PACER_DETAIL_GNU
#define PACER_LEADING_ZEROS(word) __builtin_clzll(word)
#define PACER_SQUARE_ROOT(x) __builtin_sqrt(x)
#define PACER_COPY_BYTES(to, from, size) __builtin_memcpy(to, from, size)
#define PACER_ASSUME_ALIGNED(pointer, bytes) __builtin_assume_aligned(pointer, bytes)
#else
#include <bit>
#include <cmath>
#include <cstring>
#define PACER_LEADING_ZEROS(word) std::countl_zero(word)
#define PACER_SQUARE_ROOT(x) std::sqrt(x)
#define PACER_COPY_BYTES(to, from, size) static_cast<void>(std::memcpy(to, from, size))
#define PACER_ASSUME_ALIGNED(pointer, bytes) (pointer)
#endif

/// |x|, of a double.
#if PACER_DETAIL_GNU && !PACER_DEVICE_PASS
#define PACER_MAGNITUDE(x) __builtin_fabs(x)
#else
#define PACER_MAGNITUDE(x) ((x) < 0 ? -(x) : (x))
#endif

/// A product that is not fused with an addition that follows, if the compiler has a barrier for that.
#if PACER_DETAIL_GNU && !defined(__clang__) && __GNUC__ >= 12
#define PACER_ROUNDED(product) __builtin_assoc_barrier(product)
#else
#define PACER_ROUNDED(product) (product)
#endif

/// Before an integer becomes a double: the instruction writes half of a register. clang leaves the other half as it was, so
/// that each call would wait for the result of the one before.
#if PACER_DETAIL_GNU && defined(__clang__) && defined(__x86_64__) && !PACER_DEVICE_PASS
#define PACER_FRESH_REGISTER asm volatile("xorps {%%xmm0, %%xmm0|xmm0, xmm0}" ::: "xmm0")
#if defined(__AVX__)
#define PACER_TO_FRESH_REGISTER(x, n) asm("vxorps %0, %0, %0\n\tvcvtsi2sd {%1, %0, %0|%0, %0, %1}" : "=&x"(x) : "r"(n))
#else
#define PACER_TO_FRESH_REGISTER(x, n) asm("xorps %0, %0\n\tcvtsi2sd {%1, %0|%0, %1}" : "=&x"(x) : "r"(n))
#endif
#else
#define PACER_FRESH_REGISTER static_cast<void>(0)
#define PACER_TO_FRESH_REGISTER(x, n) ((x) = static_cast<double>(n))
#endif

/// Whether there are integers of 128 bits.
#if PACER_DETAIL_GNU && defined(__SIZEOF_INT128__)
#define PACER_HAS_INT128 1
#define PACER_UINT128_AS(name) __extension__ using name = unsigned __int128  // NOLINT(bugprone-macro-parentheses)
#else
#define PACER_HAS_INT128 0
#endif

/// At the start of a function whose sums must be made in the order they are written in, also under clang's -ffast-math;
/// and of one whose products must not be fused with sums.
#if PACER_DETAIL_GNU && defined(__clang__)
#define PACER_DETAIL_KEEP_ORDER _Pragma("clang fp reassociate(off)")
#define PACER_DETAIL_UNFUSED _Pragma("clang fp contract(off)")
#else
#define PACER_DETAIL_KEEP_ORDER
#define PACER_DETAIL_UNFUSED
#endif

/// Before a function of vector code whose products must not be fused with sums: g++ forgets the barrier where it vectorises.
#if PACER_DETAIL_GNU && !defined(__clang__)
#define PACER_UNFUSED __attribute__((optimize("fp-contract=off")))
#else
#define PACER_UNFUSED
#endif

/// Before a loop over a few words, which is only fast unrolled: g++ -O2 does not do that unasked, and on devices the words are
/// in registers then.
#if PACER_DETAIL_GNU && !defined(__clang__) && !defined(__CUDACC__)
#define PACER_UNROLL _Pragma("GCC unroll 8")
#elif PACER_DEVICE_PASS
#define PACER_UNROLL _Pragma("unroll")
#else
#define PACER_UNROLL
#endif

/// Whether functions are compiled for wider instruction sets beside the program's own, and what stands before them. (A device
/// compiler would take them for its own.)
#if PACER_DETAIL_GNU && defined(__GNUC__) && (defined(__x86_64__) || defined(__i386__)) && !defined(__CUDACC__) &&     \
    !defined(__HIPCC__)
#define PACER_HAS_CLONES 1
#define PACER_TARGET_AVX2 __attribute__((target("avx2")))
#if defined(__clang__)
#define PACER_TARGET_AVX512 __attribute__((target("avx512f,avx512dq"), min_vector_width(512)))
#else
#define PACER_TARGET_AVX512 __attribute__((target("avx512f,avx512dq,prefer-vector-width=512")))
#endif
#define PACER_CPU_SUPPORTS(set) (__builtin_cpu_supports(set) != 0)
#else
#define PACER_HAS_CLONES 0
#endif

#endif
