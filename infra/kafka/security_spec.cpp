#include "domain/kernel/error.hpp"
#include "infra/kafka/client.hpp"
#include "infra/kafka/security.hpp"

#include <gtest/gtest.h>
#include <librdkafka/rdkafka.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <unistd.h>
#include <utility>

namespace infra::kafka {
namespace {

/// A file of a test's own, gone with it.
class File {
  public:
    explicit File(const std::string& content)
        : path_(
              std::filesystem::temp_directory_path() /
              ("antiphon-security-" + std::to_string(getpid()) + '-' + std::to_string(++files_))
          ) {
        std::ofstream(path_) << content;
    }
    ~File() { std::filesystem::remove(path_); }
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    operator std::string() const { return path_.string(); }

  private:
    static inline int files_ = 0;
    std::filesystem::path path_;
};

std::string refusal_of(const KafkaSecurity& security) {
    try {
        Conf conf(rd_kafka_conf_new());
        secure(conf, security);
    } catch (const domain::SetupError& error) {
        return error.what();
    }
    return "";
}

std::string property(const KafkaSecurity& security, const char* name) {
    Conf conf(rd_kafka_conf_new());
    secure(conf, security);
    std::array<char, 256> value{};
    std::size_t size = value.size();
    rd_kafka_conf_get(conf.get(), name, value.data(), &size);
    return value.data();
}

KafkaSecurity scram() {
    return {
        .protocol = "sasl_tls",
        .sasl_mechanism = "SCRAM-SHA-512",
        .sasl_user = "antiphon",
        .sasl_password = "secret"};
}

TEST(Security, IsOffUnlessAskedFor) {
    EXPECT_EQ(property({}, "security.protocol"), "plaintext");
    EXPECT_EQ(refusal_of({}), "");
}

TEST(Security, AlwaysVerifiesTheCertificateAndItsHost) {
    for (const KafkaSecurity& security : {KafkaSecurity{.protocol = "tls"}, scram()}) {
        EXPECT_EQ(property(security, "enable.ssl.certificate.verification"), "true");
        EXPECT_EQ(property(security, "ssl.endpoint.identification.algorithm"), "https");
    }
}

TEST(Security, TakesAPasswordFromAFileWithoutItsLineEnd) {
    const File file("secret\r\n");
    KafkaSecurity security = scram();
    security.sasl_password.clear();
    security.sasl_password_file = file;
    EXPECT_EQ(property(security, "sasl.password"), "secret");
    EXPECT_EQ(property(security, "security.protocol"), "sasl_ssl");
    EXPECT_EQ(property(security, "sasl.mechanism"), "SCRAM-SHA-512");
}

using Member = std::string KafkaSecurity::*;
const std::pair<const char*, Member> tls_settings[] = {
    {"kafka.tls_ca_file", &KafkaSecurity::tls_ca_file},
    {"kafka.tls_certificate_file", &KafkaSecurity::tls_certificate_file},
    {"kafka.tls_key_file", &KafkaSecurity::tls_key_file},
    {"kafka.tls_key_password", &KafkaSecurity::tls_key_password},
    {"kafka.tls_key_password_file", &KafkaSecurity::tls_key_password_file}};
const std::pair<const char*, Member> sasl_settings[] = {
    {"kafka.sasl_mechanism", &KafkaSecurity::sasl_mechanism},
    {"kafka.sasl_user", &KafkaSecurity::sasl_user},
    {"kafka.sasl_password", &KafkaSecurity::sasl_password},
    {"kafka.sasl_password_file", &KafkaSecurity::sasl_password_file}};

/// What would be sent in clear, or to nobody known, because one word is missing.
TEST(Security, RefusesWhatItWouldMakeNoUseOf) {
    const auto expect_refused = [](KafkaSecurity security, const auto& setting) {
        security.*setting.second = "something";
        const std::string refusal = refusal_of(security);
        EXPECT_NE(refusal.find(setting.first), std::string::npos) << refusal;
        EXPECT_NE(refusal.find("take it out, or set kafka.security = "), std::string::npos);
        EXPECT_EQ(refusal.find("something"), std::string::npos) << "it may be a secret";
    };
    for (const auto& setting : tls_settings) {
        expect_refused({}, setting);
        KafkaSecurity clear = scram();
        clear.protocol = "sasl_plaintext";
        expect_refused(clear, setting);
    }
    for (const auto& setting : sasl_settings) {
        expect_refused({}, setting);
        expect_refused({.protocol = "tls"}, setting);
    }
}

TEST(Security, SaysWhatIsMissing) {
    EXPECT_NE(
        refusal_of({.protocol = "sasl_tls"}).find("set kafka.sasl_mechanism"), std::string::npos
    );
    for (const auto& [name, member] : sasl_settings) {
        KafkaSecurity security = scram();
        security.*member = "";
        if (member == &KafkaSecurity::sasl_password_file) continue;  // the password itself is there
        EXPECT_NE(refusal_of(security).find(name), std::string::npos) << refusal_of(security);
    }
    const File pem("anything");
    EXPECT_NE(
        refusal_of({.protocol = "tls", .tls_key_file = pem}).find("set kafka.tls_certificate_file"),
        std::string::npos
    );
    for (const Member member :
         {&KafkaSecurity::tls_certificate_file,
          &KafkaSecurity::tls_key_password,
          &KafkaSecurity::tls_key_password_file}) {
        KafkaSecurity security{.protocol = "tls"};
        security.*member = pem;
        EXPECT_NE(refusal_of(security).find("kafka.tls_key_file is not"), std::string::npos);
    }
}

TEST(Security, RefusesToSendAPasswordInClear) {
    KafkaSecurity security = scram();
    security.protocol = "sasl_plaintext";
    EXPECT_EQ(refusal_of(security), "");
    security.sasl_mechanism = "PLAIN";
    EXPECT_NE(refusal_of(security).find("set kafka.security = sasl_tls"), std::string::npos);
}

TEST(Security, RefusesASecretThatIsGivenTwiceOrIsNoLine) {
    const File good("secret\n"), empty("\n"), two("one\ntwo\n");
    KafkaSecurity security = scram();
    security.sasl_password_file = good;
    EXPECT_NE(refusal_of(security).find("are both set"), std::string::npos);
    security.sasl_password.clear();
    for (const File* const file : {&empty, &two}) {
        security.sasl_password_file = *file;
        EXPECT_NE(refusal_of(security).find("has to hold one line"), std::string::npos);
        EXPECT_EQ(refusal_of(security).find("two"), std::string::npos);
    }
}

TEST(Security, RefusesAFileThatIsNotThere) {
    for (const auto& [name, member] : tls_settings) {
        if (member == &KafkaSecurity::tls_key_password) continue;
        const File pem("anything");
        KafkaSecurity security{.protocol = "tls", .tls_certificate_file = pem, .tls_key_file = pem};
        security.*member = "/nowhere/at-all.pem";
        const std::string refusal = refusal_of(security);
        EXPECT_NE(refusal.find(name), std::string::npos) << refusal;
        EXPECT_NE(refusal.find("/nowhere/at-all.pem: No such file"), std::string::npos) << refusal;
    }
}

/// It is a SetupError in one line, in the names of our settings, and holds nothing of the file.
TEST(Security, RefusesAFileThatIsNoCertificate) {
    const File nonsense("nonsense\n");
    KafkaSettings settings;
    settings.security = {.protocol = "tls", .tls_ca_file = nonsense};
    try {
        new_client(ClientKind::producer, new_conf(settings), nullptr);
        FAIL() << "it was taken";
    } catch (const domain::SetupError& error) {
        const std::string text = error.what();
        EXPECT_NE(text.find("kafka.tls_ca_file"), std::string::npos) << text;
        EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    }
}

}  // namespace
}  // namespace infra::kafka
