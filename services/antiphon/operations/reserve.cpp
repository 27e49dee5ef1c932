#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/error.hpp"
#include "domain/kernel/page_size.hpp"
#include "domain/kernel/pieces.hpp"
#include "infra/postgres/migrate.hpp"
#include "infra/postgres/postgres_histories.hpp"
#include "infra/postgres/postgres_reservations.hpp"
#include "services/antiphon/operations/text.hpp"
#include "services/antiphon/roles.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <iostream>
#include <memory>

namespace services::antiphon {
namespace {

constexpr std::size_t page_max = 2'000;
constexpr std::size_t streams_max = 500;  ///< of one transaction, for which appends wait

class Reserving {
  public:
    Reserving(const Settings& settings, const domain::Aggregate& aggregate)
        : connection_(settings.postgres), aggregate_(aggregate) {
        infra::postgres::check_schema(connection_);
    }

    void run() {
        domain::PageSize size(page_max);
        domain::StreamId stream{std::string(aggregate_.category()), ""};
        domain::StreamVersion version;
        for (auto page = histories_.read(stream, version, size.next()); !page.empty();
             page = histories_.read(stream, version, size.next())) {
            size.came(page);
            for (auto first = page.begin(); first != page.end();) {
                const auto end = std::find_if(first, page.end(), [&](const auto& event) {
                    return event.stream != first->stream;
                });
                if (first->stream != stream) end_of(stream, version);
                stream = first->stream;
                version = std::prev(end)->version;
                fold({first, end});
                first = end;
            }
        }
        end_of(stream, version);
        flush();
    }

    void tell() const {
        std::cout << aggregate_.category() << ": " << streams_ << " streams, " << keys_
                  << " keys\n";
        if (taken_ + moved_ > 0)
            throw domain::SetupError(
                std::to_string(taken_) + " keys are another's, and " + std::to_string(moved_) +
                " streams have changed meanwhile: run it again"
            );
    }

  private:
    void fold(std::span<const domain::EventEnvelope> events) {
        const auto why = domain::fold_in_pieces(aggregate_, state_, events, [] {});
        if (!why) return;
        const auto& [category, entity] = events.front().stream;
        throw domain::SetupError(
            category + ' ' + entity + ": " + *why + "; antiphon check-history tells of all such"
        );
    }

    void end_of(const domain::StreamId& stream, domain::StreamVersion version) {
        if (version.value == 0) return;
        auto keys = domain::key_changes({}, aggregate_.reserves(state_));
        if (!keys)
            throw domain::SetupError(
                stream.category + ' ' + stream.entity + ": " + keys.error().message
            );
        keys_ += keys->size();
        ++streams_;
        batch_.push_back({stream.entity, version, std::move(keys).value()});
        state_ = {};
        if (batch_.size() == streams_max) flush();
    }

    void flush() {
        const auto left = reservations_.reserve(std::string(aggregate_.category()), batch_);
        for (const auto& [entity, scope, key, holder] : left.taken)
            std::cout << aggregate_.category() << ' ' << entity << ": the " << scope << ' ' << key
                      << " is " << holder << "'s\n";
        taken_ += left.taken.size();
        moved_ += left.moved.size();
        batch_.clear();
    }

    infra::postgres::Connection connection_;
    infra::postgres::PostgresHistories histories_{connection_};
    infra::postgres::PostgresReservations reservations_{connection_};
    const domain::Aggregate& aggregate_;
    domain::Folded state_;
    std::vector<infra::postgres::StreamKeys> batch_;
    std::size_t streams_ = 0;
    std::size_t keys_ = 0;
    std::size_t taken_ = 0;
    std::size_t moved_ = 0;
};

void reserve(const Settings& settings, const std::string& category) {
    const auto all = domain::all_aggregates();
    Reserving reserving(settings, aggregate_named(all, category));
    reserving.run();
    reserving.tell();
}

}  // namespace

Command::Run prepare_reserve(CLI::App& flags) {
    const auto category = std::make_shared<std::string>();
    flags.add_option("--category", *category, "Which one")->required();
    return [category](const Settings& settings) {
        reserve(settings, *category);
        return 0;
    };
}

}  // namespace services::antiphon
