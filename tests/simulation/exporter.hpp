#pragma once

#include "domain/kernel/aggregate.hpp"
#include "infra/memory/memory_archive.hpp"
#include "services/operations/export.hpp"
#include "tests/simulation/promises.hpp"
#include "tests/simulation/world.hpp"

#include <memory>
#include <span>
#include <vector>

namespace simulation {

/// An operator who exports the store while it runs, again and again, and is killed now and then;
/// what is exported is imported into a fresh store, and compared. What happens here is drawn apart,
/// and all else happens in the same order without it.
class Exporter {
  public:
    Exporter(World& world, std::uint64_t seed, std::span<const domain::AggregatePtr> aggregates);
    ~Exporter();
    Exporter(const Exporter&) = delete;
    Exporter& operator=(const Exporter&) = delete;

    /// Now and then a piece of the work, between two happenings; so many may come within it.
    void look(int left);

    /// The whole of it, when all has come to rest; and then an import of that.
    void end();

    const std::vector<Broken>& broken() const { return broken_; }

  private:
    class Store;

    void work(std::size_t most);
    void compare();

    World& world_;
    Random random_;
    const std::span<const domain::AggregatePtr> aggregates_;
    int left_ = 0;
    const std::unique_ptr<Store> store_;
    infra::memory::MemoryArchive archive_;
    std::unique_ptr<services::operations::Export> exporting_;
    bool working_ = false;
    std::vector<Broken> broken_;
};

}  // namespace simulation
