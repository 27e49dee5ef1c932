#pragma once

#include "domain/kernel/page_size.hpp"
#include "services/operations/verify_pass.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace services::operations {

/// Are the versions of each stream dense, can this build read its events, and are its snapshots and
/// reservations what they come to?
class StreamsPass final : public VerifyPass {
  public:
    StreamsPass(const VerifyParts& parts, domain::StreamId from, TellStoreFault tell);

    std::optional<std::int64_t> step(std::size_t most) override;
    domain::StreamId stream() const override { return {category_, closed_}; }

  private:
    using Page = std::vector<domain::EventEnvelope>;
    using Keys = std::vector<domain::HeldKey>;

    void begin();
    void begin_category();
    void rewind();
    std::optional<std::int64_t> next_page(std::size_t most);
    void look_at_versions(const Page& page);
    void check(const Page& page);
    std::vector<domain::Snapshot> kept_for(const Page& page);
    void close(const std::optional<std::string>& up_to);
    void look_again(const std::string& entity);
    void tell_history(const domain::HistoryFault& fault);
    void tell_keys(const domain::StreamId& stream, const Keys& own, const domain::Holding& held);

    const VerifyParts& parts_;
    const TellStoreFault tell_;
    const domain::StateForms forms_;
    std::vector<std::string> categories_;  ///< the present one first
    bool begun_ = false;
    domain::PageSize size_;

    std::string category_;
    const domain::Aggregate* aggregate_ = nullptr;
    std::string closed_;  ///< the streams up to this one are done with
    // What is known of those behind it:
    domain::StreamId at_;  ///< the event that was read last
    domain::StreamVersion version_;
    std::map<std::string, Keys> own_;          ///< the keys that their states come to
    std::set<std::string> faulty_;             ///< that cannot be folded, or lack a version
    std::set<std::string> misfits_;            ///< whose snapshot has been told of
    std::set<std::string> doubted_;            ///< that are to be looked at again
    std::optional<domain::Snapshot> to_come_;  ///< of the last one, at a version not yet read
};

}  // namespace services::operations
