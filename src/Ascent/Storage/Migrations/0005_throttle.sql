-- How often what is counted failed of late. subject: the beginning of an HMAC of kind and name, so that the table is no list of
-- users. A row counts until window_ends, or until locked_until where all its attempts are taken; locked_at is there once the
-- last of them was found wrong. allowed and lockout (microseconds) are the limits it was counted by. method, identity_id and
-- address tell administrators what a lock is about, and are empty before one.
create table throttle (
    nid {uuid} not null references tenant (id),
    subject {uuid} not null,
    kind text not null,
    failures integer not null,
    allowed integer not null,
    lockout bigint not null,
    window_ends bigint not null,
    locked_until bigint,
    locked_at bigint,
    method text,
    identity_id {uuid},
    address text,
    primary key (nid, subject)
);
create index throttle_window on throttle (nid, window_ends);
create index throttle_lock on throttle (nid, locked_until) where locked_until is not null;
