#pragma once

#include "domain/kernel/record.hpp"

namespace domain {

/// Signs what a relay writes, so that readers can tell it from what others write. Used by one
/// thread.
class RecordSigner {
  public:
    virtual ~RecordSigner() = default;

    /// Asks the store which key to use from now on; it makes a new one now and then. To be called
    /// before the first sign() and every few seconds. Blocks, and throws WorldError when the store
    /// is away.
    virtual void renew() = 0;

    /// Adds the signature to a record that is otherwise complete. It is of everything: where the
    /// record goes, its key, its value and all of its headers.
    virtual void sign(Record& record) = 0;
};

}  // namespace domain
