// SPDX-License-Identifier: MIT
// The file code of Windows: what tests/training/atomic_write.test.cpp holds of POSIX, as far as it is the same there.
#include <pacer/training/atomic_write.hpp>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace {

namespace fs = std::filesystem;

int failures = 0;

void check(bool holds, int line, const char* what) {
    if (holds)
        return;
    std::printf("line %d: %s does not hold\n", line, what);
    ++failures;
}
#define CHECK(condition) check((condition), __LINE__, #condition)

std::string contents(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

std::string refused(const std::string& path) {
    try {
        pacer::atomic_write(path, "text");
    } catch (const pacer::file_error& error) {
        return error.what();
    }
    return "accepted";
}

long files_in(const fs::path& folder) {
    return static_cast<long>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

void age(const fs::path& name, std::chrono::seconds by) { fs::last_write_time(name, fs::last_write_time(name) - by); }

}  // namespace

int main() {
    using namespace std::chrono_literals;
    const fs::path folder = fs::temp_directory_path() / "pacer-windows";
    fs::remove_all(folder);
    fs::create_directories(folder / "taken");
    const std::string path = (folder / "x").string();
    std::string bytes;
    for (int k = 0; k < 3'000'000; ++k)
        bytes += static_cast<char>(k * 7 % 251);
    pacer::atomic_write(path, bytes);
    CHECK(contents(path) == bytes);
    pacer::atomic_write(path, "a\r\nb\n");  // as it is
    CHECK(contents(path) == "a\r\nb\n");
    {
        pacer::atomic_file file(path);
        file.write("half");
        CHECK(files_in(folder) == 3);
    }
    CHECK(files_in(folder) == 2);
    CHECK(contents(path) == "a\r\nb\n");
    CHECK(refused((folder / "none" / "x").string()).find("cannot write") != std::string::npos);
    CHECK(refused((folder / "taken").string()).find("is no file") != std::string::npos);

    // What killed writers have left: the old ones that nobody has open.
    for (const char* name : {"x.0000000000000001.tmp", "x.0000000000000002.tmp", "y.0000000000000003.tmp"})
        std::ofstream(folder / name) << "half";
    age(folder / "x.0000000000000001.tmp", 2h);
    age(folder / "x.0000000000000002.tmp", 30min);
    age(folder / "y.0000000000000003.tmp", 2h);
    pacer::atomic_file held(path);
    held.write("held");
    CHECK(!fs::exists(folder / "x.0000000000000001.tmp"));
    CHECK(fs::exists(folder / "x.0000000000000002.tmp"));
    CHECK(fs::exists(folder / "y.0000000000000003.tmp"));
    fs::path name;
    for (const auto& entry : fs::directory_iterator(folder))
        if (const std::string own = entry.path().filename().string();
            pacer::detail::is_name_beside(own, path) && own.compare(2, 8, "00000000") != 0)
            name = entry.path();
    CHECK(!name.empty());
    age(name, 2h);
    pacer::atomic_write(path, "second");
    CHECK(fs::exists(name));
    CHECK(held.commit());
    CHECK(contents(path) == "held");
    fs::remove_all(folder);
    std::printf(failures == 0 ? "all of it holds\n" : "%d do not hold\n", failures);
    return failures;
}
