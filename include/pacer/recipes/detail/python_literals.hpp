// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_DETAIL_PYTHON_LITERALS_HPP
#define PACER_RECIPES_DETAIL_PYTHON_LITERALS_HPP

// The literal part of a Python file: `NAME = VALUE` at its top level, where a value is made of numbers, texts, lists, dicts,
// dict(...), arithmetic, and of names that have been given such a value before. Nothing is run.

#include <pacer/recipes/detail/tree.hpp>

#include <cmath>
#include <optional>

namespace pacer::recipes::detail {

class python_reader {
public:
    PACER_HOST python_reader(std::string_view text, std::string file) : text_(text), file_(std::move(file)) {}

    [[nodiscard]] PACER_HOST tree read() {
        check_size(text_, file_);
        tree root;
        root.is = tree::kind::map;
        root.line = 1;
        while (at_ < text_.size()) {
            if (peek() == '\n') {
                take();
                continue;
            }
            const std::size_t begin = at_;
            const int line = line_;
            std::optional<std::string> name;
            if (is_letter(peek()))
                name = take_name();
            skip_blanks();
            if (name && peek() == '=' && peek(1) != '=') {
                take();
                skip_blanks();
                entry e{*name, line, expression(0)};
                e.value.line = e.value.line == 0 ? line : e.value.line;
                std::erase_if(root.entries, [&](const entry& other) { return other.key == e.key; });
                root.entries.push_back(std::move(e));
                names_ = &root;
            } else if (at_ == begin) {
                skip_token();
            }
            skip_line();
        }
        return root;
    }

private:
    static constexpr int deepest_expression = 40;

    [[nodiscard]] PACER_HOST static bool is_letter(char c) {
        return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
    [[nodiscard]] PACER_HOST static bool is_digit(char c) { return c >= '0' && c <= '9'; }
    [[nodiscard]] PACER_HOST char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\n';
    }
    PACER_HOST char take() {
        const char c = peek();
        if (at_ < text_.size())
            ++at_;
        line_ += c == '\n';
        return c;
    }
    [[nodiscard]] PACER_HOST std::string take_name() {
        std::string name;
        while (is_letter(peek()) || is_digit(peek()))
            name += take();
        return name;
    }
    PACER_HOST void skip_blanks() {
        while (at_ < text_.size()) {
            if (peek() == ' ' || peek() == '\t' || peek() == '\r' || (peek() == '\n' && open_ > 0))
                take();
            else if (peek() == '\\' && peek(1) == '\n')
                take(), take();
            else if (peek() == '#')
                while (at_ < text_.size() && peek() != '\n')
                    take();
            else
                return;
        }
    }

    /// One token of what is no literal; brackets and texts as a whole.
    PACER_HOST void skip_token() {
        const char c = peek();
        if (c == '"' || c == '\'') {
            static_cast<void>(quoted());
        } else if (c == '(' || c == '[' || c == '{') {
            int depth = 0;
            do {
                const char inside = peek();
                if (inside == '"' || inside == '\'') {
                    static_cast<void>(quoted());
                    continue;
                }
                if (inside == '#') {
                    while (at_ < text_.size() && peek() != '\n')
                        take();
                    continue;
                }
                depth += inside == '(' || inside == '[' || inside == '{'   ? 1
                         : inside == ')' || inside == ']' || inside == '}' ? -1
                                                                           : 0;
                take();
            } while (depth > 0 && at_ < text_.size());
        } else {
            take();
        }
    }
    /// The rest of a statement, and what stands indented below it.
    PACER_HOST void skip_line() {
        open_ = 0;
        do {
            while (at_ < text_.size() && peek() != '\n') {
                if (peek() == '#')
                    while (at_ < text_.size() && peek() != '\n')
                        take();
                else
                    skip_token();
            }
            take();
        } while (at_ < text_.size() &&
                 (peek() == ' ' || peek() == '\t' || peek() == ')' || peek() == ']' || peek() == '}'));
    }

    [[nodiscard]] PACER_HOST std::string quoted() {
        const char quote = peek();
        const bool is_long = peek(1) == quote && peek(2) == quote;
        const int begun = line_;
        for (int i = 0; i < (is_long ? 3 : 1); ++i)
            take();
        std::string value;
        while (at_ < text_.size()) {
            if (peek() == quote && (!is_long || (peek(1) == quote && peek(2) == quote))) {
                for (int i = 0; i < (is_long ? 3 : 1); ++i)
                    take();
                return value;
            }
            if (peek() == '\n' && !is_long)
                break;
            if (peek() == '\\')
                value += take();
            value += take();
        }
        throw recipe_error({file_, begun, ""}, std::string("found ") + quote + " that is not closed");
    }

    [[nodiscard]] PACER_HOST tree made(tree::kind kind) const {
        tree value;
        value.is = kind;
        value.line = line_;
        return value;
    }

    /// A value; what is none is a text, as it is written.
    [[nodiscard]] PACER_HOST tree expression(int depth) {
        const std::size_t begin = at_;
        const int line = line_;
        std::optional<tree> value = sum(depth);
        skip_blanks();
        if (value && at_end())
            return *value;
        while (at_ < text_.size() && !at_end())
            skip_token(), skip_blanks();
        tree other = made(tree::kind::text);
        other.line = line;
        other.text = std::string(text_.substr(begin, at_ - begin));
        return other;
    }
    [[nodiscard]] PACER_HOST bool at_end() const {
        return peek() == ',' || peek() == ')' || peek() == ']' || peek() == '}' || peek() == '\n' || peek() == ';' ||
               (peek() == ':' && open_ > 0);
    }

    [[nodiscard]] PACER_HOST std::optional<tree> sum(int depth) {
        std::optional<tree> left = product(depth);
        for (;;) {
            skip_blanks();
            const char c = peek();
            if (!left || (c != '+' && c != '-'))
                return left;
            take();
            left = computed(left, c, product(depth));
        }
    }
    [[nodiscard]] PACER_HOST std::optional<tree> product(int depth) {
        std::optional<tree> left = power(depth);
        for (;;) {
            skip_blanks();
            char c = peek();
            if (!left || (c != '*' && c != '/'))
                return left;
            take();
            if (c == '/' && peek() == '/')
                take(), c = 'd';
            left = computed(left, c, power(depth));
        }
    }
    [[nodiscard]] PACER_HOST std::optional<tree> power(int depth) {
        if (depth > deepest_expression)
            throw recipe_error({file_, line_, ""}, "is nested too deeply, accepted: at most 40 levels");
        skip_blanks();
        if (peek() == '-' || peek() == '+') {
            const char sign = take();
            tree zero = made(tree::kind::integer);
            return computed(zero, sign, power(depth + 1));
        }
        std::optional<tree> base = term(depth);
        skip_blanks();
        if (!base || peek() != '*' || peek(1) != '*')
            return base;
        take(), take();
        return computed(base, '^', power(depth + 1));
    }

    [[nodiscard]] PACER_HOST std::optional<tree> computed(const std::optional<tree>& a, char op,
                                                          const std::optional<tree>& b) const {
        if (!a || !b || !a->is_number() || !b->is_number())
            return {};
        const double x = a->number();
        const double y = b->number();
        const bool zero = y == 0 && (op == '/' || op == 'd');
        const double result = zero        ? std::numeric_limits<double>::quiet_NaN()
                              : op == '+' ? x + y
                              : op == '-' ? x - y
                              : op == '*' ? x * y
                              : op == '/' ? x / y
                              : op == 'd' ? std::floor(x / y)
                                          : std::pow(x, y);
        const bool whole =
            a->is == tree::kind::integer && b->is == tree::kind::integer && op != '/' && !(op == '^' && y < 0);
        tree value = made(whole && std::abs(result) <= 0x1p53 ? tree::kind::integer : tree::kind::real);
        value.line = a->line;
        value.real = result;
        if (value.is == tree::kind::integer)
            value.integer = static_cast<step_t>(result);
        value.text = value.is == tree::kind::integer ? std::to_string(value.integer) : shortest(result);
        return value;
    }

    [[nodiscard]] PACER_HOST std::optional<tree> term(int depth) {
        skip_blanks();
        const char c = peek();
        if (is_digit(c) || (c == '.' && is_digit(peek(1))))
            return number();
        if (c == '"' || c == '\'') {
            tree value = made(tree::kind::text);
            while (peek() == '"' || peek() == '\'') {
                value.text += quoted();
                skip_blanks();
            }
            return value;
        }
        if (c == '[' || c == '(')
            return list(depth);
        if (c == '{')
            return dictionary(depth);
        if (is_letter(c))
            return name(depth);
        return {};
    }

    [[nodiscard]] PACER_HOST std::optional<tree> number() {
        std::string digits;
        const std::size_t begin = at_;
        while (is_digit(peek()) || peek() == '.' || peek() == '_' || peek() == 'e' || peek() == 'E' ||
               ((peek() == '-' || peek() == '+') && (text_[at_ - 1] == 'e' || text_[at_ - 1] == 'E'))) {
            const char c = take();
            if (c != '_')
                digits += c;
        }
        if (is_letter(peek()))
            return {};  // 0x10, 1j
        tree value = made(tree::kind::real);
        set_number(value, digits);
        value.text = std::string(text_.substr(begin, at_ - begin));
        return value;
    }

    /// Also a tuple, and one value in brackets.
    [[nodiscard]] PACER_HOST std::optional<tree> list(int depth) {
        tree value = made(tree::kind::list);
        const bool round = take() == '(';
        const char close = round ? ')' : ']';
        ++open_;
        bool has_comma = false;
        for (skip_blanks(); peek() != close && at_ < text_.size(); skip_blanks()) {
            value.items.push_back(expression(depth + 1));
            count();
            skip_blanks();
            if (peek() == ',')
                take(), has_comma = true;
            else if (peek() != close)
                return leave();
        }
        take();
        --open_;
        if (round && value.items.size() == 1 && !has_comma)
            return value.items.front();
        return value;
    }
    [[nodiscard]] PACER_HOST std::optional<tree> dictionary(int depth) {
        tree value = made(tree::kind::map);
        take();
        ++open_;
        for (skip_blanks(); peek() != '}' && at_ < text_.size(); skip_blanks()) {
            const int line = line_;
            const tree key = expression(depth + 1);
            skip_blanks();
            if (peek() != ':')
                return leave();
            take();
            skip_blanks();
            value.entries.push_back({key.text, line, expression(depth + 1)});
            count();
            skip_blanks();
            if (peek() == ',')
                take();
            else if (peek() != '}')
                return leave();
        }
        take();
        --open_;
        return value;
    }
    [[nodiscard]] PACER_HOST std::optional<tree> leave() {
        --open_;
        return {};
    }

    /// True, dict(...), or a name that stands for a value.
    [[nodiscard]] PACER_HOST std::optional<tree> name(int depth) {
        const std::string word = take_name();
        if (word == "True" || word == "False") {
            tree value = made(tree::kind::boolean);
            value.boolean = word == "True";
            value.text = word;
            return value;
        }
        if (word == "None")
            return made(tree::kind::null);
        skip_blanks();
        if (word == "dict" && peek() == '(')
            return arguments(depth);
        if (peek() == '(' || peek() == '.' || peek() == '[')
            return {};
        const tree* known = names_ != nullptr ? names_->find(word) : nullptr;
        if (known == nullptr || known->is == tree::kind::text)
            return {};
        tree value = *known;
        value.line = line_;
        return value;
    }
    [[nodiscard]] PACER_HOST std::optional<tree> arguments(int depth) {
        tree value = made(tree::kind::map);
        take();
        ++open_;
        for (skip_blanks(); peek() != ')' && at_ < text_.size(); skip_blanks()) {
            const int line = line_;
            const std::string key = is_letter(peek()) ? take_name() : "";
            skip_blanks();
            if (key.empty() || peek() != '=')
                return leave();
            take();
            skip_blanks();
            value.entries.push_back({key, line, expression(depth + 1)});
            count();
            skip_blanks();
            if (peek() == ',')
                take();
            else if (peek() != ')')
                return leave();
        }
        take();
        --open_;
        return value;
    }

    PACER_HOST void count() {
        if (++values_ > most_values)
            throw recipe_error({file_, line_, ""}, "holds too many values for a recipe, accepted: at most 10000");
    }

    std::string_view text_;
    std::string file_;
    std::size_t at_ = 0;
    int line_ = 1;
    int open_ = 0;  // brackets: inside of them a line goes on
    int values_ = 0;
    const tree* names_ = nullptr;
};

PACER_HOST inline tree python_tree(std::string_view text, const std::string& file) {
    return python_reader(text, file).read();
}

}  // namespace pacer::recipes::detail

#endif
