-- While a store is filled by `antiphon import`, nobody else works on it. What it brings, and how
-- far it is, stands here: one row, or none.
create table imports (
    one boolean primary key default true check (one),
    source text not null,
    beside bigint not null default 0,  -- rows beside the logs that are there; the logs tell theirs
    finished boolean not null default false  -- the store is open
);

-- Of triggers that there are only while an import is under way, so appends do not pay for it.
create function refuse_during_import() returns trigger
language plpgsql
as $$
begin
    raise exception 'an import is under way in this database: antiphon import goes on with it';
end
$$;
