-- Who claimed each partition last, for people to read. Empty: a build before this one did, or
-- nobody since it was made.
alter table partition_epochs add column holder text not null default '';

-- As in 0015, by whoever says its name.
create function claim_partitions(
    categories text[],
    partitions integer[],
    of_generation bigint,
    of_partitions integer,
    since bigint,
    by_holder text
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
        select b.category, b.partition, 1, by_holder
        from unnest(categories, partitions) as b (category, partition)
        on conflict on constraint partition_epochs_pkey do update
            set epoch = e.epoch + 1, holder = by_holder
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

-- The call of builds before this one.
create or replace function claim_partitions(
    categories text[],
    partitions integer[],
    of_generation bigint,
    of_partitions integer,
    since bigint
) returns table (category text, partition integer, epoch bigint, done bigint)
language sql volatile
as $$
    select * from claim_partitions(categories, partitions, of_generation, of_partitions, since, '')
$$;
