// SPDX-License-Identifier: MIT
#include "support/check.hpp"
#include "training/scratch.hpp"

#include <pacer/training/atomic_write.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <thread>
#include <vector>

#if PACER_HAS_POSIX
#include <csignal>
#include <sys/wait.h>
#endif

namespace {

namespace fs = std::filesystem;
using pacer::detail::file_facts;
using support::contents;
using support::scratch;

std::string refused(const std::string& path, const std::string& text) {
    try {
        pacer::atomic_write(path, text);
    } catch (const pacer::file_error& error) {
        return error.what();
    }
    return "accepted";
}

// A disk whose calls fail one after another, or after one of which the machine stands still. What is flushed stays; of what
// is not, the power cut takes the rest.
struct disk {
    struct file {
        std::string bytes;
        std::string on_disk;
        unsigned mode = 0644;
    };

    std::map<std::string, file> files{{"run/x", {"old", "old", 0600}}};
    std::map<std::string, std::string> links{};  // of names, to names
    std::vector<std::string> names_on_disk{"run/x"};
    std::vector<std::uint64_t> numbers{1};  // that are drawn, the last one for ever
    std::string open{};
    std::vector<std::string> calls{};
    int calls_until = -1;  // the call that fails
    int error = 0;         // with this; 0: nothing happens any more from there on
    std::size_t bytes_at_once = 2;
    int removed_before_held = 0;       // files that somebody takes for abandoned at once
    std::vector<std::string> swept{};  // what was looked around for

    // Whether a call is to be made, else its error.
    bool begins(const char* name, int& failed) {
        calls.emplace_back(name);
        const int number = static_cast<int>(calls.size()) - 1;
        const bool stopped = error == 0 && calls_until >= 0 && number >= calls_until;
        failed = stopped ? EIO : number == calls_until ? error : 0;
        return failed == 0;
    }
};

disk* now = nullptr;

struct test_system {
    using handle = int;

    static int look_at(const std::string& path, file_facts& to) {
        int failed = 0;
        if (!now->begins("look_at", failed))
            return failed;
        const auto found = now->files.find(path);
        if (now->links.contains(path))
            to.is = file_facts::kind::link;
        else if (found != now->files.end())
            to = {.is = file_facts::kind::file, .mode = found->second.mode};
        return 0;
    }
    static int read_link(const std::string& path, std::string& to) {
        int failed = 0;
        if (!now->begins("read_link", failed))
            return failed;
        to = now->links.at(path);
        return 0;
    }
    static int create(const std::string& path, unsigned mode, handle&) {
        int failed = 0;
        if (!now->begins("create", failed))
            return failed;
        if (now->files.contains(path) || now->links.contains(path))
            return EEXIST;
        now->files[path].mode = mode;
        now->open = path;
        return 0;
    }
    static int hold(handle) {
        if (now->removed_before_held <= 0)
            return 0;
        now->removed_before_held -= 1;
        now->files.erase(now->open);
        return ESTALE;
    }
    static void remove_abandoned(const std::string& path, handle) { now->swept.push_back(path); }
    static void make_like(handle, const file_facts& old) {
        int failed = 0;
        if (now->begins("make_like", failed))
            now->files[now->open].mode = old.mode;
    }
    static int write(handle, std::string_view bytes, std::size_t& written) {
        int failed = 0;
        if (!now->begins("write", failed))
            return failed;
        written = std::min(bytes.size(), now->bytes_at_once);
        now->files[now->open].bytes += bytes.substr(0, written);
        return 0;
    }
    static int flush(handle) {
        int failed = 0;
        if (!now->begins("flush", failed))
            return failed;
        now->files[now->open].on_disk = now->files[now->open].bytes;
        return 0;
    }
    static int close(handle) {
        int failed = 0;
        now->begins("close", failed);
        return failed;
    }
    static int replace(const std::string& from, const std::string& to) {
        int failed = 0;
        if (!now->begins("replace", failed))
            return failed;
        now->files[to] = now->files.at(from);
        now->files.erase(from);
        return 0;
    }
    static int remove(const std::string& path) {
        int failed = 0;
        if (now->begins("remove", failed))
            now->files.erase(path);
        return failed;
    }
    static int flush_directory(const std::string& path) {
        int failed = 0;
        if (now->begins("flush_directory", failed))
            now->names_on_disk.push_back(path);
        return failed;
    }
    static std::uint64_t random() {
        const std::uint64_t number = now->numbers.front();
        if (now->numbers.size() > 1)
            now->numbers.erase(now->numbers.begin());
        return number;
    }
};

using test_file = pacer::detail::atomic_file_of<test_system>;

std::string write_to(disk& d, const std::string& path, const std::string& text) {
    now = &d;
    test_file file(path);
    file.write(text);
    return file.commit() ? "written" : file.error();
}

}  // namespace

TEST_CASE("the calls of a write, in their order: flushed before it is renamed, the directory afterwards") {
    disk d;
    CHECK(write_to(d, "run/x", "newer") == "written");
    CHECK(d.calls == std::vector<std::string>{"look_at", "create", "make_like", "write", "write", "write", "flush",
                                              "close", "replace", "flush_directory"});
    CHECK(d.files.size() == 1);
    CHECK(d.files["run/x"].bytes == "newer");
    CHECK(d.files["run/x"].on_disk == "newer");
    CHECK(d.files["run/x"].mode == 0600);
    CHECK(d.names_on_disk.back() == "run/");
    CHECK(write_to(d, "y", "here") == "written");
    CHECK(d.names_on_disk.back() == ".");
}

TEST_CASE("whichever call fails, the old file is there and nothing else, or the new one") {
    for (int call = 0; call < 10; ++call) {
        disk d;
        d.calls_until = call;
        d.error = ENOSPC;
        const std::string said = write_to(d, "run/x", "newer");
        INFO("call " << call << ": " << d.calls[static_cast<std::size_t>(call)]);
        CHECK(d.files.size() == 1);
        const std::string& name = d.calls[static_cast<std::size_t>(call)];
        if (name == "make_like") {
            CHECK(said == "written");  // not allowed: the file may do less than the old one
        } else if (name == "flush_directory") {
            CHECK(said == "pacer: run/x is written, but may be lost if the power fails: No space left on device");
            CHECK(d.files["run/x"].on_disk == "newer");
        } else {
            CHECK(said == (name == "replace" ? "pacer: cannot replace run/x: No space left on device"
                                             : "pacer: cannot write run/x: No space left on device"));
            CHECK(d.files["run/x"].bytes == "old");
        }
    }
}

TEST_CASE("whichever call is the last, the file is the old one or the new one, on the disk too") {
    for (int call = 0; call <= 10; ++call) {
        disk d;
        d.calls_until = call;
        CHECK((write_to(d, "run/x", "newer") == "written") == (call == 10));
        const std::string expected = call >= 9 ? "newer" : "old";  // what has been renamed was flushed before
        INFO("stopped at call " << call);
        CHECK(d.files["run/x"].bytes == expected);
        CHECK(d.files["run/x"].on_disk == expected);
        // What a kill leaves is of no name that anybody reads.
        for (const auto& [name, file] : d.files)
            CHECK((name == "run/x" || name == "run/x.0000000000000001.tmp"));
    }
}

TEST_CASE("a name that is taken is left alone, and another one is drawn") {
    disk d;
    d.files["run/x.0000000000000001.tmp"] = {"somebody's", "", 0644};
    d.links["run/x.0000000000000002.tmp"] = "precious";
    d.files["precious"] = {"precious", "", 0644};
    d.numbers = {1, 2, 1, 0xabcdef0123456789U};
    CHECK(write_to(d, "run/x", "new") == "written");
    CHECK(std::count(d.calls.begin(), d.calls.end(), "create") == 4);
    CHECK(d.files["run/x"].bytes == "new");
    CHECK(d.files["run/x.0000000000000001.tmp"].bytes == "somebody's");
    CHECK(d.files["precious"].bytes == "precious");
    // Not for ever.
    d.numbers = {1};
    CHECK(write_to(d, "run/x", "newer") == "pacer: cannot write run/x: File exists");
    CHECK(d.files["run/x"].bytes == "new");
}

TEST_CASE("a file that is removed before it is held is made again, under another name") {
    disk d;
    d.numbers = {1, 2, 3};
    d.removed_before_held = 2;
    CHECK(write_to(d, "run/x", "new") == "written");
    CHECK(std::count(d.calls.begin(), d.calls.end(), "create") == 3);
    CHECK(d.files.size() == 1);
    CHECK(d.files["run/x"].bytes == "new");
    // What killed writers have left is looked for beside the file itself.
    d.links["l"] = "run/x";
    CHECK(write_to(d, "l", "newer") == "written");
    CHECK(d.swept == std::vector<std::string>{"run/x", "run/x"});
}

TEST_CASE("whose a name beside a file is") {
    using pacer::detail::is_name_beside;
    using pacer::detail::name_beside;
    CHECK(is_name_beside("x.0123456789abcdef.tmp", "run/x"));
    CHECK(is_name_beside("x.0123456789abcdef.tmp", "x"));
    for (const char* other :
         {"x", "x.tmp", "xy.0123456789abcdef.tmp", "y.0123456789abcdef.tmp", "x.0123456789abcde.tmp",
          "x.0123456789abcdeg.tmp", "x.0123456789ABCDEF.tmp", "x.0123456789abcdef.tmq", "x.0123456789abcdef0.tmp", ""})
        CHECK(!is_name_beside(other, "run/x"));
    const std::string longest(250, 'n');
    CHECK(is_name_beside(name_beside(longest, 77), longest));
    // It is not cut within a character.
    std::string umlauts = "run/n";
    for (int k = 0; k < 125; ++k)
        umlauts += "\xC3\xBC";
    const std::string beside = name_beside(umlauts, 0);
    CHECK(beside == umlauts.substr(0, 4 + 199) + ".0000000000000000.tmp");
    CHECK(is_name_beside(beside.substr(4), umlauts));
}

TEST_CASE("links are followed to the file itself") {
    disk d;
    d.links = {{"l", "run/m"}, {"run/m", "x"}, {"away", "run/new"}, {"self", "self"}};
    CHECK(write_to(d, "l", "through") == "written");
    CHECK(d.files["run/x"].bytes == "through");
    CHECK(d.links.size() == 4);
    CHECK(write_to(d, "away", "made") == "written");
    CHECK(d.files["run/new"].bytes == "made");
    CHECK(write_to(d, "self", "never").starts_with("pacer: cannot write self: "));
}

TEST_CASE("a file that is not committed has not been written") {
    disk d;
    now = &d;
    {
        test_file file("run/x");
        file.write("half");
    }
    CHECK(d.files.size() == 1);
    CHECK(d.files["run/x"].bytes == "old");

    // Nor is anything added to one that is.
    {
        test_file file("run/x");
        file.write("whole");
        CHECK(file.commit());
        const std::size_t calls = d.calls.size();
        file.write("more");
        CHECK(!file.commit());
        CHECK(file.error() == "pacer: run/x has been written already");
        CHECK(d.calls.size() == calls);
    }
    CHECK(d.files["run/x"].bytes == "whole");
    // A disk that takes nothing and says nothing is not asked for ever.
    d.bytes_at_once = 0;
    CHECK(write_to(d, "run/x", "none").starts_with("pacer: cannot write run/x: "));
    CHECK(d.files["run/x"].bytes == "whole");

    const scratch dir("atomic");
    pacer::atomic_write(dir.file("x"), "old");
    CHECK_THROWS_AS(pacer::atomic_write(dir.file("x"),
                                        [](pacer::atomic_file& file) {
                                            file.write("half");
                                            throw std::runtime_error("no more");
                                        }),
                    std::runtime_error);
    CHECK(contents(dir.file("x")) == "old");
    CHECK(dir.names() == std::vector<std::string>{"x"});
}

TEST_CASE("on the file system there is") {
    const scratch dir("atomic");
    const std::string path = dir.file("x");
    std::string bytes;
    for (int k = 0; k < 3'000'000; ++k)
        bytes += static_cast<char>(k * 7 % 251);
    CHECK(refused(path, bytes) == "accepted");
    CHECK(contents(path) == bytes);
    CHECK(refused(path, "") == "accepted");
    CHECK(contents(path).empty());
    pacer::atomic_write(path, [&](pacer::atomic_file& file) {
        file.write("in ");
        file.write("parts");
    });
    CHECK(contents(path) == "in parts");
    CHECK(dir.names() == std::vector<std::string>{"x"});

    // As long as names may be.
    const std::string longest = dir.file(std::string(250, 'n'));
    CHECK(refused(longest, "long") == "accepted");
    CHECK(contents(longest) == "long");
    CHECK(refused(dir.file("none/x"), "text").starts_with("pacer: cannot write " + dir.file("none/x") + ": "));
    fs::create_directories(dir.file("taken"));
    CHECK(refused(dir.file("taken"), "text") ==
          "pacer: cannot replace " + dir.file("taken") + ": it is there, and is no file");
}

#if PACER_HAS_POSIX
TEST_CASE("the mode of the file that is replaced is kept, and links stay links") {
    const scratch dir("modes");
    const std::string path = dir.file("x");
    const auto mode_of = [](const std::string& name) { return static_cast<unsigned>(fs::status(name).permissions()); };
    for (const mode_t mask : {022u, 077u, 0u}) {
        const mode_t before = ::umask(mask);
        const std::string fresh = dir.file("fresh" + std::to_string(mask));
        pacer::atomic_write(fresh, "new");
        for (const unsigned mode : {0600u, 0644u, 0660u, 0400u, 0u}) {
            pacer::atomic_write(path, "old");
            fs::permissions(path, fs::perms(mode));
            pacer::atomic_write(path, "new");
            CHECK(mode_of(path) == mode);
            fs::permissions(path, fs::perms(0600));
        }
        ::umask(before);
        CHECK(mode_of(fresh) == (0666u & ~static_cast<unsigned>(mask)));
    }

    fs::create_directories(dir.file("away"));
    pacer::atomic_write(dir.file("away/real"), "old");
    fs::create_symlink("away/real", dir.file("link"));
    fs::create_symlink(dir.file("link"), dir.file("link2"));
    fs::create_symlink("away/later", dir.file("dangling"));
    pacer::atomic_write(dir.file("link2"), "new");
    pacer::atomic_write(dir.file("dangling"), "made");
    CHECK(contents(dir.file("away/real")) == "new");
    CHECK(contents(dir.file("away/later")) == "made");
    for (const char* link : {"link", "link2", "dangling"})
        CHECK(fs::is_symlink(dir.file(link)));
    fs::create_symlink("round", dir.file("round"));
    CHECK(refused(dir.file("round"), "never").starts_with("pacer: cannot write " + dir.file("round") + ": "));
}

TEST_CASE("what is there under the name is not written to, nor followed, on the file system there is") {
    using system = pacer::detail::system_files;
    const scratch dir("exclusive");
    pacer::atomic_write(dir.file("victim"), "precious");
    fs::create_symlink("victim", dir.file("link"));
    fs::create_symlink("nowhere", dir.file("dangling"));
    for (const char* name : {"victim", "link", "dangling"}) {
        int file = -1;
        CHECK(system::create(dir.file(name), 0666, file) == EEXIST);
        CHECK(file == -1);
    }
    CHECK(contents(dir.file("victim")) == "precious");
    CHECK(!fs::exists(dir.file("nowhere")));
    // Two numbers, and so two names, are the same once in 2^64 times.
    CHECK(system::random() != system::random());
}

TEST_CASE("writers in several processes and threads: each file is one that somebody wrote, and nothing is left over") {
    const scratch dir("writers");
    const std::string path = dir.file("x");
    const auto text_of = [](char writer) { return std::string(20'000, writer); };
    pacer::atomic_write(path, text_of('a'));
    std::vector<pid_t> children;
    for (const char writer : {'b', 'c', 'd'}) {
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            for (int k = 0; k < 200; ++k) {
                pacer::atomic_file file(path);
                file.write(text_of(writer));
                if (!file.commit())
                    ::_exit(1);
            }
            ::_exit(0);
        }
        children.push_back(child);
    }
    std::atomic<int> failures = 0;
    std::vector<std::thread> threads;
    for (const char writer : {'e', 'f'})
        threads.emplace_back([&, writer] {
            for (int k = 0; k < 100; ++k) {
                pacer::atomic_file file(path);
                file.write(text_of(writer));
                failures += !file.commit();
                const std::string read = contents(path);
                failures += read.empty() || read != text_of(read[0]);
            }
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(failures == 0);
    for (const pid_t child : children) {
        int status = 0;
        ::waitpid(child, &status, 0);
        CHECK(status == 0);
    }
    const std::string last = contents(path);
    CHECK(last == text_of(last[0]));
    CHECK(dir.names() == std::vector<std::string>{"x"});
}

TEST_CASE("what killed writers have left is removed, once it is old and nobody holds it") {
    const scratch dir("abandoned");
    const std::string path = dir.file("x");
    const auto age = [](const std::string& name, int seconds) {
        fs::last_write_time(name, fs::last_write_time(name) - std::chrono::seconds(seconds));
    };
    const auto leave = [&](const std::string& name, int seconds) {
        std::ofstream(dir.file(name)) << "half";
        age(dir.file(name), seconds);
    };
    leave("x.0000000000000001.tmp", 2 * 3600);  // this one alone
    leave("x.0000000000000002.tmp", 1800);
    leave("y.0000000000000003.tmp", 2 * 3600);
    leave("x.tmp", 2 * 3600);
    leave("precious", 2 * 3600);
    fs::create_symlink("precious", dir.file("x.0000000000000004.tmp"));
    fs::create_directories(dir.file("x.0000000000000005.tmp"));
    age(dir.file("x.0000000000000005.tmp"), 2 * 3600);

    // A writer that is still at it, in another process, and has not written for long.
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    const pid_t writer = ::fork();
    REQUIRE(writer >= 0);
    if (writer == 0) {
        pacer::atomic_file file(path);
        file.write("half");
        if (::write(ready[1], "x", 1) != 1)
            ::_exit(1);
        for (;;)
            ::pause();
    }
    char told = 0;
    REQUIRE(::read(ready[0], &told, 1) == 1);
    ::close(ready[0]);
    ::close(ready[1]);
    std::string held;
    for (const std::string& name : dir.names())
        if (pacer::detail::is_name_beside(name, path) && name.compare(2, 8, "00000000") != 0)
            held = name;
    REQUIRE(!held.empty());
    age(dir.file(held), 2 * 3600);

    const auto names = [&] {
        std::vector<std::string> all = dir.names();
        std::sort(all.begin(), all.end());
        return all;
    };
    std::vector<std::string> left{"precious",
                                  "x",
                                  "x.0000000000000002.tmp",
                                  "x.0000000000000004.tmp",
                                  "x.0000000000000005.tmp",
                                  "x.tmp",
                                  "y.0000000000000003.tmp"};
    std::vector<std::string> with_held = left;
    with_held.push_back(held);
    std::sort(with_held.begin(), with_held.end());
    pacer::atomic_write(path, "first");
    CHECK(names() == with_held);
    ::kill(writer, SIGKILL);
    int status = 0;
    ::waitpid(writer, &status, 0);
    pacer::atomic_write(path, "second");
    CHECK(names() == left);
    CHECK(contents(path) == "second");
    CHECK(contents(dir.file("precious")) == "half");
}
#endif
