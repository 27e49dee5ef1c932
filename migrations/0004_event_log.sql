-- Every event that ever happened, in one dense order: the truth that all else is made from.
create table events (
    position bigint primary key,
    category text collate "C" not null,
    entity text collate "C" not null,
    version bigint not null,
    type text collate "C" not null,
    data text not null,  -- JSON, byte for byte as the aggregate wrote it
    time timestamptz not null,
    command_id uuid not null,
    command_position bigint not null,
    ordinal integer not null,
    last boolean not null,
    subject text collate "C" not null,
    claims text not null,
    correlation_id text not null,
    trace_parent text not null,
    unique (category, entity, version)
);
create index events_of_subject on events (subject, position);
create index events_of_command on events (command_position);

-- Appends the events of many commands and moves the progress that they make, or refuses the batch:
-- 'fenced' with the numbers (from 1) of the moves at fault, 'conflict' with those of the streams.
-- `stream_versions` is the version that the batch builds on, for each stream that it appends to.
-- One call is one transaction; lock and snapshots as in append_commands.
create function append_events(
    move_categories text[],
    move_partitions integer[],
    move_epochs bigint[],
    move_froms bigint[],
    move_tos bigint[],
    stream_categories text[],
    stream_entities text[],
    stream_versions bigint[],
    categories text[],
    entities text[],
    versions bigint[],
    types text[],
    datas text[],
    times_us bigint[],
    command_ids uuid[],
    command_positions bigint[],
    ordinals integer[],
    lasts boolean[],
    subjects text[],
    all_claims text[],
    correlation_ids text[],
    trace_parents text[],
    out kind text, out head bigint, out refused integer[]
)
language plpgsql volatile
as $$
begin
    perform pg_advisory_xact_lock(hashtext('antiphon.events'));

    select array_agg(m.n) into refused
    from unnest(move_categories, move_partitions, move_epochs, move_froms)
        with ordinality as m (category, partition, epoch, from_position, n)
    where m.from_position <> coalesce((
            select p.position from partition_progress p
            where p.category = m.category and p.partition = m.partition
            order by p.position desc limit 1
        ), 0)
        or not exists (
            select from partition_epochs e
            where e.category = m.category and e.partition = m.partition and e.epoch = m.epoch
        );
    if refused is not null then
        kind := 'fenced';
        return;
    end if;

    select array_agg(s.n) into refused
    from unnest(stream_categories, stream_entities, stream_versions)
        with ordinality as s (category, entity, version, n)
    where s.version <> coalesce((
        select e.version from events e
        where e.category = s.category and e.entity = s.entity
        order by e.version desc limit 1
    ), 0);
    if refused is not null then
        kind := 'conflict';
        return;
    end if;

    select greatest(l.floor, (select e.position from events e order by e.position desc limit 1))
        into head from logs l where l.name = 'events';

    insert into events
    select head + b.n, b.category, b.entity, b.version, b.type, b.data,
        timestamptz 'epoch' + b.time_us * interval '1 microsecond', b.command_id,
        b.command_position, b.ordinal, b.last, b.subject, b.claims, b.correlation_id, b.trace_parent
    from unnest(
        categories, entities, versions, types, datas, times_us, command_ids, command_positions,
        ordinals, lasts, subjects, all_claims, correlation_ids, trace_parents
    ) with ordinality as b (
        category, entity, version, type, data, time_us, command_id, command_position, ordinal, last,
        subject, claims, correlation_id, trace_parent, n
    );

    insert into partition_progress
    select m.category, m.partition, m.to_position
    from unnest(move_categories, move_partitions, move_froms, move_tos)
        as m (category, partition, from_position, to_position)
    where m.to_position <> m.from_position;

    kind := 'appended';
    head := head + cardinality(categories);
end
$$;
