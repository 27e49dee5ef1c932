-- How far each consumer group of the event log has come, and who reads for it: for whoever wants
-- every event since the beginning, and then the new ones.
create table subscriptions (
    name text collate "C" primary key,
    epoch bigint not null,        -- of its newest reader
    incarnation bigint not null,  -- of the log, when
    position bigint not null      -- this was taken
);

-- The newest reader from now on, and where it goes on. A new one begins at that place.
create function claim_subscription(
    of_name text, from_incarnation bigint, from_position bigint,
    out epoch bigint, out incarnation bigint, out log_position bigint
)
language sql volatile
as $$
    insert into subscriptions as s values (of_name, 1, from_incarnation, from_position)
    on conflict (name) do update set epoch = s.epoch + 1
    returning s.epoch, s.incarnation, s.position
$$;

-- False, and nothing changed: there is a newer reader.
create function advance_subscription(
    of_name text, of_epoch bigint, to_incarnation bigint, to_position bigint
) returns boolean
language plpgsql volatile
as $$
begin
    update subscriptions s set incarnation = to_incarnation, position = to_position
    where s.name = of_name and s.epoch = of_epoch;
    return found;
end
$$;

create function drop_subscription(of_name text) returns boolean
language plpgsql volatile
as $$
begin
    delete from subscriptions s where s.name = of_name;
    return found;
end
$$;
