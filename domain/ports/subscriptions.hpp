#pragma once

#include "domain/kernel/cursor.hpp"
#include "domain/kernel/stream.hpp"

#include <string>
#include <vector>

namespace domain {

/// A consumer group of the event log.
struct Subscription {
    std::string name;
    Epoch epoch;   ///< of its newest reader
    Cursor place;  ///< all up to here is taken
    friend bool operator==(const Subscription&, const Subscription&) = default;
};

/// How far consumer groups have come. One reader of each: the newest. Used by one thread at a time;
/// every call blocks and throws WorldError when the store is away.
class Subscriptions {
  public:
    virtual ~Subscriptions() = default;

    /// The caller is the reader of this group from now on, and an earlier one is refused. A group
    /// that is new begins at `from`; of one that is there, that is ignored.
    virtual Subscription claim(const std::string& name, const Cursor& from) = 0;

    /// False, and nothing written: there is a newer reader, or no such group any more.
    virtual bool advance(const Subscription& to) = 0;

    /// In the order of their names.
    virtual std::vector<Subscription> all() = 0;

    /// False: there is none of this name.
    virtual bool drop(const std::string& name) = 0;
};

}  // namespace domain
