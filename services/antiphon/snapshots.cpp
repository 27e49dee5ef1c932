#include "services/antiphon/snapshots.hpp"

namespace services::antiphon {
namespace {

using namespace std::chrono_literals;

domain::StateForms forms_of(const Settings& settings) {
    if (settings.snapshots.events == 0) return {};
    return domain::state_forms(domain::all_aggregates());
}

}  // namespace

Snapshots::Snapshots(const Settings& settings, Process& process)
    : forms_(forms_of(settings)), connection_(settings.postgres), store_(connection_, forms_) {
    process.add({
        .name = "snapshots",
        .step = [this] { return queue_.save_next(store_); },
        .wait = [this] { queue_.wait(500ms); },
        .vital = false,  // without them it only takes longer
    });
}

std::unique_ptr<domain::SnapshotStore> Snapshots::on(infra::postgres::Connection& connection) {
    return std::make_unique<infra::runtime::QueuedSnapshots>(
        std::make_unique<infra::postgres::PostgresSnapshotStore>(connection, forms_), queue_
    );
}

}  // namespace services::antiphon
