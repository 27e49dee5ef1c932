-- Commands that failed, for the operator: in which order, why, and what became of them. Their users
-- are told a code only.
alter table commands add column causation_id text collate "C" not null default '';

create table dead_letters (
    command_position bigint primary key,
    event_position bigint unique,    -- of its outcome; null: it is about to be stored
    stream_version bigint,           -- of its aggregate, then
    attempts integer not null,       -- 0: not known
    reason text not null,            -- what was seen of the first one
    state text not null default 'open' check (state in ('open', 'retried', 'dropped')),
    retried_as uuid
);

create index unstored_dead_letters on dead_letters (command_position)
    where event_position is null;

-- Those that are about to be answered, before they are. So that is in no statement that is measured
-- in microseconds, and what is not answered after all is explained again.
create function explain_failures(positions bigint[], of_attempts integer[], reasons text[])
returns void
language sql volatile
as $$
    insert into dead_letters as d (command_position, attempts, reason)
    select f.position, f.attempts, f.reason
    from unnest(positions, of_attempts, reasons) as f (position, attempts, reason)
    on conflict (command_position) do update set
        attempts = excluded.attempts, reason = excluded.reason
    where d.event_position is null
$$;

-- The version that the aggregate of a command had when an event of that position was stored.
create function version_before(of_command bigint, of_event bigint) returns bigint
language sql stable
as $$
    select coalesce((
        select e.version from events e
        where e.category = c.category and e.entity = c.entity and e.position < of_event
        order by e.version desc limit 1
    ), 0)
    from commands c where c.position = of_command
$$;

-- Whoever stores the outcome, a worker of a build before this one, too.
create function note_dead_letter() returns trigger
language plpgsql
as $$
begin
    insert into dead_letters as d
        (command_position, event_position, stream_version, attempts, reason)
    values (
        new.command_position, new.position,
        version_before(new.command_position, new.position), 0, ''
    )
    on conflict (command_position) do update set
        event_position = excluded.event_position, stream_version = excluded.stream_version;
    return null;
end
$$;

create trigger dead_letters after insert on events
    for each row when (new.category = '$command' and new.type = 'failed')
    execute function note_dead_letter();

insert into dead_letters (command_position, event_position, stream_version, attempts, reason)
select e.command_position, e.position, version_before(e.command_position, e.position), 0, ''
from events e
where e.category = '$command' and e.type = 'failed';

-- Its command once more, as another one under that id, in the order of now. The answer is the
-- state that it had: nothing is done unless that is 'open'. Null: there is no such dead letter.
create function retry_dead_letter(of_id uuid, as_id uuid) returns text
language plpgsql volatile
as $$
declare
    letter dead_letters;
    failed commands;
begin
    select c.* into failed from commands c where c.id = of_id;
    select d.* into letter from dead_letters d
    where d.command_position = failed.position and d.event_position is not null
    for update;
    if letter.state is distinct from 'open' then
        return letter.state;
    end if;
    perform append_commands(
        array[as_id], array[failed.fingerprint], array[failed.category], array[failed.entity],
        array[failed.entity_hash], array[failed.name], array[failed.data], array[failed.issuer],
        array[failed.subject], array[failed.claims], array[failed.correlation_id],
        array[failed.trace_parent], array[failed.expected_version],
        array[(extract(epoch from clock_timestamp()) * 1000000)::bigint]
    );
    update commands set causation_id = of_id::text where id = as_id;
    update dead_letters set state = 'retried', retried_as = as_id
    where command_position = failed.position;
    return 'open';
end
$$;

-- As the one above: nobody is to look at it any more.
create function drop_dead_letter(of_id uuid) returns text
language plpgsql volatile
as $$
declare
    was text;
    at_position bigint;
begin
    select d.state, d.command_position into was, at_position
    from dead_letters d join commands c on c.position = d.command_position
    where c.id = of_id and d.event_position is not null
    for update of d;
    if was = 'open' then
        update dead_letters set state = 'dropped' where command_position = at_position;
    end if;
    return was;
end
$$;

-- Of what was explained and then answered otherwise, nothing is left.
create or replace function prune_attempts() returns void
language plpgsql volatile
as $$
begin
    delete from command_attempts a where (
        select true from events e where e.command_position = a.command_position limit 1
    );
    delete from dead_letters d where d.event_position is null and (
        select true from events e where e.command_position = d.command_position limit 1
    );
end
$$;

-- The log begins another life: what readers know of it from before is not believed any more.
create function raise_incarnation() returns bigint
language plpgsql volatile
as $$
begin
    perform pg_advisory_xact_lock(hashtext('antiphon.commands'));
    perform pg_advisory_xact_lock(hashtext('antiphon.events'));
    update logs set incarnation = incarnation + 1;
    return (select l.incarnation from logs l where l.name = 'events');
end
$$;
