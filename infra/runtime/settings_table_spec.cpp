#include "domain/kernel/error.hpp"
#include "infra/runtime/settings_table.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <unistd.h>

namespace infra::runtime {
namespace {

struct SettingsTableSpec : testing::Test {
    std::uint16_t port = 8080;
    std::chrono::milliseconds wait{10};
    std::string level = "info";
    std::string key;
    std::string url = "postgresql://ada:hush@db/antiphon";
    std::vector<std::string> origins;
    bool development = false;
    SettingsTable table;

    SettingsTableSpec() {
        table.add("http.port", port, {0, 65'535}, "Port.");
        table.add("kafka.wait_ms", wait, {1, 1'000}, "Wait.");
        table.add_choice("log.level", level, {"info", "error"}, "Level.");
        table.add_secret("auth.key", key, "Key.");
        table.add_url("postgres.url", url, "Database.");
        table.add("cors.origins", origins, "Origins.");
        table.add("development", development, "Development.");
    }

    void read(const std::string& text) {
        const auto file = std::filesystem::path(testing::TempDir()) /
                          ("settings_" + std::to_string(getpid()) + ".conf");
        std::ofstream(file) << text;
        table.read_file(file);
    }

    template <class Act>
    static std::string refusal(Act act) {
        try {
            act();
        } catch (const domain::SetupError& error) {
            return error.what();
        }
        return "not refused";
    }
};

TEST_F(SettingsTableSpec, ReadsEachTypeFromAFile) {
    read(
        "# a comment\n\nhttp.port = 81\n kafka.wait_ms=25\r\nlog.level = error\n"
        "development = true\ncors.origins = https://a , https://b\n"
    );
    EXPECT_EQ(port, 81);
    EXPECT_EQ(wait, std::chrono::milliseconds(25));
    EXPECT_EQ(level, "error");
    EXPECT_TRUE(development);
    EXPECT_EQ(origins, (std::vector<std::string>{"https://a", "https://b"}));
}

TEST_F(SettingsTableSpec, RemembersWhatTheDefaultWasAndWhereTheValueStands) {
    table.set("http.port", "81", "--http.port");
    EXPECT_EQ(table.all().front().default_value, "8080");
    EXPECT_EQ(table.all().front().show(), "81");
    EXPECT_EQ(table.all().front().origin, "--http.port");
    EXPECT_EQ(table.all()[1].origin, "default");
}

TEST_F(SettingsTableSpec, RefusesAnUnknownNameWithTheNearestAndTheLine) {
    const auto line = refusal([&] { read("http.port = 81\nhttp.prot = 82\n"); });
    EXPECT_NE(line.find(".conf:2: there is no setting 'http.prot'"), line.npos) << line;
    EXPECT_NE(line.find("the nearest is 'http.port'"), line.npos) << line;
}

TEST_F(SettingsTableSpec, RefusesALineWithoutAValue) {
    const auto line = refusal([&] { read("http.port 81\n"); });
    EXPECT_NE(line.find(".conf:1: expected 'name = value'"), line.npos) << line;
}

TEST_F(SettingsTableSpec, SaysWhatIsAllowedInsteadOfABadValue) {
    for (const char* bad : {"", "x", "80x", "-1", "65536", "99999999999999999999"}) {
        EXPECT_EQ(
            refusal([&] { table.set("http.port", bad, "f:1"); }),
            "f:1: http.port is '" + std::string(bad) +
                "'; it has to be a whole number from 0 to 65535"
        );
    }
    EXPECT_EQ(port, 8080);
    EXPECT_NE(
        refusal([&] { table.set("log.level", "loud", "f:1"); }).find("one of info, error"),
        std::string::npos
    );
    EXPECT_NE(
        refusal([&] { table.set("development", "yes", "f:1"); }).find("true or false"),
        std::string::npos
    );
}

TEST_F(SettingsTableSpec, ReadsTheEnvironmentAndRefusesWhatItDoesNotKnow) {
    const std::string_view others[] = {"ANTIPHON_DATA"};
    const char* good[] = {
        "HOME=/",
        "ANTIPHON_DATA=var",
        "ANTIPHON_KAFKA_WAIT_MS=7",
        "ANTIPHON_AUTH_KEY=a=b",
        nullptr};
    table.read_environment(good, others);
    EXPECT_EQ(wait, std::chrono::milliseconds(7));
    EXPECT_EQ(key, "a=b");
    const char* bad[] = {"ANTIPHON_HTTP_PROT=1", nullptr};
    const auto line = refusal([&] { table.read_environment(bad, others); });
    EXPECT_NE(line.find("no setting ANTIPHON_HTTP_PROT"), line.npos) << line;
    EXPECT_NE(line.find("the nearest is ANTIPHON_HTTP_PORT"), line.npos) << line;
}

TEST_F(SettingsTableSpec, NeverShowsASecret) {
    table.set("auth.key", "hush", "f:1");
    for (const auto& setting : table.all()) {
        EXPECT_EQ(setting.show().find("hush"), std::string::npos) << setting.name;
        EXPECT_EQ(setting.default_value.find("hush"), std::string::npos) << setting.name;
    }
}

TEST(WithoutPassword, HidesItWhereverItStands) {
    EXPECT_EQ(without_password("postgresql://a:p@h:1/d"), "postgresql://a:***@h:1/d");
    EXPECT_EQ(without_password("postgresql://a:p/@?@h/d"), "postgresql://a:***@h/d");
    EXPECT_EQ(
        without_password("postgresql:///d?host=/s&password=p&x=y"),
        "postgresql:///d?host=/s&password=***&x=y"
    );
    EXPECT_EQ(without_password("host=h password='a b' user=u"), "host=h password=*** user=u");
    EXPECT_EQ(without_password(R"(password = 'a\'b' user=u)"), "password = *** user=u");
    EXPECT_EQ(without_password("host=h password='a b"), "host=h password=***");
    EXPECT_EQ(without_password("password=a user=u password=b"), "password=*** user=u password=***");
    EXPECT_EQ(without_password("postgresql://a@h/d"), "postgresql://a@h/d");
    EXPECT_EQ(without_password("postgresql://h/d?user=a:b@c"), "postgresql://h/d?user=a:b@c");
}

}  // namespace
}  // namespace infra::runtime
