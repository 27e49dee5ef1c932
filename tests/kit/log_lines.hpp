#pragma once

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <sstream>
#include <string>

namespace kit {

/// What is logged while it lives, line by line, without the time and the level.
class LogLines {
  public:
    LogLines() : before_(spdlog::default_logger()) {
        const auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(text_);
        sink->set_pattern("%v");
        spdlog::set_default_logger(std::make_shared<spdlog::logger>("spec", sink));
    }
    ~LogLines() { spdlog::set_default_logger(before_); }

    std::size_t count() const {
        const std::string text = text_.str();
        return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    }
    std::string text() const { return text_.str(); }

  private:
    std::ostringstream text_;
    std::shared_ptr<spdlog::logger> before_;
};

}  // namespace kit
