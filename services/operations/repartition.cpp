#include "services/operations/repartition.hpp"

#include "domain/kernel/error.hpp"

namespace services::operations {

Repartitioned repartition(
    domain::Generations& generations,
    const domain::Topics& topics,
    std::int32_t partitions,
    std::int64_t reach_max
) {
    for (;;) {
        const domain::Generation present = generations.present();
        if (present.partitions == 0)
            throw domain::SetupError(
                "no process has run on this store yet: the first takes kafka.partitions"
            );
        if (present.partitions == partitions) return Repartitioned::already;
        using Begun = domain::Generations::Begun;
        const Begun begun =
            generations.begin({present.number, partitions, topics.commands(""), reach_max});
        if (begun == Begun::begun) return Repartitioned::begun;
        if (begun == Begun::behind) return Repartitioned::behind;
        // Somebody else has begun one since: perhaps the very one.
    }
}

}  // namespace services::operations
