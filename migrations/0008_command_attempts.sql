-- Commands that took down who tried them, so that another process, or the next, does not begin anew
-- with counting; and those that an operator wants skipped. A row goes when the command is answered.
create table command_attempts (
    command_position bigint primary key,
    attempts integer not null,
    skip boolean not null,
    code text not null,   -- of the first attempt, and
    reason text not null  -- what was seen of it; for operators only
);

-- One more try of this command; what was seen of the first one is kept.
create function add_attempt(of_position bigint, with_code text, because text) returns void
language plpgsql volatile
as $$
begin
    insert into command_attempts as a values (of_position, 1, false, with_code, because)
    on conflict (command_position) do update set
        attempts = a.attempts + 1,
        code = case when a.attempts = 0 then excluded.code else a.code end,
        reason = case when a.attempts = 0 then excluded.reason else a.reason end;
end
$$;

-- Whether there is such a command, and whether it has still to be answered; then it is marked.
create function skip_command(of_id uuid, out known boolean, out pending boolean)
language plpgsql volatile
as $$
declare
    at_position bigint;
begin
    select c.position into at_position from commands c where c.id = of_id;
    known := found;
    pending := known
        and not exists (select from events e where e.command_position = at_position);
    if pending then
        insert into command_attempts values (at_position, 0, true, '', '')
        on conflict (command_position) do update set skip = true;
    end if;
end
$$;

-- Those that are not answered yet, with what they are. Each of the few is looked up by itself, by
-- subqueries with a limit, of which the planner makes no join: while this table is empty, it takes
-- it for a long one, and would walk through both logs, once a second.
create function open_attempts() returns table (
    command_position bigint, category text, entity text, attempts integer, skip boolean, code text,
    reason text
)
language sql stable
as $$
    select a.command_position, c.category, c.entity, a.attempts, a.skip, a.code, a.reason
    from command_attempts a
    cross join lateral (
        select c.category, c.entity from commands c where c.position = a.command_position limit 1
    ) c
    where (
        select true from events e where e.command_position = a.command_position limit 1
    ) is null
    order by a.command_position
$$;

create function prune_attempts() returns void
language plpgsql volatile
as $$
begin
    delete from command_attempts a where (
        select true from events e where e.command_position = a.command_position limit 1
    );
end
$$;
