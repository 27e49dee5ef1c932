-- A user is issuer and subject together, and the event log believes no writer about commands.
--
-- Until now `sub` alone was the user, and whoever appended events said whose they were. Stored rows
-- get the issuer that their claims name; a worker or gateway of an older build may run beside newer
-- ones, since its calls keep working, below.
create function issuer_in(claims text) returns text
language plpgsql immutable
as $$
begin
    return case when json_typeof(claims::json -> 'iss') = 'string' then claims::json ->> 'iss'
        else '' end;
exception when data_exception then  -- "\u0000" somewhere in the claims, which is no text here
    return '';
end
$$;

alter table commands add column issuer text collate "C" not null default '';
alter table events add column issuer text collate "C" not null default '';
update commands set issuer = issuer_in(claims) where claims like '%"iss"%';
update events set issuer = issuer_in(claims) where claims like '%"iss"%';

create index events_of_user on events (subject, issuer, position);
drop index events_of_subject;

-- As in 0002, and with the issuers.
create function append_commands(
    ids uuid[],
    fingerprints text[],
    categories text[],
    entities text[],
    entity_hashes integer[],
    names text[],
    datas text[],
    issuers text[],
    subjects text[],
    all_claims text[],
    correlation_ids text[],
    trace_parents text[],
    expected_versions bigint[],
    times_us bigint[]
) returns table (
    kind text, log_position bigint, cursor_incarnation bigint, cursor_position bigint,
    correlation_id text
)
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    head bigint;
    events_incarnation bigint;
    events_head bigint;
begin
    perform pg_advisory_xact_lock(hashtext('antiphon.commands'));
    select greatest(l.floor, (select c.position from commands c order by c.position desc limit 1))
        into head from logs l where l.name = 'commands';
    select l.incarnation,
        greatest(l.floor, (select e.position from events e order by e.position desc limit 1))
        into events_incarnation, events_head from logs l where l.name = 'events';

    insert into commands
    select head + row_number() over (order by b.n), b.id, b.fingerprint, b.category, b.entity,
        b.entity_hash, b.name, b.data, b.subject, b.claims, b.correlation_id, b.trace_parent,
        b.expected_version, events_incarnation, events_head,
        timestamptz 'epoch' + b.time_us * interval '1 microsecond', b.issuer
    from (
        select distinct on (u.id) u.* from unnest(
            ids, fingerprints, categories, entities, entity_hashes, names, datas, issuers, subjects,
            all_claims, correlation_ids, trace_parents, expected_versions, times_us
        ) with ordinality as u (
            id, fingerprint, category, entity, entity_hash, name, data, issuer, subject,
            claims, correlation_id, trace_parent, expected_version, time_us, n
        )
        order by u.id, u.n
    ) b
    where not exists (select from commands c where c.id = b.id);

    return query
    select
        case
            when c.fingerprint <> b.fingerprint then 'mismatched'
            when c.position > head and row_number() over (partition by b.id order by b.n) = 1
                then 'accepted'
            else 'repeated'
        end,
        c.position, c.cursor_incarnation, c.cursor_position, c.correlation_id
    from unnest(ids, fingerprints) with ordinality as b (id, fingerprint, n)
    join commands c on c.id = b.id
    order by b.n;
end
$$;

-- The call of builds before this one, whose claims always name the issuer.
create or replace function append_commands(
    ids uuid[],
    fingerprints text[],
    categories text[],
    entities text[],
    entity_hashes integer[],
    names text[],
    datas text[],
    subjects text[],
    all_claims text[],
    correlation_ids text[],
    trace_parents text[],
    expected_versions bigint[],
    times_us bigint[]
) returns table (
    kind text, log_position bigint, cursor_incarnation bigint, cursor_position bigint,
    correlation_id text
)
language sql volatile
as $$
    select * from append_commands(
        ids, fingerprints, categories, entities, entity_hashes, names, datas,
        array(
            select issuer_in(u.claims) from unnest(all_claims) with ordinality as u (claims, n)
            order by u.n
        ),
        subjects, all_claims, correlation_ids, trace_parents, expected_versions, times_us
    )
$$;

-- As in 0004; but user, correlation and trace of an event are those of its command, as the command
-- log has it. A command that is not there, or is of another stream, and progress beyond the end of
-- the command log are nothing that a sound worker writes: an error, and nothing is written.
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
    out kind text, out head bigint, out refused integer[]
)
language plpgsql volatile
as $$
declare
    commands_head bigint;
    written bigint;
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

    select greatest(l.floor, (select c.position from commands c order by c.position desc limit 1))
        into commands_head from logs l where l.name = 'commands';
    if exists (select from unnest(move_tos) as m (to_position) where m.to_position > commands_head)
    then
        raise exception 'the command log ends at %: progress beyond it is refused', commands_head;
    end if;

    select greatest(l.floor, (select e.position from events e order by e.position desc limit 1))
        into head from logs l where l.name = 'events';

    insert into events
    select head + b.n, b.category, b.entity, b.version, b.type, b.data,
        timestamptz 'epoch' + b.time_us * interval '1 microsecond', c.id, c.position, b.ordinal,
        b.last, c.subject, c.claims, c.correlation_id, c.trace_parent, c.issuer
    from unnest(
        categories, entities, versions, types, datas, times_us, command_ids, command_positions,
        ordinals, lasts
    ) with ordinality as b (
        category, entity, version, type, data, time_us, command_id, command_position, ordinal, last,
        n
    )
    join commands c on c.position = b.command_position and c.id = b.command_id
        and (c.category = b.category and c.entity = b.entity
            or b.category = '$command' and b.entity = c.id::text);
    get diagnostics written = row_count;
    if written <> cardinality(categories) then
        raise exception 'events of commands that are not in the command log are refused';
    end if;

    insert into partition_progress
    select m.category, m.partition, m.to_position
    from unnest(move_categories, move_partitions, move_froms, move_tos)
        as m (category, partition, from_position, to_position)
    where m.to_position <> m.from_position;

    kind := 'appended';
    head := head + cardinality(categories);
end
$$;

-- The call of builds before this one.
create or replace function append_events(
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
language sql volatile
as $$
    select * from append_events(
        move_categories, move_partitions, move_epochs, move_froms, move_tos, stream_categories,
        stream_entities, stream_versions, categories, entities, versions, types, datas, times_us,
        command_ids, command_positions, ordinals, lasts
    )
$$;
