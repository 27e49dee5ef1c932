#pragma once

#include "domain/kernel/archive.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace domain {

/// Segments and their manifest, wherever they are kept. Whoever is killed in any call leaves what
/// there was before it, or what it was to make, and nothing between. Used by one thread at a time;
/// every call blocks. SetupError, with what to do, where something cannot be read or written; what
/// is there is then as before.
class Archive {
  public:
    virtual ~Archive() = default;

    /// The newest; nothing before the first. SetupError if it is damaged, edited, or of a newer
    /// format.
    virtual std::optional<Manifest> manifest() = 0;

    /// In place of the one before, durably.
    virtual void keep(const Manifest& manifest) = 0;

    /// Begins to write this segment, of which `bytes` and `sha256` are not known yet, with these
    /// lines; may go on after the return. One at a time.
    virtual void write(Segment segment, std::string lines) = 0;

    /// The segment that was begun, when it is durable. Throws what stood against it.
    virtual Segment written() = 0;

    /// Its lines, at most segment_bytes_max and one line more. SetupError if it is not there, or
    /// not as it was written.
    virtual std::string read(const Segment& segment) = 0;
};

}  // namespace domain
