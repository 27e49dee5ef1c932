// What `bench/fill` copies into an empty store: commands of accounts, and what the aggregate itself
// makes of each of them, one after the other.

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/error.hpp"
#include "domain/kernel/outcome.hpp"
#include "domain/kernel/timestamp.hpp"
#include "domain/kernel/topics.hpp"
#include "domain/kernel/uuid.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t users = 10'000;
constexpr auto span = std::chrono::hours(24 * 30);

/// SplitMix64: the n-th of numbers that look drawn.
std::uint64_t drawn(std::uint64_t n) {
    std::uint64_t x = n * 0x9e3779b97f4a7c15;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
    x = (x ^ x >> 27) * 0x94d049bb133111eb;
    return x ^ x >> 31;
}

/// Rows for COPY, in its text form, to a file.
class Rows {
  public:
    explicit Rows(const char* path) : file_(std::fopen(path, "w"), &std::fclose) {
        if (!file_) throw domain::SetupError(std::string("cannot write ") + path);
    }
    ~Rows() { write(); }
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;

    template <class... Fields>
    void add(const Fields&... fields) {
        std::size_t left = sizeof...(fields);
        ((add_field(fields), text_ += --left > 0 ? '\t' : '\n'), ...);
        if (text_.size() > 1 << 16) write();
    }

  private:
    void add_field(std::string_view text) {
        for (const char c : text) {
            if (c == '\\') text_ += '\\';
            text_ += c;
        }
    }
    void add_field(std::int64_t number) { text_ += std::to_string(number); }

    void write() {
        if (std::fwrite(text_.data(), 1, text_.size(), file_.get()) != text_.size()) {
            std::cerr << "antiphon-bench-fill: nobody takes the rows\n";
            std::_Exit(1);
        }
        text_.clear();
    }

    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
    std::string text_;
};

/// A UUIDv7 (RFC 9562), as the gateway makes them.
std::string id_of(std::uint64_t n, domain::Timestamp time) {
    domain::Uuid id;
    const std::array halves{drawn(2 * n), drawn(2 * n + 1)};
    for (std::size_t i = 0; i < 16; ++i)
        id.bytes[i] = static_cast<std::uint8_t>(halves[i / 8] >> 8 * (i % 8));
    const auto ms = static_cast<std::uint64_t>(time.time_since_epoch() / 1ms);
    for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
    id.bytes[6] = static_cast<std::uint8_t>(0x70 | (id.bytes[6] & 0x0f));
    id.bytes[8] = static_cast<std::uint8_t>(0x80 | (id.bytes[8] & 0x3f));
    return domain::to_string(id);
}

std::string fingerprint_of(std::uint64_t n) {
    std::array<char, 65> text;
    for (std::size_t i = 0; i < 4; ++i)
        std::snprintf(
            text.data() + 16 * i,
            17,
            "%016llx",
            static_cast<unsigned long long>(drawn(~(4 * n + i)))
        );
    return text.data();
}

class Filling {
  public:
    Filling(std::uint64_t events, std::uint64_t accounts, const char* const* paths)
        : events_(events),
          accounts_(accounts),
          commands_rows_(paths[0]),
          events_rows_(paths[1]),
          recipients_rows_(paths[2]),
          begin_(
              std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()) - span
          ) {}

    void run() {
        for (std::uint64_t n = 1; n <= events_; ++n) {
            const auto command = command_of(n);
            add(command);
            answer(command);
        }
    }

  private:
    struct Account {
        domain::Folded state;
        domain::StreamVersion version;
    };

    static std::string user(std::uint64_t n) { return "user-" + std::to_string(n % users); }

    /// Each account is opened first. Then most are deposits, some of them another's, and some are
    /// refused, or change nothing.
    domain::StoredCommand command_of(std::uint64_t n) const {
        const bool opens = n <= accounts_;
        const std::uint64_t chance = drawn(n), dice = chance / accounts_ % 100;
        const std::uint64_t account = opens ? n - 1 : chance % accounts_;
        const std::uint64_t cents = 1 + drawn(~n) % 1'000;
        std::string owner = user(account);
        domain::StoredCommand stored;
        stored.position = {static_cast<std::int64_t>(n)};
        domain::CommandEnvelope& command = stored.command;
        command.time =
            begin_ +
            std::chrono::microseconds(std::chrono::microseconds(span).count() / events_ * n);
        command.id = id_of(n, command.time);
        command.correlation_id = command.id;
        command.stream = {"account", "account-" + std::to_string(account)};
        command.issuer.subject = !opens && dice < 10 ? user(account + 1) : owner;
        command.issuer.claims = R"({"sub":")" + command.issuer.subject + R"("})";
        const auto of_money = [&](const char* name, std::uint64_t amount) {
            command.name = name;
            command.data = R"({"cents":)" + std::to_string(amount) + '}';
        };
        if (opens) {
            command.name = "open";
            command.data = R"({"owner":")" + owner + R"("})";
        } else if (dice < 75) {
            of_money("deposit", 100 + cents);
        } else if (dice < 98) {
            of_money("withdraw", cents / 10 + 1);
        } else if (dice < 99) {
            of_money("withdraw", 1'000'000'000 + cents);
        } else {
            of_money("deposit", 0);
        }
        return stored;
    }

    void add(const domain::StoredCommand& stored) {
        const domain::CommandEnvelope& command = stored.command;
        commands_rows_.add(
            stored.position.value,
            command.id,
            fingerprint_of(static_cast<std::uint64_t>(stored.position.value)),
            command.stream.category,
            command.stream.entity,
            std::int64_t{domain::key_hash(command.stream.entity)},
            command.name,
            command.data,
            command.issuer.subject,
            command.issuer.claims,
            command.correlation_id,
            std::string_view(),
            std::int64_t{1},
            position_,
            domain::to_string(command.time)
        );
    }

    void answer(const domain::StoredCommand& stored) {
        const domain::CommandEnvelope& command = stored.command;
        Account& account = states_[std::stoul(command.stream.entity.substr(8))];
        const domain::Asked asked{
            .user = command.issuer,
            .time = command.time,
            .command_id = command.id,
            .entity = command.stream.entity,
            .version = account.version,
            .correlation_id = command.correlation_id};
        const domain::StreamId outcome{std::string(domain::outcome_category), command.id};
        if (!aggregate_.may(command.name, account.state, asked))
            return add(
                stored, outcome, {1}, domain::rejected(command, domain::forbidden()), 0, true
            );
        auto decided = aggregate_.decide(command.name, command.data, account.state, asked);
        if (!decided)
            return add(stored, outcome, {1}, domain::rejected(command, decided.error()), 0, true);
        if (decided->events.empty())
            return add(stored, outcome, {1}, domain::unchanged(command), 0, true);
        std::int64_t ordinal = 0;
        for (const auto& event : decided->events) {
            ++account.version.value;
            const bool last = &event == &decided->events.back();
            add(stored, command.stream, account.version, event, ordinal++, last);
        }
        account.state = std::move(decided->state);
    }

    void add(
        const domain::StoredCommand& stored,
        const domain::StreamId& stream,
        domain::StreamVersion version,
        const domain::NewEvent& event,
        std::int64_t ordinal,
        bool last
    ) {
        const domain::CommandEnvelope& command = stored.command;
        events_rows_.add(
            ++position_,
            stream.category,
            stream.entity,
            version.value,
            event.type,
            event.data,
            domain::to_string(command.time + 3ms),
            command.id,
            stored.position.value,
            ordinal,
            std::string_view(last ? "t" : "f"),
            command.issuer.subject,
            command.issuer.claims,
            command.correlation_id,
            std::string_view()
        );
        for (const auto& user : event.hears) recipients_rows_.add(user, position_);
    }

    const std::uint64_t events_;
    const std::uint64_t accounts_;
    Rows commands_rows_;
    Rows events_rows_;
    Rows recipients_rows_;
    const domain::Timestamp begin_;
    const std::vector<domain::AggregatePtr> aggregates_ = domain::all_aggregates();
    const domain::Aggregate& aggregate_ = *domain::find_aggregate(aggregates_, "account");
    std::vector<Account> states_ = std::vector<Account>(accounts_);
    std::int64_t position_ = 0;
};

}  // namespace

int main(int count, char** arguments) try {
    if (count != 6) throw domain::SetupError("it is started by bench/fill, and by nobody else");
    Filling(std::stoull(arguments[1]), std::stoull(arguments[2]), arguments + 3).run();
    return 0;
} catch (const std::exception& error) {
    std::cerr << "antiphon-bench-fill: " << error.what() << '\n';
    return 1;
}
