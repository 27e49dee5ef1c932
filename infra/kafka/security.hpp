#pragma once

#include "infra/kafka/handles.hpp"
#include "infra/kafka/kafka_settings.hpp"

#include <string>

namespace infra::kafka {

/// Makes a client protect its connections and say who it is. The broker's certificate and the host
/// that it names are always verified. Throws SetupError when the settings do not fit together, or a
/// file is not there.
void secure(Conf& conf, const KafkaSecurity& security);

/// What librdkafka says, with the names of our settings for those of its own.
std::string in_our_words(std::string text);

}  // namespace infra::kafka
