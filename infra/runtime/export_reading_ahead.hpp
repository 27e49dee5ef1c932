#pragma once

#include "domain/ports/store_export.hpp"

#include <future>

namespace infra::runtime {

/// Reads the next rows of a log while whoever asked looks at these. Used by one thread; another
/// one, its own, reads.
class ExportReadingAhead final : public domain::StoreExport {
  public:
    /// `store` outlives this, and nobody else uses it.
    explicit ExportReadingAhead(domain::StoreExport& store) : store_(store) {}

    domain::LogEnd end(domain::Log log) override;
    std::vector<domain::ArchivedCommand> commands(domain::Position after, domain::Position up_to)
        override;
    std::vector<domain::EventEnvelope> events(domain::Position after, domain::Position up_to)
        override;
    std::vector<domain::LetterNote> letters(domain::Position after, std::size_t limit) override;
    std::vector<domain::AttemptedCommand> attempts() override;
    std::vector<domain::Subscription> subscriptions() override;

  private:
    /// What is being read ahead.
    template <class Row>
    struct Next {
        domain::Position after;
        domain::Position up_to;
        std::future<std::vector<Row>> rows{};
    };
    template <class Row, class Read>
    std::vector<Row>
    take(Next<Row>& next, domain::Position after, domain::Position up_to, Read read);
    void wait();

    domain::StoreExport& store_;
    Next<domain::ArchivedCommand> commands_;
    Next<domain::EventEnvelope> events_;
};

}  // namespace infra::runtime
