#include "tests/kit/admission_fixture.hpp"

namespace gateway::commands {
namespace {

using http::Request;

class AdmissionSpec : public kit::AdmissionFixture {
  protected:
    static Request post() {
        Request request{.method = "POST"};
        request.parameters = {{"category", "counter"}, {"entity", "c-1"}, {"name", "add"}};
        return request;
    }
};

TEST_F(AdmissionSpec, CountsACommandOnceWhoseHeadWasLookedAt) {
    for (int i = 0; i < 4; ++i) {
        Request request = post();
        request.body = R"({"by":1})";
        const domain::VerifiedToken ada{{"ada", "{}"}, {}};
        EXPECT_FALSE(admission_.enter(request, ada));
        request.admitted = true;
        EXPECT_TRUE(std::holds_alternative<domain::NewCommand>(admission_.admit(request, ada)));
    }
}

TEST_F(AdmissionSpec, ChargesTheBytesOfABodyThatHasStillToCome) {
    const domain::VerifiedToken ada{{"ada", "{}"}, {}};
    Request announced = post();
    announced.headers = {{"content-length", "1500"}};
    EXPECT_FALSE(admission_.enter(announced, ada));
    EXPECT_TRUE(admission_.enter(announced, ada));

    const domain::VerifiedToken bob{{"bob", "{}"}, {}};
    Request chunked = post();
    EXPECT_FALSE(admission_.enter(chunked, bob));
    chunked.body = R"({"by":1})" + std::string(3'000, ' ');
    chunked.admitted = true;
    EXPECT_TRUE(std::holds_alternative<domain::NewCommand>(admission_.admit(chunked, bob)));
    EXPECT_TRUE(admission_.enter(chunked, bob)) << "what it owes is known to the next";
}

}  // namespace
}  // namespace gateway::commands
