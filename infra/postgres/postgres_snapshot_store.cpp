#include "infra/postgres/postgres_snapshot_store.hpp"

#include "infra/postgres/array_text.hpp"
#include "infra/postgres/rows.hpp"
#include "infra/postgres/session.hpp"

namespace infra::postgres {
namespace {

const Statement find_snapshots{
    "find_snapshots",
    "select category, entity, version, last_event, incarnation, state"
    " from find_snapshots($1, $2, $3, $4)"};

const Statement save_snapshot{"save_snapshot", "select save_snapshot($1, $2, $3, $4, $5, $6, $7)"};

}  // namespace

std::vector<domain::Snapshot>
PostgresSnapshotStore::find(std::span<const domain::StreamId> streams, std::size_t bytes_max) {
    ArrayText categories, entities, forms;
    bool any = false;
    for (const auto& stream : streams) {
        const auto form = forms_.find(stream.category);
        if (form == forms_.end()) continue;
        any = true;
        categories.add(stream.category);
        entities.add(stream.entity);
        forms.add(form->second);
    }
    if (!any) return {};
    const auto rows = connection_.session().run(
        find_snapshots,
        std::move(categories).take(),
        std::move(entities).take(),
        std::move(forms).take(),
        limit_of(bytes_max)
    );
    return all_of(rows, snapshot_of);
}

void PostgresSnapshotStore::save(const domain::Snapshot& snapshot) {
    const auto form = forms_.find(snapshot.stream.category);
    if (form == forms_.end()) return;
    connection_.session().run(
        save_snapshot,
        snapshot.stream.category,
        snapshot.stream.entity,
        form->second,
        snapshot.version.value,
        snapshot.last_event,
        snapshot.incarnation,
        snapshot.state
    );
}

}  // namespace infra::postgres
