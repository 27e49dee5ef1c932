#pragma once

// The whole loop in one process and one thread, for any aggregate: gateways, relays and a worker
// over infra/memory, with a time of their own, so nothing is waited for.
//
//     kit::World world;
//     auto ada = world.user("ada");
//     EXPECT_EQ(ada.post("account/42/open", R"({"owner":"Ada"})").status, 202);
//     world.crash();
//     EXPECT_EQ(ada.hears(), (kit::Heards{{"42", "opened", R"({"owner":"Ada"})"}}));
//     EXPECT_EQ(world.user("eve").sees("account/42"), "");

#include "domain/kernel/envelope.hpp"

#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

namespace kit {

/// An event as a stream shows it.
struct Heard {
    std::string entity;
    std::string type;  ///< "deposited"; of what was no event, "rejected", "failed", "unchanged"
    domain::Payload data;
    friend bool operator==(const Heard&, const Heard&) = default;
    friend std::ostream& operator<<(std::ostream&, const Heard&);
};
using Heards = std::vector<Heard>;

/// What a command was answered.
struct Posted {
    int status = 0;
    std::string id;  ///< the command's, of a 202
};

/// All of Antiphon, with the aggregates of all_aggregates().
class World {
    struct Parts;

  public:
    World();
    ~World();

    /// One user at one device, whose event stream is open.
    class User {
      public:
        /// POST /commands/{path}, "account/42/open". Comes back with the answer, which is before
        /// the effect. The same key again is the same request again; each has its own unless said.
        Posted post(const std::string& path, const std::string& body, std::string key = {});

        /// What came to its stream since it was asked last, once the world has come to rest.
        Heards hears();

        /// GET /commands/{id}: "pending", "applied", "unchanged", "rejected", "failed".
        std::string outcome(const std::string& id);

        /// GET /aggregates/{path}, "account/42": the state as JSON, once the world has come to
        /// rest; empty where the answer is 404, since there is nothing that this user may read.
        domain::Payload sees(const std::string& path);

      private:
        friend World;
        User(Parts& parts, domain::Issuer user, std::size_t stream);
        Parts& parts_;
        domain::Issuer user_;
        std::size_t stream_;
        std::size_t heard_ = 0;
    };

    /// `claims`: a JSON object, `{"roles":["clerk"]}`. The same user again is another device.
    User user(std::string subject, std::string claims = "{}", std::string token_issuer = {});

    /// kill -9 of every process, at once; each starts again by itself.
    void crash();

    /// Kafka is replaced by an empty one.
    void wipe_broker();

  private:
    std::unique_ptr<Parts> parts_;
};

}  // namespace kit
