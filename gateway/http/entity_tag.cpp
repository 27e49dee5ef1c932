#include "gateway/http/entity_tag.hpp"

#include <functional>
#include <sstream>

namespace gateway::http {

std::string entity_tag(std::string_view content) {
    std::ostringstream tag;
    tag << std::hex << content.size() << '-' << std::hash<std::string_view>()(content);
    return tag.str();
}

}  // namespace gateway::http
