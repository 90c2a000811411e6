-- Messages to people: queued in the transaction that wants them sent, sent by a worker afterwards.
-- content: subject, texts and data of the template, encrypted, for it holds codes; null as soon as nobody needs it.
-- due_at: when a queued message may be tried, when a processing one may be taken from a worker that is gone; null when it is over.
-- claim: names the attempt that holds the message; what another attempt writes about it does not count.
create table message (
    nid {uuid} not null references tenant (id),
    id {uuid} not null,
    status text not null,
    channel text not null,
    recipient text not null,
    template_type text not null,
    content text,
    send_count integer not null,
    due_at bigint,
    claim {uuid},
    created_at bigint not null,
    updated_at bigint not null,
    primary key (nid, id)
);
create index message_due on message (nid, due_at);
create index message_order on message (nid, created_at, id);
create index message_recipient on message (nid, recipient, created_at);

create table message_dispatch (
    nid {uuid} not null,
    id {uuid} not null,
    message_id {uuid} not null,
    error text,
    created_at bigint not null,
    primary key (nid, id),
    foreign key (nid, message_id) references message (nid, id) on delete cascade
);
create index message_dispatch_message on message_dispatch (nid, message_id, created_at);
