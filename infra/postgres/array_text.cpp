#include "infra/postgres/array_text.hpp"

#include <stdexcept>

namespace infra::postgres {

void ArrayText::add(std::string_view text) {
    separate();
    text_ += '"';
    for (const char c : text) {
        if (c == '\0') throw std::invalid_argument("a text for PostgreSQL holds a NUL");
        if (c == '"' || c == '\\') text_ += '\\';
        text_ += c;
    }
    text_ += '"';
}

void ArrayText::add(std::int64_t number) {
    separate();
    text_ += std::to_string(number);
}

void ArrayText::add(bool truth) {
    separate();
    text_ += truth ? 't' : 'f';
}

void ArrayText::add_null() {
    separate();
    text_ += "NULL";
}

std::string ArrayText::take() && {
    text_ += '}';
    return std::move(text_);
}

void ArrayText::separate() {
    if (text_.size() > 1) text_ += ',';
}

}  // namespace infra::postgres
