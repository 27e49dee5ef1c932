#pragma once

#include "domain/kernel/aggregate.hpp"
#include "domain/kernel/decider.hpp"

#include <string>

namespace domain {

/// A command as it comes over HTTP.
struct EncodedCommand {
    std::string name;
    Payload data;
};

/// An aggregate for who knows its types, which is its spec. What is Folded here is a D::State.
template <Decider D>
class TypedAggregate : public Aggregate {
  public:
    /// As it is stored. std::runtime_error names the event and the field that JSON cannot hold.
    virtual NewEvent encode(const typename D::Event& event) const = 0;

    /// As it is read. std::runtime_error as in fold().
    virtual typename D::Event decode(const NewEvent& stored) const = 0;

    /// As it is sent. A text that is not UTF-8 has U+FFFD where it is broken.
    virtual EncodedCommand encode_command(const typename D::Command& command) const = 0;
};

}  // namespace domain
