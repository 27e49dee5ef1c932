#include "domain/kernel/json_place.hpp"

namespace domain {

std::string JsonPlace::pointer() const {
    if (above_ == nullptr) return "";
    std::string text = above_->pointer() + '/';
    if (index_) return text + std::to_string(*index_);
    for (char c : name_) {
        if (c == '~')
            text += "~0";
        else if (c == '/')
            text += "~1";
        else
            text += c;
    }
    return text;
}

}  // namespace domain
