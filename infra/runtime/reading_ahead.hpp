#pragma once

#include "domain/ports/histories.hpp"

#include <future>

namespace infra::runtime {

/// Reads the next page of histories while whoever asked looks at this one. Used by one thread;
/// another one, its own, reads.
class ReadingAhead final : public domain::Histories {
  public:
    /// `histories` outlives this, and nobody else uses it.
    explicit ReadingAhead(domain::Histories& histories) : histories_(histories) {}

    std::vector<std::string> categories() override;
    std::size_t count(const std::string& category) override;
    std::vector<domain::EventEnvelope>
    read(const domain::StreamId& after, domain::StreamVersion version, std::size_t limit) override;

  private:
    using Page = std::vector<domain::EventEnvelope>;

    /// The page that was read ahead, where it is this one.
    bool take(
        const domain::StreamId& after,
        domain::StreamVersion version,
        std::size_t limit,
        Page& page
    );

    domain::Histories& histories_;
    // What is being read ahead:
    domain::StreamId after_;
    domain::StreamVersion version_;
    std::future<Page> next_;
};

}  // namespace infra::runtime
