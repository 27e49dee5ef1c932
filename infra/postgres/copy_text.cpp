#include "infra/postgres/copy_text.hpp"

#include "domain/kernel/number.hpp"

#include <algorithm>
#include <stdexcept>

namespace infra::postgres {
namespace {

char unescaped(char c) {
    switch (c) {
        case 'b':
            return '\b';
        case 'f':
            return '\f';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        case 'v':
            return '\v';
        default:
            return c;
    }
}

}  // namespace

void CopyRow::split(std::string_view line) {
    fields_.clear();
    for (std::size_t begin = 0; begin <= line.size();) {
        const auto end = std::min(line.find('\t', begin), line.size());
        fields_.push_back(line.substr(begin, end - begin));
        begin = end + 1;
    }
}

std::string CopyRow::text(std::size_t field) const {
    const std::string_view written = fields_[field];
    std::size_t escape = written.find('\\');
    if (escape == written.npos) return std::string(written);
    std::string text;
    text.reserve(written.size());
    std::size_t plain = 0;
    for (; escape < written.size() - 1; escape = written.find('\\', plain)) {
        text.append(written, plain, escape - plain);
        text += unescaped(written[escape + 1]);
        plain = escape + 2;
    }
    text.append(written, plain);
    return text;
}

std::int64_t CopyRow::number(std::size_t field) const {
    const auto number = domain::parse_number<std::int64_t>(fields_[field]);
    if (!number) throw std::invalid_argument("COPY gave no number");
    return *number;
}

}  // namespace infra::postgres
