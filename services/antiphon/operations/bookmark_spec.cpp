#include "domain/kernel/error.hpp"
#include "services/antiphon/operations/bookmark.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <stdlib.h>

namespace services::antiphon {
namespace {

class BookmarkSpec : public testing::Test {
  protected:
    BookmarkSpec() { folder_ = mkdtemp(template_); }
    ~BookmarkSpec() override { std::filesystem::remove_all(folder_); }

    char template_[32] = "/tmp/antiphon-bookmark-XXXXXX";
    std::filesystem::path folder_;
};

TEST_F(BookmarkSpec, KeepsThePlaceForTheSameArguments) {
    {
        Bookmark bookmark(folder_, "verify", "account");
        EXPECT_EQ(bookmark.place(), "");
        bookmark.keep("{\"after\":7}");
        bookmark.keep("{\"after\":8}");
    }
    EXPECT_EQ(Bookmark(folder_, "verify", "account").place(), "{\"after\":8}");
    EXPECT_EQ(Bookmark(folder_, "verify", "invoice").place(), "");
    EXPECT_EQ(Bookmark(folder_, "replay", "account").place(), "");
}

TEST_F(BookmarkSpec, ForgetsWhatIsDone) {
    Bookmark bookmark(folder_, "verify", "account");
    bookmark.keep("{}");
    bookmark.forget();
    EXPECT_EQ(bookmark.place(), "");
}

TEST_F(BookmarkSpec, IsOfOneAtATime) {
    const Bookmark bookmark(folder_, "verify", "account");
    EXPECT_THROW(Bookmark(folder_, "verify", "account"), domain::SetupError);
    EXPECT_NO_THROW(Bookmark(folder_, "verify", "invoice"));
}

TEST_F(BookmarkSpec, SaysWhereItCannotWrite) {
    std::ofstream(folder_ / "file") << "";
    EXPECT_THROW(Bookmark(folder_ / "file", "verify", "account"), domain::SetupError);
}

}  // namespace
}  // namespace services::antiphon
