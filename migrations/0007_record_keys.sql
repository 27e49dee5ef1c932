-- Records on Kafka are believed if they are signed with one of these keys; Kafka never sees one.
create table record_keys (
    number bigint generated always as identity primary key,
    id text collate "C" not null unique,
    secret bytea not null,
    made_at timestamptz not null
);

-- Makes a new key if there is none or the newest is as old as that, and then forgets all but the
-- newest `keep`. A key of the future is old: it was made before the clock went back. The secret is
-- made here, of 366 random bits, so that it passes through no statement that may be logged.
create function renew_record_keys(max_age_s bigint, keep bigint) returns void
language plpgsql volatile
as $$
declare
    newest timestamptz;
begin
    perform pg_advisory_xact_lock(hashtext('antiphon.record_keys'));
    select k.made_at into newest from record_keys k order by k.number desc limit 1;
    if newest > clock_timestamp() - max_age_s * interval '1 second'
        and newest <= clock_timestamp() then
        return;
    end if;
    insert into record_keys (id, secret, made_at) values (
        left(replace(gen_random_uuid()::text, '-', ''), 16),
        sha256(
            uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
            || uuid_send(gen_random_uuid())
        ),
        clock_timestamp()
    );
    delete from record_keys where number not in (
        select k.number from record_keys k order by k.number desc limit keep
    );
end
$$;

-- Over how many partitions keys are spread. A signed record says what lies between it and the one
-- before it in its partition, which is true for ever only if this never changes; the topics on
-- Kafka cannot be asked, since others may make them anew.
alter table logs add column partitions integer;

-- Fixed by the first process that starts.
create function fix_partitions(wanted integer) returns integer
language plpgsql volatile
as $$
begin
    if exists (select from logs l where l.partitions is null) then
        update logs set partitions = wanted where partitions is null;
    end if;
    return (select l.partitions from logs l where l.name = 'commands');
end
$$;
