-- What an operator may change of the two logs, since it cannot be read off their rows.
create table logs (
    name text primary key,
    -- Raised after a restore or fail-over that lost commits: positions handed out again are then
    -- never taken for the lost ones.
    incarnation bigint not null default 1,
    -- The last position that was moved to an archive; the next one is above it, whatever the table
    -- holds.
    floor bigint not null default 0
);
insert into logs (name) values ('commands'), ('events');
