#include "infra/kafka/security.hpp"

#include "domain/kernel/error.hpp"
#include "infra/kafka/client.hpp"

#include <librdkafka/rdkafka.h>
#include <openssl/x509.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <string_view>
#include <utility>

namespace infra::kafka {
namespace {

using Named = std::pair<const char*, const std::string&>;

[[noreturn]] void refuse(const std::string& sentence) { throw domain::SetupError(sentence); }

bool uses_tls(const KafkaSecurity& security) {
    return security.protocol == "tls" || security.protocol == "sasl_tls";
}

bool uses_sasl(const KafkaSecurity& security) {
    return security.protocol == "sasl_plaintext" || security.protocol == "sasl_tls";
}

void expect_unset(std::initializer_list<Named> settings, const std::string& why) {
    for (const auto& [name, value] : settings)
        if (!value.empty()) refuse(std::string(name) + " is set, and " + why);
}

void expect_set(std::initializer_list<Named> settings, const std::string& why) {
    for (const auto& [name, value] : settings)
        if (value.empty()) refuse(why + ": set " + name);
}

std::string read(const Named& file) {
    const auto& [name, path] = file;
    std::ifstream in(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (in.is_open() && !in.bad() && !text.empty()) return text;
    const std::string reason = in.is_open() ? "it is empty or no file" : std::strerror(errno);
    refuse(std::string(name) + ": cannot read " + path + ": " + reason);
}

/// A secret that may be given itself or in a file, whose last line end is none of it.
std::string secret_of(const Named& itself, const Named& file) {
    if (!itself.second.empty() && !file.second.empty()) {
        refuse(
            std::string(itself.first) + " and " + file.first + " are both set: take one of them out"
        );
    }
    if (file.second.empty()) return itself.second;
    std::string secret = read(file);
    while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
    if (secret.empty() || secret.find_first_of(std::string_view("\0\n", 2)) != std::string::npos)
        refuse(std::string(file.first) + ": " + file.second + " has to hold one line");
    return secret;
}

void set_tls(Conf& conf, const KafkaSecurity& security) {
    const Named ca{"kafka.tls_ca_file", security.tls_ca_file};
    const Named certificate{"kafka.tls_certificate_file", security.tls_certificate_file};
    const Named key{"kafka.tls_key_file", security.tls_key_file};
    const Named password{"kafka.tls_key_password", security.tls_key_password};
    const Named password_file{"kafka.tls_key_password_file", security.tls_key_password_file};
    if (key.second.empty())
        expect_unset(
            {certificate, password, password_file}, "kafka.tls_key_file is not: set it, too"
        );
    else
        expect_set({certificate}, "kafka.tls_key_file needs the certificate of its key");

    set(conf, "enable.ssl.certificate.verification", "true");
    set(conf, "ssl.endpoint.identification.algorithm", "https");
    if (!ca.second.empty()) {
        read(ca);
        set(conf, "ssl.ca.location", ca.second);
    }
    if (key.second.empty()) return;
    read(certificate);
    read(key);
    set(conf, "ssl.certificate.location", certificate.second);
    set(conf, "ssl.key.location", key.second);
    const std::string secret = secret_of(password, password_file);
    if (!secret.empty()) set(conf, "ssl.key.password", secret);
}

void set_sasl(Conf& conf, const KafkaSecurity& security) {
    const std::string by = "kafka.security = " + security.protocol;
    expect_set(
        {{"kafka.sasl_mechanism", security.sasl_mechanism},
         {"kafka.sasl_user", security.sasl_user}},
        by + " has to know who we are"
    );
    if (security.sasl_mechanism == "PLAIN" && !uses_tls(security))
        refuse(by + " would send the password of PLAIN in clear: set kafka.security = sasl_tls");
    const std::string password = secret_of(
        {"kafka.sasl_password", security.sasl_password},
        {"kafka.sasl_password_file", security.sasl_password_file}
    );
    expect_set({{"kafka.sasl_password_file", password}}, by + " needs a password");
    set(conf, "sasl.mechanism", security.sasl_mechanism);
    set(conf, "sasl.username", security.sasl_user);
    set(conf, "sasl.password", password);
}

/// Only says why; that it is refused has been decided.
int tell_why(
    rd_kafka_t* /*client*/,
    const char* /*broker*/,
    std::int32_t /*broker_id*/,
    int* error,
    int /*depth*/,
    const char* /*certificate*/,
    std::size_t /*certificate_size*/,
    char* text,
    std::size_t size,
    void* /*opaque*/
) {
    if (*error == X509_V_OK) return 1;
    const bool other_host =
        *error == X509_V_ERR_HOSTNAME_MISMATCH || *error == X509_V_ERR_IP_ADDRESS_MISMATCH;
    const char* const advice =
        other_host ? "name the broker in kafka.brokers, and in its own settings, as this one does"
                   : "kafka.tls_ca_file has to hold the authority that signed it";
    std::snprintf(text, size, "%s: %s", X509_verify_cert_error_string(*error), advice);
    return 0;
}

void replace_all(std::string& text, std::string_view old, std::string_view by) {
    for (auto at = text.find(old); at != std::string::npos; at = text.find(old, at + by.size()))
        text.replace(at, old.size(), by);
}

}  // namespace

void secure(Conf& conf, const KafkaSecurity& security) {
    const std::string without = "kafka.security = " + security.protocol +
                                " makes no use of it: take it out, or set " + "kafka.security = ";
    if (uses_tls(security)) {
        set_tls(conf, security);
        rd_kafka_conf_set_ssl_cert_verify_cb(conf.get(), tell_why);
    } else {
        expect_unset(
            {{"kafka.tls_ca_file", security.tls_ca_file},
             {"kafka.tls_certificate_file", security.tls_certificate_file},
             {"kafka.tls_key_file", security.tls_key_file},
             {"kafka.tls_key_password", security.tls_key_password},
             {"kafka.tls_key_password_file", security.tls_key_password_file}},
            without + (uses_sasl(security) ? "sasl_tls" : "tls")
        );
    }
    if (uses_sasl(security)) {
        set_sasl(conf, security);
    } else {
        expect_unset(
            {{"kafka.sasl_mechanism", security.sasl_mechanism},
             {"kafka.sasl_user", security.sasl_user},
             {"kafka.sasl_password", security.sasl_password},
             {"kafka.sasl_password_file", security.sasl_password_file}},
            without + "sasl_tls"
        );
    }
    std::string protocol = security.protocol;
    replace_all(protocol, "tls", "ssl");
    set(conf, "security.protocol", protocol);
}

std::string in_our_words(std::string text) {
    constexpr std::pair<std::string_view, std::string_view> names[] = {
        {"ssl.ca.location", "kafka.tls_ca_file"},
        {"ssl.certificate.location", "kafka.tls_certificate_file"},
        {"ssl.key.location", "kafka.tls_key_file"},
        {"security.protocol", "kafka.security"},
        {"bootstrap.servers", "kafka.brokers"}};
    for (const auto& [theirs, ours] : names) replace_all(text, theirs, ours);
    for (char& c : text)
        if (c == '\n' || c == '\r') c = ' ';
    return text;
}

}  // namespace infra::kafka
