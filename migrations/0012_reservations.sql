-- Keys that no two aggregates of a category may have at the same time: an e-mail, a user name. They
-- are taken and freed in the transaction of the event that does so, under the log's lock, so no two
-- workers can give one away twice. Events that reserve nothing cost nothing here.
create table reservations (
    category text collate "C",
    scope text collate "C",
    key text collate "C",
    entity text collate "C" not null,  -- whose it is
    position bigint not null,  -- of the event that took it; 0: `antiphon reserve` did
    primary key (category, scope, key)
);
create index reservations_of_entity on reservations (category, entity);

-- What becomes of the keys that a batch takes and frees, in its order: a row for each time that one
-- is taken, with who takes it, by which event (from 1) and whether it is freed before it is taken
-- again. Who had it before is the first, by event 0. What another has is not freed.
create function turns_of_keys(
    categories text[],
    entities text[],
    key_events integer[],
    key_takes boolean[],
    key_scopes text[],
    keys text[]
) returns table (
    category text, scope text, key text, turn bigint, entity text, event integer, freed boolean
)
language sql stable
as $$
    with changes as materialized (
        select c.n, c.event, categories[c.event] as category, entities[c.event] as entity, c.takes,
            c.scope, c.key
        from unnest(key_events, key_takes, key_scopes, keys)
            with ordinality as c (event, takes, scope, key, n)
    ),
    all_changes as (
        select * from changes
        union all
        select 0, 0, r.category, r.entity, true, r.scope, r.key from reservations r
        where (r.category, r.scope, r.key) in (select c.category, c.scope, c.key from changes c)
    ),
    in_turns as (
        select a.*, count(*) filter (where a.takes) over k as turn
        from all_changes a window k as (partition by a.category, a.scope, a.key order by a.n)
    ),
    with_takers as (
        select t.*, first_value(t.entity) over k as taker, first_value(t.event) over k as taken_by
        from in_turns t
        where t.turn > 0  -- before that, nobody has it
        window k as (partition by t.category, t.scope, t.key, t.turn order by t.n)
    )
    select w.category, w.scope, w.key, w.turn, w.taker, w.taken_by,
        bool_or(not w.takes and w.entity = w.taker)
    from with_takers w
    group by w.category, w.scope, w.key, w.turn, w.taker, w.taken_by
$$;

-- As the one of 0010, and with the keys that the events take and free: `key_events` says which
-- event (from 1), its changes in their order. 'taken': one takes what another has at that place.
-- `held` then tells who had what the batch wants before it: category, scope, key and entity, each
-- on a line.
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
    recipients text[],
    key_events integer[],
    key_takes boolean[],
    key_scopes text[],
    keys text[],
    out kind text, out head bigint, out refused integer[], out held text[]
)
language plpgsql volatile
as $$
declare
    reserves constant boolean := cardinality(key_events) > 0;
begin
    if reserves then
        perform pg_advisory_xact_lock(hashtext('antiphon.events'));
        if exists (
            select from (
                select t.entity, lag(case when not t.freed then t.entity end) over (
                    partition by t.category, t.scope, t.key order by t.turn
                ) as had
                from turns_of_keys(categories, entities, key_events, key_takes, key_scopes, keys) t
            ) t
            where t.had <> t.entity
        ) then
            kind := 'taken';
            select coalesce(array_agg(concat_ws(E'\n', r.category, r.scope, r.key, r.entity)), '{}')
            into held
            from reservations r
            where (r.category, r.scope, r.key) in (
                select categories[c.event], c.scope, c.key
                from unnest(key_events, key_takes, key_scopes, keys) as c (event, takes, scope, key)
                where c.takes
            );
            return;
        end if;
    end if;

    select a.kind, a.head, a.refused into kind, head, refused from append_events(
        move_categories, move_partitions, move_epochs, move_froms, move_tos, stream_categories,
        stream_entities, stream_versions, categories, entities, versions, types, datas, times_us,
        command_ids, command_positions, ordinals, lasts, recipients
    ) a;

    if reserves and kind = 'appended' then
        with last as materialized (
            select distinct on (t.category, t.scope, t.key) t.*
            from turns_of_keys(categories, entities, key_events, key_takes, key_scopes, keys) t
            order by t.category, t.scope, t.key, t.turn desc
        ),
        freed as (
            delete from reservations r using last l
            where l.freed and (r.category, r.scope, r.key) = (l.category, l.scope, l.key)
        )
        insert into reservations
        select l.category, l.scope, l.key, l.entity, head - cardinality(categories) + l.event
        from last l
        where not l.freed and l.event > 0
        on conflict (category, scope, key)
            do update set entity = excluded.entity, position = excluded.position;
    end if;
end
$$;

-- What these streams have reserved becomes what is told of them, for a rule that is newer than
-- their events. A stream that is not at the version told is left as it is, and a key that another
-- has is left to that one: both are told, the first without a key.
create function reserve_anew(
    of_category text,
    entities text[],
    versions bigint[],
    key_entities text[],
    key_scopes text[],
    keys text[]
) returns table (entity text, scope text, key text, holder text)
language plpgsql volatile
as $$
#variable_conflict use_column
declare
    moved text[];
begin
    perform pg_advisory_xact_lock(hashtext('antiphon.events'));
    select coalesce(array_agg(s.entity), '{}') into moved
    from unnest(entities, versions) as s (entity, version)
    where s.version <> coalesce((
        select e.version from events e
        where e.category = of_category and e.entity = s.entity
        order by e.version desc limit 1
    ), 0);

    delete from reservations r
    where r.category = of_category and r.entity = any (entities) and r.entity <> all (moved)
        and (r.entity, r.scope, r.key) not in (
            select k.entity, k.scope, k.key
            from unnest(key_entities, key_scopes, keys) as k (entity, scope, key)
        );

    insert into reservations
    select of_category, k.scope, k.key, k.entity, 0
    from unnest(key_entities, key_scopes, keys) as k (entity, scope, key)
    where k.entity <> all (moved)
    on conflict do nothing;

    return query
    select m.entity, null, null, null from unnest(moved) as m (entity)
    union all
    select k.entity, k.scope, k.key, r.entity
    from unnest(key_entities, key_scopes, keys) as k (entity, scope, key)
    join reservations r
        on (r.category, r.scope, r.key) = (of_category, k.scope, k.key) and r.entity <> k.entity
    where k.entity <> all (moved);
end
$$;
