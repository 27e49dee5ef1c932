#include "infra/postgres/postgres_generations.hpp"

#include "infra/postgres/rows.hpp"
#include "infra/postgres/session.hpp"

namespace infra::postgres {
namespace {

const Statement read_generation{
    "read_generation",
    "select" + generation_columns + "from logs l where l.name = 'commands'"};

const Statement begin_generation{"begin_generation", "select begin_generation($1, $2, $3, $4)"};

}  // namespace

domain::Generation PostgresGenerations::present() {
    return generation_of(connection_.session().run(read_generation).front());
}

PostgresGenerations::Begun PostgresGenerations::begin(const domain::NextGeneration& next) {
    const auto rows = connection_.session().run(
        begin_generation, next.after, next.partitions, next.command_topics, next.reach_max
    );
    const std::string_view kind = rows.front()[0].c_str();
    if (kind == "begun") return Begun::begun;
    return kind == "behind" ? Begun::behind : Begun::another;
}

}  // namespace infra::postgres
