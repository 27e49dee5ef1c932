#pragma once

#include "services/operations/verify.hpp"

#include <optional>

namespace services::operations {

/// One walk over rows in the order of their keys. A place is a position, or the last stream that is
/// done with, so that it stays small.
class VerifyPass {
  public:
    virtual ~VerifyPass() = default;

    /// The next rows, about `most`; how many they were, or nothing when none are left.
    virtual std::optional<std::int64_t> step(std::size_t most) = 0;

    virtual domain::Position position() const { return {}; }
    virtual domain::StreamId stream() const { return {}; }
};

/// A walk over the positions of a log that end where it did at the first step.
class RangePass : public VerifyPass {
  public:
    RangePass(const VerifyParts& parts, domain::Log log, domain::Position from)
        : parts_(parts), log_(log), at_(from) {}

    std::optional<std::int64_t> step(std::size_t most) final;
    domain::Position position() const final { return at_; }

  protected:
    virtual void look(domain::Position after, domain::Position up_to) = 0;
    /// When the last of them has been looked at.
    virtual void end(const domain::LogBounds& /*all*/) {}

    const VerifyParts& parts_;

  private:
    const domain::Log log_;
    domain::Position at_;
    std::optional<domain::LogBounds> bounds_;
};

/// Are the positions of a log dense?
class PositionsPass final : public RangePass {
  public:
    PositionsPass(
        const VerifyParts& parts,
        domain::Log log,
        domain::Position from,
        TellStoreFault tell
    )
        : RangePass(parts, log, from), of_(log), tell_(std::move(tell)) {}

  private:
    void look(domain::Position after, domain::Position up_to) override;

    const domain::Log of_;
    const TellStoreFault tell_;
};

/// Is each command answered exactly once, or pending where that may be?
class AnswersPass final : public RangePass {
  public:
    AnswersPass(const VerifyParts& parts, domain::Position from, TellStoreFault tell)
        : RangePass(parts, domain::Log::commands, from), tell_(std::move(tell)) {}

  private:
    void look(domain::Position after, domain::Position up_to) override;
    void end(const domain::LogBounds& all) override;
    void tell_strays(domain::Position after, domain::Position up_to);
    void tell_pending(domain::Position position, domain::Position done);
    void examine(domain::Position position);

    const TellStoreFault tell_;
};

/// Can each row be that says who hears of an event?
class RecipientsPass final : public RangePass {
  public:
    RecipientsPass(const VerifyParts& parts, domain::Position from, TellStoreFault tell)
        : RangePass(parts, domain::Log::events, from), tell_(std::move(tell)) {}

  private:
    void look(domain::Position after, domain::Position up_to) override;
    void end(const domain::LogBounds& all) override;

    const TellStoreFault tell_;
};

/// The few rows that stand beside the logs.
class StandingPass final : public VerifyPass {
  public:
    StandingPass(const VerifyParts& parts, TellStoreFault tell)
        : parts_(parts), tell_(std::move(tell)) {}

    std::optional<std::int64_t> step(std::size_t most) override;

  private:
    void look_at_partitions();
    void look_at_relay(domain::Log log);

    const VerifyParts& parts_;
    const TellStoreFault tell_;
    domain::Standing standing_;
    std::int32_t partitions_ = 0;
    bool looked_ = false;
};

std::string describe(const domain::StreamId& stream);
std::string describe(const domain::CommandPartition& partition);
std::string describe(const domain::StreamId& stream, domain::StreamVersion version);

}  // namespace services::operations
