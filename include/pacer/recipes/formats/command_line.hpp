// SPDX-License-Identifier: MIT
#ifndef PACER_RECIPES_FORMATS_COMMAND_LINE_HPP
#define PACER_RECIPES_FORMATS_COMMAND_LINE_HPP

/// A trainer's command line as people paste it, or a shell script that holds one: from text to the arguments.
///
///     torchrun --nproc_per_node 8 train.py --learning_rate 1e-4 --lr_scheduler_type=cosine
///
/// `=` or a blank, - or _, quotes, backslashes at the ends of lines, comments.
/// Read as a shell reads it, except that nothing is run or looked up: `$LR` stays what it is, and is an error where a rate
/// or a length is wanted. Only variables that hold arguments themselves are put in their place: `ARGS="--lr 1e-4 ..."`,
/// `ARGS=(--lr 1e-4 ...)`.

#include <pacer/recipes/formats/sheet.hpp>

#include <array>
#include <cctype>

namespace pacer::recipes::trainers {
namespace detail {

/// A word of a shell script, without its quotes.
struct shell_word {
    std::string text{};
    int line = 0;
    bool quoted = false;
};

/// A simple command, or an assignment.
struct shell_statement {
    std::vector<shell_word> words{};
    std::string assigns{};  // the variable; its value is the words
    bool appends = false;   // +=
};

PACER_HOST inline bool is_name(std::string_view text) {
    const auto letter = [](char c) { return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
    return !text.empty() && letter(text.front()) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

/// Cuts a script into statements.
class shell_reader {
public:
    PACER_HOST shell_reader(std::string_view text, std::string file, int first_line)
        : text_(text), file_(std::move(file)), line_(first_line) {}

    [[nodiscard]] PACER_HOST std::vector<shell_statement> read() {
        while (at_ < text_.size())
            step();
        end_statement();
        return std::move(statements_);
    }

private:
    [[nodiscard]] PACER_HOST char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\n';
    }
    /// Behind the end there are line ends, as `peek` says.
    [[nodiscard]] PACER_HOST char take() {
        if (at_ >= text_.size())
            return '\n';
        const char c = text_[at_++];
        line_ += c == '\n';
        return c;
    }

    PACER_HOST void put(char c) {
        if (!in_word_)
            word_ = {"", line_, false};
        in_word_ = true;
        word_.text += c;
    }

    PACER_HOST void step() {
        const char c = peek();
        if (c == '\\')
            escape();
        else if (c == '\'' || c == '"')
            quotation(c);
        else if (c == '$' || c == '`')
            expansion();
        else if (c == ' ' || c == '\t' || c == '\r')
            end_word(), static_cast<void>(take());
        else if (c == '#' && !in_word_)
            skip_line();
        else if (c == '(' && in_word_ && word_.text.size() > 1 && word_.text.back() == '=')
            open_list();
        else if (c == '\n' || c == ';' || c == '&' || c == '|' || c == '(' || c == ')')
            separator(take());
        else if (c == '<' || c == '>')
            redirection();
        else
            put(take());
    }

    PACER_HOST void escape() {
        static_cast<void>(take());
        std::size_t blanks = 0;
        while (peek(blanks) == ' ' || peek(blanks) == '\t')
            ++blanks;
        if (blanks > 0 && at_ + blanks < text_.size() &&
            (peek(blanks) == '\n' || peek(blanks) == '#' || peek(blanks) == '\r'))
            throw recipe_error({file_, line_, ""},
                               "found blanks behind the backslash, which end the command here for a "
                               "shell; accepted: a backslash at the very end of the line");
        if (at_ >= text_.size())
            return;
        if (peek() == '\r' && peek(1) == '\n')
            static_cast<void>(take());
        if (peek() == '\n')
            static_cast<void>(take());
        else
            put(take());
    }

    PACER_HOST void quotation(char quote) {
        const int begun = line_;
        static_cast<void>(take());
        if (!in_word_)
            word_ = {"", line_, false};
        in_word_ = true;
        word_.quoted = true;
        while (at_ < text_.size() && peek() != quote) {
            if (quote == '"' && peek() == '\\' && at_ + 1 < text_.size() &&
                std::string_view("\"\\$`\n").find(peek(1)) != std::string_view::npos) {
                static_cast<void>(take());
                if (peek() == '\n') {
                    static_cast<void>(take());
                    continue;
                }
            }
            word_.text += take();
        }
        if (at_ >= text_.size())
            throw recipe_error({file_, begun, ""}, std::string("found ") + quote + " that is not closed");
        static_cast<void>(take());
    }

    /// Variables and what a command prints stay as they are written.
    PACER_HOST void expansion() {
        const int here = line_;
        const char first = take();
        if (first == '`' && (peek() == '\n' || (peek() == '\r' && peek(1) == '\n')))
            throw recipe_error({file_, here, ""},
                               "found ` at the end of the line, as PowerShell has it; accepted: a backslash");
        put(first);
        const char open = first == '`' ? '`' : peek();
        if (first != '`' && open != '{' && open != '(')
            return;
        const char close = open == '{' ? '}' : open == '(' ? ')' : '`';
        const int begun = line_;
        int depth = 0;
        if (first != '`')
            depth = 1, put(take());
        while (at_ < text_.size()) {
            const char c = take();
            put(c);
            if (c == close && (open == '`' || --depth == 0))
                return;
            if (c == open)
                ++depth;
        }
        throw recipe_error({file_, begun, ""}, std::string("found ") + first + " with no " + close + " behind it");
    }

    PACER_HOST void skip_line() {
        while (at_ < text_.size() && peek() != '\n')
            static_cast<void>(take());
    }

    PACER_HOST void open_list() {
        std::string name = word_.text.substr(0, word_.text.size() - 1);
        const bool appends = !name.empty() && name.back() == '+';
        if (appends)
            name.pop_back();
        in_word_ = false;
        end_statement();
        static_cast<void>(take());
        statement_.assigns = name;
        statement_.appends = appends;
        in_list_ = true;
    }

    PACER_HOST void separator(char c) {
        end_word();
        if (in_list_ && c != ')')
            return;
        in_list_ = false;
        end_statement();
    }

    PACER_HOST void redirection() {
        // A number in front of it is a stream, not a word.
        if (in_word_ && std::all_of(word_.text.begin(), word_.text.end(), [](char c) { return c >= '0' && c <= '9'; }))
            in_word_ = false;
        end_word();
        const bool is_document = peek() == '<' && peek(1) == '<' && peek(2) != '<';
        while (peek() == '<' || peek() == '>' || peek() == '&' || peek() == '-' || peek() == ' ')
            static_cast<void>(take());
        std::string target;
        while (at_ < text_.size() && std::string_view(" \t\r\n;|&()").find(peek()) == std::string_view::npos)
            target += take();
        if (is_document)
            skip_document(target);
    }

    /// `read -d '' NAME <<END` puts the lines up to END into a variable; anything else is no part of the command.
    PACER_HOST void skip_document(std::string end) {
        std::erase_if(end, [](char c) { return c == '\'' || c == '"'; });
        const bool is_read = !statement_.words.empty() && statement_.words.front().text == "read";
        const std::string name = is_read ? statement_.words.back().text : "";
        skip_line();
        const std::size_t first = (std::min)(at_ + 1, text_.size());
        const int first_line = line_ + 1;
        while (at_ < text_.size()) {
            static_cast<void>(take());
            const std::size_t begin = at_;
            skip_line();
            std::string_view line = text_.substr(begin, at_ - begin);
            line.remove_prefix((std::min)(line.find_first_not_of('\t'), line.size()));
            if (line != end)
                continue;
            if (is_name(name)) {
                statement_ = {.assigns = name};
                for (shell_statement& inside :
                     shell_reader(text_.substr(first, begin - first), file_, first_line).read())
                    statement_.words.insert(statement_.words.end(), inside.words.begin(), inside.words.end());
            }
            return;
        }
    }

    PACER_HOST void end_word() {
        if (in_word_)
            statement_.words.push_back(word_);
        in_word_ = false;
        word_ = {};
        if (statement_.words.size() > most_words)
            throw recipe_error({file_, line_, ""}, "holds too many words for a command");
    }

    PACER_HOST void end_statement() {
        end_word();
        std::vector<shell_word>& words = statement_.words;
        const auto skipped = [](const std::string& word) {
            constexpr std::array<std::string_view, 12> any{"export", "exec", "nohup", "then", "do", "else",
                                                           "time",   "sudo", "local", "{",    "}",  "!"};
            return std::find(any.begin(), any.end(), word) != any.end();
        };
        // `A=1 B=2 command` is three statements.
        while (statement_.assigns.empty() && !words.empty()) {
            const shell_word first = words.front();
            const std::size_t equals = first.text.find('=');
            const bool adds = equals != std::string::npos && equals > 0 && first.text[equals - 1] == '+';
            if (skipped(first.text)) {
                words.erase(words.begin());
            } else if (equals != std::string::npos && is_name(first.text.substr(0, equals - adds))) {
                words.erase(words.begin());
                statements_.push_back({{{first.text.substr(equals + 1), first.line, first.quoted}},
                                       first.text.substr(0, equals - adds),
                                       adds});
            } else {
                break;
            }
        }
        if (!words.empty() && words.front().text.size() > 1 && words.front().text.front() == '!')
            words.front().text.erase(0, 1);  // as notebooks write it
        if (!words.empty())
            statements_.push_back(std::move(statement_));
        statement_ = {};
    }

    static constexpr std::size_t most_words = 20'000;

    std::string_view text_;
    std::string file_;
    int line_;
    std::size_t at_ = 0;
    bool in_word_ = false;
    bool in_list_ = false;
    shell_word word_{};
    shell_statement statement_{};
    std::vector<shell_statement> statements_{};
};

/// Whether a word is an option, and not a negative number.
PACER_HOST inline bool is_option(const shell_word& word) {
    return word.text.size() > 2 && word.text.compare(0, 2, "--") == 0;
}

/// The name of the variable that is the whole word: `$A`, `${A}`, `${A[@]}`; else nothing.
PACER_HOST inline std::string variable_of(std::string_view word) {
    if (word.size() < 2 || word.front() != '$')
        return {};
    word.remove_prefix(1);
    if (word.front() == '{' && word.back() == '}')
        word = word.substr(1, word.size() - 2);
    for (const std::string_view all : {"[@]", "[*]"})
        if (word.ends_with(all))
            word.remove_suffix(all.size());
    return is_name(word) ? std::string(word) : std::string();
}

/// From the statements to the words of the one command that trains.
class command_reader {
public:
    PACER_HOST command_reader(std::string_view text, std::string file) : file_(std::move(file)) {
        all_ = shell_reader(text, file_, 1).read();
    }

    /// Words that a shell has made already, each on a line of its own.
    PACER_HOST command_reader(const std::vector<std::string>& words, std::string file) : file_(std::move(file)) {
        shell_statement one;
        for (const std::string& word : words)
            one.words.push_back({word, 1, true});
        all_.push_back(std::move(one));
    }

    [[nodiscard]] PACER_HOST document read() {
        collect_variables();
        return document_of_words(training_words());
    }

private:
    [[nodiscard]] PACER_HOST document document_of_words(const std::vector<shell_word>& words) const {
        document from;
        from.file = file_;
        from.is_command = true;
        from.root.is = tree::kind::map;
        from.root.line = words.empty() ? 1 : words.front().line;
        from.assigned = assigned_;
        take_words(from, words);
        count_processes(from);
        return from;
    }

    PACER_HOST void collect_variables() {
        for (const shell_statement& s : all_) {
            if (s.assigns.empty())
                continue;
            std::vector<shell_word> value;
            for (const shell_word& word : s.words) {
                // A string of arguments is cut into words, as it is where it is used.
                if (word.quoted && word.text.find("--") != std::string::npos && s.words.size() == 1) {
                    for (shell_statement& inside : shell_reader(word.text, file_, word.line).read())
                        value.insert(value.end(), inside.words.begin(), inside.words.end());
                } else {
                    value.push_back(word);
                }
            }
            value = with_variables(value);
            assigned_[s.assigns] = s.words.empty() ? 0 : s.words.front().line;
            std::vector<shell_word>& to = variables_[s.assigns];
            if (!s.appends)
                to.clear();
            to.insert(to.end(), value.begin(), value.end());
        }
    }

    /// Puts arguments in the place of the variables that hold some.
    [[nodiscard]] PACER_HOST std::vector<shell_word> with_variables(const std::vector<shell_word>& words) {
        std::vector<shell_word> all;
        for (const shell_word& word : words) {
            const auto found = variables_.find(variable_of(word.text));
            const bool holds_arguments =
                found != variables_.end() && std::any_of(found->second.begin(), found->second.end(), is_option);
            if (!holds_arguments) {
                all.push_back(word);
                continue;
            }
            used_.push_back(found->first);
            all.insert(all.end(), found->second.begin(), found->second.end());
            if (all.size() > most_words)
                throw recipe_error({file_, word.line, ""}, "holds too many words for a command");
        }
        return all;
    }

    [[nodiscard]] PACER_HOST static bool trains(const std::vector<shell_word>& words) {
        constexpr std::array<std::string_view, 22> telling{"learning_rate",
                                                           "lr",
                                                           "lr_scheduler_type",
                                                           "lr_scheduler",
                                                           "lr_decay_style",
                                                           "warmup_ratio",
                                                           "warmup_steps",
                                                           "lr_warmup_steps",
                                                           "lr_warmup_fraction",
                                                           "lr_warmup_iters",
                                                           "max_steps",
                                                           "train_iters",
                                                           "num_train_epochs",
                                                           "max_train_steps",
                                                           "max_epochs",
                                                           "train_samples",
                                                           "min_lr",
                                                           "lr_warmup_ratio",
                                                           "max_train_epochs",
                                                           "num_epochs",
                                                           "deepspeed_config",
                                                           "per_device_train_batch_size"};
        return std::any_of(words.begin(), words.end(), [&](const shell_word& word) {
            const std::string key = key_of(word.text);
            return !key.empty() &&
                   std::find(telling.begin(), telling.end(), key.substr(key.rfind('.') + 1)) != telling.end();
        });
    }

    [[nodiscard]] PACER_HOST std::vector<shell_word> training_words() {
        std::vector<shell_word> chosen;
        std::vector<shell_word> first;
        for (const shell_statement& s : all_) {
            if (!s.assigns.empty())
                continue;
            std::vector<shell_word> words = with_variables(s.words);
            if (first.empty())
                first = words;
            if (!trains(words))
                continue;
            if (!chosen.empty() && is_option(words.front()))
                throw recipe_error(
                    {file_, words.front().line, key_of(words.front().text)},
                    "belongs to no command: the one above ends before it (a comment, or a line without a "
                    "backslash at its end); accepted: one command");
            if (!chosen.empty())
                throw recipe_error({file_, words.front().line, ""},
                                   "found a second command that trains (the first is in line " +
                                       std::to_string(chosen.front().line) + "), accepted: one");
            chosen = std::move(words);
        }
        if (!chosen.empty())
            return chosen;
        // A script that only gathers arguments.
        for (const shell_statement& s : all_) {
            if (!s.assigns.empty() && std::find(used_.begin(), used_.end(), s.assigns) == used_.end()) {
                const std::vector<shell_word>& value = variables_[s.assigns];
                if (std::any_of(value.begin(), value.end(), is_option) && !s.appends)
                    chosen.insert(chosen.end(), value.begin(), value.end());
            }
        }
        if (!trains(chosen)) {
            if (!first.empty())
                return first;  // it may name a file, or give everything as KEY=VALUE
            throw recipe_error({file_, 0, ""}, "found no argument that says how the rate runs, accepted: a command "
                                               "that trains");
        }
        return chosen;
    }

    /// `--learning-rate=1e-4` is learning_rate.
    [[nodiscard]] PACER_HOST static std::string key_of(std::string_view word) {
        if (word.size() < 3 || word.substr(0, 2) != "--")
            return {};
        std::string key(word.substr(2, word.find('=') - 2));
        std::replace(key.begin(), key.end(), '-', '_');
        return key;
    }

    PACER_HOST static tree value_of(const shell_word& word) {
        tree value;
        value.is = tree::kind::text;
        value.text = word.text;
        value.line = word.line;
        if (word.text == "true" || word.text == "True" || word.text == "TRUE")
            value.is = tree::kind::boolean, value.boolean = true;
        else if (word.text == "false" || word.text == "False" || word.text == "FALSE")
            value.is = tree::kind::boolean;
        else
            value = number_or_text(word.text);
        value.line = word.line;
        return value;
    }

    /// What a word processor makes of --key, and of the blank behind it, is no argument.
    PACER_HOST static void check_name(const shell_word& word, std::string_view key, const std::string& file) {
        for (const std::string_view dash : {"\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x88\x92"})
            if (word.text.substr(0, dash.size()) == dash)
                throw recipe_error({file, word.line, word.text}, "begins with a dash, accepted: two hyphens, --");
        const std::size_t wide = key.find("\xC2\xA0");
        if (wide != std::string_view::npos)
            throw recipe_error({file, word.line, std::string(key.substr(0, wide))},
                               "found a no-break space behind it, accepted: a blank");
    }

    PACER_HOST static void take_words(document& from, const std::vector<shell_word>& words) {
        for (std::size_t i = 0; i < words.size(); ++i) {
            const std::string key = key_of(words[i].text);
            check_name(words[i], key, from.file);
            const std::size_t equals = words[i].text.find('=');
            if (key.empty()) {
                // Hydra and torchtune: optimizer.lr=1e-4
                if (equals != std::string::npos && equals > 0 && from.words.size() > 0)
                    add(from, words[i].text.substr(0, equals), words[i], words[i].text.substr(equals + 1));
                from.words.push_back(words[i].text);
                continue;
            }
            if (equals != std::string::npos) {
                add(from, key, words[i], words[i].text.substr(equals + 1));
                continue;
            }
            const int line = words[i].line;
            std::vector<tree> values;
            while (i + 1 < words.size() && !is_option(words[i + 1])) {
                const std::string& next = words[i + 1].text;
                check_name(words[i + 1], {}, from.file);
                // The script behind the launcher's own options is no value, nor are Hydra's arguments.
                const bool is_script = next.ends_with(".py") || next == "-m";
                const bool is_override = next.find('=') != std::string::npos && !key.ends_with("_args");
                if (!values.empty() && (is_script || is_override))
                    break;
                if (is_script || key == "module")
                    from.words.push_back(next);
                values.push_back(value_of(words[++i]));
            }
            tree value;
            value.line = line;
            if (values.empty()) {
                value.is = tree::kind::boolean;
                value.boolean = true;
                value.text = "true";
            } else if (values.size() == 1) {
                value = values.front();
            } else {
                value.is = tree::kind::list;
                value.items = values;
                for (const tree& item : values)
                    from.words.push_back(item.text);
            }
            put(from, key, line, std::move(value));
        }
    }

    PACER_HOST static void add(document& from, std::string key, const shell_word& word, std::string text) {
        key.erase(0, key.find_first_not_of('+'));  // Hydra's ++a.b=1
        put(from, std::move(key), word.line, value_of({std::move(text), word.line, word.quoted}));
    }

    /// The last of several wins, as it does in argparse.
    PACER_HOST static void put(document& from, std::string key, int line, tree value) {
        std::erase_if(from.root.entries, [&](const entry& e) { return e.key == key; });
        from.root.entries.push_back({std::move(key), line, std::move(value)});
    }

    /// torchrun, deepspeed, accelerate and the variables that ms-swift and LLaMA-Factory look at.
    /// DeepSpeed's launcher: `--include localhost:0,1@worker-1:0` are three; a host without devices has all of its own.
    [[nodiscard]] PACER_HOST static step_t count_included(document& from) {
        const entry* e = find_in(from.root, "include");
        if (e == nullptr || from.words.empty() || !from.words.front().ends_with("deepspeed"))
            return 0;
        if (is_left_to_shell(e->value)) {
            from.processes = *e;
            return 0;
        }
        std::string_view rest = e->value.text;
        step_t devices = 0;
        while (!rest.empty()) {
            const std::string_view host = rest.substr(0, rest.find('@'));
            rest.remove_prefix((std::min)(host.size() + 1, rest.size()));
            if (host.find(':') == std::string_view::npos)
                return 0;
            devices += 1 + std::count(host.begin(), host.end(), ',');
        }
        return devices;
    }

    PACER_HOST void count_processes(document& from) const {
        const auto count = [&](std::initializer_list<const char*> keys) -> step_t {
            for (const char* key : keys) {
                const entry* e = find_in(from.root, key);
                if (e == nullptr)
                    continue;
                if (is_left_to_shell(e->value))
                    from.processes = *e;
                const tree& value = e->value.is == tree::kind::list ? e->value.items.front() : e->value;
                if (value.is == tree::kind::integer && value.integer > 0)
                    return value.integer;
            }
            return 0;
        };
        const auto variable = [&](const char* name) -> std::optional<entry> {
            const auto found = variables_.find(name);
            if (found == variables_.end() || found->second.empty())
                return {};
            const shell_word& word = found->second.front();
            return entry{name, word.line, value_of(word)};
        };
        if (const step_t all = count({"num_processes"})) {
            from.world_size = all;
            return;
        }
        if (from.processes)
            return;
        const step_t nodes = (std::max)(count({"nnodes", "num_nodes", "num_machines"}), step_t{1});
        step_t local = count({"nproc_per_node", "num_gpus"});
        if (local == 0)
            local = count_included(from);
        if (from.processes)
            return;
        const std::optional<entry> per_node = variable("NPROC_PER_NODE");
        if (local == 0 && per_node && is_left_to_shell(per_node->value))
            from.processes = per_node;
        else if (local == 0 && per_node && per_node->value.is == tree::kind::integer && per_node->value.integer > 0)
            local = per_node->value.integer;
        if (local > 0)
            from.world_size = local > longest / nodes ? longest : local * nodes;
        if (local > 0 || from.processes)
            return;
        const bool uses_all = std::any_of(from.words.begin(), from.words.end(),
                                          [](const std::string& word) { return word.ends_with("llamafactory-cli"); });
        const std::optional<entry> devices = variable("CUDA_VISIBLE_DEVICES");
        if (!uses_all || !devices || devices->value.text.empty())
            return;
        if (is_left_to_shell(devices->value))
            from.processes = devices;
        else
            from.world_size = 1 + std::count(devices->value.text.begin(), devices->value.text.end(), ',');
    }

    static constexpr std::size_t most_words = 20'000;

    std::string file_;
    std::vector<shell_statement> all_{};
    std::map<std::string, std::vector<shell_word>> variables_{};
    std::map<std::string, int> assigned_{};
    std::vector<std::string> used_{};
};

/// The arguments, and what stands beside them, as a tree: what a format recognises and reads.
PACER_HOST inline tree tree_of(const document& from) {
    const auto map_of = [](tree::kind kind) {
        tree value;
        value.is = kind;
        return value;
    };
    tree about = map_of(tree::kind::map);
    tree words = map_of(tree::kind::list);
    for (const std::string& word : from.words)
        words.items.push_back(argument("", word).value);
    about.entries.push_back({"words", 0, std::move(words)});
    if (from.world_size)
        about.entries.push_back(argument("world_size", *from.world_size));
    if (from.processes) {
        tree processes = map_of(tree::kind::map);
        processes.entries.push_back(*from.processes);
        about.entries.push_back({"processes", 0, std::move(processes)});
    }
    tree assigned = map_of(tree::kind::map);
    for (const auto& [name, line] : from.assigned)
        assigned.entries.push_back({name, line, {}});
    about.entries.push_back({"assigned", 0, std::move(assigned)});
    tree root = from.root;
    root.entries.insert(root.entries.begin(), {std::string(command_key), 0, std::move(about)});
    return root;
}

}  // namespace detail

/// The arguments of the one command in a text that trains: `--key value` is `key`, with _ for each -, and `key=value` too.
///
/// An error (`recipe_error`, with file and line): a quotation that is not closed; blanks behind a backslash at the end of a
/// line; arguments that a comment or a missing backslash cuts off from their command; two commands that train; none.
[[nodiscard]] PACER_HOST inline tree command_tree(std::string_view text, const std::string& file) {
    recipes::detail::check_size(text, file);
    return detail::tree_of(detail::command_reader(text, file).read());
}

/// The same from the words of one command.
[[nodiscard]] PACER_HOST inline tree arguments_tree(const std::vector<std::string>& words, const std::string& file) {
    return detail::tree_of(detail::command_reader(words, file).read());
}

}  // namespace pacer::recipes::trainers

#endif
