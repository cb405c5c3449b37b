#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/io/file_facts.hpp"
#include "lpntk/io/journal.hpp"
#include "lpntk/io/partial_file.hpp"

namespace lpntk::inline LPNTK_TARGET::io {

/// A file whose pieces are made in any order, for hours: after a kill or a power cut it goes on with those that are
/// missing.
///
///     lpntk::io::resumable_file to("kappa.npy", facts, {.bytes = size, .pieces = n}, resume);
///     for (piece of n) if (!to.done(piece)) to.write(...), then to.sync(), then to.record({piece});
///     to.commit();
///
/// Until commit() the bytes are in kappa.npy.part and the record of complete pieces in kappa.npy.journal: a text that
/// says what the file is made of, then records with checksums. The name itself never stands for an unfinished file.
class resumable_file {
public:
    /// How large the file is, and in how many pieces it is made.
    struct extent {
        std::uint64_t bytes;  ///< of the whole file
        index_t pieces;       ///< below 2^32
    };

    /// Begins the file, or with `resume` goes on with what is there. Throws file_error, and leaves everything as it is,
    /// when there is an unfinished one and it is not to be resumed; when it was made of other facts (says which), when
    /// its journal is damaged, when another process is writing it, when the disk has no room for all of it. A .part
    /// without a journal is nothing that can be gone on with: `resume` begins anew, else it is refused.
    resumable_file(const std::filesystem::path& file, const std::vector<file_fact>& facts, extent size, bool resume)
        : file_(file), done_(count_of(size.pieces)) {
        detail::require_replaceable(file);
        const auto part = detail::partial_file::path_of(file), record = journal_of(file);
        const std::string journal_name = record.filename().string(), part_name = part.filename().string();
        const bool begun = is_there(record);
        if (begun && !resume)
            throw file_error(file.string(),
                             "is begun and unfinished: resume it, or remove " + journal_name + " and " + part_name);
        if (begun && !is_there(part)) {
            journal_.emplace(detail::journal::resume(record, facts, done_));
            if (missing() > 0 || !is_there(file))
                throw file_error(part.string(), "is not there, though " + journal_name + " is");
            resumed_ = size.pieces;
            return;  // killed between the last two steps of commit()
        }
        part_.emplace(file);
        part_->lock();
        if (is_there(record) != begun) throw file_error(file.string(), "is being written by another process");
        if (begun) {
            journal_.emplace(detail::journal::resume(record, facts, done_));
            if (part_->size() != size.bytes)
                throw file_error(part.string(), "has " + std::to_string(part_->size()) + " bytes, must have " +
                                                    std::to_string(size.bytes) + ": it cannot be resumed");
        } else {
            if (part_->size() > 0 && !resume)
                throw file_error(part.string(), "is there, without " + journal_name + ": remove it, or resume");
            begin(record, facts, size.bytes);
        }
        resumed_ = size.pieces - missing();
    }

    index_t pieces() const { return static_cast<index_t>(done_.size()); }  ///< of the whole file
    index_t resumed() const { return resumed_; }                           ///< pieces that were complete at the start
    /// Whether a piece was complete at the start; thread-safe.
    bool done(index_t piece) const { return done_[static_cast<std::size_t>(piece)]; }

    /// Puts bytes of a piece where they belong in the file; thread-safe. Throws file_error when they cannot be written,
    /// for a full disk among others, as do sync() and record(): what is recorded stays.
    void write(const void* bytes, std::size_t count, std::uint64_t offset) const {
        if (part_) part_->write(bytes, count, offset);
    }

    /// All that was written is on the disk; thread-safe.
    void sync() const {
        if (part_) part_->sync();
    }

    /// These pieces are complete, and were so before sync() was called; the record is on the disk when this returns.
    void record(std::span<const std::uint32_t> pieces) {
        if (!pieces.empty()) journal_->append(pieces);
    }

    /// All pieces are recorded: the file takes its name, the journal goes. Called once, at the end.
    void commit() {
        if (part_) part_->replace();
        std::error_code ignored;
        std::filesystem::remove(journal_of(file_), ignored);
        detail::sync_names_beside(file_);
    }

private:
    /// Leaves nothing behind when the disk is too full for the file or its journal.
    void begin(const std::filesystem::path& record, const std::vector<file_fact>& facts, std::uint64_t bytes) {
        try {
            part_->reserve(bytes);
            part_->sync();
            journal_.emplace(detail::journal::begin(record, facts));
        } catch (...) {
            std::error_code ignored;
            std::filesystem::remove(detail::partial_file::path_of(file_), ignored);
            throw;
        }
    }

    static std::filesystem::path journal_of(const std::filesystem::path& file) { return file.string() + ".journal"; }

    static bool is_there(const std::filesystem::path& path) {
        std::error_code unknown;
        return std::filesystem::exists(path, unknown);
    }

    static std::size_t count_of(index_t pieces) {
        require(pieces >= 0 && pieces < std::numeric_limits<std::uint32_t>::max(), "resumable_file", "pieces", pieces,
                "below 2^32");
        return static_cast<std::size_t>(pieces);
    }

    index_t missing() const { return static_cast<index_t>(std::count(done_.begin(), done_.end(), false)); }

    std::filesystem::path file_;
    std::vector<bool> done_;
    std::optional<detail::partial_file> part_;  // none: finished but for the journal
    std::optional<detail::journal> journal_;
    index_t resumed_ = 0;
};

}  // namespace lpntk::io
