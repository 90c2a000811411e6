-- The processes that send messages now, and which of them holds a message. Another one takes what a dead one held.
-- beat: counts up while the process lives; only whether it moves counts, so that clocks may differ.
-- A column without a default changes no row; the former program goes on beside, with the end of its leases.
create table courier_node (
    nid {uuid} not null,
    id {uuid} not null,
    beat bigint not null,
    primary key (nid, id)
);
alter table message add column node {uuid};
