#pragma once

#include "domain/ports/store_import.hpp"
#include "infra/memory/memory_store.hpp"

namespace infra::memory {

class MemoryStoreImport final : public domain::StoreImport {
  public:
    explicit MemoryStoreImport(MemoryStore& store) : store_(store) {}

    domain::ImportPlace begin(const std::string& source) override;
    void add(std::span<const domain::ArchivedCommand> commands) override;
    void add(std::span<const domain::EventEnvelope> events) override;
    void add(std::span<const domain::BesideRow> rows) override;
    std::string command_id(domain::Position position) override;
    std::vector<domain::StreamVersion> versions(std::span<const domain::StreamId> streams) override;
    domain::Position position_of(const domain::StreamId& stream, domain::StreamVersion version)
        override;
    std::vector<domain::TakenKey> reserve(std::span<const domain::StreamKeys> streams) override;
    void finish(const domain::ImportEnd& end) override;
    void abandon() override;

  private:
    MemoryStore& store_;
};

}  // namespace infra::memory
