-- The addresses stand twice: as rows, for uniqueness and look-up, and folded into the identity as the JSON that is shown.
create table identity (
    nid {uuid} not null references tenant (id),
    id {uuid} not null,
    version bigint not null,
    schema_id text not null,
    state text not null,
    state_changed_at bigint not null,
    traits text not null,
    metadata_public text,
    metadata_admin text,
    verifiable_addresses text not null,
    recovery_addresses text not null,
    available_aal text not null,
    external_id text,
    organization_id {uuid},
    created_at bigint not null,
    updated_at bigint not null,
    primary key (nid, id)
);
create unique index identity_external_id on identity (nid, external_id) where external_id is not null;
create index identity_organization on identity (nid, organization_id, id) where organization_id is not null;

create table credential (
    nid {uuid} not null,
    identity_id {uuid} not null,
    type text not null,
    id {uuid} not null,
    config text not null,
    version integer not null,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (nid, identity_id, type),
    foreign key (nid, identity_id) references identity (nid, id) on delete cascade
);

create table credential_identifier (
    nid {uuid} not null,
    type text not null,
    identifier text not null,
    identity_id {uuid} not null,
    primary key (nid, type, identifier),
    foreign key (nid, identity_id, type) references credential (nid, identity_id, type) on delete cascade
);
create index credential_identifier_identity on credential_identifier (nid, identity_id, type);
create index credential_identifier_any on credential_identifier (nid, identifier);

create table address (
    nid {uuid} not null,
    kind text not null,
    via text not null,
    value text not null,
    id {uuid} not null,
    identity_id {uuid} not null,
    verified boolean not null,
    status text not null,
    verified_at bigint,
    created_at bigint not null,
    updated_at bigint not null,
    primary key (nid, kind, via, value),
    foreign key (nid, identity_id) references identity (nid, id) on delete cascade
);
create unique index address_id on address (nid, id);
create index address_identity on address (nid, identity_id);
