// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_YAML_SCALAR_HPP
#define PACER_RECIPES_DETAIL_YAML_SCALAR_HPP

#include <pacer/recipes/detail/tree.hpp>

#include <algorithm>

namespace pacer::recipes::detail {

/// What a plain scalar is to OmegaConf, which LLaMA-Factory reads with: YAML 1.1 as PyYAML has it, and 1e-4 is a number,
/// which PyYAML alone takes for a string. Nothing else differs between the two.
class yaml_scalar {
public:
    PACER_HOST explicit yaml_scalar(std::string_view text) : text_(text) {}

    [[nodiscard]] PACER_HOST tree value() {
        tree v;
        v.text = std::string(text_);
        const auto is_one_of = [this](auto... names) { return ((text_ == names) || ...); };
        if (is_one_of("", "~", "null", "Null", "NULL"))
            v.is = tree::kind::null;
        else if (is_one_of("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"))
            v.boolean = true, v.is = tree::kind::boolean;
        else if (is_one_of("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"))
            v.is = tree::kind::boolean;
        else if (!read_special(v) && !read_integer(v) && !read_real(v))
            v.is = tree::kind::text;
        return v;
    }

private:
    [[nodiscard]] PACER_HOST std::string_view rest() const { return text_.substr((std::min)(at_, text_.size())); }
    PACER_HOST bool take(std::string_view any_of) {
        const bool is_there = at_ < text_.size() && any_of.find(text_[at_]) != std::string_view::npos;
        at_ += is_there ? 1 : 0;
        return is_there;
    }
    /// Appends the digits that follow, without `_`; how many there were, `_` included.
    PACER_HOST std::size_t take_digits(std::string_view digits, std::string& to) {
        const std::size_t from = at_;
        for (; at_ < text_.size() && (text_[at_] == '_' || digits.find(text_[at_]) != std::string_view::npos); ++at_)
            if (text_[at_] != '_')
                to += text_[at_];
        return at_ - from;
    }
    [[nodiscard]] PACER_HOST bool is_digit_next() const {
        return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9';
    }

    /// Whether each `_` stands between two digits; the first one is a digit.
    [[nodiscard]] PACER_HOST static bool is_grouped(std::string_view digits) {
        return digits.back() != '_' && digits.find("__") == std::string_view::npos;
    }

    PACER_HOST bool read_special(tree& v) {
        const bool minus = text_.substr(0, 1) == "-";
        const std::string_view name = minus || text_.substr(0, 1) == "+" ? text_.substr(1) : text_;
        const bool infinite = name == ".inf" || name == ".Inf" || name == ".INF";
        if (!infinite && text_ != ".nan" && text_ != ".NaN" && text_ != ".NAN")
            return false;
        v.is = tree::kind::real;
        v.real = !infinite ? std::numeric_limits<double>::quiet_NaN()
                           : (minus ? -1 : 1) * std::numeric_limits<double>::infinity();
        return true;
    }

    /// 12_000, 0x10, 010 (octal), 0b11, 1:30 (base 60).
    PACER_HOST bool read_integer(tree& v) {
        at_ = 0;
        const bool minus = take("-");
        if (!minus)
            take("+");
        std::string digits;
        int base = 10;
        if (rest().substr(0, 2) == "0x" || rest().substr(0, 2) == "0b") {
            base = rest()[1] == 'x' ? 16 : 2;
            at_ += 2;
            take_digits(base == 16 ? "0123456789abcdefABCDEF" : "01", digits);
        } else if (rest() == "0") {
            digits = "0";
            ++at_;
        } else if (rest().substr(0, 1) == "0" && rest().find(':') == std::string_view::npos) {
            base = 8;
            take_digits("01234567", digits);
        } else if (is_digit_next()) {
            take_digits("0123456789", digits);
            if (rest().substr(0, 1) == ":")
                return read_base_60(v, digits, minus);
        }
        if (at_ != text_.size() || digits.empty())
            return false;
        const std::string signed_digits = (minus ? "-" : "") + digits;
        const auto [end, error] =
            std::from_chars(signed_digits.data(), signed_digits.data() + signed_digits.size(), v.integer, base);
        v.is = error == std::errc{} ? tree::kind::integer : tree::kind::real;
        if (error != std::errc{})
            v.real = base == 10 ? nearest_double(signed_digits) : std::numeric_limits<double>::infinity();
        return true;
    }

    /// 1:30, and 1:30.5, which is a real.
    PACER_HOST bool read_base_60(tree& v, const std::string& first, bool minus) {
        double value = 0;
        std::string part = first;
        while (take(":")) {
            value = (value + nearest_double(part)) * 60;
            part.clear();
            while (is_digit_next() && part.size() < 2)
                part += text_[at_++];
            if (part.empty() || (part.size() == 2 && part[0] > '5'))
                return false;
        }
        const bool is_real = take(".");
        if (is_real) {
            part += '.';
            take_digits("0123456789", part);
        }
        value += nearest_double(part);
        if (at_ != text_.size() || (!is_real && (first[0] == '0' || value > 0x1p53)))
            return false;
        v.is = is_real ? tree::kind::real : tree::kind::integer;
        if (is_real)
            v.real = minus ? -value : value;
        else
            v.integer = static_cast<step_t>(minus ? -value : value);
        return true;
    }

    PACER_HOST bool read_real(tree& v) {
        at_ = 0;
        std::string decimal;
        if (take("-"))
            decimal = "-";
        else
            take("+");
        const bool has_sign = at_ > 0;
        const bool whole = is_digit_next();
        if (whole)
            take_digits("0123456789", decimal);
        const std::string_view digits = text_.substr(has_sign ? 1 : 0, at_ - (has_sign ? 1 : 0));
        const bool point = take(".");
        if (point)
            decimal += '.';
        const std::size_t from = at_;
        const bool part = point && take_digits("0123456789", decimal) > 0;
        if (!whole && part && text_[from] == '_')
            return false;
        // PyYAML knows -0.5, but not -.5.
        if (!whole && (!part || has_sign))
            return false;
        if (take("eE")) {
            decimal += 'e';
            const bool exponent_sign = at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-');
            if (exponent_sign)
                decimal += text_[at_++];
            // These two are OmegaConf's addition, and stricter.
            const bool is_new = !point || !exponent_sign;
            if ((!whole && !exponent_sign) || (is_new && !is_grouped(digits)) || !is_digit_next())
                return false;
            while (is_digit_next())
                decimal += text_[at_++];
        } else if (!point) {
            return false;
        }
        if (at_ != text_.size())
            return false;
        v.is = tree::kind::real;
        v.real = nearest_double(decimal);
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace pacer::recipes::detail

#endif
