#include "infra/runtime/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace infra::runtime {
namespace {

/// The entry's text on one line: what others sent us cannot forge a line of its own.
class OneLine final : public spdlog::custom_flag_formatter {
  public:
    void format(const spdlog::details::log_msg& entry, const std::tm&, spdlog::memory_buf_t& out)
        override {
        for (const char c : entry.payload) {
            const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
            out.push_back(control ? ' ' : c);
        }
    }
    std::unique_ptr<custom_flag_formatter> clone() const override {
        return std::make_unique<OneLine>();
    }
};

}  // namespace

void start_log(const std::string& level) {
    auto logger = spdlog::stderr_logger_mt("antiphon");
    auto formatter = std::make_unique<spdlog::pattern_formatter>(spdlog::pattern_time_type::utc);
    formatter->add_flag<OneLine>('*').set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %*");
    logger->set_formatter(std::move(formatter));
    logger->set_level(spdlog::level::from_str(level));
    logger->flush_on(spdlog::level::trace);
    spdlog::set_default_logger(std::move(logger));
}

}  // namespace infra::runtime
