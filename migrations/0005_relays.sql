-- Which relay carries each log to Kafka, one at a time, and how far Kafka has it.
create table relay_leases (
    log text primary key references logs (name),
    epoch bigint not null,
    holder text not null,
    expires_at timestamptz not null
);

-- Appended, never updated; pruned with the renewal of the lease. A checkpoint may go back (to a new
-- cluster), so the newest is the one with the highest number.
create table relay_checkpoints (
    log text references logs (name),
    number bigint generated always as identity,
    position bigint not null,
    cluster_id text not null,
    topics text[] not null,  -- four arrays side by side: what was sent last to each partition
    partitions integer[] not null,
    positions bigint[] not null,
    offsets bigint[] not null,
    primary key (log, number)
);
