#pragma once

#include <cstddef>
#include <deque>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>

namespace gateway {

/// What waits for something that all users share: each user's in the order in which it came, the
/// users in turn, one each. So it waits for no more of any other user's than stands before it of
/// its own. Knows only the users who have something waiting. One thread at a time.
template <class T>
class FairQueue {
  public:
    void push(const std::string& name, T item, std::size_t bytes = 0) {
        const auto [user, fresh] = users_.try_emplace(name);
        if (fresh) turns_.push_back(&*user);
        user->second.share.bytes += bytes;
        ++user->second.share.count;
        ++size_;
        user->second.items.push_back({std::move(item), bytes});
    }

    bool empty() const { return turns_.empty(); }
    std::size_t size() const { return size_; }

    /// The next one in turn. Not empty.
    const T& front() const { return turns_.front()->second.items.front().item; }

    /// Takes the front out; its user is then the last in turn.
    T pop() {
        auto* user = turns_.front();
        turns_.pop_front();
        Waiting& waiting = user->second;
        auto [item, bytes] = std::move(waiting.items.front());
        waiting.items.pop_front();
        waiting.share.bytes -= bytes;
        --waiting.share.count;
        --size_;
        if (waiting.items.empty()) {
            users_.erase(user->first);
        } else {
            turns_.push_back(user);
        }
        return std::move(item);
    }

    struct Share {
        std::size_t count = 0;
        std::size_t bytes = 0;
    };
    /// What of it is this user's.
    Share share_of(const std::string& user) const {
        const auto found = users_.find(user);
        return found == users_.end() ? Share{} : found->second.share;
    }

  private:
    struct Item {
        T item;
        std::size_t bytes = 0;
    };
    struct Waiting {
        std::list<Item> items;
        Share share;
    };
    using Users = std::unordered_map<std::string, Waiting>;

    Users users_;
    std::deque<typename Users::value_type*> turns_;  ///< each of users_ once
    std::size_t size_ = 0;
};

}  // namespace gateway
