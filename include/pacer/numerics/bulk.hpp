// SPDX-License-Identifier: MIT
#ifndef PACER_NUMERICS_BULK_HPP
#define PACER_NUMERICS_BULK_HPP

// Runs of kernels, written into memory by vector instructions: compiled for the widest sets beside what the program is
// built for, and chosen when it runs. The bits are those of the scalar call.

#include <pacer/numerics/step_range.hpp>

#include <cstdint>
#include <type_traits>

namespace pacer::detail {

enum class instruction_set { baseline, avx2, avx512 };

/// The widest that this processor has and pacer has clones for.
PACER_HOST inline instruction_set widest_instruction_set() noexcept {
#if PACER_HAS_CLONES
    if (PACER_CPU_SUPPORTS("avx512f") && PACER_CPU_SUPPORTS("avx512dq"))
        return instruction_set::avx512;
    if (PACER_CPU_SUPPORTS("avx2"))
        return instruction_set::avx2;
#endif
    return instruction_set::baseline;
}

/// Rates are computed in blocks of so many: a constant number, and an int to count them, is what g++ vectorises at
/// -O2 too.
inline constexpr int block = 64;

/// 0, 1, 2, ...
inline constexpr struct indices_of_block {
    alignas(64) double of[block]{};

    constexpr indices_of_block() noexcept {
        for (int j = 0; j < block; ++j)
            of[j] = j;
    }
} indices;

// Every k is a whole number of at most 2^53, and so is every sum of first + stride j that belongs to the segment: exact.
template <class Out, class Kernel>
PACER_ALWAYS_INLINE PACER_HOST inline void write_block(const Kernel& kernel, double first,
                                                       const double* PACER_RESTRICT strides,
                                                       Out* PACER_RESTRICT out) noexcept {
    PACER_DETAIL_UNFUSED
    for (int j = 0; j < block; ++j)
        out[j] = static_cast<Out>(kernel(first + strides[j]));
}

/// As many as are a multiple of `block`; `strides` says how far the positions of a block are from its first.
template <class Out, class Kernel>
PACER_ALWAYS_INLINE PACER_HOST inline void write_blocks(const Kernel& given, step_range k, const double* strides,
                                                        Out* out) noexcept {
    const Kernel kernel = given;  // a copy that nothing written to `out` can change
    const auto* const aligned = static_cast<const double*>(PACER_ASSUME_ALIGNED(strides, 64));
    for (step_t done = 0; done < k.count; done += block)
        write_block(kernel, static_cast<double>(k.at(done)), aligned, out + done);
}

template <class Out, class Combine, class... Numbers>
PACER_ALWAYS_INLINE PACER_HOST inline void write_mapped(const Combine& given, step_t count, Out* PACER_RESTRICT out,
                                                        Numbers... numbers) noexcept {
    PACER_DETAIL_UNFUSED
    const Combine combine = given;
    step_t done = 0;
    for (; count - done >= block; done += block)
        for (int j = 0; j < block; ++j)
            out[done + j] = static_cast<Out>(combine(numbers[done + j]...));
    for (; done < count; ++done)
        out[done] = static_cast<Out>(combine(numbers[done]...));
}

/// Whether every position of a segment is a double.
PACER_HOST constexpr bool has_exact_doubles(step_range k) noexcept {
    constexpr step_t most = step_t{1} << 53;
    const auto is_exact = [](step_t position) { return -most <= position && position <= most; };
    return k.count == 0 || (is_exact(k.first) && is_exact(k.at(k.count - 1)));
}

template <class Out, class Kernel>
PACER_HOST PACER_UNFUSED void write_blocks_baseline(const void* kernel, step_range k, const double* strides,
                                                    Out* out) noexcept {
    write_blocks(*static_cast<const Kernel*>(kernel), k, strides, out);
}

template <class Out, class Combine, class... Numbers>
PACER_HOST PACER_UNFUSED void write_mapped_baseline(const Combine& combine, step_t count, Out* out,
                                                    Numbers... numbers) noexcept {
    write_mapped(combine, count, out, numbers...);
}

#if PACER_HAS_CLONES
template <class Out, class Kernel>
PACER_HOST PACER_TARGET_AVX2 PACER_UNFUSED void write_blocks_avx2(const void* kernel, step_range k,
                                                                  const double* strides, Out* out) noexcept {
    write_blocks(*static_cast<const Kernel*>(kernel), k, strides, out);
}

template <class Out, class Kernel>
PACER_HOST PACER_TARGET_AVX512 PACER_UNFUSED void write_blocks_avx512(const void* kernel, step_range k,
                                                                      const double* strides, Out* out) noexcept {
    write_blocks(*static_cast<const Kernel*>(kernel), k, strides, out);
}

template <class Out, class Combine, class... Numbers>
PACER_HOST PACER_TARGET_AVX2 PACER_UNFUSED void write_mapped_avx2(const Combine& combine, step_t count, Out* out,
                                                                  Numbers... numbers) noexcept {
    write_mapped(combine, count, out, numbers...);
}

template <class Out, class Combine, class... Numbers>
PACER_HOST PACER_TARGET_AVX512 PACER_UNFUSED void write_mapped_avx512(const Combine& combine, step_t count, Out* out,
                                                                      Numbers... numbers) noexcept {
    write_mapped(combine, count, out, numbers...);
}
#endif

/// The visitor that writes runs into memory.
template <class Out>
class writer {
public:
    PACER_HOST constexpr writer(Out* out, instruction_set set) noexcept
        : out_(out), set_(set) {}  // NOLINT(*-member-init)

    template <class Rate>
    PACER_HOST constexpr void constant(Rate rate, step_t count) noexcept {
        for (step_t j = 0; j < count; ++j)
            out_[j] = static_cast<Out>(rate);
        out_ += count;
    }

    template <class Kernel>
    PACER_HOST constexpr void segment(const Kernel& kernel, step_range k) noexcept {
        if (std::is_constant_evaluated()) {
            for (step_t j = 0; j < k.count; ++j)
                out_[j] = static_cast<Out>(kernel(static_cast<double>(k.at(j))));
        } else {
            write_segment(blocks_writer_of<Kernel>(), &kernel, k);
        }
        out_ += k.count;
    }

    template <class Kernel, class Exactly>
    PACER_HOST constexpr void checked_segment(const Kernel& kernel, const Exactly& exactly, step_range k) {
        Out* const rates = out_;
        segment(kernel, k);
        for (step_t done = 0; done < k.count; done += block) {
            const step_t n = k.count - done < block ? k.count - done : block;
            if (n == block && !any_is_unknown(rates + done))
                continue;
            for (step_t j = done; j < done + n; ++j)
                if (rates[j] < 0)
                    rates[j] = static_cast<Out>(exactly(k.at(j)));
        }
    }

    PACER_HOST constexpr void rates(const double* numbers, step_t count) noexcept {
        for (step_t j = 0; j < count; ++j)
            out_[j] = static_cast<Out>(numbers[j]);
        out_ += count;
    }

    /// Where the next `count` rates go, for somebody else to write them.
    PACER_HOST constexpr double* skip(step_t count) noexcept requires std::is_same_v<Out, double> {
        double* const rates = out_;
        out_ += count;
        return rates;
    }

    template <class Function>
    PACER_HOST constexpr void each(const Function& rate, step_range steps) {
        for (step_t j = 0; j < steps.count; ++j)
            out_[j] = static_cast<Out>(rate(steps.at(j)));
        out_ += steps.count;
    }

    template <class Combine, class... Numbers>
    PACER_HOST constexpr void mapped_rates(const Combine& combine, step_t count, Numbers... numbers) noexcept {
        if (std::is_constant_evaluated()) {
            for (step_t j = 0; j < count; ++j)
                out_[j] = static_cast<Out>(combine(numbers[j]...));
        } else {
#if PACER_HAS_CLONES
            if (set_ == instruction_set::avx512)
                write_mapped_avx512(combine, count, out_, numbers...);
            else if (set_ == instruction_set::avx2)
                write_mapped_avx2(combine, count, out_, numbers...);
            else
#endif
                write_mapped_baseline(combine, count, out_, numbers...);
        }
        out_ += count;
    }

    [[nodiscard]] PACER_HOST constexpr writer<double> into(double* memory) const noexcept { return {memory, set_}; }

private:
    using blocks_writer = void (*)(const void* kernel, step_range, const double* strides, Out*) noexcept;

    template <class Kernel>
    [[nodiscard]] PACER_HOST blocks_writer blocks_writer_of() const noexcept {
#if PACER_HAS_CLONES
        if (set_ == instruction_set::avx512)
            return write_blocks_avx512<Out, Kernel>;
        if (set_ == instruction_set::avx2)
            return write_blocks_avx2<Out, Kernel>;
#endif
        return write_blocks_baseline<Out, Kernel>;
    }

    PACER_OUT_OF_LINE PACER_HOST void write_segment(blocks_writer write, const void* kernel, step_range k) noexcept {
        if (!has_exact_doubles(k)) {
            write_rounded(write, kernel, k);
            return;
        }
        if (k.count == 0)
            return;
        if (k.count < block) {
            // Beyond the segment a kernel may be undefined (0/0, a root of less than 0): its last position is repeated.
            const auto last = static_cast<double>(k.count - 1);
            alignas(64) double from_first[block];
            for (int j = 0; j < block; ++j)
                from_first[j] = static_cast<double>(k.stride) * (indices.of[j] < last ? indices.of[j] : last);
            write_few(write, kernel, {k.first, 0, k.count}, from_first, out_);
            return;
        }
        if (stride_ != k.stride) {
            stride_ = k.stride;
            for (int j = 0; j < block; ++j)
                from_first_[j] = static_cast<double>(k.stride) * indices.of[j];
        }
        const step_t whole = k.count - k.count % block;
        write(kernel, k.take(whole), from_first_, out_);
        // The last block ends where the segment does.
        if (whole < k.count)
            write(kernel, k.drop(k.count - block), from_first_, out_ + k.count - block);
    }

    PACER_HOST static void write_few(blocks_writer write, const void* kernel, step_range k, const double* from_first,
                                     Out* out) noexcept {
        Out rates[block];
        write(kernel, {k.first, 0, block}, from_first, rates);
        for (step_t j = 0; j < k.count; ++j)
            out[j] = rates[j];
    }

    // Positions that are no doubles are rounded one by one.
    PACER_SELDOM PACER_HOST void write_rounded(blocks_writer write, const void* kernel, step_range k) const noexcept {
        alignas(64) double positions[block];
        for (step_t done = 0; done < k.count; done += block) {
            const step_t n = k.count - done < block ? k.count - done : block;
            for (step_t j = 0; j < block; ++j)
                positions[j] = static_cast<double>(k.at(done + (j < n ? j : n - 1)));
            write_few(write, kernel, {0, 0, n}, positions, out_ + done);
        }
    }

    // Whether a sign is set. Several at once, or each would wait for the one before.
    PACER_HOST static constexpr bool any_is_unknown(const Out* rates) noexcept {
        using bits_type = std::conditional_t<sizeof(Out) == 8, std::uint64_t, std::uint32_t>;
        const auto bits = [=](int j) { return PACER_BIT_CAST(bits_type, rates[j]); };
        bits_type signs = 0;
        for (int j = 0; j < block; j += 8)
            signs |= ((bits(j) | bits(j + 1)) | (bits(j + 2) | bits(j + 3))) |
                     ((bits(j + 4) | bits(j + 5)) | (bits(j + 6) | bits(j + 7)));
        return signs >> (8 * sizeof(Out) - 1) != 0;
    }

    Out* out_;
    instruction_set set_;
    step_t stride_ = endless;               // that the next is for; this one, of none yet
    alignas(64) double from_first_[block];  // of the positions in a block
};

PACER_IN_LIBRARY(class writer<double>)

}  // namespace pacer::detail

#endif
