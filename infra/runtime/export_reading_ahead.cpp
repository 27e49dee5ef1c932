#include "infra/runtime/export_reading_ahead.hpp"

#include <utility>

namespace infra::runtime {
namespace {

domain::Position place_of(const domain::ArchivedCommand& row) { return row.stored.position; }
domain::Position place_of(const domain::EventEnvelope& row) { return row.position; }

}  // namespace

template <class Row, class Read>
std::vector<Row> ExportReadingAhead::take(
    Next<Row>& next,
    domain::Position after,
    domain::Position up_to,
    Read read
) {
    const bool asked = next.rows.valid() && next.after == after && next.up_to >= up_to;
    if (!asked) wait();
    std::vector<Row> rows = asked ? next.rows.get() : read(after, up_to);
    std::erase_if(rows, [&](const Row& row) { return place_of(row) > up_to; });
    if (rows.empty() || place_of(rows.back()) != up_to) return rows;
    next.after = up_to;
    next.up_to = {up_to.value + (up_to.value - after.value)};
    next.rows = std::async(std::launch::async, [read, from = next.after, to = next.up_to] {
        return read(from, to);
    });
    return rows;
}

void ExportReadingAhead::wait() {
    commands_.rows = {};
    events_.rows = {};
}

domain::LogEnd ExportReadingAhead::end(domain::Log log) {
    wait();
    return store_.end(log);
}

std::vector<domain::ArchivedCommand>
ExportReadingAhead::commands(domain::Position after, domain::Position up_to) {
    events_.rows = {};
    return take(commands_, after, up_to, [this](domain::Position from, domain::Position to) {
        return store_.commands(from, to);
    });
}

std::vector<domain::EventEnvelope>
ExportReadingAhead::events(domain::Position after, domain::Position up_to) {
    commands_.rows = {};
    return take(events_, after, up_to, [this](domain::Position from, domain::Position to) {
        return store_.events(from, to);
    });
}

std::vector<domain::LetterNote>
ExportReadingAhead::letters(domain::Position after, std::size_t limit) {
    wait();
    return store_.letters(after, limit);
}

std::vector<domain::AttemptedCommand> ExportReadingAhead::attempts() {
    wait();
    return store_.attempts();
}

std::vector<domain::Subscription> ExportReadingAhead::subscriptions() {
    wait();
    return store_.subscriptions();
}

}  // namespace infra::runtime
