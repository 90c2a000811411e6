-- ui: the form as it is shown; data: what the flow's kind and its methods remember between two requests.
-- csrf: the SHA-256 of the anti-CSRF cookie's value that the flow belongs to; null for native flows.
create table flow (
    nid {uuid} not null references tenant (id),
    id {uuid} not null,
    kind text not null,
    type text not null,
    state text not null,
    active text,
    request_url text not null,
    return_to text,
    csrf text,
    identity_id {uuid},
    ui text not null,
    data text not null,
    submit_count integer not null,
    completed boolean not null,
    issued_at bigint not null,
    expires_at bigint not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (nid, id)
);
create index flow_expiry on flow (nid, expires_at);

-- What an error page shows.
create table flow_error (
    nid {uuid} not null references tenant (id),
    id {uuid} not null,
    error text not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (nid, id)
);
create index flow_error_age on flow_error (nid, created_at);

-- A form that waits until its sender has proven again who they are. payload is encrypted: it may hold a new password.
create table continuity (
    nid {uuid} not null references tenant (id),
    id {uuid} not null,
    name text not null,
    identity_id {uuid},
    payload text not null,
    expires_at bigint not null,
    primary key (nid, id)
);
create index continuity_expiry on continuity (nid, expires_at);

-- A native app's way to the session that a browser earned for it: both codes are needed, both are kept as hashes.
create table session_exchange (
    nid {uuid} not null references tenant (id),
    flow_id {uuid} not null,
    init_code {uuid} not null,
    return_code {uuid} not null,
    session_id {uuid},
    token text,
    expires_at bigint not null,
    primary key (nid, flow_id)
);
create index session_exchange_expiry on session_exchange (nid, expires_at);
