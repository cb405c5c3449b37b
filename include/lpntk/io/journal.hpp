#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/io/byte_sink.hpp"
#include "lpntk/io/byte_source.hpp"
#include "lpntk/io/checksum.hpp"
#include "lpntk/io/file_facts.hpp"

namespace lpntk::inline LPNTK_TARGET::io::detail {

/// Which pieces of a file are complete, kept beside it while it is made.
///
///     lpntk journal 1
///     samples: 60000            the facts, a line each
///     ...
///     checksum: 0123abcd        of all before
///     [n, n pieces, checksum]   a record: 32-bit numbers; the checksum goes on from the one before it
///     ...
///
/// A record is appended when its pieces are on the disk. One that is torn, by a kill or a power cut, is dropped with
/// all behind it: their pieces are made once more. Every complaint is a file_error about the journal.
class journal {
public:
    /// A new one, without records, on the disk when this returns.
    static journal begin(const std::filesystem::path& file, const std::vector<file_fact>& facts) {
        const std::string text = first_line + text_of(facts);
        checksum sum;
        sum.add(text);
        write_file(file, [&](byte_sink& sink) { sink.write(text + checksum_line + sum.text() + "\n"); });
        return {file, sum};
    }

    /// The one that is there, for pieces 0 ... done.size() - 1: marks those that are done. Throws also when the facts
    /// are others, saying which.
    static journal resume(const std::filesystem::path& file, const std::vector<file_fact>& facts,
                          std::vector<bool>& done) {
        std::vector<std::uint8_t> bytes = byte_source(file).read_rest("the journal");
        const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        const auto fail = [&](const std::string& problem) { throw file_error(file.string(), problem); };
        const std::size_t at = all.find("\n" + checksum_line);
        if (all.substr(0, first_line.size()) != first_line || at == std::string_view::npos)
            fail("is no journal of this version");
        const std::size_t end = at + 1 + checksum_line.size() + 9;
        checksum sum;
        sum.add(all.substr(0, at + 1));
        if (all.size() < end || all.substr(end - 9, 9) != sum.text() + "\n")
            fail("is damaged: the checksum of its first lines is another");
        const auto different = difference(all.substr(first_line.size(), at + 1 - first_line.size()), facts);
        if (different) fail("cannot be resumed: " + *different);
        const std::size_t whole = end + read_records(all.substr(end), sum, done);
        journal found(file, sum);
        if (::ftruncate(found.descriptor_, static_cast<off_t>(whole)) != 0) found.fail_to_write(errno);
        sync_bytes(found.descriptor_, file);
        return found;
    }

    journal(journal&& other) noexcept
        : file_(std::move(other.file_)), sum_(other.sum_), descriptor_(std::exchange(other.descriptor_, -1)) {}
    journal& operator=(journal&&) = delete;
    ~journal() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }

    /// These pieces are on the disk; so is this record when it returns.
    void append(std::span<const std::uint32_t> pieces) {
        checksum sum = sum_;
        std::vector<std::uint32_t> record{static_cast<std::uint32_t>(pieces.size())};
        record.insert(record.end(), pieces.begin(), pieces.end());
        sum.add(record.data(), record.size() * sizeof(record[0]));
        record.push_back(sum.value());
        const std::size_t bytes = record.size() * sizeof(record[0]);
        const off_t before = ::lseek(descriptor_, 0, SEEK_END);
        const auto wrote = ::write(descriptor_, record.data(), bytes);
        if (wrote != static_cast<ssize_t>(bytes)) {
            const int error = wrote < 0 ? errno : ENOSPC;
            if (::ftruncate(descriptor_, before) != 0) fail_to_write(errno);
            fail_to_write(error);
        }
        sync_bytes(descriptor_, file_);
        sum_ = sum;
    }

private:
    inline static const std::string first_line = "lpntk journal 1\n", checksum_line = "checksum: ";

    journal(std::filesystem::path file, const checksum& sum)
        : file_(std::move(file)), sum_(sum), descriptor_(::open(file_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)) {
        if (descriptor_ < 0) fail_to_write(errno);
    }

    /// How many bytes of the records are whole. Checksums go on from one record to the next: behind a broken one none
    /// can be believed.
    static std::size_t read_records(std::string_view bytes, checksum& sum, std::vector<bool>& done) {
        constexpr std::size_t word = sizeof(std::uint32_t);
        std::size_t begin = 0;
        const auto number = [&](std::size_t i) {
            std::uint32_t value = 0;
            std::memcpy(&value, bytes.data() + begin + i * word, word);
            return value;
        };
        while (bytes.size() - begin >= word) {
            const std::size_t count = number(0);
            if (count > (bytes.size() - begin) / word || bytes.size() - begin < (count + 2) * word) break;  // torn
            checksum with = sum;
            with.add(bytes.data() + begin, (count + 1) * word);
            bool good = with.value() == number(count + 1);
            for (std::size_t i = 1; i <= count; ++i) good = good && number(i) < done.size();
            if (!good || count == 0) break;
            for (std::size_t i = 1; i <= count; ++i) done[number(i)] = true;
            sum = with;
            begin += (count + 2) * word;
        }
        return begin;
    }

    [[noreturn]] void fail_to_write(int error) const { throw file_error(file_.string(), write_problem(error)); }

    std::filesystem::path file_;
    checksum sum_;
    int descriptor_ = -1;
};

}  // namespace lpntk::io::detail
