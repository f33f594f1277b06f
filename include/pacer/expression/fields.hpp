// SPDX-License-Identifier: MIT
#ifndef PACER_EXPRESSION_FIELDS_HPP
#define PACER_EXPRESSION_FIELDS_HPP

// The parameters of any schedule, behind one type that is no template: what is read, written and compared by their names
// is compiled once, not for each schedule.

#include <pacer/expression/text.hpp>
#include <pacer/schedules/description.hpp>

namespace pacer::detail::syntax {

/// One field of the parameters of a schedule, and where it is.
struct field_slot {
    enum class type : unsigned char { real32, real64, steps, ratio, warmup, shape, flag, rates, boundaries, choice };

    field about{};
    type is{};
    void* value = nullptr;
    const char* const* names = nullptr;  ///< of a choice
    unsigned names_count = 0;
    const char* enumeration = nullptr;  ///< the type of a choice, as C++ has it in pacer

    template <class T>
    [[nodiscard]] PACER_HOST T& as() const noexcept {
        return *static_cast<T*>(value);
    }

    [[nodiscard]] PACER_HOST std::string text() const {
        switch (is) {
        case type::real32: return written(static_cast<double>(as<float>()));
        case type::real64: return written(as<double>());
        case type::steps: return written(as<step_t>());
        case type::ratio: return written(as<lr_or_ratio>());
        case type::warmup: return written(as<pacer::warmup>());
        case type::shape: return written(as<ramp_shape>());
        case type::flag: return written(as<bool>());
        case type::rates: return written(as<list<double>>());
        case type::boundaries: return written(as<list<step_t>>());
        case type::choice: break;
        }
        return names[as<unsigned char>()];
    }

    /// What is wrong with the text, if it is no value of this type.
    [[nodiscard]] PACER_HOST violation read(std::string_view from) const {
        const auto length = static_cast<unsigned>(from.size() < 64 ? from.size() : 64);
        if (is == type::choice) {
            for (unsigned k = 0; k < names_count; ++k)
                if (from == names[k]) {
                    as<unsigned char>() = static_cast<unsigned char>(k);
                    return {};
                }
            return unknown_name(about.name, from.data(), length, names, names_count);
        }
        if (read_value(from))
            return {};
        return {.field = about.name,
                .rule = rule(),
                .value_kind = violation::kind::name,
                .name = from.data(),
                .name_length = length};
    }

    /// Whether it says the same as another slot of the same type.
    [[nodiscard]] PACER_HOST bool is_like(const field_slot& other) const {
        const bool is_given = is != type::ratio || as<lr_or_ratio>().is_given();
        const bool other_is_given = is != type::ratio || other.as<lr_or_ratio>().is_given();
        return is_given == other_is_given && text() == other.text();
    }

    /// Whether it holds no value: it follows from the other fields, or is not used.
    [[nodiscard]] PACER_HOST bool is_open() const noexcept {
        if (!about.may_be_open)
            return false;
        switch (is) {
        case type::real64: return as<double>() == static_cast<double>(unset);
        case type::steps: return as<step_t>() == unset;
        case type::ratio: return !as<lr_or_ratio>().is_given();
        case type::rates: return as<list<double>>().is_empty();
        case type::boundaries: return as<list<step_t>>().is_empty();
        default: return false;
        }
    }

private:
    [[nodiscard]] PACER_HOST bool read_value(std::string_view from) const {
        switch (is) {
        case type::real32: return syntax::read(from, as<float>());
        case type::real64: return syntax::read(from, as<double>());
        case type::steps: return syntax::read(from, as<step_t>());
        case type::ratio: return syntax::read(from, as<lr_or_ratio>());
        case type::warmup: return syntax::read(from, as<pacer::warmup>());
        case type::shape: return syntax::read(from, as<ramp_shape>());
        case type::flag: return syntax::read(from, as<bool>());
        case type::rates: return syntax::read(from, as<list<double>>());
        case type::boundaries: return syntax::read(from, as<list<step_t>>());
        case type::choice: break;
        }
        return false;
    }

    [[nodiscard]] PACER_HOST const char* rule() const noexcept {
        switch (is) {
        case type::steps: return "must be a whole number of updates";
        case type::ratio: return "must be a rate, or a ratio of the peak (10%)";
        case type::warmup: return "must be a number of updates, a ratio of total_steps (3%, floor(3%)) or off";
        case type::shape:
            return "must be one of linear, cosine, one_minus_sqrt, half_life, exponential, power(EXPONENT)";
        case type::flag: return "must be true or false";
        case type::rates: return "must be a list of rates ([1e-3, 1e-4])";
        case type::boundaries: return "must be a list of steps ([30, 60, 90])";
        default: return "must be a number";
        }
    }
};

/// All fields of one schedule.
class field_slots {
public:
    static constexpr unsigned most = 16;

    template <class T>
    PACER_OUT_OF_LINE PACER_HOST void operator()(const field& about, T& member) {
        static_assert(!std::is_const_v<T>);
        if (count_ == most)
            return;
        field_slot& slot = slots_[count_++];
        slot = {about, type_of<T>(), &member};
        if constexpr (std::is_enum_v<T>) {
            static_assert(sizeof(T) == 1);
            slot.names = names<T>::values;
            slot.names_count = count_of<T>;
            slot.enumeration = names<T>::type;
        }
    }

    [[nodiscard]] PACER_HOST const field_slot* begin() const noexcept { return slots_; }
    [[nodiscard]] PACER_HOST const field_slot* end() const noexcept { return slots_ + count_; }
    [[nodiscard]] PACER_HOST unsigned size() const noexcept { return count_; }
    [[nodiscard]] PACER_HOST const field_slot& operator[](unsigned k) const noexcept { return slots_[k]; }

    [[nodiscard]] PACER_HOST const field_slot* find(std::string_view name) const noexcept {
        for (const field_slot& slot : *this)
            if (name == slot.about.name)
                return &slot;
        return nullptr;
    }

private:
    template <class T>
    PACER_HOST static constexpr field_slot::type type_of() noexcept {
        using type = field_slot::type;
        if constexpr (std::same_as<T, float>)
            return type::real32;
        else if constexpr (std::same_as<T, double>)
            return type::real64;
        else if constexpr (std::same_as<T, step_t>)
            return type::steps;
        else if constexpr (std::same_as<T, lr_or_ratio>)
            return type::ratio;
        else if constexpr (std::same_as<T, warmup>)
            return type::warmup;
        else if constexpr (std::same_as<T, ramp_shape>)
            return type::shape;
        else if constexpr (std::same_as<T, bool>)
            return type::flag;
        else if constexpr (std::same_as<T, list<double>>)
            return type::rates;
        else if constexpr (std::same_as<T, list<step_t>>)
            return type::boundaries;
        else {
            static_assert(std::is_enum_v<T>, "a field of a type that has no text");
            return type::choice;
        }
    }

    field_slot slots_[most]{};
    unsigned count_ = 0;
};

/// The names of the fields of a schedule, for messages that outlive its parameters.
template <class Params>
struct field_names {
    const char* all[field_slots::most]{};

    PACER_HOST constexpr field_names() {
        Params p;
        unsigned k = 0;
        Params::visit_fields(p, [&](const field& about, const auto&) { all[k++] = about.name; });
    }
};
template <class Params>
inline constexpr field_names<Params> names_of_fields;

/// What a field says of the values, as text: ratios become rates and updates (a warm-up that ends between two updates
/// stays a ratio); what nothing depends on is empty.
PACER_HOST inline std::string resolved_text(const field_slots& all, const field_slot& slot) {
    const auto value_of = []<class T>(const field_slot* f, T otherwise) {
        return f != nullptr ? f->as<T>() : otherwise;
    };
    const step_t total = value_of(all.find("total_steps"), endless);
    if (slot.is_open())
        return {};
    if (slot.is == field_slot::type::ratio)
        return written(slot.as<lr_or_ratio>().rate(value_of(all.find("peak_lr"), 0.0)));
    if (slot.is == field_slot::type::warmup) {
        const auto& w = slot.as<warmup>();
        return static_cast<double>(w.steps(total)) == w.length(total) ? written(w.steps(total)) : written(w);
    }
    const std::string_view name = slot.about.name;
    if (name == "init_lr" || name == "first_step" || name == "warmup_shape")
        if (const field_slot* w = all.find("warmup"); w != nullptr && w->as<warmup>().steps(total) == 0)
            return {};
    if (name == "past_end" && total == endless)
        return {};
    return slot.text();
}

}  // namespace pacer::detail::syntax

#endif
