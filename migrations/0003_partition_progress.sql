-- Who owns each partition of the commands, and how far it is done: it fences who was replaced.
create table partition_epochs (
    category text collate "C",
    partition integer,
    epoch bigint not null,
    primary key (category, partition)
);

-- One row for each move, never updated: a row that every append updates becomes a long chain of
-- dead ones as soon as one old snapshot is open. The newest of a partition counts; the others are
-- pruned.
create table partition_progress (
    category text collate "C",
    partition integer,
    position bigint,
    primary key (category, partition, position)
);

-- Raises the epoch of each, under the lock of the events: an append that is under way is seen to
-- its end, and a later one of an earlier owner is refused.
create function claim_partitions(categories text[], partitions integer[])
returns table (category text, partition integer, epoch bigint, done bigint)
language plpgsql volatile
as $$
#variable_conflict use_column
begin
    perform pg_advisory_xact_lock(hashtext('antiphon.events'));
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
