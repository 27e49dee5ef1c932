-- What a process writes besides the two logs, as functions: the role that runs Antiphon may call
-- them and read, and write by no other way (ADR 15).

-- Progress only grows, so whatever lies below a row that is there is no longer the newest. The
-- newest of a partition is looked for once, not once for each row below it.
create function prune_progress() returns void
language plpgsql volatile
as $$
begin
    with newest as materialized (
        select e.category, e.partition, (
            select p.position from partition_progress p
            where p.category = e.category and p.partition = e.partition
            order by p.position desc limit 1
        ) as position
        from partition_epochs e
    )
    delete from partition_progress p using newest n
    where p.category = n.category and p.partition = n.partition and p.position < n.position;
end
$$;

-- The lease's new epoch, or null while it is another's. A lease that ends later than a new one
-- would was given before the clock went back. The clock is read again there: the row may have been
-- waited for while its holder renewed it.
create function acquire_lease(of_log text, by_holder text, ttl_ms bigint) returns bigint
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

-- False: the lease is another's. Comes every few seconds, so it is also the time to forget all
-- checkpoints but the newest.
create function renew_lease(of_log text, of_epoch bigint, ttl_ms bigint) returns boolean
language plpgsql volatile
as $$
begin
    update relay_leases
    set expires_at = clock_timestamp() + ttl_ms * interval '1 millisecond'
    where log = of_log and epoch = of_epoch;
    if not found then
        return false;
    end if;
    delete from relay_checkpoints c where c.log = of_log and c.number < (
        select n.number from relay_checkpoints n where n.log = of_log order by n.number desc limit 1
    );
    return true;
end
$$;

create function release_lease(of_log text, of_epoch bigint) returns void
language plpgsql volatile
as $$
begin
    update relay_leases set expires_at = '-infinity' where log = of_log and epoch = of_epoch;
end
$$;

-- False: the lease is another's. The row lock on it makes a save and an acquire wait for each
-- other.
create function save_checkpoint(
    of_log text,
    of_epoch bigint,
    at_position bigint,
    of_cluster text,
    sent_topics text[],
    sent_partitions integer[],
    sent_positions bigint[],
    sent_offsets bigint[]
) returns boolean
language plpgsql volatile
as $$
begin
    insert into relay_checkpoints
        (log, position, cluster_id, topics, partitions, positions, offsets)
    select log, at_position, of_cluster, sent_topics, sent_partitions, sent_positions, sent_offsets
    from (select log from relay_leases where log = of_log and epoch = of_epoch for share) lease;
    return found;
end
$$;
