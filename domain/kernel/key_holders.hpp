#pragma once

#include "domain/kernel/reservation.hpp"
#include "domain/kernel/stream.hpp"

#include <map>
#include <span>
#include <string>

namespace domain {

struct ReservedKey {
    std::string category;
    std::string scope;
    std::string key;
    friend auto operator<=>(const ReservedKey&, const ReservedKey&) = default;
};

/// Which entities have which keys, as far as is known; events change it one after the other.
class KeyHolders {
  public:
    /// The first of these that takes what another stream has; null if all of them can be.
    const KeyChange* refused(const StreamId& stream, std::span<const KeyChange> changes) const;

    /// Carries them out. What another stream has is not freed.
    void change(const StreamId& stream, std::span<const KeyChange> changes);

    void set(ReservedKey key, std::string entity);

    /// Takes over what `told` says; true if any of it is news.
    bool learn(const KeyHolders& told);

    /// The entity that has it; null if none.
    const std::string* holder(const ReservedKey& key) const;

    const std::map<ReservedKey, std::string>& all() const { return all_; }
    friend bool operator==(const KeyHolders&, const KeyHolders&) = default;

  private:
    std::map<ReservedKey, std::string> all_;  ///< the entity of each
};

}  // namespace domain
