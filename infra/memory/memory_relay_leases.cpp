#include "infra/memory/memory_relay_leases.hpp"

namespace infra::memory {

std::optional<domain::Epoch> MemoryRelayLeases::acquire(
    domain::Log log,
    const std::string& holder,
    std::chrono::milliseconds ttl
) {
    return store_.write([&](Tables& tables) -> std::optional<domain::Epoch> {
        auto& lease = tables.leases[log];
        bool held_by_another = !lease.holder.empty() && lease.holder != holder;
        const auto now = clock_.elapsed();
        if (held_by_another && now < lease.until && lease.until <= now + ttl) return std::nullopt;
        ++lease.epoch.value;
        lease.holder = holder;
        lease.until = now + ttl;
        return lease.epoch;
    });
}

bool MemoryRelayLeases::renew(domain::Log log, domain::Epoch epoch, std::chrono::milliseconds ttl) {
    return store_.write([&](Tables& tables) {
        auto& lease = tables.leases[log];
        if (lease.epoch != epoch) return false;
        lease.until = clock_.elapsed() + ttl;
        return true;
    });
}

void MemoryRelayLeases::release(domain::Log log, domain::Epoch epoch) {
    store_.write([&](Tables& tables) {
        auto& lease = tables.leases[log];
        bool still_ours = lease.epoch == epoch;
        if (still_ours) lease.holder.clear();
        return still_ours;
    });
}

std::optional<domain::LeaseHolder> MemoryRelayLeases::holder(domain::Log log) {
    return store_.read([&](Tables& tables) -> std::optional<domain::LeaseHolder> {
        const auto& lease = tables.leases[log];
        const auto now = clock_.elapsed();
        if (lease.holder.empty() || lease.until <= now) return std::nullopt;
        return domain::LeaseHolder{lease.holder, lease.epoch, lease.until - now};
    });
}

domain::RelayCheckpoint MemoryRelayLeases::load(domain::Log log) {
    return store_.read([&](Tables& tables) {
        domain::RelayCheckpoint checkpoint = tables.leases[log].checkpoint;
        checkpoint.generation = tables.generation;
        return checkpoint;
    });
}

bool MemoryRelayLeases::save(
    domain::Log log,
    domain::Epoch epoch,
    const domain::RelayCheckpoint& checkpoint
) {
    return store_.write([&](Tables& tables) {
        auto& lease = tables.leases[log];
        if (lease.epoch != epoch) return false;
        lease.checkpoint = checkpoint;
        return true;
    });
}

}  // namespace infra::memory
