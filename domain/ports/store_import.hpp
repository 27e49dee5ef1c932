#pragma once

#include "domain/ports/history_checker.hpp"
#include "domain/ports/store_export.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace domain {

/// How far an import is.
struct ImportPlace {
    Position commands;
    Position events;
    Position beside;
    bool finished = false;  ///< the store is open: there is nothing more to do
    friend bool operator==(const ImportPlace&, const ImportPlace&) = default;
};

/// What a store is to be when all of its rows are there.
struct ImportEnd {
    std::int64_t incarnation = 1;
    std::int32_t partitions = 0;  ///< unless the store has a number already
    ImportPlace rows;             ///< that there have to be
};

/// A key that is another's already.
struct TakenKey {
    StreamId stream;
    std::string scope;
    std::string key;
    std::string holder;  ///< the entity that has it
    friend bool operator==(const TakenKey&, const TakenKey&) = default;
};

/// A store that is to be filled: from begin() to finish() nobody else works on it, over restarts of
/// who imports, too. Needs the rights of the owner. Used by one thread at a time; every call
/// blocks. WorldError when the store is away: begin() then tells how far it came. SetupError where
/// the rows or the store are not fit; nothing of that call is then there.
class StoreImport {
  public:
    virtual ~StoreImport() = default;

    /// Closes an empty store for all others, or goes on with the import of this source, which may
    /// be finished. SetupError where the store holds or does anything else.
    virtual ImportPlace begin(const std::string& source) = 0;

    /// Adds the next rows, durably, all or none, as they are: positions, ids, times.
    virtual void add(std::span<const ArchivedCommand> commands) = 0;
    virtual void add(std::span<const EventEnvelope> events) = 0;
    virtual void add(std::span<const BesideRow> rows) = 0;

    /// The id of the command at this position, which is there.
    virtual std::string command_id(Position position) = 0;
    /// The versions of these streams by what has been added, in the order asked.
    virtual std::vector<StreamVersion> versions(std::span<const StreamId> streams) = 0;
    /// Where the event at this version of a stream stands, which is there.
    virtual Position position_of(const StreamId& stream, StreamVersion version) = 0;

    /// Each of these streams reserves what is told of it, if it is at that version. Returned are
    /// the keys that another has. A repeat is safe.
    virtual std::vector<TakenKey> reserve(std::span<const StreamKeys> streams) = 0;

    /// Opens the store, in one transaction: life of the logs, partitions, progress of each (behind
    /// what is answered), and from where the relays go on.
    virtual void finish(const ImportEnd& end) = 0;

    /// Takes away all that an import under way has added, and opens the store, empty. Nothing where
    /// none is.
    virtual void abandon() = 0;
};

}  // namespace domain
