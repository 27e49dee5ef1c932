#include "services/operations/verify.hpp"

#include "domain/kernel/aggregate.hpp"
#include "infra/postgres/migrate.hpp"
#include "infra/postgres/postgres_audit.hpp"
#include "infra/postgres/postgres_histories.hpp"
#include "infra/postgres/postgres_snapshot_store.hpp"
#include "infra/runtime/reading_ahead.hpp"
#include "services/antiphon/decider.hpp"
#include "services/antiphon/operations/operate.hpp"
#include "services/antiphon/roles.hpp"
#include "services/antiphon/store.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <utility>

namespace services::antiphon {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr int shown_max = 20;  ///< of a kind, since one mistake makes many

void print_json(const Json& json) {
    std::cout << json.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
}

/// What there is to tell, for people or for programs.
class Findings {
  public:
    explicit Findings(bool json) : json_(json) {}

    void tell(const operations::StoreFault& fault) {
        const int of_kind = ++told_[fault.kind];
        if (json_) {
            print_json({{"fault", fault.kind}, {"place", fault.place}, {"what", fault.what}});
        } else if (of_kind <= shown_max) {
            std::cout << fault.kind << ": " << fault.place << ": " << fault.what << std::endl;
        }
    }

    void tell(const std::string& pass, std::int64_t rows, double seconds) const {
        if (json_) print_json({{"pass", pass}, {"rows", rows}, {"seconds", seconds}});
    }

    void tell_plan(const operations::VerifyPlan& plan) const {
        if (json_) {
            print_json({{"pass", plan.pass}, {"rows", plan.rows}});
        } else {
            std::cout << plan.pass << ": " << plan.rows << " rows\n";
        }
    }

    void tell_end(std::int64_t rows, double seconds, std::int64_t faults) const {
        if (json_) return print_json({{"rows", rows}, {"seconds", seconds}, {"faults", faults}});
        for (const auto& [kind, count] : told_)
            if (count > shown_max)
                std::cout << kind << ": and " << count - shown_max << " more; --json tells all\n";
        std::cout << rows << " rows in " << seconds
                  << " s: " << (faults == 0 ? "no fault" : std::to_string(faults) + " faults")
                  << '\n';
    }

  private:
    const bool json_;
    std::map<std::string, int> told_;
};

/// Tells of each pass how long it took.
class Timed final : public operations::Operation {
  public:
    Timed(operations::Verify& verify, const Findings& findings)
        : verify_(verify), findings_(findings), done_(verify.advance().done) {}

    bool step(std::size_t most) override {
        const std::string pass = verify_.pass();
        const bool more = verify_.step(most);
        if (verify_.pass() == pass) return more;
        const auto now = Clock::now();
        const auto done = verify_.advance().done;
        const std::chrono::duration<double> took = now - std::exchange(since_, now);
        findings_.tell(pass, done - std::exchange(done_, done), took.count());
        return more;
    }
    operations::Advance advance() const override { return verify_.advance(); }
    std::string place() const override { return verify_.place(); }

  private:
    operations::Verify& verify_;
    const Findings& findings_;
    Clock::time_point since_ = Clock::now();
    std::int64_t done_;
};

int verify(const Settings& settings, const OperationFlags& flags) {
    Store store(settings.postgres);
    infra::postgres::Connection beside(settings.postgres), ahead(settings.postgres);
    infra::postgres::check_schema(store.connection);
    infra::postgres::PostgresAudit audit(store.connection, beside);
    Findings findings(flags.json);
    if (flags.dry_run) {
        for (const auto& each : operations::Verify::plan(audit)) findings.tell_plan(each);
        return done;
    }

    const auto aggregates = domain::all_aggregates();
    infra::postgres::PostgresSnapshotStore snapshots(
        store.connection, domain::state_forms(aggregates)
    );
    infra::postgres::PostgresHistories histories(ahead);
    infra::runtime::ReadingAhead reading_ahead(histories);
    auto checker = make_checker(settings), again = make_checker(settings);
    const operations::VerifyParts parts{
        audit,
        store.commands,
        store.events,
        store.claims,
        store.leases,
        store.record_keys,
        snapshots,
        reading_ahead,
        checker,
        again,
        aggregates};

    // Without the password that it may have.
    const std::string store_of = std::to_string(std::hash<std::string>{}(settings.postgres.url));
    Bookmark bookmark(settings.data, "verify", store_of);
    if (flags.restart) bookmark.forget();
    operations::Verify verify(parts, bookmark.place(), [&](const auto& fault) {
        findings.tell(fault);
    });
    const auto begun = Clock::now();
    const auto before = verify.advance().done;
    Timed timed(verify, findings);
    if (!operate(timed, "verify", "rows", flags, &bookmark)) return interrupted;
    const std::chrono::duration<double> took = Clock::now() - begun;
    findings.tell_end(verify.advance().done - before, took.count(), verify.faults());
    return verify.faults() == 0 ? done : found;
}

}  // namespace

Command::Run prepare_verify(CLI::App& flags) {
    const auto ours = std::make_shared<OperationFlags>();
    add_flags(flags, *ours);
    flags.footer(R"(
It reads both logs and what stands beside them, in short statements and by their keys, while the
system runs or stands still, and repairs nothing. A fault is a line: its kind, where, and what it
means; docs/OPERATIONS.md says what to do about each kind.
Exit code: 0 nothing is wrong, 2 there are faults, 3 it was stopped, 1 it could not.

  antiphon verify --dry-run              what it would look at
  antiphon verify --rate 0               as fast as it can; Ctrl-C, and again: it goes on from there
  antiphon verify --json >faults.ndjson  every fault, a line each
)");
    return [ours](const Settings& settings) { return verify(settings, *ours); };
}

}  // namespace services::antiphon
