-- The last time step of which a code was accepted; it only moves forward. It goes with the credential.
create table totp_step (
    nid {uuid} not null,
    identity_id {uuid} not null,
    type text not null check (type = 'totp'),
    step bigint not null,
    primary key (nid, identity_id),
    foreign key (nid, identity_id, type) references credential (nid, identity_id, type) on delete cascade
);
