// SPDX-License-Identifier: MIT
// What the files of the page's library share: answers as JSON, errors, and the curves that JavaScript holds by a number.
#ifndef PACER_WEB_API_HPP
#define PACER_WEB_API_HPP

#include <pacer/expression/expression.hpp>
#include <pacer/expression/text.hpp>

#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace page {

using pacer::expression;
using pacer::step_t;
using pacer::detail::syntax::written;

std::string json_text(std::string_view text);

/// Puts an object or a list together.
class json {
public:
    explicit json(char open) : text_(1, open), close_(open == '{' ? '}' : ']') {}

    json& add(const char* key, const std::string& value) {
        next();
        ((text_ += json_text(key)) += ':') += value;
        return *this;
    }
    json& text(const char* key, std::string_view value) { return add(key, json_text(value)); }
    json& flag(const char* key, bool value) { return add(key, value ? "true" : "false"); }
    json& number(const char* key, double value) { return add(key, finite(value)); }
    json& step(const char* key, step_t value) { return add(key, value == pacer::endless ? "null" : written(value)); }
    template <class Texts>
    json& texts(const char* key, const Texts& all) {
        json list('[');
        for (const auto& each : all)
            list.item(json_text(each));
        return add(key, list.done());
    }
    json& item(const std::string& value) {
        next();
        text_ += value;
        return *this;
    }
    [[nodiscard]] std::string done() const { return text_ + close_; }

private:
    static std::string finite(double x) { return x - x == 0 ? written(x) : "null"; }
    void next() {
        if (text_.size() > 1)
            text_ += ',';
    }

    std::string text_;
    char close_;
};

/// Keeps what JavaScript holds by a number.
template <class T>
class kept {
public:
    int add(T value) {
        for (std::size_t k = 0; k < all_.size(); ++k)
            if (!all_[k]) {
                all_[k].emplace(std::move(value));
                return static_cast<int>(k);
            }
        all_.emplace_back(std::move(value));
        return static_cast<int>(all_.size()) - 1;
    }
    const T& at(int id) const { return *all_.at(static_cast<std::size_t>(id)); }
    void release(int id) { all_.at(static_cast<std::size_t>(id)).reset(); }

private:
    std::vector<std::optional<T>> all_{};
};

/// A text that JavaScript reads before it asks for another.
const char* answered(std::string text);

/// A curve by a number, until `pacer_release`.
int add_curve(const expression& e);

/// A number of steps that JavaScript gives.
inline step_t step_of(double step) {
    return step >= 0x1p62 ? step_t{1} << 62 : step > 0 ? static_cast<step_t>(step) : 0;
}

/// Why the last thing was refused; empty if it was not.
std::string& refusal();

/// What `act` gives; what it refuses is the refusal.
template <class Act>
auto unless_refused(const Act& act, decltype(act()) otherwise) {
    try {
        refusal().clear();
        return act();
    } catch (const std::exception& refused) {
        constexpr std::string_view prefix = "pacer: ";
        refusal() = refused.what();
        if (refusal().starts_with(prefix))
            refusal().erase(0, prefix.size());
        return otherwise;
    }
}

}  // namespace page

#endif
