#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace domain {

/// A secret that our processes share, and nobody else has.
struct RecordKey {
    std::string id;      ///< random, so that a restored store never names another key by it
    std::string secret;  ///< 32 random bytes
    friend bool operator==(const RecordKey&, const RecordKey&) = default;
};

/// The keys that records are signed with. The store keeps them; time is its own. Used by one thread
/// at a time; every call blocks and throws WorldError when the store is away.
class RecordKeys {
  public:
    virtual ~RecordKeys() = default;

    /// What records may be signed with to be believed, the newest key first. None before the first
    /// renew().
    virtual std::vector<RecordKey> valid() = 0;

    /// Makes a new key if there is none or the newest is as old as `max_age`, and then forgets all
    /// but the newest `keep`. Any number may call it at once: one of them makes the key. Returns
    /// valid(), which is then not empty.
    virtual std::vector<RecordKey> renew(std::chrono::seconds max_age, std::size_t keep) = 0;
};

}  // namespace domain
