// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_SHEET_HPP
#define PACER_RECIPES_FORMATS_SHEET_HPP

/// What every trainer's format is read with: values by their path, each with its place, and the report that becomes a
/// `resolved`. Needs neither reader library.

#include <pacer/expression/make.hpp>
#include <pacer/recipes/detail/build.hpp>
#include <pacer/recipes/detail/facts.hpp>
#include <pacer/recipes/detail/mistakes.hpp>
#include <pacer/recipes/format.hpp>
#include <pacer/recipes/resolved.hpp>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pacer::recipes::trainers {

using recipes::detail::a_count;
using recipes::detail::a_count_from_1;
using recipes::detail::a_rate;
using recipes::detail::entry;
using recipes::detail::shortest;
using recipes::detail::tree;

/// A parsed file, or the arguments of a command.
struct document {
    tree root{};
    std::string file{};
    bool is_command = false;                ///< arguments of a command: `$` begins a shell variable
    std::vector<std::string> words{};       ///< of a command, what is no argument: launcher, script, subcommand
    std::optional<step_t> world_size{};     ///< processes, as its launcher says
    std::optional<entry> processes{};       ///< what its launcher counts them by, if that is left to the shell
    std::map<std::string, int> assigned{};  ///< of a command, the line in which each shell variable is given its value
    std::string elsewhere = "default";      ///< where what has no line of its own is from
};

/// What stands beside the arguments in the tree of a command: no option is called so. A key of a file may be; it has a line.
inline constexpr std::string_view command_key = "$command";

PACER_HOST inline bool is_about_command(const entry& e) { return e.key == command_key && e.line == 0; }

PACER_HOST inline document document_of(const tree& root, std::string file) {
    document from{.root = root, .file = std::move(file)};
    const auto found = std::find_if(root.entries.begin(), root.entries.end(), is_about_command);
    if (found == root.entries.end())
        return from;
    const tree* const about = &found->value;
    from.is_command = true;
    for (const tree& word : about->find("words")->items)
        from.words.push_back(word.text);
    if (const tree* world_size = about->find("world_size"))
        from.world_size = world_size->integer;
    if (const tree* processes = about->find("processes"))
        from.processes = processes->entries.front();
    for (const entry& e : about->find("assigned")->entries)
        from.assigned[e.key] = e.line;
    std::erase_if(from.root.entries, is_about_command);
    return from;
}

/// Whether a value of a command is left to the shell: a variable, or what another command prints.
PACER_HOST inline bool is_left_to_shell(const tree& value) {
    return value.is == tree::kind::text && value.text.find_first_of("$`") != std::string::npos;
}

/// What a shell makes a value of, for an error: nothing is run or looked up here.
PACER_HOST inline std::string found_of_shell(const document& from, const std::string& text) {
    std::string what = ", a shell variable, which is not expanded";
    const bool is_arithmetic = text.find("$((") != std::string::npos;
    if (is_arithmetic)
        what = ", which the shell computes, and is not computed here";
    else if (text.find("$(") != std::string::npos || text.find('`') != std::string::npos)
        what = ", what a command prints, which is not run here";
    // The variables in it, `$((16 / n))` too, that the script sets.
    std::string set;
    std::string word;
    const auto end_word = [&] {
        const auto found = from.assigned.find(word);
        if (found != from.assigned.end())
            set += (set.empty() ? " (line " : ", line ") + std::to_string(found->second) + " sets " +
                   (text == "$" + word || text == "${" + word + "}" ? "it" : word);
        word.clear();
    };
    for (const char c : text)
        if (c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
            word += c;
        else
            end_word();
    end_word();
    return "found " + recipes::detail::visible(text) + what + set + (set.empty() ? "" : ")");
}

PACER_HOST inline bool is_command(const tree& root) {
    return std::any_of(root.entries.begin(), root.entries.end(), is_about_command);
}

/// A decimal number as Python's int() and float() read it; a text if it is none.
PACER_HOST inline tree number_or_text(std::string_view text) {
    tree value;
    value.is = tree::kind::text;
    value.text = std::string(text);
    std::string plain;
    bool digits = false;
    bool exponent = false;
    bool point = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const bool is_digit = c >= '0' && c <= '9';
        const bool sign = (c == '-' || c == '+') && (i == 0 || text[i - 1] == 'e' || text[i - 1] == 'E');
        const bool is_point = c == '.' && !point && !exponent;
        const bool is_exponent = (c == 'e' || c == 'E') && digits && !exponent;
        if (c == '_' && i > 0 && i + 1 < text.size() && text[i - 1] >= '0' && text[i - 1] <= '9' &&
            text[i + 1] >= '0' && text[i + 1] <= '9')
            continue;
        if (!is_digit && !sign && !is_point && !is_exponent)
            return value;
        digits = digits || is_digit;
        point = point || is_point;
        exponent = exponent || is_exponent;
        plain += c;
    }
    if (digits && text.back() != 'e' && text.back() != 'E' && text.back() != '-' && text.back() != '+')
        recipes::detail::set_number(value, plain);
    return value;
}

/// Everything but the path: "optimizer.lr" is `lr` in the map `optimizer`, or a key that is spelt so.
PACER_HOST inline const entry* find_in(const tree& map, std::string_view path) {
    // The last of several, as most readers take it.
    const auto spelt = [&map](std::string_view key) {
        const auto found =
            std::find_if(map.entries.rbegin(), map.entries.rend(), [&](const entry& e) { return e.key == key; });
        return found == map.entries.rend() ? nullptr : &*found;
    };
    if (const entry* found = spelt(path))
        return found;
    for (std::size_t dot = path.find('.'); dot != std::string_view::npos; dot = path.find('.', dot + 1)) {
        const entry* section = spelt(path.substr(0, dot));
        if (section != nullptr && section->value.is_map())
            if (const entry* inside = find_in(section->value, path.substr(dot + 1)))
                return inside;
    }
    return nullptr;
}

/// Whether a path is there, and is given a value.
PACER_HOST inline bool has(const tree& map, std::string_view path) {
    const entry* e = find_in(map, path);
    return e != nullptr && !recipes::detail::not_given(e->value);
}

/// Whether one of the paths is there.
PACER_HOST inline bool has_any(const tree& map, std::initializer_list<std::string_view> paths) {
    return std::any_of(paths.begin(), paths.end(), [&](std::string_view path) { return has(map, path); });
}

/// "1 epoch", "3 epochs".
PACER_HOST inline std::string count_of_epochs(double n) { return shortest(n) + (n == 1 ? " epoch" : " epochs"); }
PACER_HOST inline std::string count_of_epochs(step_t n) { return std::to_string(n) + (n == 1 ? " epoch" : " epochs"); }

/// The values of one document, and the report on what runs.
///
/// What is wrong is gathered: a reader goes on with a value that is right, and `finish` refuses the file with all of it.
class sheet {
public:
    PACER_HOST sheet(const document& from, const run_facts& facts) : sheet(from, facts, own_) {
        recipes::detail::check_facts(facts);
    }
    /// Of a part of another sheet's document: its mistakes are that one's.
    PACER_HOST sheet(const document& part, const sheet& whole) : sheet(part, whole.facts_, whole.found_) {}
    sheet(const sheet&) = delete;
    sheet& operator=(const sheet&) = delete;

    // What is written.

    [[nodiscard]] PACER_HOST const tree& root() const { return from_.root; }
    [[nodiscard]] PACER_HOST const document& from() const { return from_; }
    [[nodiscard]] PACER_HOST const run_facts& facts() const { return facts_; }
    [[nodiscard]] PACER_HOST bool has(std::string_view path) const {
        const entry* e = find(path);
        return e != nullptr && !recipes::detail::not_given(e->value);
    }
    /// What stands at a path; of `${other.path}`, as Hydra writes it, what stands there.
    [[nodiscard]] PACER_HOST const entry* find(std::string_view path) const {
        const entry* e = find_in(from_.root, path);
        for (int hops = 0; e != nullptr && !from_.is_command && hops < 10; ++hops) {
            const std::string& text = e->value.text;
            constexpr std::size_t longest_path = 200;
            if (e->value.is != tree::kind::text || text.size() > longest_path || !text.starts_with("${") ||
                text.find('}') != text.size() - 1)
                return e;
            const entry* other = find_in(from_.root, std::string_view(text).substr(2, text.size() - 3));
            if (other == nullptr)
                return e;
            e = other;
        }
        return e;
    }

    [[nodiscard]] PACER_HOST place where(std::string_view path) const {
        const entry* e = find(path);
        return {from_.file, e != nullptr ? e->line : 0, std::string(path)};
    }

    /// "FILE:LINE", or "default".
    [[nodiscard]] PACER_HOST std::string source(std::string_view path) const {
        const entry* e = has(path) ? find(path) : nullptr;
        if (e == nullptr)
            return "default";
        if (e->line == 0)
            return from_.elsewhere;
        return (from_.file.empty() ? "line " : from_.file + ":") + std::to_string(e->line);
    }

    /// The value as it is written, and where: "100 (train.yaml:3)".
    [[nodiscard]] PACER_HOST std::string written(std::string_view path) const {
        const entry* e = find(path);
        return (e != nullptr ? recipes::detail::shown(e->value) : std::string("nothing")) + " (" + source(path) + ")";
    }

    // What is wrong.

    /// Something that is wrong whatever else is. Of one place only the first is said.
    PACER_HOST void mistake(const place& at, const std::string& problem) const {
        const auto& all = found_.all();
        if (std::none_of(all.begin(), all.end(),
                         [&](const recipes::mistake& m) { return m.where.line == at.line && m.where.key == at.key; }))
            found_.add(at, problem);
    }

    /// A value that is wrong by itself, or that is needed and is not there.
    PACER_HOST void wrong(std::string_view path, const std::string& accepted) const {
        const entry* e = find(path);
        static const tree nothing;
        const tree& value = e != nullptr ? e->value : nothing;
        if (from_.is_command && is_left_to_shell(value))
            return mistake(where(path), found_of_shell(from_, value.text) + "; accepted: " + accepted);
        mistake(where(path), "found " + recipes::detail::shown(value) + ", accepted: " + accepted);
    }

    /// A value that does not go together with others; not said where one of them may be wrong itself.
    PACER_HOST void clash(std::string_view path, const std::string& accepted) const {
        if (found_.all().empty())
            wrong(path, accepted);
    }

    /// `clash`, or `wrong` where nothing stands at the path, and no more is read.
    [[noreturn]] PACER_HOST void fail(std::string_view path, const std::string& accepted) const {
        if (has(path))
            clash(path, accepted);
        else
            wrong(path, accepted);
        refuse();
        std::abort();  // there is a mistake
    }
    [[noreturn]] PACER_HOST void fail(const place& at, const std::string& problem) const {
        if (found_.all().empty())
            mistake(at, problem);
        refuse();
        std::abort();
    }

    /// Throws what is wrong so far, if anything is.
    PACER_HOST void refuse() const { found_.refuse(); }

    /// A finite number of 0 or more.
    [[nodiscard]] PACER_HOST std::optional<double> number(std::string_view path) const {
        return number(path, 0, pacer::detail::largest<double>, a_rate);
    }
    [[nodiscard]] PACER_HOST std::optional<double> number(std::string_view path, double lowest, double highest,
                                                          const std::string& accepted) const {
        if (!has(path))
            return {};
        const tree value = plain(find(path)->value);
        // The closed range is written so that NaN fails it.
        if (value.is_number() && value.number() >= lowest && value.number() <= highest)
            return value.number();
        wrong(path, accepted);
        return lowest;
    }

    /// A finite number of 0 or more that has to be there.
    [[nodiscard]] PACER_HOST double needed_number(std::string_view path, const std::string& accepted = a_rate) const {
        if (!has(path))
            wrong(path, accepted);
        return number(path, 0, pacer::detail::largest<double>, a_rate).value_or(0);
    }

    /// A number from 0 to 1.
    [[nodiscard]] PACER_HOST std::optional<double> fraction(std::string_view path) const {
        return number(path, 0, 1, "a number from 0 to 1");
    }

    [[nodiscard]] PACER_HOST std::optional<step_t> count(std::string_view path, step_t lowest = 0) const {
        if (!has(path))
            return {};
        const tree value = plain(find(path)->value);
        if (value.is == tree::kind::integer && value.integer >= lowest && value.integer <= longest)
            return value.integer;
        wrong(path, lowest == 0 ? a_count : lowest == 1 ? a_count_from_1 : "a whole number");
        return lowest < 0 ? 1 : lowest;  // -1 is for what is not given
    }

    /// A count that has to be there.
    [[nodiscard]] PACER_HOST step_t needed_count(std::string_view path, step_t lowest,
                                                 const std::string& accepted) const {
        if (!has(path))
            wrong(path, accepted);
        return count(path, lowest).value_or(lowest);
    }

    [[nodiscard]] PACER_HOST std::optional<std::string> text(std::string_view path) const {
        if (!has(path))
            return {};
        const tree& value = find(path)->value;
        if (value.is != tree::kind::list && value.is != tree::kind::map &&
            !(from_.is_command && is_left_to_shell(value)))
            return value.text;
        wrong(path, "a text");
        return {};
    }

    [[nodiscard]] PACER_HOST bool flag(std::string_view path) const {
        if (!has(path))
            return false;
        const tree& value = find(path)->value;
        if (value.is == tree::kind::boolean)
            return value.boolean;
        wrong(path, "true or false");
        return false;
    }

    /// One of some names; the default if it is not written.
    [[nodiscard]] PACER_HOST std::string choice(std::string_view path, std::string by_default,
                                                std::initializer_list<std::string_view> names) const {
        const std::optional<std::string> given = text(path);
        if (!given)
            return by_default;
        if (std::find(names.begin(), names.end(), *given) != names.end())
            return *given;
        wrong(path, recipes::detail::listed(names));
        return by_default;
    }

    /// A key of a section that is none of the trainer's, but nearly one, is an error; "" is the file as a whole.
    PACER_HOST void check_names(std::string_view section, std::initializer_list<std::string_view> known) const {
        const tree* map = &from_.root;
        if (!section.empty()) {
            const entry* e = find(section);
            map = e != nullptr && e->value.is == tree::kind::map ? &e->value : nullptr;
        }
        if (map == nullptr || map->entries.size() > 10'000)
            return;
        for (const entry& e : map->entries) {
            if (std::find(known.begin(), known.end(), e.key) != known.end())
                continue;
            const std::string_view nearest = recipes::detail::nearest(e.key, known);
            if (!nearest.empty())
                mistake({from_.file, e.line, section.empty() ? e.key : std::string(section) + "." + e.key},
                        "no such key; the nearest is " + std::string(nearest));
        }
    }

    /// A note for each key that is there and that the trainer does not look at here.
    PACER_HOST void say_unread(std::initializer_list<std::string_view> paths, const std::string& why) {
        for (const std::string_view path : paths)
            if (has(path))
                say(std::string(path) + " " + written(path) + " " + why);
    }

    // What the run adds.

    [[nodiscard]] PACER_HOST step_t world_size() const {
        if (!facts_.world_size && from_.processes)
            mistake({from_.file, from_.processes->line, from_.processes->key},
                    found_of_shell(from_, from_.processes->value.text) +
                        "; accepted: its value, or else the world_size of the run");
        return facts_.world_size.value_or(from_.world_size.value_or(1));
    }

    /// The length of the training set.
    [[nodiscard]] PACER_HOST step_t examples(std::string_view path, const std::string& else_accepted) const {
        if (facts_.examples)
            return *facts_.examples;
        if (facts_.tokens && facts_.sequence_length && *facts_.tokens >= *facts_.sequence_length)
            return *facts_.tokens / *facts_.sequence_length;
        const char* const without = facts_.batches  ? " (of batches only the Hugging Face Trainer's length is planned)"
                                    : facts_.tokens ? " (tokens are counted in sequences of sequence_length)"
                                                    : "";
        mistake(where(path), (find(path) != nullptr ? "" : "found nothing, ") + std::string("accepted: ") +
                                 else_accepted + ", or else the number of examples the run has" + without);
        return 1;
    }

    // The report.

    PACER_HOST void add(std::string name, std::string value, std::string source) {
        figures_.push_back({std::move(name), std::move(value), std::move(source)});
    }
    PACER_HOST void say(std::string note) { notes_.push_back(std::move(note)); }

    [[nodiscard]] PACER_HOST const std::vector<figure>& figures() const { return figures_; }
    [[nodiscard]] PACER_HOST const std::vector<std::string>& notes() const { return notes_; }

    /// Which path a field of pacer's comes from, for its errors.
    PACER_HOST void is_from(std::string field, std::string path) { paths_[std::move(field)] = std::move(path); }

    /// The first two lines of every report.
    PACER_HOST void add_head(std::string scheduler, std::string from, double lr, std::string_view lr_path) {
        figures_.insert(figures_.begin(), {figure{"scheduler", std::move(scheduler), std::move(from)},
                                           figure{"learning rate", shortest(lr), source(lr_path)}});
    }

    /// What runs: a schedule that `make` makes, which takes the parameters, or a function that does.
    template <class Make>
    [[nodiscard]] PACER_HOST resolved finish(std::string scheduler, double peak, step_t total, step_t warmup,
                                             const Make& make_schedule) const {
        refuse();
        try {
            const auto schedule = make_schedule();
            std::optional<expression> curve;
            if constexpr (requires { expression_of(schedule); })
                curve = expression_of(schedule);
            return {std::move(scheduler), peak, total, warmup, hf_trainer::v4, schedule, curve, figures_, notes_};
        } catch (const invalid_schedule& error) {
            const auto path = paths_.find(error.field());
            throw recipe_error(where(path != paths_.end() ? path->second : error.field()), error.what());
        }
    }

    /// What runs: one of pacer's schedules by its name.
    [[nodiscard]] PACER_HOST resolved finish(std::string scheduler, double peak, step_t total, step_t warmup,
                                             std::string_view name, const std::vector<field_given>& fields) const {
        refuse();
        try {
            return {std::move(scheduler), peak,     total, warmup, hf_trainer::v4, make<double>(name, fields),
                    make(name, fields),   figures_, notes_};
        } catch (const invalid_schedule& error) {
            const auto path = paths_.find(error.field());
            throw recipe_error(where(path != paths_.end() ? path->second : error.field()), error.what());
        }
    }

    /// What another reader makes of it, with the report so far in front.
    template <class Read>
    [[nodiscard]] PACER_HOST resolved by_another(const Read& read) const {
        std::optional<resolved> made;
        try {
            made = read();
        } catch (const recipe_error& error) {
            for (const recipes::mistake& m : error.mistakes)
                mistake(m.where, m.problem);
        }
        refuse();
        resolved run = *std::move(made);
        run.notes.insert(run.notes.begin(), notes_.begin(), notes_.end());
        run.figures.insert(run.figures.end(), figures_.begin(), figures_.end());
        return run;
    }

private:
    /// Trainers read "1e-4" as a number where they want one: PyYAML takes 1e-4 for a text.
    [[nodiscard]] PACER_HOST static tree plain(const tree& value) {
        return value.is == tree::kind::text ? number_or_text(value.text) : value;
    }

    PACER_HOST sheet(const document& from, const run_facts& facts, recipes::detail::mistakes& found)
        : from_(from), facts_(facts), found_(found) {}

    const document& from_;
    const run_facts& facts_;
    recipes::detail::mistakes own_{};
    recipes::detail::mistakes& found_;
    std::map<std::string, std::string> paths_{};
    std::vector<figure> figures_{};
    std::vector<std::string> notes_{};
};

/// a / b, rounded up.
PACER_HOST constexpr step_t divided_up(step_t a, step_t b) noexcept { return a / b + (a % b != 0 ? 1 : 0); }

/// What stands for a count that is more than a run may have: the first double above 2^53.
inline constexpr step_t too_many = longest + 2;

/// a b of what is counted, 0 or more; `too_many` above 2^53.
PACER_HOST constexpr step_t bounded_product(step_t a, step_t b) noexcept {
    return a != 0 && b > longest / a ? too_many : a * b;
}
PACER_HOST constexpr step_t bounded_product(step_t a, step_t b, step_t c) noexcept {
    return bounded_product(bounded_product(a, b), c);
}

/// a / b of what is counted, rounded down; of `too_many` it is that.
PACER_HOST constexpr step_t bounded_quotient(step_t a, step_t b) noexcept { return a > longest ? too_many : a / b; }

/// What is counted, 0 or more, rounded to a whole number; `too_many` above 2^53.
PACER_HOST constexpr step_t floor_count(double x) noexcept {
    return x <= 0x1p53 ? pacer::detail::floor_to_int(x) : too_many;
}
PACER_HOST constexpr step_t ceil_count(double x) noexcept {
    return x <= 0x1p53 ? pacer::detail::ceil_to_int(x) : too_many;
}
PACER_HOST constexpr step_t nearest_even_count(double x) noexcept {
    return x <= 0x1p53 ? pacer::detail::nearest_even_to_int(x) : too_many;
}

/// A schedule whose steps are samples or tokens, asked with updates: step s is its step s x unit + ahead.
template <Schedule S>
struct in_other_units {
    S schedule;
    step_t unit;   ///< 1 or more
    step_t ahead;  ///< 0 or more, at most `unit`

    [[nodiscard]] PACER_HOST double operator()(step_t step) const noexcept {
        const step_t last = endless / unit - 1;
        return schedule((step <= 0 ? 0 : step < last ? step : last) * unit + ahead);
    }
    [[nodiscard]] PACER_HOST step_t total_steps() const noexcept {
        const step_t own = schedule.total_steps();
        return own == endless ? endless : divided_up(own, unit);
    }
};
template <class S>
in_other_units(S, step_t, step_t) -> in_other_units<S>;

/// The arguments of the Hugging Face Trainer in a document: all but `without`, and `with`.
PACER_HOST inline recipe as_hugging_face(const document& from, const std::vector<std::string_view>& without = {},
                                         const std::vector<entry>& with = {}) {
    tree root;
    root.is = tree::kind::map;
    root.line = from.root.line;
    for (const entry& e : from.root.entries)
        if (std::find(without.begin(), without.end(), e.key) == without.end())
            root.entries.push_back(e);
    root.entries.insert(root.entries.end(), with.begin(), with.end());
    recipe r = recipes::detail::build(root, from.file);
    // What a trainer fills in stands nowhere.
    std::erase_if(r.places, [](const auto& written) { return written.second.line == 0; });
    return r;
}

/// Says of a figure of a report where it comes from.
PACER_HOST inline void set_source(resolved& run, std::string_view name, const std::string& source) {
    for (figure& f : run.figures)
        if (f.name == name)
            f.source = source;
}

/// An argument that a trainer fills in, with the place it comes from.
PACER_HOST inline entry argument(std::string key, double value, int line = 0) {
    tree number;
    number.is = tree::kind::real;
    number.real = value;
    number.text = shortest(value);
    number.line = line;
    return {std::move(key), line, std::move(number)};
}
PACER_HOST inline entry argument(std::string key, step_t value, int line = 0) {
    tree number;
    number.is = tree::kind::integer;
    number.integer = value;
    number.text = std::to_string(value);
    number.line = line;
    return {std::move(key), line, std::move(number)};
}
PACER_HOST inline entry argument(std::string key, std::string value, int line = 0) {
    tree text;
    text.is = tree::kind::text;
    text.text = std::move(value);
    text.line = line;
    return {std::move(key), line, std::move(text)};
}

/// A recipe whose trainer's rules are those of `Rules`, which gets the document, the facts and the recipe.
template <class Rules>
[[nodiscard]] PACER_HOST recipe with_rules(const tree& root, const std::string& file, std::string_view trainer) {
    const auto from = std::make_shared<const document>(document_of(root, file));
    recipe r;
    r.file = file;
    r.format = std::string(trainer);
    r.rules = [from](const recipe& asked, const run_facts& facts) { return Rules(*from, facts, asked).run(); };
    return r;
}

}  // namespace pacer::recipes::trainers

#endif
