#include "services/operations/selection.hpp"

#include <algorithm>

namespace services::operations {

bool Selection::holds(const domain::EventEnvelope& event) const {
    return event.position > after && (!up_to || event.position <= *up_to) &&
           (category.empty() || event.stream.category == category) &&
           (entity.empty() || event.stream.entity == entity) &&
           (types.empty() || std::ranges::find(types, event.type) != types.end()) &&
           (!from || event.time >= *from) && (!before || event.time < *before) &&
           (user.empty() || domain::user_key(event.issuer) == user);
}

}  // namespace services::operations
