#pragma once

#include "domain/kernel/record.hpp"

namespace domain {

/// Tells a relay's records from everything else that stands in our topics. Used by one thread.
class RecordVerifier {
  public:
    virtual ~RecordVerifier() = default;

    /// Did a relay write exactly this, to this place? Never throws because of what the record is.
    /// Asks the store for its keys when they are not known or old, at most about once a second, and
    /// throws WorldError when it is away.
    virtual bool genuine(const Record& record) = 0;
};

}  // namespace domain
