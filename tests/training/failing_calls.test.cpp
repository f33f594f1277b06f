// SPDX-License-Identifier: MIT
// The calls of `atomic_write` to a system that refuses them: what stands in their place here is found before the C library's.
#include "catch.hpp"
#include "training/scratch.hpp"

#include <pacer/training/atomic_write.hpp>

#if defined(__GLIBC__) && defined(__linux__) && !defined(__SANITIZE_ADDRESS__) && defined(__x86_64__)

#include <cerrno>
#include <cstdarg>
#include <dirent.h>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

using pacer::detail::file_facts;
using pacer::detail::system_files;
using support::scratch;

struct {
    std::string_view call{};  // that is refused
    int error = 0;            // with this
    int times = 0;            // so often, from now on
    int after = 0;            // once it has been let through so often
} refusal;

bool refuses(std::string_view call) {
    if (call != refusal.call || refusal.times == 0 || refusal.after-- > 0)
        return false;
    refusal.after = 0;
    --refusal.times;
    errno = refusal.error;
    return true;
}

void refuse(std::string_view call, int error, int times = 1, int after = 0) { refusal = {call, error, times, after}; }

}  // namespace

extern "C" {
ssize_t readlink(const char* path, char* to, size_t size) noexcept {
    if (refuses("readlink of a long name"))
        return static_cast<ssize_t>(size);
    return refuses("readlink") ? -1 : syscall(SYS_readlink, path, to, size);
}
int open(const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    return refuses("open") ? -1 : static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
}
int flock(int file, int what) noexcept {
    return refuses("flock") ? -1 : static_cast<int>(syscall(SYS_flock, file, what));
}
int fstat(int file, struct stat* to) noexcept {
    return refuses("fstat") ? -1 : static_cast<int>(syscall(SYS_fstat, file, to));
}
int fchown(int file, uid_t owner, gid_t group) noexcept {
    return refuses("fchown") ? -1 : static_cast<int>(syscall(SYS_fchown, file, owner, group));
}
ssize_t write(int file, const void* bytes, size_t size) {
    return refuses("write") ? -1 : syscall(SYS_write, file, bytes, size);
}
int fsync(int file) { return refuses("fsync") ? -1 : static_cast<int>(syscall(SYS_fsync, file)); }
int close(int file) { return refuses("close") ? -1 : static_cast<int>(syscall(SYS_close, file)); }
int rename(const char* from, const char* to) noexcept {
    return refuses("rename") ? -1 : static_cast<int>(syscall(SYS_rename, from, to));
}
int unlink(const char* path) noexcept { return refuses("unlink") ? -1 : static_cast<int>(syscall(SYS_unlink, path)); }
int getentropy(void* to, size_t size) {
    return refuses("getentropy") ? -1 : syscall(SYS_getrandom, to, size, 0) == static_cast<long>(size) ? 0 : -1;
}
}

namespace {

std::string refused(const std::string& path) {
    try {
        pacer::atomic_write(path, "new");
    } catch (const pacer::file_error& error) {
        return error.what();
    }
    return "accepted";
}

unsigned mode_of(const std::string& path) {
    struct stat s {};
    return ::stat(path.c_str(), &s) == 0 ? s.st_mode & 07777u : 0;
}

}  // namespace

TEST_CASE("a call that is interrupted is made again") {
    const scratch folder("interrupted");
    for (const char* call : {"open", "flock", "write", "fsync"}) {
        INFO(call);
        refuse(call, EINTR, 3);
        CHECK(refused(folder.file("x")) == "accepted");
        CHECK(refusal.times == 0);
        CHECK(support::contents(folder.file("x")) == "new");
    }
    refuse("close", EINTR);  // which has closed it
    CHECK(refused(folder.file("x")) == "accepted");
    CHECK(folder.names().size() == 1);
}

TEST_CASE("a call that is refused leaves the old file, and says why") {
    const scratch folder("refused");
    pacer::atomic_write(folder.file("x"), "old");
    const auto is_refused = [&](const char* call, int error, const char* why) {
        INFO(call);
        refuse(call, error);
        CHECK(refused(folder.file("x")).find(why) != std::string::npos);
        CHECK(refusal.times == 0);
        CHECK(support::contents(folder.file("x")) == "old");
        refusal = {};
        CHECK(folder.names().size() == 1);
    };
    is_refused("open", EMFILE, "Too many open files");
    is_refused("write", ENOSPC, "No space left on device");
    is_refused("fsync", EIO, "Input/output error");
    is_refused("close", EDQUOT, "quota");
    is_refused("rename", EBUSY, "mount its directory");
    is_refused("rename", EXDEV, "cross-device");
    refuse("unlink", EACCES);
    CHECK(system_files::remove(folder.file("x")) == EACCES);
}

TEST_CASE("what a file system cannot do is done without") {
    const scratch folder("without");
    for (const int error : {EINVAL, ENOTSUP, ENOSYS}) {
        refuse("fsync", error, 2);
        CHECK(refused(folder.file("x")) == "accepted");
        CHECK(refusal.times == 0);
    }
    for (const int error : {EWOULDBLOCK, ENOLCK, ENOSYS}) {
        refuse("flock", error);
        CHECK(refused(folder.file("x")) == "accepted");
    }
    refuse("open", EACCES, 1, 1);  // of the directory, to flush it
    CHECK(refused(folder.file("x")) == "accepted");
    refuse("open", EIO, 1, 1);
    CHECK(refused(folder.file("x")).find("may be lost if the power fails") != std::string::npos);
    CHECK(support::contents(folder.file("x")) == "new");
    CHECK(folder.names().size() == 1);
}

TEST_CASE("a group that cannot be had may do no more than others") {
    const scratch folder("group");
    const std::string path = folder.file("x");
    pacer::atomic_write(path, "old");
    REQUIRE(::chmod(path.c_str(), 0664) == 0);
    refuse("fchown", EPERM, 1);
    CHECK(refused(path) == "accepted");
    CHECK(mode_of(path) == 0664);
    refuse("fchown", EPERM, 2);
    CHECK(refused(path) == "accepted");
    CHECK(mode_of(path) == 0644);
}

TEST_CASE("links that cannot be read") {
    const scratch folder("links");
    pacer::atomic_write(folder.file("x"), "old");
    REQUIRE(::symlink("x", folder.file("y").c_str()) == 0);
    refuse("readlink", EACCES);
    CHECK(refused(folder.file("y")).find("Permission denied") != std::string::npos);
    refuse("readlink of a long name", 0);
    CHECK(refused(folder.file("y")).find("File name too long") != std::string::npos);
    CHECK(refused(folder.file("y")) == "accepted");
    CHECK(support::contents(folder.file("x")) == "new");
}

TEST_CASE("names are drawn without the system's help, too") {
    refuse("getentropy", ENOSYS, 2);
    CHECK(system_files::random() != system_files::random());
    CHECK(refusal.times == 0);
}

TEST_CASE("what may be abandoned is left where the system does not say so") {
    const scratch folder("abandoned");
    const std::string path = folder.file("x");
    const std::string left = pacer::detail::name_beside(path, 7);
    const auto leave = [&] {
        const int file = ::open(left.c_str(), O_WRONLY | O_CREAT, 0600);
        REQUIRE(file >= 0);
        const struct timespec long_ago[2] = {{1, 0}, {1, 0}};
        REQUIRE(::futimens(file, long_ago) == 0);
        ::close(file);
    };
    leave();
    refuse("open", EACCES, 1, 1);  // of what was left
    CHECK(refused(path) == "accepted");
    CHECK(folder.names().size() == 2);
    refuse("flock", EWOULDBLOCK, 1, 1);  // somebody holds it
    CHECK(refused(path) == "accepted");
    CHECK(folder.names().size() == 2);
    for (const int before : {1, 2}) {  // the file of one's own, then what was left
        refuse("fstat", EIO, 1, before);
        CHECK(refused(path) == "accepted");
        CHECK(folder.names().size() == 2);
    }
    CHECK(refused(path) == "accepted");
    CHECK(folder.names().size() == 1);
    CHECK(system_files::flush_directory(folder.file("no such")) == ENOENT);
}

#endif
