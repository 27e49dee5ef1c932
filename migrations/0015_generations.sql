-- The number of partitions may change while everything runs: each change begins a generation, in
-- one transaction, in which whoever worked for the one before is fenced (ADR 27).
alter table logs add column generation bigint not null default 1;
-- Where the log of commands ended then: of what stands at or below it, some was done before, in
-- other partitions.
alter table logs add column generation_begun bigint not null default 0;

-- As fix_partitions, and answers with the number that is in force, whatever was wanted.
create function first_partitions(wanted integer) returns integer
language plpgsql volatile
as $$
begin
    if exists (select from logs l where l.partitions is null) then
        update logs set partitions = wanted where partitions is null;
    end if;
    return (select l.partitions from logs l where l.name = 'commands');
end
$$;

-- What builds before this one call, each second. They know of no generations and would read a
-- record, or a command log, by partitions that are no more; so once there has been another one,
-- they are told a number that nobody can have set, and end.
create or replace function fix_partitions(wanted integer) returns integer
language plpgsql volatile
as $$
begin
    return (
        select case when l.generation = 1 then first_partitions(wanted) else 0 end
        from logs l where l.name = 'commands'
    );
end
$$;

-- As in 0003, in the generation that is named; nothing where another one is in force.
create function claim_partitions(
    categories text[],
    partitions integer[],
    of_generation bigint,
    of_partitions integer,
    since bigint
) returns table (category text, partition integer, epoch bigint, done bigint)
language plpgsql volatile
as $$
#variable_conflict use_column
begin
    perform pg_advisory_xact_lock(hashtext('antiphon.events'));
    if not exists (
        select from logs l
        where l.name = 'commands' and l.generation = of_generation
            and l.generation_begun = since and coalesce(l.partitions, of_partitions) = of_partitions
    ) then
        return;
    end if;
    return query
    with claimed as (
        insert into partition_epochs as e
        select b.category, b.partition, 1
        from unnest(categories, partitions) as b (category, partition)
        on conflict on constraint partition_epochs_pkey do update set epoch = e.epoch + 1
        returning e.category, e.partition, e.epoch
    )
    select c.category, c.partition, c.epoch, coalesce((
        select p.position from partition_progress p
        where p.category = c.category and p.partition = c.partition
        order by p.position desc limit 1
    ), 0)
    from unnest(categories, partitions) with ordinality as b (category, partition, n)
    join claimed c on c.category = b.category and c.partition = b.partition
    order by b.n;
end
$$;

-- The calls of builds before this one, which belong to the first generation.
create or replace function claim_partitions(categories text[], partitions integer[])
returns table (category text, partition integer, epoch bigint, done bigint)
language plpgsql volatile
as $$
begin
    if exists (select from logs l where l.generation > 1) then
        raise exception 'the number of partitions was changed: use a newer program';
    end if;
    return query
    select c.* from logs l
    cross join lateral claim_partitions(
        claim_partitions.categories, claim_partitions.partitions, 1, coalesce(l.partitions, 0), 0
    ) c
    where l.name = 'commands';
end
$$;

-- As acquire_lease of 0009, for a relay that asks which generation it is.
create function take_lease(of_log text, by_holder text, ttl_ms bigint) returns bigint
language plpgsql volatile
as $$
declare
    taken bigint;
begin
    insert into relay_leases as l (log, epoch, holder, expires_at)
    values (of_log, 1, by_holder, clock_timestamp() + ttl_ms * interval '1 millisecond')
    on conflict (log) do update set
        epoch = l.epoch + 1, holder = excluded.holder, expires_at = excluded.expires_at
    where l.holder = excluded.holder or l.expires_at <= clock_timestamp()
        or l.expires_at > clock_timestamp() + ttl_ms * interval '1 millisecond'
    returning l.epoch into taken;
    return taken;
end
$$;

create or replace function acquire_lease(of_log text, by_holder text, ttl_ms bigint) returns bigint
language plpgsql volatile
as $$
begin
    if exists (select from logs l where l.generation > 1) then
        raise exception 'the number of partitions was changed: use a newer program';
    end if;
    return take_lease(of_log, by_holder, ttl_ms);
end
$$;

-- Begins the generation behind `after`. 'another': that is not in force. 'behind': the commands
-- from the oldest that is still to be done on are more than `reach_max`; they are read here, under
-- the locks of both logs. `topic_prefix`: what the topics of commands begin with.
create function begin_generation(
    after bigint,
    wanted integer,
    topic_prefix text,
    reach_max bigint
) returns text
language plpgsql volatile
as $$
declare
    head bigint;
    oldest bigint;
    newest_epoch bigint;
    sent relay_checkpoints;
    open_categories text[];
    open_partitions integer[];
    open_firsts bigint[];
    open_lasts bigint[];
begin
    perform pg_advisory_xact_lock(hashtext('antiphon.commands'));
    perform pg_advisory_xact_lock(hashtext('antiphon.events'));
    if not exists (
        select from logs l
        where l.name = 'commands' and l.generation = after and l.partitions is not null
    ) then
        return 'another';
    end if;

    -- No relay saves a checkpoint while its lease is held here.
    perform l.epoch from relay_leases l for update;
    select * into sent from relay_checkpoints c
    where c.log = 'commands' order by c.number desc limit 1;

    -- A partition that has done all that was sent to it has nothing to do up to the checkpoint.
    select least(coalesce(sent.position, 0), min(d.done)) into oldest
    from unnest(sent.topics, sent.partitions, sent.positions) as m (topic, partition, position)
    cross join lateral (
        select coalesce((
            select p.position from partition_progress p
            where p.category = substr(m.topic, length(topic_prefix) + 1)
                and p.partition = m.partition
            order by p.position desc limit 1
        ), 0) as done
    ) d
    where d.done < m.position;
    select greatest(l.floor, (select c.position from commands c order by c.position desc limit 1))
        into head from logs l where l.name = 'commands';
    if head - oldest > reach_max then
        return 'behind';
    end if;

    -- Each is looked up by itself, as in open_attempts() of 0008.
    select array_agg(o.category), array_agg(o.partition), array_agg(o.first), array_agg(o.last)
        into open_categories, open_partitions, open_firsts, open_lasts
    from (
        select c.category, c.entity_hash % wanted as partition, min(c.position) as first,
            max(c.position) filter (where c.position <= sent.position) as last
        from commands c
        where c.position > oldest and (
            select true from events e where e.command_position = c.position limit 1
        ) is null
        group by 1, 2
    ) o;

    -- Also those that will be no more: were there as many once again, an owner of today would know
    -- their epochs.
    select coalesce(max(e.epoch), 0) + 1 into newest_epoch from partition_epochs e;
    update partition_epochs set epoch = newest_epoch;
    insert into partition_epochs
    select c.category, n.n, newest_epoch
    from (
        select e.category from partition_epochs e
        union
        select o.category from unnest(open_categories) as o (category)
    ) c
    cross join generate_series(0, wanted - 1) as n (n)
    on conflict do nothing;

    delete from partition_progress;
    insert into partition_progress
    select e.category, e.partition, coalesce(o.first - 1, head)
    from partition_epochs e
    left join unnest(open_categories, open_partitions, open_firsts)
        as o (category, partition, first) using (category, partition)
    where e.partition < wanted;

    insert into relay_checkpoints
        (log, position, cluster_id, topics, partitions, positions, offsets)
    select sent.log, sent.position, sent.cluster_id,
        coalesce(array_agg(topic_prefix || o.category), '{}'),
        coalesce(array_agg(o.partition), '{}'), coalesce(array_agg(o.last), '{}'),
        coalesce(array_agg(-1::bigint), '{}')
    from unnest(open_categories, open_partitions, open_lasts) as o (category, partition, last)
    where o.last is not null
    having sent.log is not null;
    insert into relay_checkpoints
        (log, position, cluster_id, topics, partitions, positions, offsets)
    select c.log, c.position, c.cluster_id, '{}', '{}', '{}', '{}'
    from relay_checkpoints c where c.log = 'events' order by c.number desc limit 1;

    update relay_leases set epoch = epoch + 1, expires_at = '-infinity';
    update logs
    set partitions = wanted, generation = generation + 1, generation_begun = head;
    return 'begun';
end
$$;
