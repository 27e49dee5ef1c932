#pragma once

#include <memory>

struct rd_kafka_s;
struct rd_kafka_conf_s;
struct rd_kafka_error_s;
struct rd_kafka_headers_s;
struct rd_kafka_metadata;
struct rd_kafka_op_s;
struct rd_kafka_queue_s;
struct rd_kafka_AdminOptions_s;
struct rd_kafka_NewPartitions_s;
struct rd_kafka_NewTopic_s;
struct rd_kafka_topic_partition_list_s;
struct rd_kafka_topic_s;

namespace infra::kafka {

/// Ends the life of what librdkafka gave us.
struct Release {
    void operator()(rd_kafka_s* client) const;
    void operator()(rd_kafka_conf_s* conf) const;
    void operator()(rd_kafka_error_s* error) const;
    void operator()(rd_kafka_headers_s* headers) const;
    void operator()(const struct rd_kafka_metadata* metadata) const;
    void operator()(rd_kafka_op_s* event) const;
    void operator()(rd_kafka_queue_s* queue) const;
    void operator()(rd_kafka_AdminOptions_s* options) const;
    void operator()(rd_kafka_NewPartitions_s* partitions) const;
    void operator()(rd_kafka_NewTopic_s* topic) const;
    void operator()(rd_kafka_topic_partition_list_s* partitions) const;
    void operator()(rd_kafka_topic_s* topic) const;
};

/// Owns one of librdkafka's objects. The structs are named here without its header, so that our own
/// headers can hold them and nobody else has to know the library.
template <class T>
using Handle = std::unique_ptr<T, Release>;

using Client = Handle<rd_kafka_s>;
using Conf = Handle<rd_kafka_conf_s>;
using Error = Handle<rd_kafka_error_s>;
using Headers = Handle<rd_kafka_headers_s>;
using Metadata = Handle<const struct rd_kafka_metadata>;
using Event = Handle<rd_kafka_op_s>;
using Queue = Handle<rd_kafka_queue_s>;
using AdminOptions = Handle<rd_kafka_AdminOptions_s>;
using NewPartitions = Handle<rd_kafka_NewPartitions_s>;
using NewTopic = Handle<rd_kafka_NewTopic_s>;
using PartitionList = Handle<rd_kafka_topic_partition_list_s>;
using Topic = Handle<rd_kafka_topic_s>;

}  // namespace infra::kafka
