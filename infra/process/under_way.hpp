#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace infra::process {

/// What a decider is at, as one number: a count that tells one moment from the next, whether it is
/// a history, and the command's index in its batch. 0 stands for nothing.
struct UnderWay {
    std::optional<std::size_t> command;
    bool folding = false;

    std::uint64_t number(std::uint32_t count) const {
        return std::uint64_t{count} << 32 | std::uint64_t{folding} << 31 |
               (command ? *command + 1 : 0);
    }

    static UnderWay of(std::uint64_t number) {
        const std::size_t index = number & 0x7fffffff;
        if (index == 0) return {};
        return {index - 1, (number >> 31 & 1) != 0};
    }
};

}  // namespace infra::process
