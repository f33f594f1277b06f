// SPDX-License-Identifier: MIT
#ifndef PACER_TRAINING_ATOMIC_WRITE_HPP
#define PACER_TRAINING_ATOMIC_WRITE_HPP

/// A file that is replaced as a whole: whatever is killed, and whoever else writes, it is the old one or the new one.
///
///     pacer::atomic_write("run/state.txt", text);
///     pacer::atomic_write("run/weights.bin", [&](pacer::atomic_file& file) {
///         for (const auto& layer : layers)
///             file.write({reinterpret_cast<const char*>(layer.data()), layer.size() * sizeof layer[0]});
///     });
///
/// and, where there are no exceptions:
///
///     pacer::atomic_file file("run/state.txt");
///     file.write(text);
///     if (!file.commit())
///         std::fprintf(stderr, "%s\n", file.error().c_str());

#include <pacer/error.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#if defined(__unix__) || defined(__APPLE__)
#define PACER_HAS_POSIX 1
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#if defined(__APPLE__)
#include <sys/random.h>
#endif
#else
#define PACER_HAS_POSIX 0
#include <chrono>
#include <filesystem>
#include <random>
#if defined(_WIN32)
#include <fcntl.h>
#include <io.h>
#include <sys/stat.h>
#endif
#endif

namespace pacer {

/// A file that cannot be written or read. `what()` says which, and why.
struct file_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

namespace detail {

/// What is there under a name.
struct file_facts {
    enum class kind { nothing, file, link, other };

    kind is = kind::nothing;
    unsigned mode = 0;  ///< of a file: who may do what, as chmod has it
    unsigned owner = 0;
    unsigned group = 0;
};

PACER_HOST inline std::string reason_of(int error) {
    return error == 0 ? "" : std::string(": ") + std::strerror(error);
}

/// Where the name of a file begins in its path.
PACER_HOST inline std::size_t start_of_name(const std::string& path) noexcept {
#if defined(_WIN32)
    return path.find_last_of("/\\:") + 1;
#else
    return path.rfind('/') + 1;
#endif
}

/// A name in the same directory that nobody else takes for a file of theirs: NAME.16-hexadecimal-digits.tmp.
PACER_HOST inline std::string name_beside(const std::string& path, std::uint64_t random) {
    constexpr std::size_t most_of_a_name = 200;  // so that it may be as long as file systems allow, 255
    const std::size_t start = start_of_name(path);
    std::size_t end = path.size() - start > most_of_a_name ? start + most_of_a_name : path.size();
    while (end < path.size() && end > start && (static_cast<unsigned char>(path[end]) & 0xC0u) == 0x80u)
        --end;  // not within a character of UTF-8
    std::string name = path.substr(0, end) + '.';
    for (int shift = 60; shift >= 0; shift -= 4)
        name += "0123456789abcdef"[random >> shift & 15];
    return name + ".tmp";
}

/// Whether a file of the same directory is called as one that `name_beside` has named for `path`.
PACER_HOST inline bool is_name_beside(std::string_view name, const std::string& path) {
    const std::string example = name_beside(path, 0);
    const std::size_t start = start_of_name(example);
    constexpr std::size_t digits = 16;
    constexpr std::size_t behind = 4;  // .tmp
    const std::size_t before = example.size() - start - digits - behind;
    return name.size() == example.size() - start && name.compare(0, before, example, start, before) == 0 &&
           name.substr(name.size() - behind) == ".tmp" &&
           name.substr(before, digits).find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// How long nobody has written to a file that is taken for abandoned, in seconds by the file system's clock.
inline constexpr std::int64_t abandoned_after = 3600;
/// How many files of a directory are looked at.
inline constexpr int most_looked_at = 10'000;

#if PACER_HAS_POSIX

/// The calls that a write is made of: 0, or the error. The tests put others in their place.
struct system_files {
    using handle = int;

    PACER_HOST static int look_at(const std::string& path, file_facts& to) noexcept {
        struct stat s;
        if (::lstat(path.c_str(), &s) != 0)
            return errno == ENOENT ? 0 : errno;
        to.is = S_ISREG(s.st_mode)   ? file_facts::kind::file
                : S_ISLNK(s.st_mode) ? file_facts::kind::link
                                     : file_facts::kind::other;
        to.mode = s.st_mode & 07777u;
        to.owner = s.st_uid;
        to.group = s.st_gid;
        return 0;
    }
    PACER_HOST static int read_link(const std::string& path, std::string& to) {
        char target[4096];
        const ssize_t length = ::readlink(path.c_str(), target, sizeof target);
        if (length < 0 || length == sizeof target)
            return length < 0 ? errno : ENAMETOOLONG;
        to.assign(target, static_cast<std::size_t>(length));
        return 0;
    }
    PACER_HOST static int create(const std::string& path, unsigned mode, handle& file) noexcept {
        do
            file =
                ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, static_cast<mode_t>(mode));
        while (file < 0 && errno == EINTR);
        return file < 0 ? errno : 0;
    }
    /// Marks the file as one that is being written, for as long as it is open: ESTALE if somebody has removed it before.
    ///
    /// The mark is a lock, which ends with the process however that ends; unlike a number of a process it means the same in
    /// every container. Where a file system has no locks there is none, and nothing is ever taken for abandoned.
    PACER_HOST static int hold(handle file) noexcept {
        while (::flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EINTR) {
        }
        struct stat s;
        return ::fstat(file, &s) == 0 && s.st_nlink == 0 ? ESTALE : 0;
    }
    /// Removes what killed writers of `path` have left: files of their names that nobody holds, and that nobody has written
    /// to for an hour before `own` was made. (Where a lock is not seen on other machines, the hour is what is left: a writer
    /// that pauses for longer fails, and `path` stays as it was.)
    PACER_HOST static void remove_abandoned(const std::string& path, handle own) {
        struct stat now;
        const std::string folder = path.substr(0, start_of_name(path));
        DIR* const directory = ::fstat(own, &now) == 0 ? ::opendir(folder.empty() ? "." : folder.c_str()) : nullptr;
        if (directory == nullptr)
            return;
        for (int k = 0; k < most_looked_at; ++k) {
            const struct dirent* const entry = ::readdir(directory);
            if (entry == nullptr)
                break;
            if (is_name_beside(entry->d_name, path))
                remove_if_abandoned(folder + entry->d_name, static_cast<std::int64_t>(now.st_mtime));
        }
        ::closedir(directory);
    }
    PACER_HOST static void remove_if_abandoned(const std::string& name, std::int64_t now) noexcept {
        struct stat s;
        if (::lstat(name.c_str(), &s) != 0 || !S_ISREG(s.st_mode) ||
            static_cast<std::int64_t>(s.st_mtime) > now - abandoned_after)
            return;
        const int file = ::open(name.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (file < 0)
            return;
        struct stat opened;
        // The lock is kept until the name is gone: a writer that has been stopped before it could lock sees that.
        if (::flock(file, LOCK_EX | LOCK_NB) == 0 && ::fstat(file, &opened) == 0 && opened.st_dev == s.st_dev &&
            opened.st_ino == s.st_ino && opened.st_mtime == s.st_mtime)
            ::unlink(name.c_str());
        ::close(file);
    }
    /// Owner, group and mode of the file that is replaced. If the group cannot be had, it may do no more than others.
    PACER_HOST static void make_like(handle file, const file_facts& old) noexcept {
        unsigned mode = old.mode;
        if (::fchown(file, old.owner, old.group) != 0 && ::fchown(file, static_cast<uid_t>(-1), old.group) != 0)
            mode = (mode & ~06070u) | (mode & 07u) << 3;
        // Where it is not allowed, the file may do less than the old one.
        static_cast<void>(::fchmod(file, static_cast<mode_t>(mode)));
    }
    PACER_HOST static int write(handle file, std::string_view bytes, std::size_t& written) noexcept {
        ssize_t n;
        do
            n = ::write(file, bytes.data(), bytes.size());
        while (n < 0 && errno == EINTR);
        written = n < 0 ? 0 : static_cast<std::size_t>(n);
        return n < 0 ? errno : 0;
    }
    PACER_HOST static int flush(handle file) noexcept {
#if defined(F_FULLFSYNC)  // fsync of macOS leaves it in the disk's own memory
        if (::fcntl(file, F_FULLFSYNC) == 0)
            return 0;
#endif
        int failed;
        do
            failed = ::fsync(file);
        while (failed != 0 && errno == EINTR);
        // Some file systems cannot; the file is whole all the same.
        return failed != 0 && errno != EINVAL && errno != ENOTSUP && errno != ENOSYS ? errno : 0;
    }
    PACER_HOST static int close(handle file) noexcept { return ::close(file) != 0 && errno != EINTR ? errno : 0; }
    PACER_HOST static int replace(const std::string& from, const std::string& to) noexcept {
        return std::rename(from.c_str(), to.c_str()) != 0 ? errno : 0;
    }
    PACER_HOST static int remove(const std::string& path) noexcept { return ::unlink(path.c_str()) != 0 ? errno : 0; }
    PACER_HOST static int flush_directory(const std::string& path) noexcept {
        const int directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (directory < 0)
            return errno == EACCES ? 0 : errno;  // one that may be written to but not read cannot be flushed
        const int error = flush(directory);
        ::close(directory);
        return error;
    }
    PACER_HOST static std::uint64_t random() noexcept {
        std::uint64_t bits = 0;
        if (::getentropy(&bits, sizeof bits) == 0)
            return bits;
        struct timespec now {};
        ::clock_gettime(CLOCK_REALTIME, &now);
        return (static_cast<std::uint64_t>(now.tv_nsec) << 32) ^ static_cast<std::uint64_t>(now.tv_sec) ^
               (static_cast<std::uint64_t>(::getpid()) << 20) ^ reinterpret_cast<std::uintptr_t>(&bits);
    }
};

#else

struct system_files {
#if defined(_WIN32)
    using handle = int;

    static int create(const std::string& path, unsigned, handle& file) noexcept {
        file = ::_open(path.c_str(), _O_WRONLY | _O_CREAT | _O_EXCL | _O_BINARY | _O_NOINHERIT, _S_IREAD | _S_IWRITE);
        return file < 0 ? errno : 0;
    }
    static int write(handle file, std::string_view bytes, std::size_t& written) noexcept {
        constexpr std::size_t most = 1u << 30;
        const int n = ::_write(file, bytes.data(), static_cast<unsigned>(bytes.size() < most ? bytes.size() : most));
        written = n < 0 ? 0 : static_cast<std::size_t>(n);
        return n < 0 ? errno : 0;
    }
    static int flush(handle file) noexcept { return ::_commit(file) != 0 ? errno : 0; }
    static int close(handle file) noexcept { return ::_close(file) != 0 ? errno : 0; }
#else
    using handle = std::FILE*;

    static int create(const std::string& path, unsigned, handle& file) noexcept {
        file = std::fopen(path.c_str(), "wbx");
        return file == nullptr ? errno : 0;
    }
    static int write(handle file, std::string_view bytes, std::size_t& written) noexcept {
        written = std::fwrite(bytes.data(), 1, bytes.size(), file);
        return written < bytes.size() ? errno : 0;
    }
    static int flush(handle file) noexcept { return std::fflush(file) != 0 ? errno : 0; }
    static int close(handle file) noexcept { return std::fclose(file) != 0 ? errno : 0; }
#endif
    static int look_at(const std::string& path, file_facts& to) {
        std::error_code error;
        const auto type = std::filesystem::status(path, error).type();  // links are the system's own business
        to.is = type == std::filesystem::file_type::not_found ? file_facts::kind::nothing
                : type == std::filesystem::file_type::regular ? file_facts::kind::file
                                                              : file_facts::kind::other;
        return 0;
    }
    static int read_link(const std::string&, std::string&) noexcept { return EINVAL; }
    static int hold(handle) noexcept { return 0; }
    static void remove_abandoned([[maybe_unused]] const std::string& path, handle) {
#if defined(_WIN32)  // which removes no file that somebody has open
        std::error_code error;
        const std::string folder = path.substr(0, start_of_name(path));
        // All files of a folder have one clock: the youngest was made just now.
        auto now = (std::filesystem::file_time_type::min)();
        for (const bool removes : {false, true}) {
            std::filesystem::directory_iterator at(folder.empty() ? "." : folder, error);
            for (int k = 0; k < most_looked_at && !error && at != std::filesystem::directory_iterator();
                 ++k, at.increment(error)) {
                if (!is_name_beside(at->path().filename().string(), path))
                    continue;
                std::error_code ignored;
                const auto written = at->last_write_time(ignored);
                if (!ignored && !removes && written > now)
                    now = written;
                else if (!ignored && removes && now - written > std::chrono::seconds(abandoned_after))
                    std::filesystem::remove(at->path(), ignored);
            }
        }
#endif
    }
    static void make_like(handle, const file_facts&) noexcept {}
    static int replace(const std::string& from, const std::string& to) {
        std::error_code error;
        std::filesystem::rename(from, to, error);
        return error.value();
    }
    static int remove(const std::string& path) {
        std::error_code error;
        std::filesystem::remove(path, error);
        return error.value();
    }
    static int flush_directory(const std::string&) noexcept { return 0; }
    static std::uint64_t random() {
        std::random_device device;
        return (static_cast<std::uint64_t>(device()) << 32) ^ device();
    }
};

#endif

/// Where the file itself is, behind any links.
template <class System>
PACER_HOST int follow_links(std::string& path, file_facts& facts) {
    constexpr int most_links = 40;
    for (int k = 0; k <= most_links; ++k) {
        facts = {};
        if (const int error = System::look_at(path, facts); error != 0 || facts.is != file_facts::kind::link)
            return error;
        std::string target;
        if (const int error = System::read_link(path, target); error != 0)
            return error;
        if (target.empty() || target[0] != '/')
            target.insert(0, path, 0, start_of_name(path));
        path = target;
    }
    return ELOOP;
}

template <class System>
class PACER_MODE atomic_file_of {
public:
    /// Begins to write what is to be the file `path`.
    PACER_HOST explicit atomic_file_of(const std::string& path) : given_(path), path_(path) { open(); }
    atomic_file_of(const atomic_file_of&) = delete;
    atomic_file_of& operator=(const atomic_file_of&) = delete;
    /// Without a `commit`, nothing has happened.
    PACER_HOST ~atomic_file_of() { discard(); }

    /// Adds bytes. After a failure, or a commit, it does nothing.
    PACER_HOST void write(std::string_view bytes) {
        while (!bytes.empty() && is_open_) {
            std::size_t written = 0;
            const int error = System::write(file_, bytes, written);
            bytes.remove_prefix(written);
            if (error != 0 || written == 0)
                fail("write", error != 0 ? error : EIO);
        }
    }

    /// Puts it in its place; false, and `error()`, if that or anything before failed: then `path` is as it was.
    [[nodiscard]] PACER_HOST bool commit() {
        if (!is_open_) {
            if (error_.empty())
                error_ = "pacer: " + given_ + " has been written already";
            return false;
        }
        if (const int error = System::flush(file_); error != 0)
            return fail("write", error);
        is_open_ = false;
        if (const int error = System::close(file_); error != 0) {
            System::remove(beside_);
            return fail("write", error);
        }
        if (const int error = System::replace(beside_, path_); error != 0) {
            System::remove(beside_);
            return fail("replace", error);
        }
        const std::size_t name = start_of_name(path_);
        if (const int error = System::flush_directory(name == 0 ? "." : path_.substr(0, name)); error != 0) {
            error_ = "pacer: " + given_ + " is written, but may be lost if the power fails" + reason_of(error);
            return false;
        }
        return true;
    }

    /// Why it failed, for people; empty if it has not.
    [[nodiscard]] PACER_HOST const std::string& error() const noexcept { return error_; }

private:
    PACER_HOST void open() {
        file_facts old;
        if (const int error = follow_links<System>(path_, old); error != 0) {
            fail("write", error);
            return;
        }
        if (old.is == file_facts::kind::other) {
            error_ = "pacer: cannot replace " + given_ + ": it is there, and is no file";
            return;
        }
        const bool is_new = old.is == file_facts::kind::nothing;
        constexpr int most_tries = 100;
        int error = EEXIST;
        for (int k = 0; k < most_tries && error == EEXIST; ++k) {
            beside_ = name_beside(path_, System::random());
            error = System::create(beside_, is_new ? 0666 : old.mode & 0600, file_);
            if (error == 0 && System::hold(file_) != 0) {
                System::close(file_);
                error = EEXIST;
            }
        }
        if (error != 0) {
            fail("write", error);
            return;
        }
        is_open_ = true;
        if (!is_new)
            System::make_like(file_, old);
        System::remove_abandoned(path_, file_);
    }

    PACER_HOST bool fail(const char* what, int error) {
        discard();
        error_ = "pacer: cannot " + std::string(what) + ' ' + given_ + reason_of(error);
        if (error == EBUSY)
            error_ += " (a mounted file cannot be replaced; mount its directory)";
        return false;
    }

    PACER_HOST void discard() {
        if (!is_open_)
            return;
        is_open_ = false;
        System::close(file_);
        System::remove(beside_);
    }

    std::string given_;
    std::string path_;  // behind the links
    std::string beside_{};
    std::string error_{};
    typename System::handle file_{};
    bool is_open_ = false;
};

}  // namespace detail

/// A file while it is written, under a name of its own beside `path`. `commit` flushes it to the disk, gives it the name
/// `path`, and flushes the directory. At every moment, whatever is killed, `path` is the old file or the new one, whole;
/// of several writers each gives it all of its own bytes, and the last one stays.
///
/// Kept are the mode of the file that is replaced and, where that is allowed, its owner and group; if `path` is a
/// symbolic link, the link stays and the file it leads to is replaced. Not kept: hard links (the other names keep the old
/// file), extended attributes. A file on which something is mounted cannot be replaced.
/// A process that is killed in between leaves its NAME.*.tmp behind, which is never read. The next writer of `path` removes
/// those that are surely abandoned: nobody has them open for writing (a lock, which ends with its process in whatever
/// container; on Windows, the system refuses), and nobody has written to them for an hour by the file system's clock.
/// On other than POSIX systems, links are the system's business, and no directory is flushed.
using atomic_file = detail::atomic_file_of<detail::system_files>;

/// Writes a file as a whole; see `atomic_file`.
/// An error (`file_error`): what the system says; `path` is then as it was.
PACER_HOST inline void atomic_write(const std::string& path, std::string_view bytes);

/// The same piece by piece: `write(file)` calls `file.write(bytes)`. If it throws, `path` is as it was.
template <class Writer>
requires std::is_invocable_v<Writer&, atomic_file&> PACER_HOST void atomic_write(const std::string& path,
                                                                                 Writer&& write) {
    atomic_file file(path);
    write(file);
    if (file.commit())
        return;
#if PACER_HAS_EXCEPTIONS
    throw file_error(file.error());
#else
    detail::on_invalid(file.error().c_str());
    std::terminate();
#endif
}

inline void atomic_write(const std::string& path, std::string_view bytes) {
    atomic_write(path, [bytes](atomic_file& file) { file.write(bytes); });
}

}  // namespace pacer

#endif
