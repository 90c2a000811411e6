-- As for PostgreSQL; and how selective the index is, as SQLite's planner is told of every other one.
create table schema_copy (
    nid {uuid} not null,
    url_hash text not null,
    content text not null,
    fetched_at bigint not null,
    primary key (nid, url_hash)
);
insert into sqlite_stat1 (tbl, idx, stat) values ('schema_copy', 'sqlite_autoindex_schema_copy_1', '1000000 1000000 1');
