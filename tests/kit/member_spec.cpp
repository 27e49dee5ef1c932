#include "tests/kit/failures.hpp"
#include "tests/kit/given.hpp"
#include "tests/kit/member.hpp"

#include <gtest/gtest.h>

namespace kit::club {

using Given = kit::Given<Member>;

TEST(Member, HasOneEmail) {
    Given{}.when(Join{"a@b"}).then(Joined{"a@b"}).reserves({{"email", "a@b"}});
    Given{Joined{"a@b"}}
        .when(ChangeEmail{"c@d"})
        .then(EmailChanged{"c@d"})
        .reserves({{"email", "c@d"}});
    Given{Joined{"a@b"}}.when(Leave{}).then(Left{}).reserves({});
    Given{}.when(Join{std::string(257, 'a')}).then_rejected("invalid-key");
    EXPECT_PRED_FORMAT2(
        testing::IsSubstring,
        "it reserves other keys\nexpected  email c@d\ngot       email a@b\n",
        kit::failures([] {
            Given{}.when(Join{"a@b"}).reserves({{"email", "c@d"}});
        })
    );
}

}  // namespace kit::club
