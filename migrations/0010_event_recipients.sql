-- Who hears of an event besides the user whose command it was: an index for their streams, and for
-- the relay what it sends beyond the user. Most events have none, and cost nothing here.
create table event_recipients (
    recipient text collate "C",  -- a user: issuer, space, subject; see domain::user_key
    position bigint,
    primary key (recipient, position)
);
create index recipients_of_event on event_recipients (position);

-- As the one without recipients, and in the same transaction what they need. One text for each
-- event: its recipients, each on a line of its own; empty for none.
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
    out kind text, out head bigint, out refused integer[]
)
language plpgsql volatile
as $$
begin
    select a.kind, a.head, a.refused into kind, head, refused from append_events(
        move_categories, move_partitions, move_epochs, move_froms, move_tos, stream_categories,
        stream_entities, stream_versions, categories, entities, versions, types, datas, times_us,
        command_ids, command_positions, ordinals, lasts
    ) a;
    if kind = 'appended' and array_to_string(recipients, '') <> '' then
        insert into event_recipients
        select r.recipient, head - cardinality(recipients) + b.n
        from unnest(recipients) with ordinality as b (lines, n)
        cross join lateral string_to_table(b.lines, E'\n') as r (recipient)
        where b.lines <> '';
    end if;
end
$$;
