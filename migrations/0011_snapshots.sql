-- What long streams come to, so that they need not be folded from their first event on. A cache:
-- whoever deletes rows here loses time, once.
create table snapshots (
    category text collate "C",
    entity text collate "C",
    form text collate "C",        -- of its state: see domain::Aggregate::state_form
    version bigint not null,
    last_event text not null,     -- the id of the event at that version,
    incarnation bigint not null,  -- in this life of the log
    state text not null,          -- all of it as JSON
    primary key (category, entity, form)
);

-- Is the log in that life, and has it that event? A log that was restored may have another one
-- there, or the same after others. The limit keeps the planner from walking through the log.
create function snapshot_stands(s snapshots) returns boolean
language sql stable
as $$
    select exists (select from logs l where l.name = 'events' and l.incarnation = s.incarnation)
        and coalesce((
            select e.command_id || '-' || e.ordinal = s.last_event from events e
            where e.category = s.category and e.entity = s.entity and e.version = s.version
            limit 1
        ), false)
$$;

-- Those of these streams, each with the form that is asked for, that stand; as many as take at most
-- so many bytes.
create function find_snapshots(of_categories text[], of_entities text[], of_forms text[],
    bytes_max bigint) returns setof snapshots
language sql stable
as $$
    select (f.found).*
    from (
        select b.n, s as found, sum(octet_length(s.state)) over (order by b.n) as bytes
        from unnest(of_categories, of_entities, of_forms)
            with ordinality as b (category, entity, form, n)
        cross join lateral (
            select k.* from snapshots k
            where k.category = b.category and k.entity = b.entity and k.form = b.form
            limit 1
        ) s
        where snapshot_stands(s)
    ) f
    where f.bytes <= bytes_max
    order by f.n
$$;

-- In place of an older one. Of a stream those of two forms are kept, the ones that came furthest.
create function save_snapshot(
    of_category text,
    of_entity text,
    of_form text,
    at_version bigint,
    of_event text,
    of_incarnation bigint,
    with_state text
) returns void
language plpgsql volatile
as $$
declare
    fresh snapshots := (
        of_category, of_entity, of_form, at_version, of_event, of_incarnation, with_state
    );
begin
    if not snapshot_stands(fresh) then
        return;
    end if;
    delete from snapshots s
    where s.category = of_category and s.entity = of_entity and not snapshot_stands(s);
    insert into snapshots as s values (fresh.*)
    on conflict (category, entity, form) do update set
        version = excluded.version, last_event = excluded.last_event,
        incarnation = excluded.incarnation, state = excluded.state
    where s.version < excluded.version;
    delete from snapshots s
    where s.category = of_category and s.entity = of_entity and s.form not in (
        select k.form from snapshots k
        where k.category = of_category and k.entity = of_entity
        order by k.version desc, k.form limit 2
    );
end
$$;
