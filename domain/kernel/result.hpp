#pragma once

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace domain {

/// One field of a command that cannot stand as it is.
struct FieldError {
    std::string location;  ///< JSON pointer (RFC 6901) into the command's body: "/cents"
    std::string code;      ///< stable, for programs: "missing", "wrong-type", "out-of-range"
    std::string message;   ///< one sentence, for people
    friend bool operator==(const FieldError&, const FieldError&) = default;
};

/// The domain said no. Data for the user, never an exception.
struct Rejection {
    std::string code;     ///< stable, for programs: "insufficient-funds"
    std::string message;  ///< one sentence, for people
    std::vector<FieldError> errors{};
    friend bool operator==(const Rejection&, const Rejection&) = default;
};

/// A value, or why there is none. The part of std::expected<T, Rejection> that we use; C++23
/// replaces it.
template <class T>
class [[nodiscard]] Result {
  public:
    Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
    Result(Rejection rejection) : state_(std::in_place_index<1>, std::move(rejection)) {}

    bool has_value() const { return state_.index() == 0; }
    explicit operator bool() const { return has_value(); }

    const T& value() const& { return std::get<0>(state_); }
    T&& value() && { return std::get<0>(std::move(state_)); }
    const Rejection& error() const { return std::get<1>(state_); }

    const T& operator*() const& { return value(); }
    const T* operator->() const { return &value(); }

  private:
    std::variant<T, Rejection> state_;
};

/// What an aggregate decides: the events that happen now. None at all is "nothing new".
template <class Event>
using Decision = Result<std::vector<Event>>;

}  // namespace domain
